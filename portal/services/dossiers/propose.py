"""The officer's proposal: to grant, with what the result will say, or to refuse, with the reason."""

from __future__ import annotations

from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor
from portal.models import Dossier
from portal.services.catalogue.reading import Form
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.consequences import carry
from portal.services.dossiers.proposals import checked_proposal
from portal.services.dossiers.queries import for_act, latest_answers
from portal.services.dossiers.vocabulary import Act


def propose(session: Session, actor: Actor, code: str, *, expected_version: int, form: Form) -> Dossier:
    """Propose a decision to the leader; `form` has `decision`, `reason` (refusal) and the appraisal questions (grant).

    State: in_processing, appraising -> awaiting signature.

    Raises:
        InvalidInput: with messages for each field.
        NotFound, Stale, Forbidden, IllegalMove, GuardRefused: as `queries.for_act`.

    Effects: event `proposed`.
    """
    dossier, move = for_act(session, actor, Act.PROPOSE, code, expected_version=expected_version)
    procedure = by_hash(session, dossier.version_hash)
    dossier.proposal = checked_proposal(procedure, form, actor, latest_answers(session, dossier).content)
    dossier.proposed_by = actor.account_id
    carry(
        session, dossier, move, actor, procedure,
        happened_at=clock.now(), details={"decision": dossier.proposal["decision"], "reason": dossier.proposal["reason"]},
    )  # fmt: skip
    return dossier
