"""The outbox: whatever leaves the portal is written down in the caller's transaction and carried out by the worker.

A row is the promise, the queue's job only the nudge: the job goes in with the row, in the same transaction, under the
dossier's lock so that its items are carried out in order; a row whose job was lost is nudged again by the sweep.
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import procrastinate
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal import clock
from portal.db import new_id
from portal.models import OutboxItem

CARRY_OUT = "carry_out"
QUEUE = "outbox"
OVERDUE_AFTER = timedelta(minutes=2)
PRIORITY, BEFORE_OTHERS, AFTER_OTHERS = "outbox_priority", 10, -10
_NO_JOB = (
    "NOT EXISTS (SELECT 1 FROM procrastinate_jobs j WHERE j.status IN ('todo', 'doing')"
    " AND j.args ->> 'item_id' = outbox.id::text)"
)
_jobs = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())


def let_others_first(session: Session) -> None:
    """What this session promises may wait until nothing else is left to carry out: there is much of it."""
    session.info[PRIORITY] = AFTER_OTHERS


def put(
    session: Session, kind: str, key: str, *, dossier_id: uuid.UUID | None, payload: dict[str, Any], is_awaited: bool = False
) -> None:
    """Promise one thing, once: a second promise of the same kind and key is the first one.

    What `is_awaited` by somebody before a page is carried out before all that came earlier.

    Effects: an outbox row and its job, both in the caller's transaction.
    """
    row = {
        "id": new_id(), "kind": kind, "key": key, "dossier_id": dossier_id,
        "payload": payload, "created_at": clock.now(), "attempts": 0,
    }  # fmt: skip
    added = insert(OutboxItem).values(row).on_conflict_do_nothing().returning(OutboxItem.id)
    item_id = session.execute(added).scalar()
    if item_id is not None:
        nudge(session, item_id, dossier_id, BEFORE_OTHERS if is_awaited else session.info.get(PRIORITY, 0))


def nudge(session: Session, item_id: uuid.UUID, dossier_id: uuid.UUID | None, priority: int = 0) -> None:
    """Ask the worker to carry the item out, when the caller's transaction commits."""
    connection = session.connection().connection.driver_connection
    job = _jobs.configure_task(CARRY_OUT, queue=QUEUE, lock=str(dossier_id or item_id), connection=connection, priority=priority)
    job.defer(item_id=str(item_id))


def take(session: Session, item_id: uuid.UUID) -> OutboxItem | None:
    """The item locked for carrying out, or None where it is done already; waits for whoever is at it.

    A killed worker's lock may outlive it by a moment: passing over it would end the job and leave the item undone.
    """
    query = select(OutboxItem).where(OutboxItem.id == item_id, OutboxItem.done_at.is_(None))
    return session.scalars(query.with_for_update()).first()


def overdue(session: Session) -> list[OutboxItem]:
    """The items that have waited too long and that no job is going to carry out, oldest first: it was lost or gave up."""
    waiting = select(OutboxItem).where(OutboxItem.done_at.is_(None), OutboxItem.created_at < clock.now() - OVERDUE_AFTER)
    query = waiting.where(text(_NO_JOB))
    return list(session.scalars(query.order_by(OutboxItem.created_at).limit(500)))
