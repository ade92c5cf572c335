"""The promise as reception makes it and form 01 prints it: from the calendar as it is kept, with the days that made it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy.orm import Session

from portal.clock import LOCAL
from portal.models import CalendarDay, Dossier
from portal.services.catalogue.versions import current
from portal.services.dossiers.calendar import promise_for, term_of, working_calendar
from portal.services.dossiers.queries import documents_of
from portal.services.dossiers.receive import receive
from portal.services.errors import GuardRefused
from tests.filings import CODE, submitted
from tests.people import OTHER_OFFICE, citizen, clerk
from tests.services.dossiers.doings import last_event

MONDAY = datetime(2026, 11, 16, 9, 0, tzinfo=LOCAL)


def received_at(session: Session, moment: datetime, answers: dict[str, str] | None = None) -> Dossier:
    with time_machine.travel(moment, tick=False):
        filed = submitted(session, citizen(session), answers)
        return receive(session, clerk(session), str(filed.code), expected_version=filed.version)


def slip_of(session: Session, dossier: Dossier) -> dict[str, object]:
    return next(paper.facts for paper in documents_of(session, dossier) if paper.kind == "form_01")


def test_day_off_that_the_administrator_adds_moves_the_next_promise_and_no_earlier_one(session: Session) -> None:
    before = received_at(session, MONDAY)
    session.add(CalendarDay(day=date(2026, 11, 18), kind="off", name="Bão số 9", source="Công điện"))
    session.flush()
    after = received_at(session, MONDAY)
    assert before.promised_at == MONDAY + timedelta(days=3)
    assert after.promised_at == MONDAY + timedelta(days=4)
    assert ["2026-11-18", "day_off", 1, "Bão số 9"] in last_event(session, after).facts["days"]


def test_make_up_saturday_that_the_administrator_adds_brings_the_promise_forward(session: Session) -> None:
    friday = datetime(2026, 11, 13, 9, 0, tzinfo=LOCAL)
    assert received_at(session, friday).promised_at == datetime(2026, 11, 18, 9, 0, tzinfo=LOCAL)
    session.add(CalendarDay(day=date(2026, 11, 14), kind="make_up", name="Làm bù", source="Thông báo"))
    session.flush()
    assert received_at(session, friday).promised_at == datetime(2026, 11, 17, 9, 0, tzinfo=LOCAL)


def test_slip_prints_the_true_moment_of_receipt_and_the_promise_from_the_counted_one(session: Session) -> None:
    evening = datetime(2026, 11, 21, 20, 15, tzinfo=LOCAL)
    dossier = received_at(session, evening)
    slip, facts = slip_of(session, dossier), last_event(session, dossier).facts
    assert datetime.fromisoformat(str(slip["received_at"])) == evening
    assert datetime.fromisoformat(facts["counted_from"]) == datetime(2026, 11, 23, 7, 30, tzinfo=LOCAL)
    assert datetime.fromisoformat(str(slip["promised_at"])) == datetime(2026, 11, 27, 7, 30, tzinfo=LOCAL)
    assert datetime.fromisoformat(facts["promised_at"]) == dossier.promised_at


def test_event_of_reception_explains_the_promise_day_by_day(session: Session) -> None:
    days = last_event(session, received_at(session, datetime(2026, 11, 20, 9, 0, tzinfo=LOCAL))).facts["days"]
    assert [day[:3] for day in days] == [
        ["2026-11-20", "received", 0], ["2026-11-21", "weekend", 0], ["2026-11-22", "weekend", 0], ["2026-11-23", "counted", 1],
        ["2026-11-24", "day_off", 1], ["2026-11-25", "counted", 2], ["2026-11-26", "counted", 3],
    ]  # fmt: skip
    assert days[4][3] == "Ngày Văn hóa Việt Nam"


@pytest.mark.parametrize("hour", [0, 3, 9, 16, 17, 23])
def test_same_instant_gives_the_same_promise_whatever_zone_it_is_written_in(session: Session, hour: int) -> None:
    procedure, instant = current(session, CODE), datetime(2026, 11, 20, hour, 30, tzinfo=UTC)
    written = [instant, instant.astimezone(LOCAL), instant.astimezone(tz=None)]
    assert len({promise_for(session, procedure, "online", moment).promised_at for moment in written}) == 1


def test_way_of_filing_without_a_term_is_promised_nothing(session: Session) -> None:
    procedure = current(session, CODE)
    assert str(term_of(procedure, "online")) == str(term_of(procedure, "counter")) == "3wd"
    with pytest.raises(GuardRefused, match="thời hạn"):
        term_of(procedure, "pigeon")  # type: ignore[arg-type]


def test_year_that_nobody_has_entered_yet_is_a_year_of_plain_weeks(session: Session) -> None:
    calendar, monday = working_calendar(session), date(2040, 12, 31)
    assert [calendar.is_working_day(monday + timedelta(days=n)) for n in range(7)] == [True] * 5 + [False] * 2


@pytest.mark.parametrize(("copies", "total"), [("1", 3_000), ("2", 6_000), ("5", 15_000)])
def test_slip_says_the_fee_for_the_copies_asked_and_how_it_adds_up(session: Session, copies: str, total: int) -> None:
    slip = slip_of(session, received_at(session, MONDAY, {"certificate.copies": copies}))
    assert slip["fee_total_vnd"] == total
    assert sum(line["amount_vnd"] for line in slip["fees"]) == total  # type: ignore[attr-defined]


def test_slip_names_the_receiver_the_office_the_register_line_and_the_components(session: Session) -> None:
    dossier = received_at(session, MONDAY)
    slip = slip_of(session, dossier)
    assert slip["signed_by"] == {"name": "Lê Thị Một Cửa", "title": "NGƯỜI TIẾP NHẬN HỒ SƠ"}
    assert slip["office"]["code"] == "H26.31"  # type: ignore[index]
    assert (slip["register_year"], slip["register_number"]) == (2026, 1)
    assert (slip["term"], slip["delivery"]) == ("3wd", "electronic")
    assert len(slip["components"]) == 3  # type: ignore[arg-type]


def test_dossier_of_another_ward_is_received_there_in_that_offices_register(session: Session) -> None:
    residence = {"ward_code": "00070", "province_code": "01", "detail": "Số 2 phố Mẫu"}
    received_at(session, MONDAY)
    with time_machine.travel(MONDAY, tick=False):
        filed = submitted(session, citizen(session), permanent_residence=residence)
        there = receive(session, clerk(session, OTHER_OFFICE), str(filed.code), expected_version=filed.version)
    assert (there.office_code, there.register_number) == (OTHER_OFFICE, 1)
    assert slip_of(session, there)["office"]["code"] == OTHER_OFFICE  # type: ignore[index]
