"""The draft result goes to the citizen, who reads it before it is signed."""

from __future__ import annotations

from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor
from portal.models import Dossier
from portal.services.catalogue.reading import Form
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.calendar import working_calendar
from portal.services.dossiers.consequences import carry
from portal.services.dossiers.deadlines import Term, promise
from portal.services.dossiers.proposals import checked_proposal
from portal.services.dossiers.queries import for_act, latest_answers
from portal.services.dossiers.vocabulary import Act

CONFIRM_WITHIN = Term.parse("1wd")


def send_draft(session: Session, actor: Actor, code: str, *, expected_version: int, form: Form) -> Dossier:
    """Propose, and let the citizen confirm the draft first; `form` as of `propose`.

    State: in_processing, appraising -> awaiting confirmation. Raises:
        InvalidInput: with messages for each field.
        NotFound, Stale, Forbidden, IllegalMove, GuardRefused: as `queries.for_act`.

    Effects: event `draft_sent`, notice; until `waits_until` the citizen may object, then silence is consent.
    Source: the one-stop rules (R23): civil status online, one day to confirm.
    """
    dossier, move = for_act(session, actor, Act.SEND_DRAFT, code, expected_version=expected_version)
    procedure = by_hash(session, dossier.version_hash)
    dossier.proposal = checked_proposal(procedure, form, actor, latest_answers(session, dossier).content)
    dossier.proposed_by = actor.account_id
    now = clock.now()
    dossier.waits_until = promise(clock.to_local(now), CONFIRM_WITHIN, working_calendar(session)).promised_at
    carry(
        session, dossier, move, actor, procedure,
        happened_at=now,
        facts={"waits_until": dossier.waits_until.isoformat()},
        details={"decision": dossier.proposal["decision"], "reason": dossier.proposal["reason"]},
    )  # fmt: skip
    return dossier
