"""The register asked for more: what the person adds goes to it, as the next round of the same case."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor
from portal.models import CorrectionCase
from portal.services.dossiers.calendar import working_calendar
from portal.services.dossiers.corrections import CaseState, promise_sending
from portal.services.dossiers.deadlines import Term
from portal.services.dossiers.queries import owned
from portal.services.dossiers.reasons import checked_reason
from portal.services.dossiers.supplements import last_moment
from portal.services.errors import IllegalMove, NotFound
from portal.services.registries.sources import sources

MORE_FIELD = "more"


def add_to_correction(session: Session, actor: Actor, code: str, element: str, *, more: str) -> CorrectionCase:
    """Send the person's words after the case about one element of their dossier; the register has its whole term again.

    State: more asked -> requested.

    Raises:
        NotFound: not the actor's dossier, or no such case of it.
        IllegalMove: nothing is asked of them.
        InvalidInput: no readable words.

    Effects: outbox `send_correction`, under a new number.
    """
    dossier = owned(session, actor, code)
    query = select(CorrectionCase).where(CorrectionCase.dossier_id == dossier.id, CorrectionCase.element == element)
    case = session.scalars(query.with_for_update(of=CorrectionCase).execution_options(populate_existing=True)).first()
    if case is None:
        raise NotFound
    if case.state != CaseState.MORE_ASKED:
        raise IllegalMove("the register asks for nothing")
    now = clock.now()
    case.content = {**case.content, "more": checked_reason(more, MORE_FIELD)}
    case.round += 1
    case.request_id = str(uuid.uuid4())
    case.state, case.next_look_at = CaseState.REQUESTED, None
    case.due_at = last_moment(now, Term.parse(sources()[case.source].corrections.within), working_calendar(session))
    promise_sending(session, case)
    return case
