"""The clock that stood still: hand-reckoned dates, and what holds of every pause on every calendar."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.clock import LOCAL
from portal.services.dossiers.deadlines import Calendar, DayKind, OfficeHours, Term, Unit, promise
from portal.services.dossiers.pauses import Pause, office_time, re_appointed, reckon
from tests.services.dossiers.test_deadline_properties import calendars, days, in_office_hours, moments, terms

HOURS = OfficeHours()
HOLIDAY = Calendar({date(2026, 11, 24): "Ngày Văn hóa Việt Nam"})


def at(day: str, clock: str) -> datetime:
    """A moment of November or December 2026, as `16 09:00`."""
    month = 11 if int(day) >= 15 else 12
    return datetime.combine(date(2026, month, int(day)), time.fromisoformat(clock), LOCAL)


# Monday is 16/11; Tuesday 24/11 is off. (received, term, pauses, promised), each reckoned by hand.
BY_HAND = [
    ("16 09:00", "3wd", [], "19 09:00"),
    ("16 09:00", "3wd", [("17 09:00", "18 09:00")], "20 09:00"),
    ("16 09:00", "3wd", [("17 10:00", "17 11:00")], "19 10:00"),
    ("16 09:00", "3wd", [("17 11:00", "17 14:00")], "19 10:00"),  # half an hour, lunch, half an hour
    ("16 09:00", "3wd", [("17 18:00", "18 06:00")], "19 09:00"),  # a night costs nothing
    ("16 09:00", "3wd", [("21 08:00", "22 20:00")], "19 09:00"),  # nor does a weekend
    ("16 09:00", "3wd", [("18 16:00", "23 08:00")], "23 10:30"),  # an hour, a Thursday, a Friday, half an hour
    ("20 09:00", "1wd", [("20 10:00", "23 10:00")], "25 09:00"),  # over a weekend; the 24th is off
    ("16 09:00", "8h", [("16 10:00", "16 11:00")], "17 10:30"),
    ("16 09:00", "8h", [("16 10:00", "16 11:00"), ("16 14:00", "16 16:00")], "17 14:30"),
    ("16 09:00", "0", [("16 10:00", "17 10:00")], "17 17:00"),
    ("16 09:00", "5d", [("17 09:00", "19 09:00")], "23 17:00"),  # the 21st and two days
    ("16 09:00", "5d", [("17 09:00", "17 16:00")], "23 17:00"),  # no day began; the 21st is a Saturday
    ("16 09:00", "7d", [("18 09:00", "19 09:00")], "25 17:00"),  # the 23rd moved by one day, the 24th is off
]


@pytest.mark.parametrize(("received", "term", "pauses", "promised"), BY_HAND)
def test_promise_is_what_the_hand_reckons(received: str, term: str, pauses: list[tuple[str, str]], promised: str) -> None:
    stood = [Pause(at(*start.split()), at(*end.split())) for start, end in pauses]
    made = reckon(at(*received.split()), Term.parse(term), stood, HOLIDAY)
    assert made.promised_at == at(*promised.split())


spans = st.integers(0, 20_000).map(lambda minutes: timedelta(minutes=minutes))
pauses = st.builds(lambda start, span: Pause(start, start + span), moments, spans)


@given(moments, terms, calendars)
def test_clock_that_never_stood_promises_what_it_always_did(received: datetime, term: Term, calendar: Calendar) -> None:
    assert reckon(received, term, [], calendar) == promise(received, term, calendar)


@given(moments, terms, pauses, calendars)
def test_pause_never_makes_a_promise_earlier_nor_lets_it_fall_outside_office_hours(
    received: datetime, term: Term, pause: Pause, calendar: Calendar
) -> None:
    made, plain = reckon(received, term, [pause], calendar), promise(received, term, calendar)
    assert made.promised_at >= plain.promised_at
    assert calendar.is_working_day(made.promised_at.date())
    assert in_office_hours(made.promised_at)
    assert made.days[-1].day == made.promised_at.date()


@given(moments, st.integers(1, 200), st.sampled_from([Unit.WORKING_DAYS, Unit.OFFICE_HOURS]), pauses, calendars)
def test_office_time_until_the_promise_is_the_time_without_the_pause_and_the_pause_together(
    received: datetime, count: int, unit: Unit, pause: Pause, calendar: Calendar
) -> None:
    term = Term(min(count, 25), unit)
    made, plain = reckon(received, term, [pause], calendar), promise(received, term, calendar)
    stood = office_time(pause.start, pause.end, calendar, HOURS)
    assert office_time(plain.promised_at, made.promised_at, calendar, HOURS) == stood


@given(moments, terms, pauses, spans, calendars)
def test_pause_cut_in_two_costs_what_the_whole_one_costs(
    received: datetime, term: Term, pause: Pause, cut: timedelta, calendar: Calendar
) -> None:
    middle = min(pause.start + cut, pause.end)
    whole = reckon(received, term, [pause], calendar)
    parts = reckon(received, term, [Pause(pause.start, middle), Pause(middle, pause.end)], calendar)
    assert parts.promised_at == whole.promised_at


@given(days, days, calendars)
def test_office_time_of_whole_days_is_seven_and_a_half_hours_for_each_that_is_worked(
    first: date, last: date, calendar: Calendar
) -> None:
    first, last = min(first, last), max(first, last)
    worked = sum(calendar.is_working_day(first + timedelta(days=offset)) for offset in range((last - first).days))
    midnight = [datetime.combine(day, time(), LOCAL) for day in (first, last)]
    assert office_time(midnight[0], midnight[1], calendar, HOURS) == timedelta(hours=7.5) * worked


def test_days_on_which_the_clock_stood_say_so() -> None:
    made = reckon(at("16", "09:00"), Term.parse("3wd"), [Pause(at("17", "09:00"), at("18", "09:00"))], HOLIDAY)
    assert [(line.day.day, line.kind, line.number) for line in made.days] == [
        (16, DayKind.RECEIVED, 0), (17, DayKind.PAUSED, 0), (18, DayKind.COUNTED, 1),
        (19, DayKind.COUNTED, 2), (20, DayKind.COUNTED, 3),
    ]  # fmt: skip


def test_pauses_that_overlap_or_end_before_they_start_are_no_pauses() -> None:
    one, other = Pause(at("17", "09:00"), at("18", "09:00")), Pause(at("17", "10:00"), at("19", "09:00"))
    for wrong in ([one, other], [Pause(one.end, one.start)]):
        with pytest.raises(ValueError, match="pauses"):
            reckon(at("16", "09:00"), Term.parse("3wd"), wrong, HOLIDAY)


def test_day_that_was_appointed_anew_moves_by_later_pauses_alone_and_off_a_day_off() -> None:
    term = Term.parse("3wd")
    made = promise(at("16", "09:00"), term, HOLIDAY)
    appointed = at("23", "17:00")
    assert re_appointed(made, appointed, None, term, HOLIDAY).promised_at == appointed
    pause = Pause(at("19", "09:00"), at("19", "10:00"))
    assert re_appointed(made, appointed, pause, term, HOLIDAY).promised_at == at("25", "08:30")
    assert re_appointed(made, at("24", "17:00"), None, term, HOLIDAY).promised_at == at("25", "17:00")
