"""What every change of the organisation begins and ends with: one administrator at a time, the version seen, the record."""

from __future__ import annotations

from typing import Any, Protocol

from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.auth.permissions import Actor, Permission
from portal.services.errors import EditedMeanwhile, Forbidden, LevelTooLow
from portal.services.oversight.changes import record_change

TURN_LOCK = 0x6D6F7465
LEVEL = 2
Content = dict[str, Any]


class Versioned(Protocol):
    """A row that counts its changes."""

    version: int


def take_turn(session: Session, actor: Actor, permission: Permission) -> None:
    """Let administrators change the organisation one after the other, until each commits.

    Raises:
        Forbidden: no duty of the actor carries the permission.
        LevelTooLow: the session's level of assurance is below 2.
    """
    if not actor.holds_anywhere(permission):
        raise Forbidden(permission)
    if actor.level < LEVEL:
        raise LevelTooLow(LEVEL)
    session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": TURN_LOCK})


def check_version(row: Versioned, expected_version: int) -> None:
    """Refuse to write over what somebody else saved.

    Raises:
        EditedMeanwhile: the row has changed since the actor's page was drawn.
    """
    if row.version != expected_version:
        raise EditedMeanwhile


def note_change(
    session: Session,
    actor: Actor,
    row: Versioned,
    *,
    kind: str,
    subject_id: str,
    verb: str,
    before: Content | None,
    after: Content | None,
) -> None:
    """Count one change of the row and record it: the audit holds the two against each other.

    Effects: one row of the record of changes.
    """
    row.version = (row.version or 0) + 1
    record_change(session, actor, subject_kind=kind, subject_id=subject_id, verb=verb, before=before, after=after)
