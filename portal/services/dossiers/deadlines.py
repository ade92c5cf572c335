"""The working-day clock: from the moment of receipt and a term to the promised moment, and the days that made it.

The counting rule and each of its constants are parameters (`OfficeHours`, `Calendar`), because sector law may set
them otherwise. All moments are aware and in Vietnam time; nothing here reads a clock or a database.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum

LONGEST_SEARCH = 400


class Unit(StrEnum):
    """How a term is counted."""

    WORKING_DAYS = "wd"
    CALENDAR_DAYS = "d"
    OFFICE_HOURS = "h"
    SAME_DAY = "0"


@dataclass(frozen=True)
class Term:
    """A time limit as a procedure states it: 3 working days, 5 calendar days, 8 office hours, or the same day."""

    count: int
    unit: Unit

    @classmethod
    def parse(cls, text: str) -> Term:
        """The term written as `3wd`, `5d`, `8h` or `0`.

        Raises:
            ValueError: the text is none of these.
        """
        if text == "0":
            return cls(0, Unit.SAME_DAY)
        found = re.fullmatch(r"([1-9]\d{0,2})(wd|d|h)", text)
        if not found:
            raise ValueError(f"not a term: {text!r} (3wd, 5d, 8h or 0)")
        return cls(int(found[1]), Unit(found[2]))

    def __str__(self) -> str:
        return "0" if self.unit is Unit.SAME_DAY else f"{self.count}{self.unit}"


@dataclass(frozen=True)
class OfficeHours:
    """The blocks of a working day, both ends included, and the cut-off of same-day services."""

    blocks: tuple[tuple[time, time], ...] = ((time(7, 30), time(11, 30)), (time(13, 30), time(17, 0)))
    same_day_until: time = time(15, 0)

    @property
    def close(self) -> time:
        return self.blocks[-1][1]


@dataclass(frozen=True)
class Calendar:
    """Which days are worked: Monday to Friday, less the days off, plus the make-up days; both carry their names."""

    days_off: dict[date, str] = field(default_factory=dict)
    make_up_days: dict[date, str] = field(default_factory=dict)

    def is_working_day(self, day: date) -> bool:
        if day in self.make_up_days:
            return True
        return day.weekday() < 5 and day not in self.days_off

    def next_working_day(self, day: date) -> date:
        """The first working day after `day`.

        Raises:
            ValueError: the calendar holds no working day within `LONGEST_SEARCH` days.
        """
        for offset in range(1, LONGEST_SEARCH):
            candidate = day + timedelta(days=offset)
            if self.is_working_day(candidate):
                return candidate
        raise ValueError(f"no working day within {LONGEST_SEARCH} days of {day}")

    def name_of(self, day: date) -> str:
        """Why the day is off or made up; empty for a plain day."""
        return self.make_up_days.get(day) or self.days_off.get(day, "")


class DayKind(StrEnum):
    """What a day did for the promised date."""

    RECEIVED = "received"
    STARTED = "started"  # received outside office hours, the clock began on this day
    COUNTED = "counted"
    MOVED_TO = "moved_to"  # the last calendar day was off, so the term ends here
    WEEKEND = "weekend"
    DAY_OFF = "day_off"
    PAUSED = "paused"  # the clock stood still, for all of the day or a part of it


@dataclass(frozen=True)
class DayLine:
    """One day on the way to the promised date; `number` is its place among the counted days."""

    day: date
    kind: DayKind
    number: int
    name: str


@dataclass(frozen=True)
class Promise:
    """The promised moment and how it was reckoned."""

    received_at: datetime
    counted_from: datetime
    promised_at: datetime
    days: tuple[DayLine, ...]


def promise(received_at: datetime, term: Term, calendar: Calendar, hours: OfficeHours | None = None) -> Promise:
    """When a dossier received at `received_at` (aware, Vietnam time) must be answered.

    A receipt outside office hours counts from the next working moment. Days: the day of the counted moment is not
    counted; working days end at the same clock time, calendar days at closing time and never on a day off; hours
    spend office minutes; a same-day service taken after its cut-off moves to the next working day.

    Raises:
        ValueError: the moment has no time zone, or the calendar has no working day in reach.

    Source: Bộ luật Dân sự, Điều 147–148; cut-off of 15:00: Luật Hộ tịch 60/2014; the hour printed: this portal's rule.
    """
    if received_at.tzinfo is None:
        raise ValueError("the moment of receipt needs a time zone")
    hours = hours or OfficeHours()
    counted_from = next_working_moment(received_at, calendar, hours)
    count = {
        Unit.WORKING_DAYS: _after_working_days,
        Unit.CALENDAR_DAYS: _after_calendar_days,
        Unit.OFFICE_HOURS: _after_office_hours,
        Unit.SAME_DAY: _same_day,
    }[term.unit]
    promised_at = count(counted_from, term.count, calendar, hours)
    days = explained(received_at.date(), counted_from.date(), promised_at.date(), term, calendar)
    return Promise(received_at, counted_from, promised_at, days)


def _at(day: date, clock: time, like: datetime) -> datetime:
    return datetime.combine(day, clock, tzinfo=like.tzinfo)


def next_working_moment(moment: datetime, calendar: Calendar, hours: OfficeHours) -> datetime:
    """The moment itself inside office hours, else the next at which the office works."""
    if calendar.is_working_day(moment.date()):
        clock = moment.time()
        for start, end in hours.blocks:
            if clock < start:
                return _at(moment.date(), start, moment)
            if clock <= end:
                return moment
    return _at(calendar.next_working_day(moment.date()), hours.blocks[0][0], moment)


def _after_working_days(start: datetime, count: int, calendar: Calendar, hours: OfficeHours) -> datetime:
    day = start.date()
    for _ in range(count):
        day = calendar.next_working_day(day)
    return _at(day, start.time(), start)


def _after_calendar_days(start: datetime, count: int, calendar: Calendar, hours: OfficeHours) -> datetime:
    day = start.date() + timedelta(days=count)
    if not calendar.is_working_day(day):
        day = calendar.next_working_day(day)
    return _at(day, hours.close, start)


def _after_office_hours(start: datetime, count: int, calendar: Calendar, hours: OfficeHours) -> datetime:
    return after_office_time(start, timedelta(hours=count), calendar, hours)


def after_office_time(start: datetime, span: timedelta, calendar: Calendar, hours: OfficeHours) -> datetime:
    """The moment at which so much office time has passed since `start`; a block that is used up exactly ends it."""
    left, moment = span, next_working_moment(start, calendar, hours)
    while True:
        for block_start, block_end in hours.blocks:
            begin, end = _at(moment.date(), block_start, start), _at(moment.date(), block_end, start)
            if moment > end:
                continue
            begin = max(begin, moment)
            if left <= end - begin:
                return begin + left
            left -= end - begin
        moment = _at(calendar.next_working_day(moment.date()), hours.blocks[0][0], start)


def _same_day(start: datetime, count: int, calendar: Calendar, hours: OfficeHours) -> datetime:
    day = start.date()
    if start.time() > hours.same_day_until:
        day = calendar.next_working_day(day)
    return _at(day, hours.close, start)


def explained(
    received: date, first: date, last: date, term: Term, calendar: Calendar, paused: Collection[date] = ()
) -> tuple[DayLine, ...]:
    """Each day from the receipt to the promised one, and what it did; `paused`: days on which the clock stood still."""
    return tuple(_explain(received, first, last, term, calendar, paused))


def _explain(
    received: date, first: date, last: date, term: Term, calendar: Calendar, paused: Collection[date]
) -> Iterator[DayLine]:
    number = 0
    for offset in range((last - received).days + 1):
        day = received + timedelta(days=offset)
        if day == received:
            kind = DayKind.RECEIVED
        elif day <= first:
            kind = DayKind.STARTED if day == first else _kind_of_rest(day, calendar)
        elif day in paused:
            kind = DayKind.PAUSED
        else:
            kind = _kind_after_start(day, number, term, calendar)
        number += kind is DayKind.COUNTED
        yield DayLine(day, kind, number, calendar.name_of(day))


def _kind_after_start(day: date, counted: int, term: Term, calendar: Calendar) -> DayKind:
    if term.unit is Unit.CALENDAR_DAYS and counted < term.count:
        return DayKind.COUNTED
    if not calendar.is_working_day(day):
        return _kind_of_rest(day, calendar)
    return DayKind.MOVED_TO if term.unit is Unit.CALENDAR_DAYS else DayKind.COUNTED


def _kind_of_rest(day: date, calendar: Calendar) -> DayKind:
    return DayKind.DAY_OFF if day in calendar.days_off else DayKind.WEEKEND
