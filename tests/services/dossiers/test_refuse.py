"""Refusal of reception: in writing, on a ground that the procedure names, and the end of the dossier."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from portal.models import Dossier
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.open_draft import open_draft
from portal.services.dossiers.queries import documents_of
from portal.services.dossiers.refuse import refuse
from portal.services.errors import InvalidInput
from tests.filings import submitted
from tests.people import citizen, clerk
from tests.services.dossiers.doings import GROUND, REASON, last_event


def refusing(session: Session, dossier: Dossier, reason: str = REASON, ground: str = GROUND) -> Dossier:
    return refuse(session, clerk(session), str(dossier.code), expected_version=dossier.version, reason=reason, ground=ground)


def test_refused_dossier_has_no_promise_no_register_line_and_no_receiver(session: Session) -> None:
    dossier = refusing(session, submitted(session, citizen(session)))
    assert (dossier.received_at, dossier.promised_at, dossier.received_by, dossier.register_number) == (None,) * 4


def test_form_03_says_reason_ground_and_who_refused_in_the_offices_name(session: Session) -> None:
    dossier = refusing(session, submitted(session, citizen(session)))
    (paper,) = (paper for paper in documents_of(session, dossier) if paper.kind == "form_03")
    assert (paper.facts["reason"], paper.facts["ground"]) == (REASON, GROUND)
    assert paper.facts["signed_by"]["name"] == "Lê Thị Một Cửa"
    assert (paper.facts["office"]["code"], paper.facts["dossier_code"]) == ("H26.31", dossier.code)
    assert paper.expires_on is None


def test_reason_is_sealed_in_the_history_and_never_stands_in_the_open(session: Session) -> None:
    event = last_event(session, refusing(session, submitted(session, citizen(session))))
    assert event.details == {"reason": REASON, "ground": GROUND}
    assert REASON not in str(event.facts)
    assert REASON.encode() not in bytes(event.sealed_details or b"")


def test_everything_that_is_wrong_is_told_at_once_in_the_order_of_the_form(session: Session) -> None:
    dossier = submitted(session, citizen(session))
    with pytest.raises(InvalidInput) as wrong:
        refusing(session, dossier, reason="", ground="")
    assert list(wrong.value.errors) == ["ground", "reason"]
    assert all(len(messages) == 1 and messages[0].endswith(".") for messages in wrong.value.errors.values())


def test_every_ground_that_the_procedure_names_is_taken_and_no_shortening_of_one(session: Session) -> None:
    grounds = by_hash(session, submitted(session, citizen(session)).version_hash).definition.refusal_grounds
    for ground in grounds:
        assert refusing(session, submitted(session, citizen(session)), ground=ground).state == "not_received"
    for near in (grounds[0][:-1], f" {grounds[0]}", grounds[0].upper(), "".join(grounds)):
        with pytest.raises(InvalidInput):
            refusing(session, submitted(session, citizen(session)), ground=near)


def test_refused_citizen_may_begin_anew_at_once(session: Session) -> None:
    owner = citizen(session)
    dossier = refusing(session, submitted(session, owner))
    again = open_draft(session, owner, by_hash(session, dossier.version_hash), language="vi")
    assert (again.state, again.version, again.code) == ("draft", 0, None)
    assert again.id != dossier.id
