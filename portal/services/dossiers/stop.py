"""A leader stops the processing: for a time, or for good; in writing, with the reason."""

from __future__ import annotations

from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor
from portal.models import Dossier
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.consequences import carry
from portal.services.dossiers.queries import for_act
from portal.services.dossiers.reasons import checked_reason
from portal.services.dossiers.supplements import close_open_request
from portal.services.dossiers.vocabulary import STOPPED, Act


def stop(session: Session, actor: Actor, code: str, *, expected_version: int, reason: str) -> Dossier:
    """Stop the dossier. State: appraising -> stopped for a time; stopped for a time, or left uncompleted by the citizen
    beyond the window -> stopped.

    Raises:
        InvalidInput: no reason.
        NotFound, Stale, Forbidden, IllegalMove, GuardRefused: as `queries.for_act`.

    Effects: event `stopped`, the notice of it as a paper, notice; the clock pauses, or ends.
    """
    dossier, move = for_act(session, actor, Act.STOP, code, expected_version=expected_version)
    reason = checked_reason(reason)
    now = clock.now()
    is_final = move.target == STOPPED
    if is_final:
        close_open_request(session, dossier, now)
    carry(
        session, dossier, move, actor, by_hash(session, dossier.version_hash),
        happened_at=now,
        paper=lambda: {"reason": reason, "is_final": is_final, "signed_by": {"name": actor.display_name, "title": ""}},
        details={"reason": reason},
    )  # fmt: skip
    return dossier
