"""Look-ups that the portal makes by itself for a dossier, on the ground of the law: kept like everybody's."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.auth.permissions import SYSTEM
from portal.models import Dossier, Evidence
from portal.services.registries.exchange import Ask, Reply
from portal.services.registries.ledger import keep_lookups

PORTAL = "system"  # how registries know who asks


def note_own_look_up(session: Session, ask: Ask, reply: Reply) -> None:
    """Keep that it was made, where nothing comes of it any more: the person it was about reads of it all the same.

    Effects: an entry of the ledger.
    """
    keep_lookups(session, SYSTEM, {reply.registry: ask}, {reply.registry: reply}, dossier=None)


def keep_own_look_up(session: Session, dossier_id: uuid.UUID, ask: Ask, reply: Reply) -> uuid.UUID:
    """Keep what came of it; gives the evidence's id.

    Effects: as `keep_lookups`.
    """
    dossier = session.get_one(Dossier, dossier_id)
    keep_lookups(session, SYSTEM, {reply.registry: ask}, {reply.registry: reply}, dossier=dossier)
    kept = select(Evidence.id).where(Evidence.dossier_id == dossier.id, Evidence.request_id == reply.request_id)
    return session.scalars(kept.order_by(Evidence.id.desc()).limit(1)).one()
