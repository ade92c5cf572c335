"""Trying again, by hand, what of a result has not reached its register or a subscriber."""

from __future__ import annotations

import uuid

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from portal.auth.permissions import Actor, Permission
from portal.models import DataKey, Dossier, OutboxItem, WriteBack
from portal.services.dossiers.queries import at_counter, in_reach_of
from portal.services.dossiers.receipts import follow_by_worker
from portal.services.dossiers.write_backs import WRITE_BACK, carry_by_worker
from portal.services.errors import Forbidden, GuardRefused, NotFound
from portal.services.notices.outbox import nudge

MOST = 200
log = structlog.get_logger()


def write_again(session: Session, actor: Actor, code: str, write_back_id: uuid.UUID) -> WriteBack:
    """Try once more what was refused, what is waiting, or what a subscriber missed.

    What was refused goes under a new request, for a register gives the old one its old answer; what may have been written
    goes under its own.

    Raises:
        NotFound: not a dossier of the actor's offices, or no write-back of it.
        Forbidden: the actor's role at the office does not do this.
        GuardRefused: nothing of it is left to try.

    Effects: outbox `write_back` or `follow_change`.
    """
    dossier = at_counter(session, actor, code)
    if actor.role_for(Permission.WRITE_AGAIN, dossier.office_code or "", dossier.procedure_code) is None:
        raise Forbidden(Permission.WRITE_AGAIN)
    query = select(WriteBack).where(WriteBack.id == write_back_id, WriteBack.dossier_id == dossier.id)
    row = session.scalars(query.with_for_update(of=WriteBack).execution_options(populate_existing=True)).first()
    if row is None:
        raise NotFound
    if row.state == "refused" and row.before_printing:
        raise GuardRefused("Hồ sơ đã trở lại chờ ký. Phê duyệt lại thì cổng ghi lại.")
    if row.state == "refused":
        row.state, row.answer, row.attempts, row.escalated_at = "waiting", None, 0, None
        row.request_id = str(uuid.uuid4())
        session.flush()
        carry_by_worker(session, row)
    elif row.state == "waiting":
        _hurry(session, row)
    elif row.following == "escalated":
        row.following, row.looks, row.escalated_at = "following", 0, None
        session.flush()
        follow_by_worker(session, row)
    else:
        raise GuardRefused("Việc ghi này đã xong, không còn gì để thử lại.")
    log.info("write_again", dossier=dossier.code, actor=actor.id, write_back=str(row.id))
    return row


def _hurry(session: Session, row: WriteBack) -> None:
    """The item that waits for its next turn is carried out now."""
    query = select(OutboxItem.id).where(
        OutboxItem.kind == WRITE_BACK, OutboxItem.key == f"{row.id}:{row.request_id}", OutboxItem.done_at.is_(None)
    )
    item_id = session.scalars(query).first()
    if item_id is None:
        carry_by_worker(session, row)
    else:
        nudge(session, item_id, None)


def stuck_write_backs(session: Session, actor: Actor) -> list[tuple[WriteBack, Dossier]]:
    """What of the results of the actor's offices does not go by itself, the longest first; at most `MOST`."""
    query = (
        select(WriteBack, Dossier)
        .join(Dossier, Dossier.id == WriteBack.dossier_id)
        .join(Dossier.data_key)
        .options(contains_eager(Dossier.data_key))
        .where(WriteBack.escalated_at.is_not(None), in_reach_of(actor, by_index=False), DataKey.wrapped.is_not(None))
        .order_by(WriteBack.escalated_at, WriteBack.id)
        .limit(MOST)
    )
    return [(row, dossier) for row, dossier in session.execute(query)]
