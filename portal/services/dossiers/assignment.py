"""A dossier comes into an officer's hands: taken, given, or by the office's rule; the event says by whom and on what ground."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import SYSTEM, Actor
from portal.models import Dossier
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.consequences import carry
from portal.services.dossiers.lifecycle import Move, move_for
from portal.services.dossiers.officers import candidates_for
from portal.services.dossiers.offices import handling_office
from portal.services.dossiers.queries import facts_of
from portal.services.dossiers.suggested_officer import Candidate, Suggestion, grounds_of, suggested
from portal.services.dossiers.vocabulary import Act


class How(StrEnum):
    """How a dossier came to its officer."""

    TAKEN = "taken"
    GIVEN = "given"
    BY_RULE = "by_rule"


def hand_to(
    session: Session, dossier: Dossier, move: Move, actor: Actor, chosen: Suggestion, among: Iterable[Candidate], how: How
) -> None:
    """Put the dossier into the officer's hands; it is locked by the caller, and the move allowed.

    Effects: event of the move, with facts `to`, `how`, `grounds`, and where there is one `from`, `instead_of`.
    """
    before, dossier.assigned_to = dossier.assigned_to, chosen.officer.account_id
    facts: dict[str, Any] = {
        "to": str(chosen.officer.account_id),
        "how": how.value,
        "grounds": grounds_of(chosen.officer, among),
        **({"from": str(before)} if before else {}),
        **({"instead_of": str(chosen.instead_of.account_id)} if chosen.instead_of else {}),
    }
    carry(session, dossier, move, actor, by_hash(session, dossier.version_hash), happened_at=clock.now(), facts=facts)


def assign_by_rule(session: Session, dossier: Dossier) -> None:
    """Give a dossier that was just forwarded to the officer whom the rule names, where its office assigns by itself.

    Where nobody suits, it waits for somebody to assign it. Call it after the forwarding is recorded: from then on the one
    lock of the history is held until the commit, so that of dossiers forwarded at the same moment each is counted before
    the next looks who holds the fewest.

    Effects: event `assigned` by the portal itself.
    """
    if not handling_office(session, dossier).assigns_automatically:
        return
    among = candidates_for(session, dossier)
    chosen = suggested(among)
    if chosen is not None:
        hand_to(session, dossier, move_for(Act.ASSIGN, facts_of(dossier), SYSTEM), SYSTEM, chosen, among, How.BY_RULE)
