"""Being away: who may say so of whom, who may stand in, and what nobody can enter."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock, db
from portal.auth.permissions import Actor, Role
from portal.auth.standing import standing_of
from portal.models import Absence, StaffDuty, StaffMember
from portal.postgres import EmbeddedServer
from portal.services.errors import EditedMeanwhile, GuardRefused, InvalidInput, NotFound, PortalError
from portal.services.organisation.absences import (
    absences_of,
    colleagues,
    end_absence,
    enter_absence,
    possible_stand_ins,
    stands_in_then,
)
from portal.services.oversight.audit import verify
from portal.services.oversight.changes import ChangeFilter, changes_of
from tests.people import OFFICE, OTHER_OFFICE, citizen
from tests.services.organisation.administrators import administrator, in_post

TODAY = clock.today()


def day(number: int) -> str:
    """So many days from today."""
    return (TODAY + timedelta(days=number)).isoformat()


def post(session: Session, role: Role, name: str, office: str = OFFICE, **more: object) -> Actor:
    return in_post(session, citizen(session, name), role, office, **more)


def member_of(session: Session, actor: Actor) -> StaffMember:
    return session.scalars(select(StaffMember).where(StaffMember.subject_hash == actor.subject_hash)).one()


def enter(
    session: Session, by: Actor, who: Actor, first: int = 0, last: int = 2, stand_in: Actor | None = None, **more: str
) -> Absence:
    form = {"first_day": day(first), "last_day": day(last), "stand_in": "", "note": ""}
    form |= {"stand_in": str(member_of(session, stand_in).id)} if stand_in else {}
    return enter_absence(session, by, member_of(session, who).id, {**form, **more})


def stood_in_for(session: Session, actor: Actor, on: int = 0) -> frozenset:
    return standing_of(session, actor.subject_hash, TODAY + timedelta(days=on)).stands_in_for


def test_officer_is_away_both_days_included_and_the_stand_in_acts_in_their_place_on_these_alone(session: Session) -> None:
    away, other = post(session, Role.OFFICER, "Phạm Văn Vắng"), post(session, Role.OFFICER, "Đỗ Thị Thay")
    enter(session, away, away, 1, 2, other)
    on_days = [stood_in_for(session, other, number) for number in range(4)]
    assert on_days == [frozenset(), {away.account_id}, {away.account_id}, frozenset()]
    assert stood_in_for(session, away, 1) == frozenset()


def test_who_may_say_so_of_whom(session: Session) -> None:
    own, colleague = post(session, Role.CLERK, "Một"), post(session, Role.CLERK, "Hai")
    head, head_elsewhere = post(session, Role.LEADER, "Ba"), post(session, Role.LEADER, "Bốn", OTHER_OFFICE)
    for stranger in (colleague, head_elsewhere, post(session, Role.AUDITOR, "Năm"), citizen(session)):
        with pytest.raises(NotFound):
            enter(session, stranger, own)
    enter(session, own, own, 0, 0)
    enter(session, head, own, 1, 1)
    enter(session, administrator(session), own, 2, 2)
    assert [one.profile["full_name"] for one in colleagues(session, head)] == ["Hai", "Một"]
    assert colleagues(session, own) == []


@pytest.mark.parametrize(
    ("first", "last", "more", "field"),
    [
        (-1, 2, {}, "first_day"),
        (2, 1, {}, "last_day"),
        (0, 400, {}, "last_day"),
        (0, 1, {"first_day": "2026-02-30"}, "first_day"),
        (0, 1, {"note": "x" * 201}, "note"),
        (0, 1, {"note": "a\x07b"}, "note"),
        (0, 1, {"stand_in": "nobody"}, "stand_in"),
    ],
)
def test_what_cannot_be_is_told_at_its_field(session: Session, first: int, last: int, more: dict[str, str], field: str) -> None:
    own = post(session, Role.OFFICER, "Một")
    with pytest.raises(InvalidInput) as wrong:
        enter_absence(session, own, member_of(session, own).id, {"first_day": day(first), "last_day": day(last), **more})
    assert set(wrong.value.errors) == {field}
    assert absences_of(session, [member_of(session, own).id]) == []


@pytest.mark.parametrize(("first", "last"), [(0, 5), (2, 2), (5, 9), (1, 3)])
def test_nobody_is_away_twice_on_a_day(session: Session, first: int, last: int) -> None:
    own = post(session, Role.OFFICER, "Một")
    absence = enter(session, own, own, 2, 5)
    with pytest.raises(InvalidInput) as wrong:
        enter(session, own, own, first, last)
    assert set(wrong.value.errors) == {"first_day"}
    end_absence(session, own, absence.member_id, absence.id, expected_version=1)
    enter(session, own, own, first, last)


Makes = Callable[[Session], Actor]


@pytest.mark.parametrize(
    "stand_in",
    [
        lambda session: post(session, Role.CLERK, "Một Cửa"),
        lambda session: post(session, Role.LEADER, "Lãnh Đạo"),
        lambda session: post(session, Role.OFFICER, "Nơi Khác", OTHER_OFFICE),
        lambda session: post(session, Role.OFFICER, "Đã Thôi", ended_at=clock.now()),
        lambda session: post(session, Role.OFFICER, "Sắp Thôi", valid_to=TODAY + timedelta(days=1)),
        lambda session: post(session, Role.OFFICER, "Sắp Đến", valid_from=TODAY + timedelta(days=1)),
    ],
    ids=["clerk", "leader", "elsewhere", "relieved", "leaves meanwhile", "comes meanwhile"],
)
def test_stand_in_has_the_same_role_at_the_same_office_on_all_these_days(session: Session, stand_in: Makes) -> None:
    own = post(session, Role.OFFICER, "Vắng")
    with pytest.raises(InvalidInput) as wrong:
        enter(session, own, own, 0, 2, stand_in(session))
    assert set(wrong.value.errors) == {"stand_in"}


def test_nobody_stands_in_for_oneself_or_while_away_and_whoever_goes_away_later_does_not_either(session: Session) -> None:
    own, other, third = (post(session, Role.OFFICER, name) for name in ("Một", "Hai", "Ba"))
    with pytest.raises(InvalidInput):
        enter(session, own, own, 0, 2, own)
    enter(session, other, other, 2, 3)
    with pytest.raises(InvalidInput) as wrong:
        enter(session, own, own, 0, 2, other)
    assert set(wrong.value.errors) == {"stand_in"}
    enter(session, own, own, 0, 2, third)
    later = enter(session, third, third, 1, 1)
    assert [one.profile["full_name"] for one in stands_in_then(session, later)] == ["Một"]
    assert [bool(stood_in_for(session, third, number)) for number in (0, 1, 2)] == [True, False, True]


def test_officer_who_is_also_a_clerk_is_stood_in_by_an_officer(session: Session) -> None:
    both = post(session, Role.OFFICER, "Hai Việc")
    session.add(StaffDuty(member_id=member_of(session, both).id, office_code=OFFICE, role="clerk", valid_from=TODAY))
    session.flush()
    session.expire_all()
    post(session, Role.CLERK, "Một Cửa")
    post(session, Role.OFFICER, "Chuyên Viên")
    found = possible_stand_ins(session, member_of(session, both))
    assert [one.profile["full_name"] for one in found] == ["Chuyên Viên"]


def test_absence_that_ends_early_ends_at_once_and_once(session: Session) -> None:
    own, other, head = post(session, Role.OFFICER, "Một"), post(session, Role.OFFICER, "Hai"), post(session, Role.LEADER, "Ba")
    absence = enter(session, own, own, 0, 5, other)
    with pytest.raises(NotFound):
        end_absence(session, other, absence.member_id, absence.id, expected_version=1)
    with pytest.raises(NotFound):
        end_absence(session, head, member_of(session, other).id, absence.id, expected_version=1)
    with pytest.raises(EditedMeanwhile):
        end_absence(session, head, absence.member_id, absence.id, expected_version=0)
    end_absence(session, head, absence.member_id, absence.id, expected_version=1)
    assert stood_in_for(session, other) == frozenset()
    with pytest.raises(GuardRefused):
        end_absence(session, head, absence.member_id, absence.id, expected_version=2)


def test_record_tells_each_change_and_names_nobody_and_the_note_is_sealed(session: Session) -> None:
    own, other = post(session, Role.OFFICER, "Phạm Văn Vắng"), post(session, Role.OFFICER, "Đỗ Thị Thay")
    absence = enter(session, own, own, 0, 1, other, note="Gọi phòng tư pháp")
    end_absence(session, own, absence.member_id, absence.id, expected_version=1)
    changes = changes_of(session, ChangeFilter(subject_id=str(absence.id)))
    written = str([(change.before, change.after) for change in changes])
    assert [change.verb for change in changes] == ["ended", "entered"]
    assert not [word for word in ("Vắng", "Thay", "tư pháp") if word in written]
    assert (absence.note, "tư pháp".encode() in (absence.sealed_note or b"")) == ("Gọi phòng tư pháp", False)
    assert verify(session).findings == ()
    session.execute(Absence.__table__.update().values(version=7))
    assert [finding.where for finding in verify(session).findings] == [f"absence {absence.id}"]


def test_two_entries_of_the_same_days_at_once_leave_one(committed: EmbeddedServer) -> None:
    with db.transaction() as session:
        own, head = post(session, Role.OFFICER, "Một"), post(session, Role.LEADER, "Hai")

    def enter_by(actor: Actor) -> str:
        try:
            with db.transaction() as session:
                enter(session, actor, own)
                return "entered"
        except PortalError as refused:
            return type(refused).__name__

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(enter_by, (own, head))) == ["InvalidInput", "entered"]
