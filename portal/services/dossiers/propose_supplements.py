"""The officer misses something: draws up what is to be asked; only the counter speaks with the citizen."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor
from portal.models import Dossier
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.consequences import carry
from portal.services.dossiers.queries import for_act
from portal.services.dossiers.supplements import checked_items, draw_up, targets
from portal.services.dossiers.vocabulary import Act


def propose_supplements(
    session: Session, actor: Actor, code: str, *, expected_version: int, items: Sequence[dict[str, str]]
) -> Dossier:
    """Draw up what the citizen should complete, for the counter to send.

    State: in_processing, appraising -> awaiting the request. `items`: "kind", "of", "pages", "reason" of each.

    Raises:
        InvalidInput: nothing marked, or a thing without a reason.
        NotFound, Stale, Forbidden, IllegalMove, GuardRefused: as `queries.for_act`.

    Effects: event `supplements_proposed` (what is missed is sealed); the citizen is told by the counter alone (R3).
    """
    dossier, move = for_act(session, actor, Act.PROPOSE_SUPPLEMENTS, code, expected_version=expected_version)
    procedure = by_hash(session, dossier.version_hash)
    now = clock.now()
    asked = checked_items(targets(session, dossier, procedure), items)
    request = draw_up(session, dossier, actor, asked, now)
    facts = {"round": request.round, "asked": len(asked)}
    carry(session, dossier, move, actor, procedure, happened_at=now, facts=facts, details={"items": asked})
    return dossier
