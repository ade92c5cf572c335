"""What every move brings about, in one place: the event, the paper, the notice, the outbox."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.auth.permissions import Actor
from portal.models import Dossier, Event, IssuedDocument, Notice
from portal.services.catalogue.schema import Procedure
from portal.services.dossiers.calendar import working_calendar
from portal.services.dossiers.guards import assigned_here
from portal.services.dossiers.history import record
from portal.services.dossiers.legal_clock import step_due, turn
from portal.services.dossiers.lifecycle import Move
from portal.services.dossiers.papers import order_paper
from portal.services.dossiers.vocabulary import ENDED, EVENT_NAMES
from portal.services.dossiers.write_backs import MAKE_DOCUMENT, promise_before_printing
from portal.services.notices.outbox import put

SEND_NOTICE = "send_notice"
RELEASE_RESULT = "release_result"


def carry(
    session: Session,
    dossier: Dossier,
    move: Move,
    actor: Actor,
    procedure: Procedure,
    *,
    happened_at: datetime,
    paper: Callable[[], dict[str, Any]] = dict,
    facts: dict[str, Any] | None = None,
    details: dict[str, Any] | None = None,
) -> Event:
    """Make the move and everything that the table says it brings; `paper` gives what its document says, once the clock
    has turned.

    Raises:
        GuardRefused: the clock is to start, and the procedure states no term.

    Effects: the legal clock; the event (with `instead_of`: whom the actor stood in for); outbox `make_document` where the row
        names a document (`write_back` where it waits for what a register gives), `send_notice` where it notifies.
    """
    with session.no_autoflush:  # place and clock change together, says the table's own check
        clock_facts = turn(session, dossier, procedure, move.clock, happened_at)
        _move(dossier, move, actor, happened_at)
        dossier.step_due_at = step_due(procedure, move.target, happened_at, working_calendar(session))
    ordered: IssuedDocument | None = None
    if move.document is not None:
        ordered = order_paper(session, dossier, procedure, move.document, paper())
    known = {
        **clock_facts,
        **(facts or {}),
        **_in_whose_place(dossier, move, actor),
        **({"document_id": str(ordered.id)} if ordered else {}),
    }
    event = record(session, dossier, move, actor, happened_at=happened_at, facts=known, details=details)
    if ordered is not None and not promise_before_printing(session, dossier, procedure, ordered):
        put(session, MAKE_DOCUMENT, str(ordered.id), dossier_id=dossier.id, payload={"document_id": str(ordered.id)})
    if move.is_notified:
        notify(session, dossier, EVENT_NAMES[move.act], happened_at)
    return event


def _in_whose_place(dossier: Dossier, move: Move, actor: Actor) -> dict[str, str]:
    """Where the act is the holder's alone and somebody else did it: for whom."""
    is_anothers = assigned_here in move.guards and not actor.is_one_of(dossier.assigned_to)
    return {"instead_of": str(dossier.assigned_to)} if is_anothers else {}


def _move(dossier: Dossier, move: Move, actor: Actor, happened_at: datetime) -> None:
    dossier.state = move.target.state
    dossier.stage = move.target.stage
    dossier.version += 1
    if assigned_here in move.guards and actor.account_id and actor.account_id not in dossier.appraised_by:
        dossier.appraised_by = [*dossier.appraised_by, actor.account_id]
    if move.target in ENDED:
        dossier.asked_offices = []
    dossier.updated_at = happened_at


def notify(session: Session, dossier: Dossier, kind: str, moment: datetime, *, about: str = "") -> None:
    """Tell the owner, in the portal's inbox at once and by mail and SMS through the outbox; `about`: of which row, where it
    is not the dossier itself.

    Source: NĐ 224/2026/NĐ-CP, Điều 15 (each change of status is notified).
    """
    notice = Notice(
        account_id=dossier.owner_id,
        dossier_id=dossier.id,
        kind=kind,
        dossier_version=dossier.version,
        about=about,
        created_at=moment,
    )
    session.add(notice)
    session.flush()
    for channel in ("email", "phone"):
        if dossier.parties["contact"].get(channel):
            payload = {"notice_id": str(notice.id), "channel": channel}
            put(session, SEND_NOTICE, f"{notice.id}:{channel}", dossier_id=dossier.id, payload=payload)
