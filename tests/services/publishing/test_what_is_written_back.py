"""What every shipped procedure would give back, case by case, is taken by the register that owns it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models import Dossier, IssuedDocument, WriteBack
from portal.services.catalogue.loader import SHIPPED
from portal.services.catalogue.versions import current
from portal.services.dossiers.write_backs import promise_after_signing
from portal.services.publishing.rehearse import rehearse
from portal.services.registries.exchange import Exchange
from portal.services.registries.prefill import ask_all, registries
from portal.services.registries.write_back import Entry, HttpWriter, Receipt, Written
from tests.procedures import the_procedure
from tests.sandbox.process import Running, start

CARRIED_OUT = sorted(
    path.stem
    for path in SHIPPED.glob("*/*.yaml")
    if any(rule.is_carried_out for rule in the_procedure(path.stem).definition.result.write_back)
)
# People whom the rehearsals invent, and of whom no register knows: who is refused, for which field.
KNOWN_TO_NOBODY = {"personal_id", "full_name", "head", "movers", "mother", "father", "other"}
# The rehearsals let somebody die of whom no register knows.
REAL = {"1.000656": {"personal_id": "030058900006", "full_name": "Hoàng Văn Lâm", "date_of_birth": "1958-02-10"}}


@dataclass(frozen=True)
class Country:
    """A country of this module's own, in which whatever is written stays."""

    running: Running
    writer: HttpWriter


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Country]:
    running = start(tmp_path_factory.mktemp("country"))
    exchange = Exchange(f"{running.base}/registries", "portal", "portal-demo-secret")
    yield Country(running, HttpWriter(exchange))
    assert running.stop() == 0


def test_these_procedures_give_back() -> None:
    assert CARRIED_OUT == [
        "1.000656", "1.000894", "1.001193", "1.003677", "1.004194", "1.004222", "3.000347", "3.000348",
    ]  # fmt: skip


@pytest.mark.parametrize("code", CARRIED_OUT)
def test_what_a_granted_case_gives_back_is_taken_once(session: Session, outside: str, country: Country, code: str) -> None:
    registries.cache_clear()
    procedure = current(session, code)
    receipts = []
    for case in procedure.definition.rehearsals:
        if case.decision != "grant":
            continue
        before = set(session.scalars(select(IssuedDocument.id)))
        went = rehearse(session, procedure, case, ask_all)
        assert went.is_right, (went.stopped, went.faults)
        for row in _rows(session, before):
            content = {**row.content, "fields": {**row.content["fields"], **REAL.get(code, {})}}
            receipt = country.writer.write(Entry(row.register, row.request_id, content))
            receipts.append((case.name, receipt))
            assert _is_understood(receipt), (case.name, receipt, content["fields"])
            assert country.writer.write(Entry(row.register, row.request_id, content)) == receipt
    assert any(receipt.outcome is Written.WRITTEN for _name, receipt in receipts), receipts


def _rows(session: Session, before: set[uuid.UUID]) -> list[WriteBack]:
    """What the case's dossier promised, and would promise once signed."""
    results = session.scalars(select(IssuedDocument).where(IssuedDocument.kind == "result"))
    (document,) = (result for result in results if result.id not in before)
    dossier = session.get_one(Dossier, document.dossier_id)
    promise_after_signing(session, dossier, current(session, dossier.procedure_code), document)
    return list(session.scalars(select(WriteBack).where(WriteBack.document_id == document.id)))


def _is_understood(receipt: Receipt) -> bool:
    """Written, or refused for what is wrong with the case's people and never for the shape of what was sent."""
    return receipt.outcome is Written.WRITTEN or not receipt.wrong_field or receipt.wrong_field in KNOWN_TO_NOBODY
