from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from portal.clock import LOCAL
from portal.services.dossiers.deadlines import Calendar, DayKind, OfficeHours, Term, Unit, promise
from portal.services.organisation import working_days

ROWS = yaml.safe_load(Path(working_days.SEED).read_text(encoding="utf-8"))
CALENDAR = Calendar(
    days_off={row["day"]: row["name"] for row in ROWS if row["kind"] == "off"},
    make_up_days={row["day"]: row["name"] for row in ROWS if row["kind"] == "make_up"},
)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL)


# Reckoned by hand on the wall calendars of 2025 and 2026.
BY_HAND = [
    # the worked examples of the rule
    ("2026-11-16T09:00", "3wd", "2026-11-19T09:00"),
    ("2026-11-20T09:00", "1wd", "2026-11-23T09:00"),
    ("2026-11-23T09:00", "1wd", "2026-11-25T09:00"),
    ("2026-11-23T15:30", "0", "2026-11-25T17:00"),
    ("2026-02-13T10:00", "2wd", "2026-02-24T10:00"),
    ("2025-11-20T09:00", "5d", "2025-11-25T17:00"),
    # outside office hours: counted from the next working moment
    ("2026-11-16T06:00", "1wd", "2026-11-17T07:30"),
    ("2026-11-16T12:15", "1wd", "2026-11-17T13:30"),
    ("2026-11-16T17:00", "1wd", "2026-11-17T17:00"),
    ("2026-11-16T17:01", "1wd", "2026-11-18T07:30"),
    ("2026-11-16T23:59", "3wd", "2026-11-20T07:30"),
    ("2026-11-17T00:00", "3wd", "2026-11-20T07:30"),
    ("2026-11-21T10:00", "1wd", "2026-11-25T07:30"),
    ("2026-11-22T10:00", "2wd", "2026-11-26T07:30"),
    ("2026-11-24T10:00", "1wd", "2026-11-26T07:30"),
    # same day, cut-off of 15:00 included
    ("2026-11-16T08:00", "0", "2026-11-16T17:00"),
    ("2026-11-16T15:00", "0", "2026-11-16T17:00"),
    ("2026-11-16T15:01", "0", "2026-11-17T17:00"),
    ("2026-11-20T15:01", "0", "2026-11-23T17:00"),
    ("2026-11-16T18:00", "0", "2026-11-17T17:00"),
    ("2026-11-21T09:00", "0", "2026-11-23T17:00"),
    # office hours: a term that uses up a block ends at the end of that block
    ("2026-11-16T07:30", "4h", "2026-11-16T11:30"),
    ("2026-11-16T07:30", "5h", "2026-11-16T14:30"),
    ("2026-11-16T09:00", "8h", "2026-11-17T09:30"),
    ("2026-11-16T13:30", "3h", "2026-11-16T16:30"),
    ("2026-11-16T13:30", "4h", "2026-11-17T08:00"),
    ("2026-11-16T11:30", "1h", "2026-11-16T14:30"),
    ("2026-11-20T16:00", "8h", "2026-11-23T16:30"),
    ("2026-11-23T16:00", "8h", "2026-11-25T16:30"),
    ("2026-11-16T18:00", "8h", "2026-11-18T08:00"),
    # calendar days: the last day off moves on
    ("2026-11-16T09:00", "5d", "2026-11-23T17:00"),
    ("2026-11-19T09:00", "5d", "2026-11-25T17:00"),
    ("2026-11-21T09:00", "1d", "2026-11-25T17:00"),
    ("2026-04-25T09:00", "1d", "2026-04-29T17:00"),
    # Tết 2025 and 2026
    ("2025-01-24T09:00", "1wd", "2025-02-03T09:00"),
    ("2025-01-23T09:00", "5wd", "2025-02-06T09:00"),
    ("2026-02-13T16:00", "8h", "2026-02-23T16:30"),
    ("2026-02-10T09:00", "10d", "2026-02-23T17:00"),
    # Hùng Kings, 30/4, 1/5; swapped days
    ("2025-04-04T09:00", "1wd", "2025-04-08T09:00"),
    ("2025-04-25T09:00", "1wd", "2025-04-26T09:00"),
    ("2025-04-25T09:00", "2wd", "2025-04-28T09:00"),
    ("2025-04-29T09:00", "1wd", "2025-05-05T09:00"),
    ("2026-04-24T09:00", "1wd", "2026-04-28T09:00"),
    ("2026-04-29T09:00", "1wd", "2026-05-04T09:00"),
    # National Day with its swap
    ("2026-08-21T09:00", "1wd", "2026-08-22T09:00"),
    ("2026-08-28T09:00", "1wd", "2026-09-03T09:00"),
    ("2026-08-28T15:30", "0", "2026-09-03T17:00"),
    # year's turn with its swap
    ("2025-12-31T09:00", "1wd", "2026-01-05T09:00"),
    ("2026-01-09T09:00", "1wd", "2026-01-10T09:00"),
    ("2026-01-09T09:00", "2wd", "2026-01-12T09:00"),
    # long terms
    ("2026-11-02T09:00", "20wd", "2026-12-01T09:00"),
    ("2026-11-02T09:00", "30d", "2026-12-02T17:00"),
]


