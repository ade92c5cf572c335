"""Runs of one act over many dossiers: prepared, confirmed once, carried out one dossier to a transaction, reported.

What came of a dossier is written in the transaction of the act itself: whoever begins again goes on with what is left.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor
from portal.models import BulkItem, BulkRun, Dossier
from portal.services.dossiers.bulk import (
    ALREADY,
    BULK,
    DONE,
    REFUSED,
    SEPARATE,
    WAITING,
    Verdict,
    assess,
    codes_chosen,
    done_before,
    permission_for,
)
from portal.services.dossiers.vocabulary import Act
from portal.services.errors import Forbidden, IllegalMove, InvalidInput, NotFound, PortalError, Stale
from portal.services.notices.outbox import let_others_first, put

CARRY_RUN = "carry_run"
UNCONFIRMED_KEPT, ENDED_KEPT = timedelta(days=1), timedelta(days=30)
LISTED, LONGEST_ID = 20, 36


def prepare(session: Session, actor: Actor, act: Act, codes: Sequence[str]) -> BulkRun:
    """Keep what the actor chose, with the version of each dossier that is shown; nothing is done yet.

    Raises:
        NotFound: no act that is done on many.
        Forbidden: the actor may do it nowhere.
        InvalidInput: nothing is chosen, or more than are done at once.
    """
    if not actor.holds_anywhere(permission_for(act)):
        raise Forbidden(act)
    chosen = codes_chosen(codes)
    run = BulkRun(account_id=actor.account_id, act=act.value, prepared_at=clock.now())
    session.add(run)
    session.flush()
    for position, verdict in enumerate(assess(session, actor, act, chosen), start=1):
        session.add(
            BulkItem(
                run_id=run.id, position=position, code=verdict.code, outcome=verdict.outcome, reason=verdict.reason,
                dossier_version=verdict.dossier.version if verdict.dossier else None, done_at=verdict.done_at,
            )
        )  # fmt: skip
    session.flush()
    return run


def own_run(session: Session, actor: Actor, run_id: uuid.UUID, *, lock: bool = False) -> BulkRun:
    """A run that the actor prepared.

    Raises:
        NotFound: no such run, or somebody else's.
    """
    query = select(BulkRun).where(BulkRun.id == run_id, BulkRun.account_id == actor.account_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    run = session.scalars(query).first()
    if run is None:
        raise NotFound
    return run


def own_runs(session: Session, actor: Actor) -> list[BulkRun]:
    """The actor's newest runs that were confirmed, newest first."""
    query = select(BulkRun).where(BulkRun.account_id == actor.account_id, BulkRun.confirmed_at.is_not(None))
    return list(session.scalars(query.order_by(BulkRun.prepared_at.desc(), BulkRun.id).limit(LISTED)))


def items_of(session: Session, run_id: uuid.UUID) -> list[BulkItem]:
    """What was chosen, in its order, with what came of each."""
    return list(session.scalars(select(BulkItem).where(BulkItem.run_id == run_id).order_by(BulkItem.position)))


def foreseen(session: Session, actor: Actor, run: BulkRun) -> list[Verdict]:
    """What would come of each of the run's dossiers if it were confirmed now; what was refused at first is not tried."""
    items = items_of(session, run.id)
    verdicts = assess(session, actor, Act(run.act), [item.code for item in items])
    return [_foreseen(item, verdict) for item, verdict in zip(items, verdicts, strict=True)]


def _foreseen(item: BulkItem, verdict: Verdict) -> Verdict:
    if item.outcome != WAITING:
        return replace(verdict, outcome=item.outcome, reason=item.reason, done_at=item.done_at)
    if verdict.outcome == WAITING and verdict.dossier and verdict.dossier.version != item.dossier_version:
        return replace(verdict, outcome=REFUSED, reason=Stale.message)
    return verdict


