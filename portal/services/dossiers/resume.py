"""The reason for a stop is gone: the officer goes on, and so does the clock."""

from __future__ import annotations

from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor
from portal.models import Dossier
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.consequences import carry
from portal.services.dossiers.queries import for_act
from portal.services.dossiers.vocabulary import Act


def resume(session: Session, actor: Actor, code: str, *, expected_version: int) -> Dossier:
    """Let the processing go on. State: stopped for a time -> appraising.

    Raises:
        NotFound, Stale, Forbidden, IllegalMove, GuardRefused: as `queries.for_act`.

    Effects: event `resumed` with the moved promise, notice.
    """
    dossier, move = for_act(session, actor, Act.RESUME, code, expected_version=expected_version)
    carry(session, dossier, move, actor, by_hash(session, dossier.version_hash), happened_at=clock.now())
    return dossier
