"""Filing at the counter and taking in at once, where the person stands before the office that decides."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from portal.auth.permissions import Actor
from portal.models import Dossier
from portal.services.dossiers.queries import buttons
from portal.services.dossiers.receive import receive
from portal.services.dossiers.submit import submit
from portal.services.dossiers.vocabulary import Act


def take_in(session: Session, actor: Actor, draft_id: uuid.UUID, *, is_declared: bool, confirmed: str) -> Dossier:
    """File the clerk's draft; receive it too where the clerk receives for the office that decides.

    Else it waits there, with the counter that filed it named (R20). State: draft -> submitted, or -> received.

    Raises:
        As `submit` and `receive`.
    """
    dossier = submit(session, actor, draft_id, is_declared=is_declared, confirmed=confirmed)
    if dossier.filed_by is not None and Act.RECEIVE in {move.act for move in buttons(dossier, actor)}:
        dossier = receive(session, actor, str(dossier.code), expected_version=dossier.version)
    return dossier
