"""The leader gives a proposal back to the officer, with the reason."""

from __future__ import annotations

from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor
from portal.models import Dossier
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.consequences import carry
from portal.services.dossiers.queries import for_act
from portal.services.dossiers.reasons import checked_reason
from portal.services.dossiers.vocabulary import Act


def send_back(session: Session, actor: Actor, code: str, *, expected_version: int, reason: str) -> Dossier:
    """Give the proposal back. State: in_processing, awaiting signature -> appraising.

    Raises:
        InvalidInput: no reason.
        NotFound, Stale, Forbidden, IllegalMove, GuardRefused: as `queries.for_act`.

    Effects: event `sent_back`.
    """
    dossier, move = for_act(session, actor, Act.SEND_BACK, code, expected_version=expected_version)
    reason = checked_reason(reason)
    procedure = by_hash(session, dossier.version_hash)
    carry(session, dossier, move, actor, procedure, happened_at=clock.now(), details={"reason": reason})
    return dossier
