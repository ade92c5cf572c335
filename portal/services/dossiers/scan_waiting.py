"""Scanning what could not be scanned when it came; asked by the worker every minute, one file after the other."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock
from portal.models import Attachment
from portal.services.vault.scanner import ScanState
from portal.services.vault.store import read_file

AT_ONCE = 200


def waiting(session: Session) -> list[uuid.UUID]:
    """The attachments that wait for the scanner, oldest first."""
    query = select(Attachment.id).where(Attachment.scan_state == ScanState.PENDING.value, Attachment.removed_at.is_(None))
    return list(session.scalars(query.order_by(Attachment.id).limit(AT_ONCE)))


def content_of(session: Session, attachment_id: uuid.UUID) -> bytes:
    """The bytes of a waiting attachment.

    Raises:
        SealError, OSError: as `vault.store.read_file`.
    """
    file = session.get_one(Attachment, attachment_id).file
    assert file is not None  # only files wait
    return read_file(file)


def keep_verdict(session: Session, attachment_id: uuid.UUID, verdict: ScanState) -> None:
    """Write down what the scanner said; a verdict that stands already is kept."""
    attachment = session.get_one(Attachment, attachment_id, with_for_update={"of": Attachment}, populate_existing=True)
    if attachment.scan_state == ScanState.PENDING:
        attachment.scan_state = verdict.value
        attachment.scanned_at = clock.now()
