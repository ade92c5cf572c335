"""Returning the result: by the portal itself where it was asked for electronically, else by the clerk at the counter."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import SYSTEM, Actor
from portal.models import Dossier
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.at_counter import in_custody
from portal.services.dossiers.attachments import attachments_of
from portal.services.dossiers.consequences import carry
from portal.services.dossiers.lifecycle import Move
from portal.services.dossiers.queries import for_act, for_system
from portal.services.dossiers.vocabulary import Act, State
from portal.services.errors import InvalidInput

RETURNED_FIELD = "returned"


def return_result(
    session: Session, actor: Actor, code: str, *, expected_version: int, returned: Collection[str] = frozenset()
) -> Dossier:
    """Record that the clerk handed the result over. State: finished -> returned.

    `returned`: ids of the attachments whose originals this counter kept and hands back now (R29).

    Raises:
        NotFound, Stale, Forbidden, IllegalMove, GuardRefused: as `queries.for_act`.
        InvalidInput: an original that this counter keeps is not handed back.

    Effects: event `result_returned`, notice.
    """
    dossier, move = for_act(session, actor, Act.RETURN_RESULT, code, expected_version=expected_version)
    _give_back_originals(session, dossier, actor, returned)
    _return(session, dossier, move, actor, way="counter")
    return dossier


def _give_back_originals(session: Session, dossier: Dossier, actor: Actor, returned: Collection[str]) -> None:
    """What was kept at another counter is handed back there; what was kept here goes with the result."""
    kept = in_custody(attachments_of(session, dossier)) if dossier.filing_office_code == dossier.office_code else []
    if any(str(one.id) not in returned for one in kept):
        raise InvalidInput({RETURNED_FIELD: ["Hãy trả và đánh dấu từng bản chính mà quầy đang giữ."]})
    for one in kept:
        one.original_returned_at, one.original_returned_by = clock.now(), actor.account_id


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
