"""Approval: the leader decides, and the result is ordered under a number of the office's series."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor
from portal.models import Dossier
from portal.services.catalogue.schema import Procedure
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.consequences import carry
from portal.services.dossiers.papers import result_facts
from portal.services.dossiers.queries import for_act, latest_answers
from portal.services.dossiers.vocabulary import Act


def approve(session: Session, actor: Actor, code: str, *, expected_version: int) -> Dossier:
    """Approve the proposal as it stands; the worker makes and signs the document. State: in_processing, awaiting
    signature -> issuing.

    Raises:
        NotFound, Stale, Forbidden, IllegalMove, GuardRefused: as `queries.for_act` (four eyes among the guards).

    Effects: event `approved`; the result's row, numbered; outbox `make_document`.
    """
    dossier, move = for_act(session, actor, Act.APPROVE, code, expected_version=expected_version)
    procedure = by_hash(session, dossier.version_hash)
    dossier.approved_by = actor.account_id
    carry(
        session, dossier, move, actor, procedure,
        happened_at=clock.now(),
        paper=lambda: proposed_result(session, dossier, procedure, actor.display_name),
        facts={"decision": dossier.proposal["decision"]},
    )  # fmt: skip
    return dossier


def proposed_result(session: Session, dossier: Dossier, procedure: Procedure, signer: str) -> dict[str, Any]:
    """What the result will say if the proposal is approved: the very facts that are then rendered and signed."""
    answers = {**latest_answers(session, dossier).content, **dossier.proposal["answers"]}
    return result_facts(procedure, answers, dossier.proposal["decision"], dossier.proposal["reason"], signer)
