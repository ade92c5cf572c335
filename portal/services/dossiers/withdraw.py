"""The citizen takes the dossier back: at once before receipt, afterwards when the counter confirms it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor
from portal.models import Dossier
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.consequences import carry
from portal.services.dossiers.queries import for_owner_act
from portal.services.dossiers.supplements import close_open_request
from portal.services.dossiers.vocabulary import Act


def withdraw(session: Session, actor: Actor, code: str, *, expected_version: int) -> Dossier:
    """Withdraw the owner's dossier. State: before receipt -> withdrawn; later, while nothing is approved -> withdrawn,
    awaiting confirmation.

    Raises:
        NotFound, Stale, IllegalMove: as `queries.for_owner_act`.

    Effects: event `withdrawal_requested`, notice.
    """
    dossier, move = for_owner_act(session, actor, Act.WITHDRAW, code, expected_version=expected_version)
    now = clock.now()
    dossier.waits_until = None
    close_open_request(session, dossier, now)
    carry(session, dossier, move, actor, by_hash(session, dossier.version_hash), happened_at=now)
    return dossier
