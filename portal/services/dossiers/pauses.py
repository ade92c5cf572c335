"""The clock that stood still: what a pause adds to the promised moment, and the promise of a dossier with its pauses.

Pure, like `deadlines`: all moments are aware and in Vietnam time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise

from portal.services.dossiers.deadlines import (
    Calendar,
    OfficeHours,
    Promise,
    Term,
    Unit,
    after_office_time,
    explained,
    promise,
)


@dataclass(frozen=True)
class Pause:
    """The clock did not run from `start` to `end`."""

    start: datetime
    end: datetime


def office_time(start: datetime, end: datetime, calendar: Calendar, hours: OfficeHours) -> timedelta:
    """How long the office worked between two moments; nothing where `end` is not after `start`."""
    total, day = timedelta(), start.date()
    while day <= end.date():
        if calendar.is_working_day(day):
            for opens, closes in hours.blocks:
                begin = max(start, datetime.combine(day, opens, tzinfo=start.tzinfo))
                finish = min(end, datetime.combine(day, closes, tzinfo=start.tzinfo))
                total += max(finish - begin, timedelta())
        day += timedelta(days=1)
    return total


def reckon(
    received_at: datetime, term: Term, pauses: Iterable[Pause], calendar: Calendar, hours: OfficeHours | None = None
) -> Promise:
    """The promise of a dossier whose clock began at `received_at` and stood still during the pauses, in their order.

    Terms in working days, in hours and of the same day run in office time: each pause moves the end by as much office
    time as it took. Calendar days move by the days that began during the pause, and end on no day off.

    Raises:
        ValueError: a pause ends before it starts, or they overlap; as `promise`.

    Source: the clock does not run while the citizen completes or pays (one-stop rules, R4); the measure is this portal's.
    """
    hours, pauses = hours or OfficeHours(), tuple(pauses)
    _check(pauses)
    made = promise(received_at, term, calendar, hours)
    if term.unit is Unit.CALENDAR_DAYS:
        stood = sum((pause.end.date() - pause.start.date()).days for pause in pauses)
        end = promise(received_at, replace(term, count=term.count + stood), calendar, hours).promised_at
    else:
        stood_for = sum((office_time(pause.start, pause.end, calendar, hours) for pause in pauses), timedelta())
        end = after_office_time(made.promised_at, stood_for, calendar, hours)
    days = explained(received_at.date(), made.counted_from.date(), end.date(), term, calendar, set(_days_of(pauses)))
    return replace(made, promised_at=end, days=days)


def re_appointed(
    made: Promise, end: datetime, pause: Pause | None, term: Term, calendar: Calendar, hours: OfficeHours | None = None
) -> Promise:
    """The promise where another end was appointed: that end, moved by the pause that came after it, and off no day off."""
    hours = hours or OfficeHours()
    if pause is not None:
        end = _later(end, pause, term, calendar, hours)
    if not calendar.is_working_day(end.date()):
        end = datetime.combine(calendar.next_working_day(end.date()), hours.close, tzinfo=end.tzinfo)
    paused = set(_days_of([pause] if pause else ()))
    days = explained(made.received_at.date(), made.counted_from.date(), end.date(), term, calendar, paused)
    return replace(made, promised_at=end, days=days)


def _check(pauses: tuple[Pause, ...]) -> None:
    if any(pause.end < pause.start for pause in pauses) or any(after.start < before.end for before, after in pairwise(pauses)):
        raise ValueError("pauses follow one another and end after they start")


def _later(end: datetime, pause: Pause, term: Term, calendar: Calendar, hours: OfficeHours) -> datetime:
    if term.unit is not Unit.CALENDAR_DAYS:
        return after_office_time(end, office_time(pause.start, pause.end, calendar, hours), calendar, hours)
    moved = end + (pause.end.date() - pause.start.date())
    if calendar.is_working_day(moved.date()):
        return moved
    return datetime.combine(calendar.next_working_day(moved.date()), hours.close, tzinfo=end.tzinfo)


def _days_of(pauses: Iterable[Pause]) -> Iterator[date]:
    """The days on which the clock stood still when they began, or stopped in their course."""
    for pause in pauses:
        yield from (pause.start.date() + timedelta(days=offset) for offset in range((pause.end.date() - pause.start.date()).days))
