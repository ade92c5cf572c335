"""The acts of the desks one by one: who does each lawfully, where it starts, how it is done, and where it leads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from portal.auth.permissions import Actor, Role
from portal.models import Dossier, Event, IssuedDocument
from portal.services.dossiers.approve import approve
from portal.services.dossiers.assign import assign
from portal.services.dossiers.forward import forward
from portal.services.dossiers.history import events_of
from portal.services.dossiers.issue import issue, order_of
from portal.services.dossiers.propose import propose
from portal.services.dossiers.queries import documents_of
from portal.services.dossiers.receive import receive
from portal.services.dossiers.refuse import refuse
from portal.services.dossiers.return_result import return_result
from portal.services.dossiers.send_back import send_back
from tests.filings import GRANT, appraising, approved, proposed, received, submitted
from tests.people import clerk, leader, officer

PDF = b"%PDF-1.7 invented"
GROUND = "Không thuộc thẩm quyền của Ủy ban nhân dân nơi nhận hồ sơ (NĐ 123/2015/NĐ-CP, Điều 21)"
REASON = "Người khai cư trú ở phường khác, xin nộp tại nơi cư trú."


@dataclass(frozen=True)
class Hands:
    """Everybody through whose hands a dossier goes."""

    owner: Actor
    clerk: Actor
    officer: Actor
    leader: Actor

    def of(self, role: Role) -> Actor:
        """The one who does the lawful acts of the role."""
        return {Role.CLERK: self.clerk, Role.OFFICER: self.officer, Role.LEADER: self.leader}[role]


def hands(session: Session, owner: Actor) -> Hands:
    """Staff of the dossier's office for one owner's dossier."""
    return Hands(owner, clerk(session), officer(session), leader(session))


def result_of(session: Session, dossier: Dossier) -> IssuedDocument:
    """The dossier's one result."""
    (result,) = (paper for paper in documents_of(session, dossier) if paper.kind == "result")
    return result


def issued(session: Session, who: Hands) -> Dossier:
    """A dossier whose result is signed and waits to be handed over."""
    dossier = approved(session, who.owner, who.clerk, who.officer, who.leader)
    order = order_of(session, result_of(session, dossier).id)
    assert order is not None
    issue(session, order, PDF)
    return dossier


def unassigned(session: Session, who: Hands) -> Dossier:
    """A dossier that was handed over and that nobody has taken."""
    dossier = received(session, who.owner, who.clerk)
    return forward(session, who.clerk, str(dossier.code), expected_version=dossier.version)


@dataclass(frozen=True)
class Doing:
    """One act: `start` brings a dossier to where it begins, `do` does it on behalf of an actor who saw a version."""

    verb: str
    role: Role
    start: Callable[[Session, Hands], Dossier]
    do: Callable[[Session, Actor, str, int], Dossier]
    event: str
    leads: tuple[str, str]


DOINGS = {
    doing.verb: doing
    for doing in (
        Doing(
            "receive", Role.CLERK, lambda session, who: submitted(session, who.owner),
            lambda session, actor, code, seen: receive(session, actor, code, expected_version=seen),
            "received", ("submitted", "received"),
        ),
        Doing(
            "refuse", Role.CLERK, lambda session, who: submitted(session, who.owner),
            lambda session, actor, code, seen: refuse(
                session, actor, code, expected_version=seen, reason=REASON, ground=GROUND
            ),
            "refused", ("submitted", "not_received"),
        ),
        Doing(
            "forward", Role.CLERK, lambda session, who: received(session, who.owner, who.clerk),
            lambda session, actor, code, seen: forward(session, actor, code, expected_version=seen),
            "forwarded", ("received", "in_processing/awaiting_assignment"),
        ),
        Doing(
            "assign", Role.OFFICER, unassigned,
            lambda session, actor, code, seen: assign(session, actor, code, expected_version=seen),
            "assigned", ("in_processing/awaiting_assignment", "in_processing/appraising"),
        ),
        Doing(
            "propose", Role.OFFICER, lambda session, who: appraising(session, who.owner, who.clerk, who.officer),
            lambda session, actor, code, seen: propose(session, actor, code, expected_version=seen, form=GRANT),
            "proposed", ("in_processing/appraising", "in_processing/awaiting_signature"),
        ),
        Doing(
            "send_back", Role.LEADER, lambda session, who: proposed(session, who.owner, who.clerk, who.officer),
            lambda session, actor, code, seen: send_back(session, actor, code, expected_version=seen, reason=REASON),
            "sent_back", ("in_processing/awaiting_signature", "in_processing/appraising"),
        ),
        Doing(
            "approve", Role.LEADER, lambda session, who: proposed(session, who.owner, who.clerk, who.officer),
            lambda session, actor, code, seen: approve(session, actor, code, expected_version=seen),
            "approved", ("in_processing/awaiting_signature", "in_processing/issuing"),
        ),
        Doing(
            "return_result", Role.CLERK, issued,
            lambda session, actor, code, seen: return_result(session, actor, code, expected_version=seen),
            "result_returned", ("finished", "returned"),
        ),
    )
}  # fmt: skip


def place_of(dossier: Dossier) -> str:
    """Where the dossier stands, as its history writes it."""
    return f"{dossier.state}/{dossier.stage}" if dossier.stage else dossier.state


def standing(session: Session, dossier: Dossier) -> tuple[object, ...]:
    """All of a dossier that an act could change, read anew from its row, with the length of its history and its papers."""
    session.expire(dossier)
    moments = (dossier.received_at, dossier.promised_at, dossier.finished_at, dossier.returned_at)
    people = (dossier.received_by, dossier.assigned_to, dossier.proposed_by, dossier.approved_by)
    papers = [paper.id for paper in documents_of(session, dossier)]
    return place_of(dossier), dossier.version, moments, people, dossier.proposal, len(events_of(session, dossier.id)), papers


def last_event(session: Session, dossier: Dossier) -> Event:
    """The newest line of the dossier's history."""
    return events_of(session, dossier.id)[-1]
