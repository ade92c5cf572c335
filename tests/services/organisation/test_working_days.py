from __future__ import annotations

from datetime import date, datetime

import pytest
import time_machine
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.auth.permissions import Actor
from portal.clock import LOCAL
from portal.models import CalendarDay
from portal.services.dossiers.calendar import promises_moved, working_calendar
from portal.services.errors import EditedMeanwhile, Forbidden, InvalidInput
from portal.services.organisation.calendar_rows import DayRow, read_rows, write_rows
from portal.services.organisation.working_days import (
    Plan,
    begin_calendar,
    day_row,
    days_of,
    plan_days,
    plan_year,
    save_plan,
    seed_calendar,
)
from portal.services.oversight.changes import ChangeFilter, changes_of
from tests.filings import received
from tests.people import citizen, clerk
from tests.services.organisation.administrators import administrator

THURSDAY, SATURDAY, SUNDAY = date(2026, 12, 17), date(2026, 12, 19), date(2026, 12, 20)


def row(day: date, kind: str = "off", *, name: str = "Ngày nghỉ mẫu", swapped_with: date | None = None) -> DayRow:
    return DayRow(day, kind, name, "Văn bản mẫu 1/2026", swapped_with)


def save(session: Session, actor: Actor, plan: Plan) -> None:
    begin_calendar(session, actor)
    save_plan(session, actor, plan, seen=plan.seen)


def test_day_off_is_added_changed_and_removed_with_a_record_of_each(session: Session) -> None:
    actor = administrator(session)
    save(session, actor, plan_days(session, {THURSDAY: row(THURSDAY)}))
    assert not working_calendar(session).is_working_day(THURSDAY)
    save(session, actor, plan_days(session, {THURSDAY: row(THURSDAY, name="Tên khác")}))
    save(session, actor, plan_days(session, {THURSDAY: None}))
    assert working_calendar(session).is_working_day(THURSDAY)
    assert day_row(session, THURSDAY) is None
    changes = changes_of(session, ChangeFilter(subject_kind="calendar_day", subject_id="2026-12-17"))
    assert [(change.verb, bool(change.before), bool(change.after)) for change in changes] == [
        ("removed", True, False),
        ("changed", True, True),
        ("added", False, True),
    ]


def test_day_removed_is_not_loaded_again_with_what_ships(session: Session) -> None:
    culture_day = date(2026, 11, 24)
    save(session, administrator(session), plan_days(session, {culture_day: None}))
    seed_calendar(session)
    assert working_calendar(session).is_working_day(culture_day)


def test_swap_is_two_days_and_goes_as_two(session: Session) -> None:
    actor = administrator(session)
    swap = {THURSDAY: row(THURSDAY, swapped_with=SATURDAY), SATURDAY: row(SATURDAY, "make_up", swapped_with=THURSDAY)}
    save(session, actor, plan_days(session, swap))
    calendar = working_calendar(session)
    assert (calendar.is_working_day(THURSDAY), calendar.is_working_day(SATURDAY)) == (False, True)
    plan = plan_days(session, {SATURDAY: None})
    assert [change.day for change in plan.changes] == [THURSDAY, SATURDAY]
    save(session, actor, plan)
    calendar = working_calendar(session)
    assert (calendar.is_working_day(THURSDAY), calendar.is_working_day(SATURDAY)) == (True, False)


@pytest.mark.parametrize(
    "wishes",
    [
        {THURSDAY: row(THURSDAY, "make_up")},
        {THURSDAY: row(THURSDAY, swapped_with=SATURDAY)},
        {THURSDAY: row(THURSDAY, swapped_with=SATURDAY), SATURDAY: row(SATURDAY, swapped_with=THURSDAY)},
        {SUNDAY: row(SUNDAY, swapped_with=SATURDAY), SATURDAY: row(SATURDAY, "make_up", swapped_with=SUNDAY)},
        {THURSDAY: row(THURSDAY, swapped_with=THURSDAY)},
    ],
)
def test_nonsense_is_refused(session: Session, wishes: dict[date, DayRow]) -> None:
    with pytest.raises(InvalidInput):
        plan_days(session, wishes)


def test_database_itself_refuses_to_make_up_a_plain_weekday(session: Session) -> None:
    with pytest.raises(IntegrityError, match="a_rest_day_is_made_up"), session.begin_nested():
        session.execute(text("INSERT INTO calendar_days (day, kind, name, source) VALUES ('2026-12-17', 'make_up', 'a', 'b')"))


