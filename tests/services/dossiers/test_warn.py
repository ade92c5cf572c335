"""Officers are warned before a step or a term runs out: once for each moment, one message a day, and whoever stands in."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock, db
from portal.auth.permissions import Actor
from portal.models import Account, Dossier, DueWarning, OutboxItem
from portal.postgres import EmbeddedServer
from portal.services.dossiers.calendar import one_working_day_after
from portal.services.dossiers.propose import propose
from portal.services.dossiers.queries import facts_of
from portal.services.dossiers.queue_counts import queue_counts
from portal.services.dossiers.reassign import reassign
from portal.services.dossiers.stop import stop
from portal.services.dossiers.warn import warn_of_dues, warning_letter
from tests.filings import GRANT, appraising, received
from tests.people import citizen, clerk, leader
from tests.services.dossiers.doings import REASON
from tests.services.dossiers.test_assign import post
from tests.services.organisation.administrators import as_now
from tests.services.organisation.test_absences import enter

MONDAY = datetime(
    2026, 11, 16, 2, 0, tzinfo=UTC
)  # 09:00 in Vietnam: the step is due on Tuesday at 15:30, the term on Thursday at 09:00
TUESDAY, WEDNESDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)


@pytest.fixture(autouse=True)
def moving() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def holder(session: Session) -> Actor:
    return post(session, "Phạm Văn Giỏi")


@pytest.fixture
def held(session: Session, holder: Actor) -> Dossier:
    return appraising(session, citizen(session), clerk(session), holder)


def warned(session: Session) -> list[tuple[uuid.UUID, str]]:
    return [
        (row.account_id, row.kind) for row in session.scalars(select(DueWarning).order_by(DueWarning.due_at, DueWarning.kind))
    ]


def mine_due_soon(session: Session, actor: Actor) -> int:
    now = clock.now()
    return queue_counts(session, actor, now=now, soon=one_working_day_after(session, now)).mine_due_soon


def leaves_address(session: Session, actor: Actor) -> None:
    account = session.get_one(Account, actor.account_id)
    account.profile = {**account.profile, "email": "can@bo.example"}


def messages(session: Session) -> list[str]:
    return list(session.scalars(select(OutboxItem.key).where(OutboxItem.kind == "send_warning").order_by(OutboxItem.key)))


def test_step_is_warned_of_one_working_day_before_and_the_term_too_each_once(
    session: Session, holder: Actor, held: Dossier, moving: time_machine.Traveller
) -> None:
    assert warn_of_dues(session) == 0, "more than a working day is left"
    moving.move_to(MONDAY + timedelta(hours=7))
    assert warn_of_dues(session) == 1
    assert warn_of_dues(session) == 0
    moving.move_to(WEDNESDAY)
    assert warn_of_dues(session) == 1
    assert warn_of_dues(session) == 0
    assert warned(session) == [(holder.account_id, "step"), (holder.account_id, "term")]
    assert messages(session) == [f"{holder.id}:2026-11-16", f"{holder.id}:2026-11-18"]


def test_many_dossiers_are_one_message_a_day_and_what_comes_later_is_told_tomorrow(
    session: Session, holder: Actor, moving: time_machine.Traveller
) -> None:
    first = [appraising(session, citizen(session), clerk(session), holder) for _ in range(3)]
    moving.move_to(TUESDAY)
    assert warn_of_dues(session) == 3
    later = appraising(session, citizen(session), clerk(session), holder)
    later.step_due_at = TUESDAY + timedelta(days=1, hours=4)
    session.flush()
    moving.move_to(TUESDAY + timedelta(hours=6))
    assert warn_of_dues(session) == 1
    assert messages(session) == [f"{holder.id}:2026-11-17"]
    leaves_address(session, holder)
    told = warning_letter(session, uuid.UUID(holder.id), date(2026, 11, 17))
    assert told is not None
    assert told.subject.startswith("3 hồ sơ")
    moving.move_to(WEDNESDAY)
    warn_of_dues(session)
    assert messages(session) == [f"{holder.id}:2026-11-17", f"{holder.id}:2026-11-18"]
    assert len(first) == 3


def test_moment_that_moved_is_warned_of_anew(session: Session, held: Dossier, moving: time_machine.Traveller) -> None:
    moving.move_to(TUESDAY)
    warn_of_dues(session)
    held.step_due_at = TUESDAY + timedelta(hours=5)
    session.flush()
    assert warn_of_dues(session) == 1


@pytest.mark.parametrize("hour", [0, 12, 20], ids=["before work", "evening", "night"])
def test_nobody_is_warned_outside_office_hours(
    session: Session, held: Dossier, moving: time_machine.Traveller, hour: int
) -> None:
    moving.move_to(TUESDAY.replace(hour=hour) if hour else TUESDAY.replace(hour=0, minute=0))
    assert warn_of_dues(session) == 0
    assert messages(session) == []


def test_nobody_is_warned_of_what_nobody_holds_stands_still_is_proposed_or_is_over_already(
    session: Session, holder: Actor, held: Dossier, moving: time_machine.Traveller
) -> None:
    received(session, citizen(session), clerk(session))
    stopped = appraising(session, citizen(session), clerk(session), holder)
    stop(session, leader(session), str(stopped.code), expected_version=stopped.version, reason=REASON)
    proposed = appraising(session, citizen(session), clerk(session), holder)
    propose(session, holder, str(proposed.code), expected_version=proposed.version, form=GRANT)
    moving.move_to(TUESDAY)
    assert warn_of_dues(session) == 1, "the step of the one that is appraised; a leader's step is no officer's"
    assert session.scalars(select(DueWarning.dossier_id)).all() == [held.id]
    moving.move_to(MONDAY + timedelta(days=4))
    assert warn_of_dues(session) == 0, "what is late already needs no warning"


def test_stand_in_is_warned_in_place_of_the_absent_officer(
    session: Session, holder: Actor, held: Dossier, moving: time_machine.Traveller
) -> None:
    other = post(session, "Đỗ Thị Thay")
    enter_today(session, holder, other, moving)
    moving.move_to(TUESDAY)
    warn_of_dues(session)
    assert warned(session) == [(other.account_id, "step")]
    assert mine_due_soon(session, as_now(session, other)) == 1
    assert mine_due_soon(session, as_now(session, holder)) == 1
    assert mine_due_soon(session, post(session, "Vũ Thị Ba")) == 0


def enter_today(session: Session, away: Actor, stand_in: Actor, moving: time_machine.Traveller) -> None:
    """The officer is away this week."""
    days = {"first_day": "2026-11-16", "last_day": "2026-11-20"}
    enter(session, away, away, 0, 0, stand_in, **days)


def test_whoever_gets_a_dossier_after_the_warning_is_not_warned_twice_of_the_same_moment(
    session: Session, held: Dossier, moving: time_machine.Traveller
) -> None:
    moving.move_to(TUESDAY)
    warn_of_dues(session)
    other, due = post(session, "Đỗ Thị Hai"), held.step_due_at
    reassign(session, leader(session), str(held.code), expected_version=held.version, to=other.id)
    held.step_due_at = due
    session.flush()
    assert warn_of_dues(session) == 0
    assert mine_due_soon(session, other) == 1, "their desk says so all the same"


def test_message_names_nobody_and_no_dossier_and_goes_to_who_left_an_address_alone(
    session: Session, holder: Actor, held: Dossier, moving: time_machine.Traveller
) -> None:
    moving.move_to(TUESDAY)
    warn_of_dues(session)
    day = date(2026, 11, 17)
    assert warning_letter(session, uuid.UUID(holder.id), day) is None
    leaves_address(session, holder)
    letter = warning_letter(session, uuid.UUID(holder.id), day)
    assert letter is not None
    assert (letter.to, letter.channel) == ("can@bo.example", "email")
    assert "/counter/queue?tab=due_soon&mine=1" in letter.text
    for private in (str(held.code), "Nguyễn", "Giỏi"):
        assert private not in letter.subject + letter.text
    assert warning_letter(session, uuid.UUID(holder.id), day + timedelta(days=1)) is None
    assert facts_of(held).assigned_to == holder.account_id


def test_two_workers_at_once_warn_once(committed: EmbeddedServer, moving: time_machine.Traveller) -> None:
    with db.transaction() as session:
        appraising(session, citizen(session), clerk(session), post(session, "Phạm Văn Giỏi"))
    moving.move_to(TUESDAY)

    def warn(_number: int) -> int:
        with db.transaction() as session:
            return warn_of_dues(session)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(warn, range(4))) == [0, 0, 0, 1]
    with db.transaction() as session:
        assert len(messages(session)) == 1
