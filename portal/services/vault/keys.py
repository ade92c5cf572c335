"""The life of keys: a new master key rewraps data keys and touches no content; a destroyed data key ends its content."""

from __future__ import annotations

import uuid

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal import clock
from portal.crypto import Keyring, WrappedKey
from portal.models import DataKey

BATCH = 1_000


def rewrap(session: Session, ring: Keyring) -> int:
    """Wrap every data key that an older master key wraps with the current one; gives how many; content is not read.

    Raises:
        SealError: a key's master key is not in the keyring.
    """
    count = 0
    older = select(DataKey).where(DataKey.master_id != ring.current, DataKey.wrapped.is_not(None))
    query = older.order_by(DataKey.id).limit(BATCH)
    while keys := session.scalars(query.with_for_update()).all():
        for key in keys:
            kept = ring.wrap(ring.unwrap(WrappedKey(key.master_id, key.wrapped or b"")))
            key.master_id, key.wrapped = kept.master_id, kept.wrapped
        session.flush()
        count += len(keys)
    return count


def wrapped_by(session: Session, masters: frozenset[str]) -> int:
    """How many data keys these master keys still wrap."""
    query = select(func.count()).where(DataKey.master_id.in_(sorted(masters)), DataKey.wrapped.is_not(None))
    return int(session.scalar(query) or 0)


def destroy(session: Session, data_key_id: uuid.UUID) -> None:
    """Destroy a data key: whatever it sealed, in tables and files, cannot be opened again by anybody.

    The history's hashes cover sealed bytes, not what they said, so the chain still verifies.
    """
    key = session.get_one(DataKey, data_key_id, with_for_update=True)
    if key.wrapped is not None:
        key.wrapped, key.destroyed_at = None, clock.now()
        session.flush()
