"""Returning the result: by the portal itself where it was asked for electronically, else by the clerk at the counter."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import SYSTEM, Actor
from portal.models import Dossier
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.consequences import carry
from portal.services.dossiers.lifecycle import Move
from portal.services.dossiers.queries import for_act, for_system
from portal.services.dossiers.vocabulary import Act, State


def return_result(session: Session, actor: Actor, code: str, *, expected_version: int) -> Dossier:
    """Record that the clerk handed the result over. State: finished -> returned.

    Raises:
        NotFound, Stale, Forbidden, IllegalMove, GuardRefused: as `queries.for_act`.

    Effects: event `result_returned`, notice.
    """
    dossier, move = for_act(session, actor, Act.RETURN_RESULT, code, expected_version=expected_version)
    _return(session, dossier, move, actor, way="counter")
    return dossier


def release_result(session: Session, dossier_id: uuid.UUID) -> Dossier:
    """Release an electronic result to its owner; one that was released already stays as it is.

    State: finished -> returned. Effects: event `result_returned`, notice.
    """
    dossier = session.get_one(Dossier, dossier_id)
    if dossier.state == State.RETURNED:
        return dossier
    dossier, move = for_system(session, SYSTEM, Act.RETURN_RESULT, dossier_id, result_is_signed=True)
    _return(session, dossier, move, SYSTEM, way="electronic")
    return dossier


def _return(session: Session, dossier: Dossier, move: Move, actor: Actor, *, way: str) -> None:
    procedure = by_hash(session, dossier.version_hash)
    dossier.returned_at = clock.now()
    carry(session, dossier, move, actor, procedure, happened_at=dossier.returned_at, facts={"way": way})
