"""The working calendar changed after a promise: the promise is reckoned again, and both dates are kept."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import SYSTEM
from portal.models import Dossier
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.consequences import carry
from portal.services.dossiers.legal_clock import promise_facts, reckoned
from portal.services.dossiers.queries import for_system
from portal.services.dossiers.vocabulary import Act


def recalculate(session: Session, dossier_id: uuid.UUID) -> Dossier | None:
    """Reckon the promise again by today's calendar; None where it stays as it is. State: as before.

    Raises:
        IllegalMove: the dossier's clock does not run; it is reckoned by the new calendar when it runs on.

    Effects: event `deadline_recalculated` with both moments and the days, notice.
    """
    dossier, move = for_system(session, SYSTEM, Act.RECALCULATE, dossier_id)
    procedure = by_hash(session, dossier.version_hash)
    made, before = reckoned(session, dossier, procedure), dossier.promised_at
    if before is None or made.promised_at == before:
        return None
    dossier.promised_at = made.promised_at
    facts = {**promise_facts(made), "promised_before": before.isoformat()}
    carry(session, dossier, move, SYSTEM, procedure, happened_at=clock.now(), facts=facts)
    return dossier
