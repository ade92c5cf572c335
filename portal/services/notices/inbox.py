"""The citizen's inbox: what the portal told them, whether or not mail and SMS arrived."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal import clock
from portal.models import Dossier, Notice

NEWEST = 100


@dataclass(frozen=True)
class InboxLine:
    """One notice: of which dossier, what happened (the event's name), when, and whether it was read."""

    dossier_code: str
    kind: str
    created_at: datetime
    is_read: bool


def inbox(session: Session, account_id: uuid.UUID) -> list[InboxLine]:
    """The person's newest notices, newest first."""
    query = (
        select(Dossier.code, Notice.kind, Notice.created_at, Notice.read_at)
        .join(Dossier, Dossier.id == Notice.dossier_id)
        .where(Notice.account_id == account_id)
        .order_by(Notice.created_at.desc(), Notice.id.desc())
        .limit(NEWEST)
    )
    return [
        InboxLine(str(code), kind, created_at, read_at is not None) for code, kind, created_at, read_at in session.execute(query)
    ]


def mark_read(session: Session, account_id: uuid.UUID) -> None:
    """Everything that was told to the person so far counts as read."""
    unread = (Notice.account_id == account_id) & Notice.read_at.is_(None)
    session.execute(update(Notice).where(unread).values(read_at=clock.now()))
