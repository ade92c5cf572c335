"""Giving a result's facts back to the registers that own them: promised with the result, carried out by the worker.

The row and the id of its request are committed before a register is first called; a register gives the same request the same
answer for ever. So whoever is killed, wherever, the fact is put down once. A write that fails undoes nothing: it is shown,
tried again, and after a while told to the office.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock
from portal.models import Dossier, IssuedDocument, WriteBack
from portal.services.catalogue.handling import WriteBack as Rule
from portal.services.catalogue.provenance import Answer, Answers
from portal.services.catalogue.schema import Procedure
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.escalations import escalate
from portal.services.dossiers.papers import field_said
from portal.services.dossiers.queries import latest_answers
from portal.services.dossiers.vocabulary import Document
from portal.services.notices.outbox import put
from portal.services.registries.prefill import connected
from portal.services.registries.write_back import Entry, Receipt, Written

WRITE_BACK = "write_back"
FOLLOW_CHANGE = "follow_change"
MAKE_DOCUMENT = "make_document"
ESCALATED_AFTER = 8  # tries; with the waits between them some eight minutes
LONGEST_WAIT_SECONDS = 300


def promise_before_printing(session: Session, dossier: Dossier, procedure: Procedure, document: IssuedDocument) -> bool:
    """Promise what must be in the register before the result is drawn; whether the drawing has to wait for it.

    Effects: rows of write-backs, outbox `write_back`.
    """
    return _promise(session, dossier, procedure, document, before_printing=True)


def promise_after_signing(session: Session, dossier: Dossier, procedure: Procedure, document: IssuedDocument) -> None:
    """Promise the facts of a result that is signed.

    Effects: rows of write-backs, outbox `write_back`.
    """
    _promise(session, dossier, procedure, document, before_printing=False)


def _promise(
    session: Session, dossier: Dossier, procedure: Procedure, document: IssuedDocument, *, before_printing: bool
) -> bool:
    """Of a result that grants; where the installation asks the register, it writes to it too."""
    if document.kind != Document.RESULT or document.facts["is_refusal"]:
        return False
    rules = [
        (position, rule)
        for position, rule in enumerate(procedure.definition.result.write_back)
        if rule.is_carried_out and rule.before_printing == before_printing and rule.registry in connected()
    ]
    if not rules:
        return False
    answers: Answers = {**latest_answers(session, dossier).content, **dossier.proposal["answers"]}
    for position, rule in rules:
        row = WriteBack(
            data_key=dossier.data_key,
            dossier_id=dossier.id,
            document_id=document.id,
            position=position,
            register=rule.registry,
            fact=rule.fact,
            before_printing=before_printing,
            request_id=str(uuid.uuid4()),
            created_at=clock.now(),
            content=_content(dossier, procedure, document, rule, answers),
        )
        session.add(row)
        session.flush()
        carry_by_worker(session, row)
    return True


def carry_by_worker(session: Session, row: WriteBack) -> None:
    """Promise one more round of trying; it waits for no other item of the dossier, and none for it."""
    put(session, WRITE_BACK, f"{row.id}:{row.request_id}", dossier_id=None, payload={"write_back_id": str(row.id)})


def _content(dossier: Dossier, procedure: Procedure, document: IssuedDocument, rule: Rule, answers: Answers) -> dict[str, Any]:
    facts = document.facts
    number = f"{document.number}/{document.symbol}" if document.symbol else str(document.number)
    return {
        "procedure_code": procedure.code,
        "purpose": {"code": rule.purpose, "legal_ground": rule.legal_ground},
        "requester": {"kind": "officer", "id": str(dossier.approved_by), "office": document.office_code, "client_ip": ""},
        "result": {
            "number": number,
            "decided_on": clock.to_local(document.created_at).date().isoformat(),
            "office_code": document.office_code,
            "office_name": facts["office"]["name"],
            "sha256": document.sha256.hex() if document.sha256 else None,
        },
        "kind": rule.fact,
        "fields": {name: _said(answers[element]) for name, element in rule.fields.items() if element in answers},
        "dossier_code": dossier.code,
    }


def _said(answer: Answer) -> Any:
    """A value as the register reads it; of a repeating group its items, by the last part of their elements' names."""
    value = answer["value"]
    if isinstance(value, list) and value and isinstance(value[0], dict) and "answers" in value[0]:
        return [{name.rpartition(".")[2]: said["value"] for name, said in item["answers"].items()} for item in value]
    return value


def entry_of(session: Session, write_back_id: uuid.UUID) -> Entry | None:
    """What is to be put down, or None where that is done or was refused."""
    row = session.get_one(WriteBack, write_back_id)
    return Entry(row.register, row.request_id, row.content) if row.state == "waiting" else None


def note_receipt(session: Session, write_back_id: uuid.UUID, receipt: Receipt) -> int | None:
    """Keep what the register said; gives in how many seconds to ask again, None where there is nothing more to ask.

    State: waiting -> written or refused; or it goes on waiting, and after `ESCALATED_AFTER` tries the office knows.

    Effects: where written, outbox `follow_change`, and outbox `make_document` where the paper waited for it; where refused or
        escalated, outbox `tell_escalation`.
    """
    row = locked(session, write_back_id)
    if row.state != "waiting":
        return None
    row.attempts += 1
    row.tried_at = clock.now()
    if receipt.outcome is Written.REFUSED:
        row.state, row.answer = "refused", {"words": receipt.words, "field": receipt.wrong_field, "given": {}}
        _escalate_once(session, row)
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


def _rule_of(session: Session, row: WriteBack) -> tuple[Procedure, Rule]:
    dossier = session.get_one(Dossier, row.dossier_id)
    procedure = by_hash(session, dossier.version_hash)
    return procedure, procedure.definition.result.write_back[row.position]


def _gives_all(session: Session, row: WriteBack, receipt: Receipt) -> bool:
    """Whether the register gave what the paper needs; one that did not is asked again."""
    _procedure, rule = _rule_of(session, row)
    return all(receipt.given.get(field) for field in rule.gives.values())


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


def write_backs_of(session: Session, dossier: Dossier) -> list[WriteBack]:
    """What the dossier's results give back, in the order in which it was promised."""
    query = select(WriteBack).where(WriteBack.dossier_id == dossier.id)
    return in_order(session.scalars(query))


def in_order(rows: Iterable[WriteBack]) -> list[WriteBack]:
    """Write-backs in the order in which they were promised."""
    return sorted(rows, key=lambda row: (row.created_at, row.position, row.id))
