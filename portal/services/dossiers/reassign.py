"""A leader gives a dossier to another officer."""

from __future__ import annotations

from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor
from portal.models import Dossier
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.consequences import carry
from portal.services.dossiers.officers import officer_of
from portal.services.dossiers.queries import for_act
from portal.services.dossiers.vocabulary import Act


def reassign(session: Session, actor: Actor, code: str, *, expected_version: int, to: str) -> Dossier:
    """Give the dossier to another officer of its office; `to` is their account's id. State: appraising, as before.

    Raises:
        InvalidInput: nobody of this id appraises dossiers of the procedure at the office, or they hold it already.
        NotFound, Stale, Forbidden, IllegalMove, GuardRefused: as `queries.for_act`.

    Effects: event `reassigned`.
    """
    dossier, move = for_act(session, actor, Act.REASSIGN, code, expected_version=expected_version)
    officer_id = officer_of(session, dossier, to).account_id
    before, dossier.assigned_to = dossier.assigned_to, officer_id
    facts = {"from": str(before) if before else None, "to": str(officer_id)}
    carry(session, dossier, move, actor, by_hash(session, dossier.version_hash), happened_at=clock.now(), facts=facts)
    return dossier
