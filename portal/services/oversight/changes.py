"""The record of administrators' changes: who changed what, before and after, in one hash chain; what may change is not
decided here.

People are named by ids only: a staff member, a duty and an account by their UUID. Whoever records a change keeps names and
personal IDs out of `before` and `after`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import rfc8785
from sqlalchemy import Select, func, select, text
from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor
from portal.crypto import sha256
from portal.models import AdministratorChange

CHAIN_LOCK = 0x6D6F7464  # one lock for the one chain; another than the events' lock
GENESIS = b"\x00" * 32
PAGE_SIZE = 50
Content = dict[str, Any]


@dataclass(frozen=True)
class Link:
    """Everything of a change that its hash covers."""

    number: int
    id: str
    subject_kind: str
    subject_id: str
    verb: str
    actor_id: str
    happened_at: str
    before: Content | None
    after: Content | None

    def hash_after(self, previous: bytes) -> bytes:
        """The change's hash: of the previous hash and of this link's canonical JSON (RFC 8785)."""
        return sha256(previous + rfc8785.dumps(asdict(self)))


def record_change(
    session: Session,
    actor: Actor,
    *,
    subject_kind: str,
    subject_id: str,
    verb: str,
    before: Content | None,
    after: Content | None,
) -> AdministratorChange:
    """Append one change in the caller's transaction; the chain's lock is held until its commit, so take it last.

    `before`, `after`: plain JSON (dates as ISO text, numbers that JSON keeps exactly), without names of people; None where
    the subject did not exist, or does not any more.
    """
    session.flush()
    session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": CHAIN_LOCK})
    newest = select(AdministratorChange.number, AdministratorChange.hash).order_by(AdministratorChange.number.desc())
    last = session.execute(newest.limit(1)).first()
    number, previous = (last.number + 1, last.hash) if last else (1, GENESIS)
    change = AdministratorChange(
        number=number,
        subject_kind=subject_kind,
        subject_id=subject_id,
        verb=verb,
        actor_id=actor.id,
        happened_at=clock.now(),
        before=before,
        after=after,
        previous_hash=previous,
        hash=b"",
    )
    change.hash = _link_of(change).hash_after(previous)
    session.add(change)
    session.flush()
    return change


def _link_of(change: AdministratorChange) -> Link:
    return Link(
        number=change.number,
        id=str(change.id),
        subject_kind=change.subject_kind,
        subject_id=change.subject_id,
        verb=change.verb,
        actor_id=change.actor_id,
        happened_at=change.happened_at.astimezone(UTC).isoformat(timespec="microseconds"),
        before=change.before,
        after=change.after,
    )


@dataclass(frozen=True)
class ChangeFilter:
    """Which changes are wanted; an empty part asks nothing. Both days are Vietnam's, and count.

    `member_id`: the member of staff whom `before` or `after` is about.
    """

    subject_kind: str = ""
    subject_id: str = ""
    actor_id: str = ""
    member_id: str = ""
    first_day: date | None = None
    last_day: date | None = None
    page: int = 1


def changes_of(session: Session, wanted: ChangeFilter) -> list[AdministratorChange]:
    """One page of the record, newest first; one row more than a page where there is another page."""
    query = _asked(select(AdministratorChange), wanted).order_by(AdministratorChange.number.desc())
    return list(session.scalars(query.offset((max(wanted.page, 1) - 1) * PAGE_SIZE).limit(PAGE_SIZE + 1)))


def change_count(session: Session, wanted: ChangeFilter) -> int:
    """How many changes the filter finds on all pages."""
    return int(session.scalars(_asked(select(func.count(AdministratorChange.id)), wanted)).one())


def actors_of(session: Session) -> list[str]:
    """The ids of everybody on the record, those of the newest changes first."""
    query = select(AdministratorChange.actor_id).group_by(AdministratorChange.actor_id)
    return list(session.scalars(query.order_by(func.max(AdministratorChange.number).desc())))


def _asked(query: Select[Any], wanted: ChangeFilter) -> Select[Any]:
    exact = {
        AdministratorChange.subject_kind: wanted.subject_kind,
        AdministratorChange.subject_id: wanted.subject_id,
        AdministratorChange.actor_id: wanted.actor_id,
    }
    for column, value in exact.items():
        if value:
            query = query.where(column == value)
    if wanted.member_id:
        about = AdministratorChange.after["member_id"].astext, AdministratorChange.before["member_id"].astext
        query = query.where(func.coalesce(*about) == wanted.member_id)
    if wanted.first_day:
        query = query.where(AdministratorChange.happened_at >= _begin_of(wanted.first_day))
    if wanted.last_day:
        query = query.where(AdministratorChange.happened_at < _begin_of(wanted.last_day) + timedelta(days=1))
    return query


def _begin_of(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=clock.LOCAL)
