"""What holds of every promise on every calendar that an administrator could keep, not only on the shipped one."""

from __future__ import annotations

import copy
from datetime import date, datetime, time, timedelta

import time_machine
from hypothesis import given
from hypothesis import strategies as st

from portal.clock import LOCAL
from portal.services.dossiers.deadlines import Calendar, DayKind, OfficeHours, Promise, Term, Unit, promise

FIRST = date(2026, 10, 1)
HOURS = OfficeHours()
days = st.integers(0, 70).map(lambda offset: FIRST + timedelta(days=offset))
calendars = st.builds(
    lambda off, made_up: Calendar({day: f"nghỉ {day}" for day in off - made_up}, {day: f"bù {day}" for day in made_up}),
    st.sets(days, max_size=20),
    st.sets(days.filter(lambda day: day.weekday() >= 5), max_size=6),
)
clocks = st.one_of(
    st.times(),
    st.sampled_from([
        time(0), time(7, 29, 59), time(7, 30), time(11, 30), time(11, 30, 1), time(13, 29, 59), time(13, 30), time(15),
        time(15, 0, 1), time(17), time(17, 0, 1), time(23, 59, 59, 999999),
    ]),
)  # fmt: skip
moments = st.builds(lambda day, clock: datetime.combine(day, clock, LOCAL), days, clocks)
counted_terms = st.builds(Term, st.integers(1, 25), st.sampled_from([Unit.WORKING_DAYS, Unit.CALENDAR_DAYS, Unit.OFFICE_HOURS]))
terms = st.one_of(st.just(Term(0, Unit.SAME_DAY)), counted_terms)


def in_office_hours(moment: datetime) -> bool:
    return any(start <= moment.time() <= end for start, end in HOURS.blocks)


@given(moments, terms, calendars)
def test_no_promise_falls_on_a_day_off_or_outside_office_hours(received: datetime, term: Term, calendar: Calendar) -> None:
    promised = promise(received, term, calendar)
    assert calendar.is_working_day(promised.promised_at.date())
    assert in_office_hours(promised.promised_at)
    assert promised.promised_at >= promised.counted_from >= received == promised.received_at


@given(moments, terms, calendars)
def test_counted_moment_is_the_first_working_moment_from_the_receipt_on(
    received: datetime, term: Term, calendar: Calendar
) -> None:
    counted = promise(received, term, calendar).counted_from
    assert calendar.is_working_day(counted.date())
    assert in_office_hours(counted)
    between = received
    while between < counted:
        assert not (calendar.is_working_day(between.date()) and in_office_hours(between)), between
        between = min(between + timedelta(minutes=30), counted)


@given(moments, moments, terms, calendars)
def test_who_comes_first_is_never_promised_later(one: datetime, other: datetime, term: Term, calendar: Calendar) -> None:
    earlier, later = sorted((one, other))
    assert promise(earlier, term, calendar).promised_at <= promise(later, term, calendar).promised_at


@given(moments, counted_terms, calendars)
def test_longer_term_is_never_over_sooner(received: datetime, term: Term, calendar: Calendar) -> None:
    longer = Term(term.count + 1, term.unit)
    assert promise(received, term, calendar).promised_at <= promise(received, longer, calendar).promised_at


@given(moments, terms, calendars, days)
def test_one_more_day_off_never_makes_any_promise_earlier(
    received: datetime, term: Term, calendar: Calendar, extra: date
) -> None:
    worked = {day: name for day, name in calendar.make_up_days.items() if day != extra}
    stricter = Calendar({**calendar.days_off, extra: "thêm"}, worked)
    assert promise(received, term, stricter).promised_at >= promise(received, term, calendar).promised_at


@given(moments, terms, calendars, days)
def test_one_more_day_worked_never_makes_any_promise_later(
    received: datetime, term: Term, calendar: Calendar, extra: date
) -> None:
    looser = Calendar(calendar.days_off, {**calendar.make_up_days, extra: "bù"})
    assert promise(received, term, looser).promised_at <= promise(received, term, calendar).promised_at


@given(moments, st.integers(1, 20), st.integers(1, 20), st.sampled_from([Unit.WORKING_DAYS, Unit.OFFICE_HOURS]), calendars)
def test_working_terms_add_up(received: datetime, first: int, second: int, unit: Unit, calendar: Calendar) -> None:
    halfway = promise(received, Term(first, unit), calendar).promised_at
    whole = promise(received, Term(first + second, unit), calendar).promised_at
    assert promise(halfway, Term(second, unit), calendar).promised_at == whole


@given(moments, st.integers(1, 40), calendars)
def test_calendar_term_ends_at_closing_on_the_first_worked_day_from_its_last_day_on(
    received: datetime, count: int, calendar: Calendar
) -> None:
    promised = promise(received, Term(count, Unit.CALENDAR_DAYS), calendar)
    last = promised.counted_from.date() + timedelta(days=count)
    assert promised.promised_at.time() == HOURS.close
    assert promised.promised_at.date() >= last
    skipped = [last + timedelta(days=offset) for offset in range((promised.promised_at.date() - last).days)]
    assert not any(calendar.is_working_day(day) for day in skipped)


