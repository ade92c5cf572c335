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
from portal.services.dossiers.queries import latest_answers
from portal.services.dossiers.vocabulary import Document
from portal.services.notices.outbox import put
from portal.services.registries.prefill import connected

WRITE_BACK = "write_back"
FOLLOW_CHANGE = "follow_change"
MAKE_DOCUMENT = "make_document"


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


def write_backs_of(session: Session, dossier: Dossier) -> list[WriteBack]:
    """What the dossier's results give back, in the order in which it was promised."""
    query = select(WriteBack).where(WriteBack.dossier_id == dossier.id)
    return in_order(session.scalars(query))


def in_order(rows: Iterable[WriteBack]) -> list[WriteBack]:
    """Write-backs in the order in which they were promised."""
    return sorted(rows, key=lambda row: (row.created_at, row.position, row.id))
