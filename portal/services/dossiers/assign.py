"""Assignment: an officer takes a dossier to appraise, or a leader gives it to one."""

from __future__ import annotations

from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor, Permission, Role
from portal.models import Dossier
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.assignment import How, hand_to
from portal.services.dossiers.consequences import carry
from portal.services.dossiers.lifecycle import Move
from portal.services.dossiers.officers import candidates_for, officer_of
from portal.services.dossiers.queries import for_act
from portal.services.dossiers.suggested_officer import Candidate, Suggestion
from portal.services.dossiers.vocabulary import Act
from portal.services.errors import Forbidden


def assign(session: Session, actor: Actor, code: str, *, expected_version: int, to: str = "") -> Dossier:
    """Take the dossier to appraise, or give it to the officer whose account's id is `to`.

    State: in_processing, awaiting assignment -> appraising. Whoever may reassign may give; whoever appraises may take.

    Raises:
        InvalidInput: nobody is named and the actor is no officer, or whoever is named does not appraise this dossier.
        Forbidden: somebody else is named, and the actor is no leader.
        NotFound, Stale, Forbidden, IllegalMove, GuardRefused: as `queries.for_act`.

    Effects: event `assigned`.
    """
    dossier, move = for_act(session, actor, Act.ASSIGN, code, expected_version=expected_version)
    among = candidates_for(session, dossier)
    if to in ("", actor.id) and may_take(actor, dossier):
        _take(session, dossier, move, actor, among)
        return dossier
    if not may_give(actor, dossier):
        raise Forbidden(Permission.REASSIGN)
    hand_to(session, dossier, move, actor, Suggestion(officer_of(dossier, among, to)), among, How.GIVEN)
    return dossier


def may_take(actor: Actor, dossier: Dossier) -> bool:
    """Whether the actor is an officer of the dossier's office and procedure."""
    duties = (duty for duty in actor.duties if duty.role is Role.OFFICER and duty.office_code == dossier.office_code)
    return any(duty.covers(dossier.procedure_code) for duty in duties)


def may_give(actor: Actor, dossier: Dossier) -> bool:
    """Whether the actor decides who appraises the dossier."""
    return actor.role_for(Permission.REASSIGN, dossier.office_code or "", dossier.procedure_code) is not None


def _take(session: Session, dossier: Dossier, move: Move, actor: Actor, among: list[Candidate]) -> None:
    known = next((one for one in among if one.account_id == actor.account_id), None)
    if known is not None:
        hand_to(session, dossier, move, actor, Suggestion(known), among, How.TAKEN)
        return
    dossier.assigned_to = actor.account_id
    facts = {"to": actor.id, "how": How.TAKEN.value}
    carry(session, dossier, move, actor, by_hash(session, dossier.version_hash), happened_at=clock.now(), facts=facts)
