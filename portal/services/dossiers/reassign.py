"""A leader gives a dossier to another officer."""

from __future__ import annotations

from sqlalchemy.orm import Session

from portal.auth.permissions import Actor
from portal.models import Dossier
from portal.services.dossiers.assignment import How, hand_to
from portal.services.dossiers.officers import candidates_for, officer_of
from portal.services.dossiers.queries import for_act
from portal.services.dossiers.suggested_officer import Suggestion
from portal.services.dossiers.vocabulary import Act


def reassign(session: Session, actor: Actor, code: str, *, expected_version: int, to: str) -> Dossier:
    """Give the dossier to another officer of its office; `to` is their account's id. State: appraising, as before.

    Raises:
        InvalidInput: nobody of this id appraises dossiers of the procedure at the office, they hold it already, or are away.
        NotFound, Stale, Forbidden, IllegalMove, GuardRefused: as `queries.for_act`.

    Effects: event `reassigned`.
    """
    dossier, move = for_act(session, actor, Act.REASSIGN, code, expected_version=expected_version)
    among = candidates_for(session, dossier)
    hand_to(session, dossier, move, actor, Suggestion(officer_of(dossier, among, to)), among, How.GIVEN)
    return dossier
