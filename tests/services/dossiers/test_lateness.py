"""Apology and another day, once; and the promise when the calendar changes after it was given."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models import CalendarDay, Dossier, IssuedDocument, Notice, OutboxItem
from portal.services.dossiers.calendar import RECALCULATE_PROMISES, order_recalculation, promised_across
from portal.services.dossiers.extend_deadline import extend_deadline
from portal.services.dossiers.recalculate import recalculate
from portal.services.dossiers.request_payment import request_payment
from portal.services.dossiers.resume import resume
from portal.services.dossiers.stop import stop
from portal.services.errors import GuardRefused, IllegalMove, InvalidInput
from portal.services.oversight.audit import verify
from tests.filings import appraising, received, submitted
from tests.people import citizen
from tests.services.dossiers.doings import LATE, REASON, Hands, hands, last_event

NOW = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)  # Monday, 09:00 in Viet Nam; 3 working days: Thursday the 19th, 09:00
PROMISED = datetime(2026, 11, 19, 2, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def on_monday_morning():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def who(session: Session) -> Hands:
    return hands(session, citizen(session))


@pytest.fixture
def dossier(session: Session, who: Hands) -> Dossier:
    return received(session, who.owner, who.clerk)


def extended(session: Session, who: Hands, dossier: Dossier, new_day: str = "2026-11-23", reason: str = LATE) -> Dossier:
    return extend_deadline(
        session, who.leader, str(dossier.code), expected_version=dossier.version, reason=reason, new_day=new_day
    )


def test_apology_names_both_moments_and_the_reason(session: Session, who: Hands, dossier: Dossier) -> None:
    extended(session, who, dossier)
    assert dossier.promised_at == datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
    assert dossier.extended_from == PROMISED
    paper = session.scalars(select(IssuedDocument).where(IssuedDocument.kind == "form_04")).one()
    assert (paper.facts["promised_before"], paper.facts["reason"]) == (PROMISED.isoformat(), LATE)
    assert last_event(session, dossier).facts["promised_before"] == PROMISED.isoformat()


def test_second_appointment_is_impossible(session: Session, who: Hands, dossier: Dossier) -> None:
    extended(session, who, dossier)
    with pytest.raises(GuardRefused, match="hẹn lại một lần"):
        extended(session, who, dossier, "2026-11-30")


@pytest.mark.parametrize(
    ("new_day", "told"),
    [
        ("2026-11-19", "sau ngày đã hẹn"), ("2026-11-15", "sau hôm nay"), ("2026-11-24", "ngày nghỉ"),
        ("2026-11-21", "ngày nghỉ"), ("mai", "ngày hẹn mới"), ("", "ngày hẹn mới"), ("2026-02-30", "ngày hẹn mới"),
        ("2027-12-01", "một năm"), ("9999-12-31", "một năm"),
    ],
)  # fmt: skip
def test_day_that_cannot_be_promised_is_refused(session: Session, who: Hands, dossier: Dossier, new_day: str, told: str) -> None:
    with pytest.raises(InvalidInput) as wrong:
        extended(session, who, dossier, new_day)
    assert told in wrong.value.errors["new_day"][0]
    assert (dossier.promised_at, dossier.extended_at) == (PROMISED, None)


def test_apology_without_a_reason_is_none(session: Session, who: Hands, dossier: Dossier) -> None:
    with pytest.raises(InvalidInput) as wrong:
        extended(session, who, dossier, reason="bận")
    assert set(wrong.value.errors) == {"reason"}


def day_off(session: Session, day: date) -> None:
    session.merge(CalendarDay(day=day, kind="off", name="Nghỉ đột xuất", source="Quyết định mẫu", version=0))
    session.flush()


def test_day_off_announced_after_the_promise_moves_it_and_both_dates_are_kept(session: Session, dossier: Dossier) -> None:
    day_off(session, date(2026, 11, 18))
    assert recalculate(session, dossier.id) is dossier
    assert dossier.promised_at == datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
    facts = last_event(session, dossier).facts
    assert (facts["promised_before"], facts["promised_at"]) == (PROMISED.isoformat(), "2026-11-20T09:00:00+07:00")
    kinds = session.scalars(select(Notice.kind).where(Notice.dossier_id == dossier.id)).all()
    assert kinds.count("deadline_recalculated") == 1
    assert verify(session).findings == ()


def test_promise_that_the_change_does_not_touch_leaves_no_trace(session: Session, dossier: Dossier) -> None:
    day_off(session, date(2026, 11, 20))
    version = dossier.version
    assert recalculate(session, dossier.id) is None
    assert (dossier.promised_at, dossier.version) == (PROMISED, version)


def test_second_reckoning_of_the_same_change_changes_nothing(session: Session, dossier: Dossier) -> None:
    day_off(session, date(2026, 11, 18))
    recalculate(session, dossier.id)
    assert recalculate(session, dossier.id) is None


def test_appointed_day_stays_unless_it_becomes_a_day_off(session: Session, who: Hands, dossier: Dossier) -> None:
    extended(session, who, dossier)
    day_off(session, date(2026, 11, 18))
    assert recalculate(session, dossier.id) is None
    day_off(session, date(2026, 11, 23))
    recalculate(session, dossier.id)
    assert dossier.promised_at == datetime(2026, 11, 25, 10, 0, tzinfo=UTC)


def test_clock_that_stands_is_reckoned_by_the_new_calendar_when_it_runs_on(
    session: Session, who: Hands, on_monday_morning: time_machine.Traveller
) -> None:
    dossier = appraising(session, who.owner, who.clerk, who.officer)
    stop(session, who.leader, str(dossier.code), expected_version=dossier.version, reason=REASON)
    day_off(session, date(2026, 11, 18))
    with pytest.raises(IllegalMove):
        recalculate(session, dossier.id)
    on_monday_morning.move_to(datetime(2026, 11, 17, 2, 0, tzinfo=UTC))
    resume(session, who.leader, str(dossier.code), expected_version=dossier.version)
    assert dossier.promised_at == datetime(2026, 11, 23, 2, 0, tzinfo=UTC), "one day stopped, one day off, one weekend"


def test_only_promises_that_the_days_can_touch_are_looked_at(session: Session, who: Hands, dossier: Dossier) -> None:
    other = appraising(session, citizen(session), who.clerk, who.officer)
    waiting = submitted(session, citizen(session))
    found = promised_across(session, date(2026, 11, 18), date(2026, 11, 18))
    assert set(found) == {dossier.id, other.id}
    assert waiting.id not in found
    assert promised_across(session, date(2026, 11, 20), date(2026, 11, 30)) == []
    assert promised_across(session, date(2026, 11, 1), date(2026, 11, 15)) == []


def test_change_of_the_calendar_promises_the_reckoning(session: Session) -> None:
    order_recalculation(session, {date(2026, 11, 18): "off", date(2026, 11, 21): "make_up"})
    item = session.scalars(select(OutboxItem).where(OutboxItem.kind == RECALCULATE_PROMISES)).one()
    assert item.payload == {"first": "2026-11-18", "last": "2026-11-21"}


def test_time_in_which_the_citizen_pays_is_given_back_to_the_office(
    session: Session, who: Hands, on_monday_morning: time_machine.Traveller
) -> None:
    dossier = appraising(session, who.owner, who.clerk, who.officer)
    request_payment(session, who.officer, str(dossier.code), expected_version=dossier.version)
    assert dossier.paused_at == NOW
    assert dossier.promised_at == PROMISED, "what was promised stands until the clock runs on"
