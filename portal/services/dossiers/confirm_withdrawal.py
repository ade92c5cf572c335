"""The counter confirms that the citizen took the dossier back, and gives what belongs to them."""

from __future__ import annotations

from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor
from portal.models import Dossier
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.attachments import attachments_of
from portal.services.dossiers.consequences import carry
from portal.services.dossiers.queries import for_act
from portal.services.dossiers.vocabulary import Act


def confirm_withdrawal(session: Session, actor: Actor, code: str, *, expected_version: int) -> Dossier:
    """Confirm the owner's withdrawal. State: withdrawn, awaiting confirmation -> withdrawn.

    Raises:
        NotFound, Stale, Forbidden, IllegalMove, GuardRefused: as `queries.for_act`.

    Effects: event `withdrawal_confirmed`, the record of what was given back, notice; the clock ends.
    """
    dossier, move = for_act(session, actor, Act.CONFIRM_WITHDRAWAL, code, expected_version=expected_version)
    papers = [{"name": one.name, "pages": one.pages} for one in attachments_of(session, dossier)]
    carry(
        session, dossier, move, actor, by_hash(session, dossier.version_hash),
        happened_at=clock.now(),
        paper=lambda: {"papers": papers, "signed_by": {"name": actor.display_name, "title": "NGƯỜI TRẢ HỒ SƠ"}},
    )  # fmt: skip
    return dossier
