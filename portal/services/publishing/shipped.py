"""Publishing what ships with the portal; a procedure that an administrator has published since is theirs."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock
from portal.models import ProcedurePublication
from portal.services.catalogue.loader import read_file, shipped_files
from portal.services.catalogue.versions import in_force, store


def publish_shipped(session: Session) -> list[str]:
    """Store every shipped procedure, and publish those that no administrator has published otherwise; gives their hashes.

    Raises:
        BadProcedure: a shipped file does not hold together.
    """
    return [_publish(session, row.code, row.content_hash) for row in
            (store(session, read_file(path), state="shipped") for path in shipped_files())]  # fmt: skip


def _publish(session: Session, code: str, version_hash: str) -> str:
    standing = session.scalars(in_force(clock.now()).where(ProcedurePublication.code == code)).first()
    by_hand = select(ProcedurePublication.id).where(
        ProcedurePublication.code == code, ProcedurePublication.published_by.is_not(None)
    )
    is_theirs = session.scalars(by_hand.limit(1)).first() is not None
    if not is_theirs and (standing is None or standing.version_hash != version_hash):
        now = clock.now()
        session.add(ProcedurePublication(code=code, version_hash=version_hash, starts_at=now, published_at=now))
        session.flush()
    return version_hash
