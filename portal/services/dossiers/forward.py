"""Handing a received dossier over to the professional unit."""

from __future__ import annotations

from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor
from portal.models import Dossier
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.assignment import assign_by_rule
from portal.services.dossiers.consequences import carry
from portal.services.dossiers.queries import for_act
from portal.services.dossiers.vocabulary import Act


def forward(session: Session, actor: Actor, code: str, *, expected_version: int) -> Dossier:
    """Hand the dossier over. State: received -> in_processing (awaiting assignment).

    Where the office assigns by itself and somebody suits, the portal assigns it in the same breath: -> appraising.

    Raises:
        NotFound, Stale, Forbidden, IllegalMove, GuardRefused: as `queries.for_act`.

    Effects: event `forwarded`, notice; then as `assignment.assign_by_rule`.
    """
    dossier, move = for_act(session, actor, Act.FORWARD, code, expected_version=expected_version)
    carry(session, dossier, move, actor, by_hash(session, dossier.version_hash), happened_at=clock.now())
    assign_by_rule(session, dossier)
    return dossier
