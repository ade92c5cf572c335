"""Announcing downtime: seven working days ahead, or an urgent fault with its reason; each step on record."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock, db
from portal.auth.permissions import Actor
from portal.clock import LOCAL
from portal.models import Announcement
from portal.postgres import EmbeddedServer
from portal.services.dossiers.calendar import working_days_after
from portal.services.errors import EditedMeanwhile, Forbidden, GuardRefused, InvalidInput, NotFound, PortalError
from portal.services.organisation.announcements import (
    announced,
    change_announcement,
    draft_announcement,
    end_announcement,
    publish_announcement,
    standing,
)
from portal.services.oversight.audit import verify
from portal.services.oversight.changes import ChangeFilter, changes_of
from tests.people import clerk
from tests.services.organisation.administrators import administrator

# Of these weeks only the weekends and 1 January are off.
MONDAY = datetime(2026, 12, 21, 10, 0, tzinfo=LOCAL)  # 22 23 24 25 | 28 29 30: the seventh is Wednesday, 30 December
OVER_THE_HOLIDAY = datetime(2026, 12, 24, 10, 0, tzinfo=LOCAL)  # 25 | 28 29 30 31 (1 off) | 4 5: Tuesday, 5 January
SATURDAY = datetime(2026, 12, 19, 10, 0, tzinfo=LOCAL)  # counted from Monday 07:30: Wednesday, 30 December, 07:30
WORDS = {
    "unavailable": "Nộp hồ sơ", "unavailable_en": "Filing", "elsewhere": "Đến bộ phận một cửa",
    "elsewhere_en": "Go to the counter", "urgent_reason": "", "urgent_reason_en": "",
}  # fmt: skip
URGENT = {"kind": "urgent", "urgent_reason": "Hỏng thiết bị lưu trữ", "urgent_reason_en": "A storage device broke"}


def form(begins: datetime, hours: int = 4, **more: str) -> dict[str, str]:
    begins, ends = begins.astimezone(LOCAL), (begins + timedelta(hours=hours)).astimezone(LOCAL)
    span = {"begins_on": f"{begins:%Y-%m-%d}", "begins_time": f"{begins:%H:%M}"}
    return {**WORDS, **span, "ends_on": f"{ends:%Y-%m-%d}", "ends_time": f"{ends:%H:%M}", "kind": "planned", **more}


def draft(session: Session, actor: Actor, begins: datetime, hours: int = 4, **more: str) -> Announcement:
    after = partial(working_days_after, session)
    return draft_announcement(session, actor, form(begins, hours, **more), working_days_after=after)


def publish(session: Session, actor: Actor, one: Announcement, seen: int | None = None) -> None:
    after = partial(working_days_after, session)
    publish_announcement(session, actor, one.id, expected_version=one.version if seen is None else seen, working_days_after=after)


def refused_at(session: Session, actor: Actor, begins: datetime, hours: int = 4, **more: str) -> set[str]:
    with pytest.raises(InvalidInput) as refused:
        draft(session, actor, begins, hours, **more)
    return set(refused.value.errors)


@pytest.mark.parametrize(
    ("now", "earliest"),
    [
        (MONDAY, datetime(2026, 12, 30, 10, 0, tzinfo=LOCAL)),
        (OVER_THE_HOLIDAY, datetime(2027, 1, 5, 10, 0, tzinfo=LOCAL)),
        (SATURDAY, datetime(2026, 12, 30, 7, 30, tzinfo=LOCAL)),
    ],
)
def test_planned_downtime_is_announced_seven_working_days_ahead(session: Session, now: datetime, earliest: datetime) -> None:
    with time_machine.travel(now, tick=False):
        actor = administrator(session)
        assert refused_at(session, actor, earliest - timedelta(minutes=1)) == {"begins_on"}
        one = draft(session, actor, earliest)
        assert announced(session, now) == []
        publish(session, actor, one)
        assert announced(session, now) == [one]


def test_draft_that_lay_too_long_is_not_published_as_planned(session: Session) -> None:
    with time_machine.travel(MONDAY, tick=False):
        actor = administrator(session)
        one = draft(session, actor, datetime(2026, 12, 30, 10, 0, tzinfo=LOCAL))
    with time_machine.travel(MONDAY + timedelta(minutes=5), tick=False):
        with pytest.raises(InvalidInput):
            publish(session, actor, one)
        assert announced(session, clock.now()) == []


def test_urgent_fault_may_be_told_at_once_with_its_reason_in_both_languages(session: Session) -> None:
    actor, begun = administrator(session), clock.now() - timedelta(hours=1)
    assert refused_at(session, actor, begun, kind="urgent") == {"urgent_reason", "urgent_reason_en"}
    assert refused_at(session, actor, begun, **{**URGENT, "urgent_reason_en": " "}) == {"urgent_reason_en"}
    one = draft(session, actor, begun, **URGENT)
    publish(session, actor, one)
    assert standing(one, clock.now()) == "running"
    assert announced(session, clock.now()) == [one]
    assert announced(session, one.ends_at) == []
    assert standing(one, one.ends_at) == "over"


def test_reason_of_what_is_planned_is_not_kept(session: Session) -> None:
    one = draft(session, administrator(session), clock.now() + timedelta(days=60), urgent_reason="x", urgent_reason_en="x")
    assert (one.urgent_reason, one.urgent_reason_en) == (None, None)


@pytest.mark.parametrize(
    ("more", "fields"),
    [
        ({"begins_on": "2027-02-30"}, {"begins_on"}),
        ({"begins_time": "25:00"}, {"begins_time"}),
        ({"ends_time": ""}, {"ends_time"}),
        ({"ends_on": "2026-01-01"}, {"ends_on"}),
        ({"kind": "sleepy"}, {"kind"}),
        ({"unavailable": "", "elsewhere_en": "x" * 201}, {"unavailable", "elsewhere_en"}),
    ],
)
def test_nonsense_is_refused_at_its_box(session: Session, more: dict[str, str], fields: set[str]) -> None:
    assert refused_at(session, administrator(session), clock.now() + timedelta(days=60), **more) == fields


def test_fault_that_is_over_is_not_announced(session: Session) -> None:
    assert refused_at(session, administrator(session), clock.now() - timedelta(hours=9), **URGENT) == {"ends_on"}


def test_draft_is_changed_and_what_people_have_read_is_not(session: Session) -> None:
    actor, begins = administrator(session), clock.now() + timedelta(days=60)
    one = draft(session, actor, begins)
    after = partial(working_days_after, session)

    def change(seen: int) -> None:
        words = form(begins, unavailable="Tra cứu")
        change_announcement(session, actor, one.id, words, expected_version=seen, working_days_after=after)

    with pytest.raises(EditedMeanwhile):
        change(0)
    change(1)
    assert one.unavailable == "Tra cứu"
    publish(session, actor, one)
    with pytest.raises(GuardRefused):
        change(3)
    with pytest.raises(GuardRefused):
        publish(session, actor, one)


def test_every_step_is_on_record_with_before_and_after(session: Session) -> None:
    actor = administrator(session)
    one = draft(session, actor, clock.now() - timedelta(hours=1), **URGENT)
    publish(session, actor, one)
    end_announcement(session, actor, one.id, expected_version=2)
    assert announced(session, clock.now()) == []
    with pytest.raises(GuardRefused):
        end_announcement(session, actor, one.id, expected_version=3)
    changes = changes_of(session, ChangeFilter(subject_kind="announcement", subject_id=str(one.id)))
    assert [(change.verb, bool(change.before)) for change in changes] == [
        ("ended", True),
        ("published", True),
        ("entered", False),
    ]
    ended = changes[0]
    assert (ended.before["ended_at"], ended.after["ended_at"]) == (None, one.ended_at.astimezone(UTC).isoformat())
    assert verify(session).findings == ()
    one.version += 1
    session.flush()
    assert [finding.where for finding in verify(session).findings] == [f"announcement {one.id}"]


def test_what_has_not_begun_is_taken_back(session: Session) -> None:
    actor = administrator(session)
    one = draft(session, actor, clock.now() + timedelta(days=60))
    publish(session, actor, one)
    end_announcement(session, actor, one.id, expected_version=2)
    assert standing(one, clock.now()) == "taken_back"
    assert announced(session, clock.now()) == []
    newest = changes_of(session, ChangeFilter(subject_kind="announcement"))[0]
    assert newest.verb == "taken_back"


def test_nobody_but_an_administrator_announces(session: Session) -> None:
    one = draft(session, administrator(session), clock.now() + timedelta(days=60))
    stranger = clerk(session)
    for act in (
        lambda: draft(session, stranger, clock.now() + timedelta(days=60)),
        lambda: publish(session, stranger, one),
        lambda: end_announcement(session, stranger, one.id, expected_version=1),
    ):
        with pytest.raises(Forbidden):
            act()
    with pytest.raises(NotFound):
        end_announcement(session, administrator(session), db.new_id(), expected_version=1)


def test_two_administrators_at_once_publish_or_take_back_but_not_both(committed: EmbeddedServer) -> None:
    with db.transaction() as session:
        people = administrator(session, "Một"), administrator(session, "Hai")
        one = draft(session, people[0], clock.now() + timedelta(days=60))

    def try_to(number: int) -> str:
        try:
            with db.transaction() as session:
                if number:
                    end_announcement(session, people[1], one.id, expected_version=1)
                else:
                    publish(session, people[0], one, seen=1)
                return "done"
        except PortalError as refused:
            return type(refused).__name__

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(try_to, (0, 1))) == ["EditedMeanwhile", "done"]
    with db.transaction() as session:
        kept = session.scalars(select(Announcement)).one()
        assert kept.version == 2
        assert (kept.published_at is None) != (kept.ended_at is None)
