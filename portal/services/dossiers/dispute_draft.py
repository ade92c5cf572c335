"""The citizen finds the draft result wrong, and says where."""

from __future__ import annotations

from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor
from portal.models import Dossier
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.consequences import carry
from portal.services.dossiers.queries import for_owner_act
from portal.services.dossiers.reasons import checked_reason
from portal.services.dossiers.vocabulary import Act


def dispute_draft(session: Session, actor: Actor, code: str, *, expected_version: int, reason: str) -> Dossier:
    """The owner objects to the draft. State: in_processing, awaiting confirmation -> appraising.

    Raises:
        InvalidInput: no reason.
        NotFound, Stale, IllegalMove: as `queries.for_owner_act`.

    Effects: event `draft_disputed`, whose reason the officer reads.
    """
    dossier, move = for_owner_act(session, actor, Act.DISPUTE_DRAFT, code, expected_version=expected_version)
    reason = checked_reason(reason)
    dossier.waits_until = None
    procedure = by_hash(session, dossier.version_hash)
    carry(session, dossier, move, actor, procedure, happened_at=clock.now(), details={"reason": reason})
    return dossier