def confirm(session: Session, actor: Actor, run_id: uuid.UUID, *, assign_to: str = "") -> BulkRun:
    """Have a run carried out; one that was confirmed before stays as it is.

    `assign_to`: the officer's account to whom the dossiers are given, or `bulk.BY_SUGGESTION`; of no other act anything.

    Raises:
        NotFound: no such run, or somebody else's.

    Effects: outbox `carry_run`.
    """
    run = own_run(session, actor, run_id, lock=True)
    if run.confirmed_at is None:
        run.confirmed_at = clock.now()
        run.assign_to = assign_to[:LONGEST_ID] or None if run.act == Act.ASSIGN else None
        put(session, CARRY_RUN, str(run.id), dossier_id=None, payload={"run_id": str(run.id)}, is_awaited=True)
    return run


def still_waiting(session: Session, run_id: uuid.UUID) -> list[int]:
    """The positions of a run whose turn has not come, in their order; of an unconfirmed one none."""
    query = select(BulkItem.position).join(BulkRun).where(BulkItem.run_id == run_id, BulkItem.outcome == WAITING)
    return list(session.scalars(query.where(BulkRun.confirmed_at.is_not(None)).order_by(BulkItem.position)))


def whose(session: Session, run_id: uuid.UUID) -> uuid.UUID:
    """The account that confirmed a run."""
    return session.get_one(BulkRun, run_id).account_id


def carry_item(session: Session, actor: Actor, run_id: uuid.UUID, position: int) -> str:
    """Do the run's act on one dossier, on behalf of whoever confirmed; gives what came of it.

    Whatever the act refuses stands as the item's reason. An item whose turn has come before is left as it is.

    Effects: those of the act, whose promises let others go first; the item's outcome.
    """
    item = session.get_one(BulkItem, (run_id, position), with_for_update=True, populate_existing=True)
    if item.outcome != WAITING:
        return item.outcome
    run = session.get_one(BulkRun, run_id)
    act, answers = Act(run.act), {"to": run.assign_to} if run.assign_to else {}
    let_others_first(session)
    try:
        with session.begin_nested():
            BULK[act].do(session, actor, item.code, expected_version=item.dossier_version, **answers)
        item.outcome, item.done_at = DONE, clock.now()
    except PortalError as refusal:
        _note_refusal(session, act, item, refusal)
    return item.outcome


def _note_refusal(session: Session, act: Act, item: BulkItem, refusal: PortalError) -> None:
    before: dict[uuid.UUID, datetime] = {}
    if isinstance(refusal, Stale | IllegalMove):  # told only of dossiers that the actor may see
        before = done_before(session, act, list(session.scalars(select(Dossier.id).where(Dossier.code == item.code))))
    if before:
        item.outcome, (item.done_at,) = ALREADY, before.values()
    elif isinstance(refusal, InvalidInput):
        item.outcome, item.reason = SEPARATE, next(message for messages in refusal.errors.values() for message in messages)
    else:
        item.outcome, item.reason = REFUSED, refusal.message


def give_up_item(session: Session, run_id: uuid.UUID, position: int) -> None:
    """Note that the portal itself failed at one dossier, so that the others are not kept waiting."""
    item = session.get_one(BulkItem, (run_id, position), with_for_update=True, populate_existing=True)
    if item.outcome == WAITING:
        item.outcome, item.reason = REFUSED, PortalError.message


def end_run(session: Session, run_id: uuid.UUID) -> None:
    """Note that every dossier of a run had its turn."""
    session.execute(update(BulkRun).where(BulkRun.id == run_id, BulkRun.ended_at.is_(None)).values(ended_at=clock.now()))


def forget_runs(session: Session, now: datetime) -> int:
    """Delete what was never confirmed within a day, and the reports of a month ago; gives how many."""
    unconfirmed = BulkRun.confirmed_at.is_(None) & (BulkRun.prepared_at < now - UNCONFIRMED_KEPT)
    gone = delete(BulkRun).where(or_(unconfirmed, BulkRun.ended_at < now - ENDED_KEPT)).returning(BulkRun.id)
    return len(session.execute(gone).all())