def test_holiday_on_a_weekend_is_doubted_until_it_is_compensated(session: Session) -> None:
    monday = date(2026, 12, 21)
    alone = plan_days(session, {SUNDAY: row(SUNDAY)})
    both = plan_days(session, {SUNDAY: row(SUNDAY), monday: row(monday, name="Nghỉ bù")})
    assert [warning.facts for warning in alone.warnings] == [{"day": "20/12/2026"}]
    assert both.warnings == ()


def test_lines_and_yaml_say_the_same_and_are_written_back(session: Session) -> None:
    lines = "# năm 2027\n24/11/2027 | nghỉ | Ngày Văn hóa | NQ 28\n27/11/2027 | làm bù | Bù | QĐ 1 | 22/11/2027"
    told = "- {day: 2027-11-24, kind: off, name: Ngày Văn hóa, source: NQ 28}\n"
    told += "- {day: 2027-11-27, kind: make_up, name: Bù, source: QĐ 1, swapped_with: 2027-11-22}"
    assert read_rows(lines) == read_rows(told)
    assert read_rows(write_rows(days_of(session, 2026))) == days_of(session, 2026)


@pytest.mark.parametrize(
    "pasted",
    [
        "",
        "24/11/2027 | nghỉ | Tên",
        "31/02/2027 | nghỉ | Tên | Căn cứ",
        "24/11/2027 | ngủ | Tên | Căn cứ",
        "24/11/2027 | nghỉ |  | Căn cứ",
        "24/11/2027 | nghỉ | A | B\n24/11/2027 | nghỉ | C | D",
        "- 5",
        "- {day: 2027-11-24, kind: off, name: A, source: B, more: C}",
        "[",
        "- {day: 2027-11-24, kind: off, name: [A], source: ''}",
        "x" * 50_000,
    ],
)
def test_rows_that_cannot_be_read_are_refused_with_a_sentence(pasted: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_rows(pasted)
    assert refused.value.errors["rows"]


def test_import_shows_what_comes_what_changes_and_what_goes(session: Session) -> None:
    rows = [one for one in days_of(session, 2027) if one.day != date(2027, 2, 5)]
    changed = [row(one.day, name="Tên mới") if one.day == date(2027, 1, 1) else one for one in rows]
    plan = plan_year(session, 2027, [*changed, row(date(2027, 6, 1))])
    assert [(change.day, bool(change.before), bool(change.after)) for change in plan.changes] == [
        (date(2027, 1, 1), True, True),
        (date(2027, 2, 5), True, False),
        (date(2027, 6, 1), False, True),
    ]
    assert len(days_of(session, 2027)) == len(rows) + 1
    save(session, administrator(session), plan)
    assert {one.day: one.name for one in days_of(session, 2027)} == {
        one.day: one.name for one in [*changed, row(date(2027, 6, 1))]
    }


def test_row_of_another_year_is_refused(session: Session) -> None:
    with pytest.raises(InvalidInput):
        plan_year(session, 2027, [row(THURSDAY)])


def test_plan_that_somebody_overtook_is_not_saved(session: Session) -> None:
    actor = administrator(session)
    mine, year = plan_days(session, {THURSDAY: row(THURSDAY)}), plan_year(session, 2026, days_of(session, 2026))
    save(session, actor, plan_days(session, {THURSDAY: row(THURSDAY, name="Của người khác")}))
    for plan, again in ((mine, plan_days(session, {THURSDAY: row(THURSDAY)})), (year, plan_year(session, 2026, []))):
        with pytest.raises(EditedMeanwhile):
            save_plan(session, actor, again, seen=plan.seen)
    assert session.get_one(CalendarDay, THURSDAY).name == "Của người khác"


def test_change_of_another_day_does_not_stand_in_the_way(session: Session) -> None:
    actor = administrator(session)
    mine = plan_days(session, {THURSDAY: row(THURSDAY)})
    friday = date(2026, 12, 18)
    save(session, actor, plan_days(session, {friday: row(friday)}))
    save_plan(session, actor, plan_days(session, {THURSDAY: row(THURSDAY)}), seen=mine.seen)


def test_effect_on_promises_is_counted_and_moves_none(session: Session) -> None:
    with time_machine.travel(datetime(2026, 12, 15, 9, tzinfo=LOCAL), tick=False):
        dossier = received(session, citizen(session), clerk(session))
    promised = dossier.promised_at
    assert promises_moved(session, {date(2026, 12, 16): "off"}) == 1
    assert promises_moved(session, {date(2026, 12, 19): "make_up", date(2026, 12, 10): "off"}) == 0
    assert promises_moved(session, {date(2026, 12, 16): None}) == 0
    assert dossier.promised_at == promised


def test_calendar_is_changed_by_administrators_alone(session: Session) -> None:
    with pytest.raises(Forbidden):
        begin_calendar(session, clerk(session))
