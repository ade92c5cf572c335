"""Assignment: an officer takes a dossier to appraise."""

from __future__ import annotations

from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor
from portal.models import Dossier
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.consequences import carry
from portal.services.dossiers.queries import for_act
from portal.services.dossiers.vocabulary import Act


def assign(session: Session, actor: Actor, code: str, *, expected_version: int) -> Dossier:
    """Take the dossier to appraise. State: in_processing, awaiting assignment -> appraising.

    Raises:
        NotFound, Stale, Forbidden, IllegalMove, GuardRefused: as `queries.for_act`.

    Effects: event `assigned`.
    """
    dossier, move = for_act(session, actor, Act.ASSIGN, code, expected_version=expected_version)
    dossier.assigned_to = actor.account_id
    carry(session, dossier, move, actor, by_hash(session, dossier.version_hash), happened_at=clock.now())
    return dossier