@pytest.mark.parametrize(("received", "term", "promised"), BY_HAND)
def test_promise_is_the_one_reckoned_by_hand(received: str, term: str, promised: str) -> None:
    assert promise(local(received), Term.parse(term), CALENDAR).promised_at == local(promised)


def test_promise_opens_into_the_days_that_made_it() -> None:
    days = promise(local("2026-11-20T09:00"), Term.parse("2wd"), CALENDAR).days
    assert [(line.day.isoformat(), line.kind.value, line.number) for line in days] == [
        ("2026-11-20", "received", 0),
        ("2026-11-21", "weekend", 0),
        ("2026-11-22", "weekend", 0),
        ("2026-11-23", "counted", 1),
        ("2026-11-24", "day_off", 1),
        ("2026-11-25", "counted", 2),
    ]


def test_saturday_desk_does_not_make_saturday_a_working_day() -> None:
    promised = promise(local("2026-11-14T09:00"), Term.parse("1wd"), CALENDAR)
    assert promised.counted_from == local("2026-11-16T07:30")
    assert promised.promised_at == local("2026-11-17T07:30")


def test_true_moment_of_receipt_is_kept_beside_the_counted_one() -> None:
    received = local("2026-11-16T20:15")
    assert promise(received, Term.parse("1wd"), CALENDAR).received_at == received


def test_sector_may_set_other_hours_and_another_cut_off() -> None:
    hours = OfficeHours(blocks=((time(8), time(12)), (time(13), time(17))), same_day_until=time(11))
    assert promise(local("2026-11-16T11:01"), Term.parse("0"), CALENDAR, hours).promised_at == local("2026-11-17T17:00")
    assert promise(local("2026-11-16T12:30"), Term.parse("1wd"), CALENDAR, hours).promised_at == local("2026-11-17T13:00")


def test_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        promise(datetime(2026, 11, 16, 9, 0), Term.parse("1wd"), CALENDAR)  # noqa: DTZ001 (the fault that is tested)


def test_calendar_without_working_days_is_refused_instead_of_searched_for_ever() -> None:
    closed = Calendar(days_off={date(2026, 11, 16) + timedelta(days=n): "đóng" for n in range(900)})
    with pytest.raises(ValueError, match="no working day"):
        promise(local("2026-11-16T09:00"), Term.parse("1wd"), closed)


@pytest.mark.parametrize("text", ["", "3", "wd", "0wd", "-1wd", "3 wd", "3WD", "1.5d", "3wd\n", "٣wd", "1000wd"])
def test_text_that_is_no_term_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a term"):
        Term.parse(text)


moments = st.datetimes(datetime(2025, 1, 2), datetime(2026, 12, 1)).map(lambda moment: moment.replace(tzinfo=LOCAL))  # noqa: DTZ001
terms = st.builds(Term, st.integers(1, 30), st.sampled_from([Unit.WORKING_DAYS, Unit.CALENDAR_DAYS, Unit.OFFICE_HOURS]))


@given(moments, terms)
def test_promise_lies_after_receipt_on_a_working_day_within_office_hours(received: datetime, term: Term) -> None:
    promised = promise(received, term, CALENDAR)
    moment = promised.promised_at
    assert moment >= promised.counted_from >= received
    assert CALENDAR.is_working_day(moment.date())
    assert any(start <= moment.time() <= end for start, end in OfficeHours().blocks)


@given(moments, terms, st.timedeltas(timedelta(0), timedelta(days=5)))
def test_later_receipt_is_never_promised_earlier(received: datetime, term: Term, later: timedelta) -> None:
    assert promise(received + later, term, CALENDAR).promised_at >= promise(received, term, CALENDAR).promised_at


@given(moments, st.integers(1, 25))
def test_n_working_days_count_exactly_n_working_days(received: datetime, count: int) -> None:
    promised = promise(received, Term(count, Unit.WORKING_DAYS), CALENDAR)
    counted = [line for line in promised.days if line.kind is DayKind.COUNTED]
    assert len(counted) == count
    assert [line.number for line in counted] == list(range(1, count + 1))
    assert all(CALENDAR.is_working_day(line.day) for line in counted)


@given(moments, st.integers(1, 40))
def test_office_hours_add_up(received: datetime, count: int) -> None:
    promised = promise(received, Term(count, Unit.OFFICE_HOURS), CALENDAR)
    spent, day = timedelta(0), promised.counted_from.date()
    while day <= promised.promised_at.date():
        if CALENDAR.is_working_day(day):
            for start, end in OfficeHours().blocks:
                begin = max(datetime.combine(day, start, LOCAL), promised.counted_from)
                stop = min(datetime.combine(day, end, LOCAL), promised.promised_at)
                spent += max(stop - begin, timedelta(0))
        day += timedelta(days=1)
    assert spent == timedelta(hours=count)


@given(moments, st.integers(1, 20), st.dates(date(2025, 1, 2), date(2026, 12, 20)))
def test_one_more_day_off_never_brings_the_promise_forward(received: datetime, count: int, extra: date) -> None:
    stricter = Calendar({**CALENDAR.days_off, extra: "thêm"}, {d: n for d, n in CALENDAR.make_up_days.items() if d != extra})
    term = Term(count, Unit.WORKING_DAYS)
    assert promise(received, term, stricter).promised_at >= promise(received, term, CALENDAR).promised_at
