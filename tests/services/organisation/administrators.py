"""Administrators for the tests: actors with duties that stand in the table."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor, Role
from portal.auth.standing import standing_of
from portal.models import DataKey, StaffDuty, StaffMember
from tests.people import citizen

CENTRE = "H26.01"
LONG_AGO = date(2025, 7, 1)


def in_post(session: Session, actor: Actor, role: Role, office: str = CENTRE, **more: object) -> Actor:
    """The person with a duty in the table, as a request would meet them."""
    member = StaffMember(
        data_key=DataKey.fresh(), subject_hash=actor.subject_hash, profile={"full_name": actor.display_name},
        created_at=clock.now(),
    )  # fmt: skip
    session.add(member)
    session.flush()
    session.add(StaffDuty(**{"member_id": member.id, "office_code": office, "role": role, "valid_from": LONG_AGO, **more}))
    session.flush()
    return as_now(session, actor)


def as_now(session: Session, actor: Actor) -> Actor:
    """The person at the next request."""
    session.expire_all()
    standing = standing_of(session, actor.subject_hash, clock.today())
    known = {"stands_in_for": standing.stands_in_for, "own_accounts": standing.own_accounts}
    return replace(actor, duties=standing.duties, **known)


def administrator(session: Session, full_name: str = "Hồ Quản Trị", **more: object) -> Actor:
    """An administrator in post."""
    return in_post(session, citizen(session, full_name), Role.ADMINISTRATOR, **more)
