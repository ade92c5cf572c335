"""The working days: days off, made-up days and swaps, as administrators keep them; how the pasted rows are read is in
`calendar_rows.py`, and what a change does to dossiers is not here."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import extract, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.auth.permissions import Actor, Permission
from portal.models import CalendarDay
from portal.services.errors import EditedMeanwhile, InvalidInput, Said
from portal.services.organisation.calendar_rows import DayRow
from portal.services.organisation.turns import note_change, take_turn

SEED = Path(__file__).with_name("calendar.yaml")
KIND = "calendar_day"
OFF, MAKE_UP, PLAIN = "off", "make_up", "plain"
FRIDAY = 4
LONGEST_BRIDGE = 12  # days after which no day off is the compensation of this one any more
Wishes = Mapping[date, DayRow | None]


@dataclass(frozen=True)
class DayChange:
    """One day as it is and as it shall be; None is a plain day of the week."""

    day: date
    before: DayRow | None
    after: DayRow | None


@dataclass(frozen=True)
class Plan:
    """What would change, what is doubtful about it, and what the table said when it was drawn up (`seen`)."""

    changes: tuple[DayChange, ...]
    warnings: tuple[str, ...]
    seen: str

    def kinds(self) -> dict[date, str | None]:
        """Each changed day and what it becomes: off, make_up, or None for a plain day."""
        return {change.day: change.after.kind if change.after else None for change in self.changes}


def seed_calendar(session: Session) -> None:
    """Fill the days that the table does not have yet; a day that somebody edited or removed stays as it is."""
    rows = [{"swapped_with": None, **row} for row in yaml.safe_load(SEED.read_text(encoding="utf-8"))]
    session.execute(insert(CalendarDay).values(rows).on_conflict_do_nothing())


def days_of(session: Session, year: int) -> list[DayRow]:
    """The days of the year that differ from the plain week, in order."""
    return [row_of(day) for day in _table(session, year).values() if day.kind != PLAIN]


def years_of(session: Session) -> list[int]:
    """The years of which something is known, in order."""
    query = select(extract("year", CalendarDay.day)).where(CalendarDay.kind != PLAIN).distinct()
    return sorted(int(year) for year in session.scalars(query))


def day_row(session: Session, day: date) -> DayRow | None:
    """What the table says of the day; None for a plain one."""
    found = session.get(CalendarDay, day)
    return row_of(found) if found is not None and found.kind != PLAIN else None


def row_of(day: CalendarDay) -> DayRow:
    """A day of the table as a row."""
    return DayRow(day.day, day.kind, day.name, day.source, day.swapped_with)


def _table(session: Session, *years: int) -> dict[date, CalendarDay]:
    query = select(CalendarDay).where(extract("year", CalendarDay.day).in_(years)).order_by(CalendarDay.day)
    return {day.day: day for day in session.scalars(query.execution_options(populate_existing=True))}


def plan_year(session: Session, year: int, rows: Iterable[DayRow]) -> Plan:
    """What it takes to make the year these rows and no others.

    Raises:
        InvalidInput: as `plan_days`; or a row is of another year.
    """
    wanted = {row.day: row for row in rows}
    strangers = [day for day in wanted if day.year != year]
    if strangers:
        raise _refusal(Said("Ngày %(day)s không thuộc năm %(year)s.", day=f"{strangers[0]:%d/%m/%Y}", year=year))
    known = {row.day for row in days_of(session, year)}
    return plan_days(session, {day: wanted.get(day) for day in sorted(known | set(wanted))}, whole_year=year)


def plan_days(session: Session, wishes: Wishes, *, whole_year: int | None = None) -> Plan:
    """What it takes to make these days so; the other day of a swap follows.

    Raises:
        InvalidInput: under `rows`: a made-up day on a plain weekday, or a swap that is none.
    """
    years = {day.year + step for day in wishes for step in (-1, 0, 1)}
    table = _table(session, *years)
    now = {day: row_of(row) for day, row in table.items() if row.kind != PLAIN}
    wished = _with_partners(dict(wishes), now)
    then = {day: row for day, row in {**now, **wished}.items() if row is not None}
    changes = [DayChange(day, now.get(day), wished[day]) for day in sorted(wished) if now.get(day) != wished[day]]
    for row in (change.after for change in changes if change.after is not None):
        _check(row, then)
    looked_at = [row for day, row in table.items() if day in wished or day.year == whole_year]
    return Plan(tuple(changes), tuple(_doubts(changes, then)), _fingerprint(looked_at))


def _with_partners(wishes: dict[date, DayRow | None], now: Mapping[date, DayRow]) -> dict[date, DayRow | None]:
    """The wishes, and what they mean for the days that were swapped with theirs: these lose the swap, or go with it."""
    wished = dict(wishes)
    for day, wish in wishes.items():
        old = now.get(day)
        partner = now.get(old.swapped_with) if old and old.swapped_with else None
        if partner is None or partner.day in wishes or (wish is not None and wish.swapped_with == partner.day):
            continue
        alone = DayRow(partner.day, partner.kind, partner.name, partner.source, None)
        wished[partner.day] = None if wish is None else alone
    return wished


def _check(row: DayRow, then: Mapping[date, DayRow]) -> None:
    day = f"{row.day:%d/%m/%Y}"
    if row.kind == MAKE_UP and row.day.weekday() <= FRIDAY:
        raise _refusal(Said("%(day)s là ngày làm việc bình thường nên không thể là ngày làm bù.", day=day))
    if row.swapped_with is None:
        return
    other = then.get(row.swapped_with)
    if other is None or other.swapped_with != row.day or {row.kind, other.kind} != {OFF, MAKE_UP}:
        raise _refusal(Said("%(day)s hoán đổi với một ngày không hoán đổi lại với nó.", day=day))
    if row.kind == OFF and row.day.weekday() > FRIDAY:
        raise _refusal(Said("%(day)s là ngày nghỉ cuối tuần nên không cần hoán đổi.", day=day))


def _refusal(message: str) -> InvalidInput:
    return InvalidInput({"rows": [message]})


def _doubts(changes: list[DayChange], then: Mapping[date, DayRow]) -> Iterable[str]:
    for row in (change.after for change in changes if change.after is not None):
        day = f"{row.day:%d/%m/%Y}"
        if row.kind == OFF and row.day.weekday() > FRIDAY and not _is_compensated(row.day, then):
            yield Said("%(day)s rơi vào cuối tuần mà chưa có ngày nghỉ bù sau đó.", day=day)
        if row.kind == MAKE_UP and row.swapped_with is None:
            yield Said("%(day)s là ngày làm bù nhưng chưa ghi bù cho ngày nào.", day=day)


def _is_compensated(day: date, then: Mapping[date, DayRow]) -> bool:
    """Whether the first weekday after it, past the holidays that begin the week, has a day off next to it."""
    following = (day + timedelta(days=step) for step in range(1, LONGEST_BRIDGE))
    first = next(after for after in following if after.weekday() <= FRIDAY)
    return first in then and then[first].kind == OFF


def _fingerprint(rows: Iterable[CalendarDay]) -> str:
    said = "\n".join(f"{row.day} {row.version}" for row in sorted(rows, key=lambda row: row.day))
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def save_plan(session: Session, actor: Actor, plan: Plan, *, seen: str) -> None:
    """Make the days so, in the caller's transaction; `plan` is drawn up in the same one, after `begin_calendar`.

    Raises:
        EditedMeanwhile: the table said something else when the person saw the plan.

    Effects: one change for each day.
    """
    if plan.seen != seen:
        raise EditedMeanwhile
    for change in plan.changes:
        day = session.get(CalendarDay, change.day) or CalendarDay(day=change.day, version=0)
        row = change.after
        day.kind = row.kind if row else PLAIN
        day.name, day.source = (row.name, row.source) if row else ("", "")
        day.swapped_with = row.swapped_with if row else None
        session.add(day)
    session.flush()
    for change in plan.changes:
        verb = "removed" if change.after is None else "added" if change.before is None else "changed"
        note_change(
            session, actor, session.get_one(CalendarDay, change.day), kind=KIND, subject_id=change.day.isoformat(),
            verb=verb, before=_on_record(change.before), after=_on_record(change.after),
        )  # fmt: skip
    session.flush()


def begin_calendar(session: Session, actor: Actor) -> None:
    """The actor's turn to change the calendar, until the commit.

    Raises:
        Forbidden, LevelTooLow: as `turns.take_turn`.
    """
    take_turn(session, actor, Permission.EDIT_CALENDAR)


def _on_record(row: DayRow | None) -> dict[str, Any] | None:
    if row is None:
        return None
    swapped_with = row.swapped_with.isoformat() if row.swapped_with else None
    return {"day": row.day.isoformat(), "kind": row.kind, "name": row.name, "source": row.source, "swapped_with": swapped_with}
