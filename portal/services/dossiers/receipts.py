"""What came of giving a fact back: the register's word is kept, and the paper ordered, taken back or left as it is."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock
from portal.models import Dossier, IssuedDocument, WriteBack
from portal.services.catalogue.handling import WriteBack as Rule
from portal.services.catalogue.others import birth_year
from portal.services.catalogue.schema import Procedure
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.escalations import escalate
from portal.services.dossiers.papers import field_said
from portal.services.dossiers.take_back import take_back
from portal.services.dossiers.write_backs import FOLLOW_CHANGE, MAKE_DOCUMENT
from portal.services.notices.outbox import put
from portal.services.registries.write_back import GIVEN_ID, Entry, Receipt, Written

ESCALATED_AFTER = 8  # tries; with the waits between them some eight minutes
LONGEST_WAIT_SECONDS = 300
BIRTH = "birth"
SEXES = ("male", "female")


def entry_of(session: Session, write_back_id: uuid.UUID) -> Entry | None:
    """What is to be put down, or None where that is done or was refused."""
    row = session.get_one(WriteBack, write_back_id)
    return Entry(row.register, row.request_id, row.content) if row.state == "waiting" else None


def note_receipt(session: Session, write_back_id: uuid.UUID, receipt: Receipt) -> int | None:
    """Keep what the register said; gives in how many seconds to ask again, None where there is nothing more to ask.

    State: waiting -> written, or refused; or it goes on waiting, and after `ESCALATED_AFTER` tries the office knows. The
    dossier of what was refused before printing awaits its signature again.

    Effects: where written, outbox `follow_change`, and outbox `make_document` where the paper waited for it; where refused or
        escalated, outbox `tell_escalation`.
    """
    row = locked(session, write_back_id)
    if row.state != "waiting":
        return None
    row.attempts += 1
    row.tried_at = clock.now()
    if receipt.outcome is Written.REFUSED:
        _keep_refusal(session, row, receipt)
        return None
    if receipt.outcome is Written.UNAVAILABLE or not _gives_all(session, row, receipt):
        if row.attempts >= ESCALATED_AFTER:
            _escalate_once(session, row)
        return max(receipt.wait_seconds, min(int(2**row.attempts), LONGEST_WAIT_SECONDS))
    _keep_record(session, row, receipt)
    return None


def locked(session: Session, write_back_id: uuid.UUID) -> WriteBack:
    """The row, read anew, for whoever changes it."""
    query = select(WriteBack).where(WriteBack.id == write_back_id).with_for_update(of=WriteBack)
    return session.scalars(query.execution_options(populate_existing=True)).one()


def _escalate_once(session: Session, row: WriteBack) -> None:
    if row.escalated_at is None:
        row.escalated_at = clock.now()
        escalate(session, row)


def _keep_refusal(session: Session, row: WriteBack, receipt: Receipt) -> None:
    """What was refused before printing is with the leader again; what was signed stays signed, and the office is told."""
    row.state, row.answer = "refused", {"words": receipt.words, "field": receipt.wrong_field, "given": {}}
    _escalate_once(session, row)
    if row.before_printing:
        row.escalated_at = None
        take_back(session, session.get_one(IssuedDocument, row.document_id), receipt.words)


def _rule_of(session: Session, row: WriteBack) -> tuple[Procedure, Rule]:
    dossier = session.get_one(Dossier, row.dossier_id)
    procedure = by_hash(session, dossier.version_hash)
    return procedure, procedure.definition.result.write_back[row.position]


def _gives_all(session: Session, row: WriteBack, receipt: Receipt) -> bool:
    """Whether the register gave what the paper needs, and what can be true; one that did not is asked again."""
    _procedure, rule = _rule_of(session, row)
    number = receipt.given.get(GIVEN_ID)
    is_believable = not number or row.fact != BIRTH or may_be_new(number, row.content["fields"])
    return is_believable and all(receipt.given.get(field) for field in rule.gives.values())


def may_be_new(number: str, fields: Mapping[str, Any]) -> bool:
    """Whether a number given to a newborn fits the year of birth and the sex that were sent, and is of nobody whom the request
    names.

    Source: NĐ 70/2024/NĐ-CP (structure of the number: the fourth digit tells century and sex, even for men).
    """
    born, sex = str(fields.get("date_of_birth") or "")[:4], fields.get("sex")
    fits_year = not born.isdigit() or birth_year(number) == int(born)
    fits_sex = sex not in SEXES or SEXES.index(sex) == int(number[3]) % 2
    return fits_year and fits_sex and number not in _words_in(fields)


def _words_in(value: Any) -> set[str]:
    """Everything that is said in a request; the numbers of those whom it names are among it."""
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return {value} if isinstance(value, str) else set[str]().union(*(_words_in(one) for one in inner))


def _keep_record(session: Session, row: WriteBack, receipt: Receipt) -> None:
    row.state, row.written_at, row.escalated_at = "written", clock.now(), None
    row.record_id, row.record_version = receipt.record_id, receipt.record_version
    row.answer = {"words": "", "field": "", "given": dict(receipt.given)}
    if receipt.change_id:
        row.change_id, row.following = receipt.change_id, "following"
        follow_by_worker(session, row)
    if row.before_printing:
        _print(session, row, receipt)


def follow_by_worker(session: Session, row: WriteBack) -> None:
    """Promise to look how far the subscribers are, until all have adjusted."""
    key = f"{row.id}:{uuid.uuid4()}"  # begun anew by hand, it is another promise
    put(session, FOLLOW_CHANGE, key, dossier_id=None, payload={"write_back_id": str(row.id)})


def _print(session: Session, row: WriteBack, receipt: Receipt) -> None:
    """What the register gave stands on the paper, which is drawn once nothing that it waits for is left."""
    procedure, rule = _rule_of(session, row)
    document = session.get_one(IssuedDocument, row.document_id, with_for_update={"of": IssuedDocument}, populate_existing=True)
    names = {element: name for name, element in procedure.definition.result.fields.items()}
    shown = {
        names[element]: field_said(procedure, element, {"value": receipt.given[field]})
        for element, field in rule.gives.items()
        if element in names
    }
    document.facts = {**document.facts, "fields": {**document.facts["fields"], **shown}}
    session.flush()
    left = select(WriteBack.id).where(
        WriteBack.document_id == document.id, WriteBack.before_printing, WriteBack.state != "written"
    )
    if session.scalars(left.limit(1)).first() is None:
        put(session, MAKE_DOCUMENT, str(document.id), dossier_id=row.dossier_id, payload={"document_id": str(document.id)})