@given(moments, st.integers(1, 20), calendars)
def test_working_days_keep_the_clock_time(received: datetime, count: int, calendar: Calendar) -> None:
    promised = promise(received, Term(count, Unit.WORKING_DAYS), calendar)
    assert promised.promised_at.time() == promised.counted_from.time()


@given(moments, calendars)
def test_same_day_service_is_todays_exactly_until_three_oclock(received: datetime, calendar: Calendar) -> None:
    promised = promise(received, Term(0, Unit.SAME_DAY), calendar)
    is_in_time = promised.counted_from.time() <= time(15)
    assert (promised.promised_at.date() == promised.counted_from.date()) is is_in_time
    assert promised.promised_at.time() == time(17)


def numbers_of(promised: Promise) -> list[int]:
    return [line.number for line in promised.days if line.kind is DayKind.COUNTED]


@given(moments, terms, calendars)
def test_explanation_leads_day_by_day_from_the_receipt_to_the_promise(received: datetime, term: Term, calendar: Calendar) -> None:
    promised = promise(received, term, calendar)
    told = [line.day for line in promised.days]
    assert told[0] == received.date()
    assert told[-1] == promised.promised_at.date()
    assert told == [told[0] + timedelta(days=offset) for offset in range(len(told))]
    assert promised.days[0].kind is DayKind.RECEIVED
    assert [line.day for line in promised.days if line.kind is DayKind.STARTED] == (
        [] if promised.counted_from.date() == received.date() else [promised.counted_from.date()]
    )
    assert numbers_of(promised) == list(range(1, len(numbers_of(promised)) + 1))


@given(moments, st.integers(1, 30), calendars)
def test_explanation_of_working_days_counts_each_worked_day_and_names_each_other(
    received: datetime, count: int, calendar: Calendar
) -> None:
    promised = promise(received, Term(count, Unit.WORKING_DAYS), calendar)
    assert numbers_of(promised) == list(range(1, count + 1))
    for line in promised.days[1:]:
        is_worked = line.kind in (DayKind.COUNTED, DayKind.STARTED)
        assert is_worked is calendar.is_working_day(line.day)
        assert (line.kind is DayKind.DAY_OFF) is (not is_worked and line.day in calendar.days_off)
        if line.kind is DayKind.DAY_OFF:
            assert line.name == f"nghỉ {line.day}"


@given(moments, st.integers(1, 30), calendars)
def test_explanation_of_calendar_days_never_counts_more_days_than_the_term(
    received: datetime, count: int, calendar: Calendar
) -> None:
    promised = promise(received, Term(count, Unit.CALENDAR_DAYS), calendar)
    last_day = promised.counted_from.date() + timedelta(days=count)
    assert numbers_of(promised) == list(range(1, count + 1))
    moved = [line.day for line in promised.days if line.kind is DayKind.MOVED_TO]
    assert moved == ([] if calendar.is_working_day(last_day) else [promised.promised_at.date()])


@given(moments, terms, calendars)
def test_promise_depends_on_nothing_but_what_it_is_given(received: datetime, term: Term, calendar: Calendar) -> None:
    kept = copy.deepcopy(calendar)
    with time_machine.travel(datetime(2026, 1, 1, tzinfo=LOCAL), tick=False):
        first = promise(received, term, calendar)
    with time_machine.travel(datetime(2038, 1, 20, tzinfo=LOCAL), tick=False):
        assert promise(received, term, calendar) == first
    assert calendar == kept


@given(st.integers(1, 999), st.sampled_from(["wd", "d", "h"]))
def test_term_reads_back_as_it_was_written(count: int, unit: str) -> None:
    assert str(Term.parse(f"{count}{unit}")) == f"{count}{unit}"
    assert str(Term.parse("0")) == "0"


def test_receipt_on_a_saturday_is_told_with_the_day_on_which_the_clock_began() -> None:
    received = datetime(2026, 11, 21, 9, 0, tzinfo=LOCAL)
    calendar = Calendar({date(2026, 11, 24): "Ngày Văn hóa Việt Nam"})
    told = promise(received, Term.parse("2wd"), calendar).days
    assert [(line.day.day, line.kind.value, line.number) for line in told] == [
        (21, "received", 0), (22, "weekend", 0), (23, "started", 0), (24, "day_off", 0), (25, "counted", 1), (26, "counted", 2),
    ]  # fmt: skip


def test_five_days_that_end_on_a_saturday_are_told_as_five_and_a_move() -> None:
    told = promise(datetime(2026, 11, 9, 9, 0, tzinfo=LOCAL), Term.parse("5d"), Calendar()).days
    assert [(line.day.day, line.kind.value, line.number) for line in told] == [
        (9, "received", 0), (10, "counted", 1), (11, "counted", 2), (12, "counted", 3), (13, "counted", 4), (14, "counted", 5),
        (15, "weekend", 5), (16, "moved_to", 5),
    ]  # fmt: skip
