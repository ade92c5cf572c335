from __future__ import annotations

from datetime import datetime

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.clock import LOCAL
from portal.models import Account, IssuedDocument, Notice, OutboxItem
from portal.services.dossiers.receive import receive
from portal.services.errors import Forbidden, GuardRefused, IllegalMove, NotFound, Stale
from tests.filings import submitted
from tests.people import OTHER_OFFICE, citizen, clerk, leader, officer

MONDAY = datetime(2026, 11, 16, 9, 0, tzinfo=LOCAL)


@pytest.fixture(autouse=True)
def on_monday_morning():
    with time_machine.travel(MONDAY, tick=False):
        yield


def test_received_dossier_has_code_moment_promise_receiver_and_register_line(session: Session) -> None:
    filed, taker = submitted(session, citizen(session)), clerk(session)
    dossier = receive(session, taker, str(filed.code), expected_version=filed.version)
    assert dossier.state == "received"
    assert dossier.received_at == MONDAY
    assert dossier.promised_at == datetime(2026, 11, 19, 9, 0, tzinfo=LOCAL)
    assert dossier.received_by == taker.account_id
    assert (dossier.register_year, dossier.register_number) == (2026, 1)


def test_reception_orders_form_01_and_tells_the_owner_by_mail_and_sms(session: Session) -> None:
    filed = submitted(session, citizen(session))
    receive(session, clerk(session), str(filed.code), expected_version=filed.version)
    kinds = session.scalars(select(IssuedDocument.kind).where(IssuedDocument.dossier_id == filed.id)).all()
    assert "form_01" in kinds
    assert "received" in session.scalars(select(Notice.kind).where(Notice.dossier_id == filed.id)).all()
    sent = session.scalars(select(OutboxItem.payload).where(OutboxItem.kind == "send_notice")).all()
    assert {payload["channel"] for payload in sent} == {"email", "phone"}


def test_register_numbers_of_an_office_have_no_gap(session: Session) -> None:
    taker = clerk(session)
    numbers = []
    for _ in range(3):
        filed = submitted(session, citizen(session))
        numbers.append(receive(session, taker, str(filed.code), expected_version=filed.version).register_number)
    assert numbers == [1, 2, 3]


def test_clerk_of_another_office_finds_no_such_dossier(session: Session) -> None:
    filed = submitted(session, citizen(session))
    with pytest.raises(NotFound):
        receive(session, clerk(session, OTHER_OFFICE), str(filed.code), expected_version=filed.version)


@pytest.mark.parametrize("other", [officer, leader])
def test_officer_and_leader_cannot_receive(session: Session, other) -> None:
    filed = submitted(session, citizen(session))
    with pytest.raises(Forbidden):
        receive(session, other(session), str(filed.code), expected_version=filed.version)


def test_second_clerk_is_told_that_somebody_was_faster(session: Session) -> None:
    filed = submitted(session, citizen(session))
    seen = filed.version
    receive(session, clerk(session), str(filed.code), expected_version=seen)
    with pytest.raises(Stale) as told:
        receive(session, clerk(session), str(filed.code), expected_version=seen)
    assert (told.value.by, told.value.at) == ("clerk", MONDAY)


def test_received_dossier_cannot_be_received_again(session: Session) -> None:
    filed, taker = submitted(session, citizen(session)), clerk(session)
    dossier = receive(session, taker, str(filed.code), expected_version=filed.version)
    with pytest.raises(IllegalMove):
        receive(session, taker, str(filed.code), expected_version=dossier.version)


def test_clerk_cannot_receive_the_dossier_of_their_own_household(session: Session) -> None:
    taker = clerk(session)
    personal_id = session.get_one(Account, taker.account_id).profile["personal_id"]
    household = {"head": {"full_name": "Lê Thị Một Cửa", "personal_id": personal_id}, "members": []}
    filed = submitted(session, citizen(session), household=household)
    with pytest.raises(GuardRefused):
        receive(session, taker, str(filed.code), expected_version=filed.version)
