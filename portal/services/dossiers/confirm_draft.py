"""The citizen confirms the draft result, by word or by a day's silence."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import SYSTEM, Actor
from portal.models import Dossier
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.consequences import carry
from portal.services.dossiers.lifecycle import Move
from portal.services.dossiers.queries import for_owner_act, for_system
from portal.services.dossiers.vocabulary import Act


def confirm_draft(session: Session, actor: Actor, code: str, *, expected_version: int) -> Dossier:
    """The owner finds the draft right. State: in_processing, awaiting confirmation -> awaiting signature.

    Raises:
        NotFound, Stale, IllegalMove: as `queries.for_owner_act`.

    Effects: event `draft_confirmed`.
    """
    dossier, move = for_owner_act(session, actor, Act.CONFIRM_DRAFT, code, expected_version=expected_version)
    return _confirm(session, dossier, move, actor, way="said")


def take_silence_for_consent(session: Session, dossier_id: uuid.UUID) -> Dossier:
    """The portal goes on where the citizen's day is over. State: as `confirm_draft`.

    Raises:
        GuardRefused: the day is not over. IllegalMove: the citizen answered meanwhile.
    """
    dossier, move = for_system(session, SYSTEM, Act.CONFIRM_DRAFT, dossier_id)
    return _confirm(session, dossier, move, SYSTEM, way="silence")


def _confirm(session: Session, dossier: Dossier, move: Move, actor: Actor, *, way: str) -> Dossier:
    dossier.waits_until = None
    procedure = by_hash(session, dossier.version_hash)
    carry(session, dossier, move, actor, procedure, happened_at=clock.now(), facts={"way": way})
    return dossier
