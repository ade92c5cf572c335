"""Following what a register announced until every subscriber has adjusted; whoever missed it is told again, within bounds."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from sqlalchemy.orm import Session

from portal import clock
from portal.models import WriteBack
from portal.services.dossiers.escalations import escalate
from portal.services.dossiers.receipts import locked
from portal.services.registries.write_back import RegisterWriter

PATIENT_LOOKS = 2  # looks before a subscriber counts as one that missed it
MOST_LOOKS = 10
LONGEST_WAIT_SECONDS = 600


def change_followed(session: Session, write_back_id: uuid.UUID) -> tuple[str, int] | None:
    """The change to look after and how often that was done, or None where there is nothing to follow any more."""
    row = session.get_one(WriteBack, write_back_id)
    return (row.change_id, row.looks) if row.following == "following" and row.change_id else None


def look_after(registers: RegisterWriter, change_id: str, looks: int) -> dict[str, str] | None:
    """How far the subscribers are; of those that missed it, after they were told again. None where nobody could be asked."""
    adjusting = registers.adjusting(change_id)
    if adjusting is None or looks < PATIENT_LOOKS:
        return dict(adjusting) if adjusting is not None else None
    missed = [name for name, state in adjusting.items() if state != "adjusted"]
    if not missed:
        return dict(adjusting)
    heard = [name for name in missed if registers.announce_again(change_id, name)]
    return dict((registers.adjusting(change_id) if heard else None) or adjusting)


def note_adjusting(session: Session, write_back_id: uuid.UUID, adjusting: Mapping[str, str] | None) -> int | None:
    """Keep how far the subscribers are; gives in how many seconds to look again, None where that is over.

    State: following -> adjusted, or after `MOST_LOOKS` looks escalated.

    Effects: where escalated, outbox `tell_escalation`.
    """
    row = locked(session, write_back_id)
    if row.following != "following":
        return None
    row.looks += 1
    if adjusting is not None:
        row.adjusting = dict(adjusting)
        if all(state == "adjusted" for state in adjusting.values()):
            row.following = "adjusted"
            return None
    if row.looks >= MOST_LOOKS:
        row.following, row.escalated_at = "escalated", clock.now()
        escalate(session, row)
        return None
    return min(int(2**row.looks), LONGEST_WAIT_SECONDS)
