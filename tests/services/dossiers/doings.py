"""The acts of the desks one by one: who does each lawfully, where it starts, how it is done, and where it leads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor, Role
from portal.models import DataKey, Dossier, Event, IssuedDocument, StaffDuty, StaffMember
from portal.services.dossiers.accept_supplements import accept_supplements
from portal.services.dossiers.approve import approve
from portal.services.dossiers.ask_opinion import ask_opinion
from portal.services.dossiers.assign import assign
from portal.services.dossiers.confirm_withdrawal import confirm_withdrawal
from portal.services.dossiers.extend_deadline import extend_deadline
from portal.services.dossiers.forward import forward
from portal.services.dossiers.history import events_of
from portal.services.dossiers.issue import issue, order_of
from portal.services.dossiers.propose import propose
from portal.services.dossiers.propose_supplements import propose_supplements
from portal.services.dossiers.queries import documents_of
from portal.services.dossiers.reassign import reassign
from portal.services.dossiers.receive import receive
from portal.services.dossiers.record_payment import record_payment
from portal.services.dossiers.record_verification import record_verification
from portal.services.dossiers.refuse import refuse
from portal.services.dossiers.request_payment import request_payment
from portal.services.dossiers.request_supplements import request_supplements
from portal.services.dossiers.resume import resume
from portal.services.dossiers.return_result import return_result
from portal.services.dossiers.send_back import send_back
from portal.services.dossiers.stop import stop
from portal.services.dossiers.supplements import newest_request
from portal.services.dossiers.supply_supplements import supply_supplements
from portal.services.dossiers.transfer import transfer
from portal.services.dossiers.withdraw import withdraw
from portal.services.errors import GuardRefused, IllegalMove, InvalidInput, NotFound
from tests.filings import GRANT, appraising, approved, proposed, received, submitted
from tests.people import OFFICE, OTHER_OFFICE, clerk, leader, officer

PDF = b"%PDF-1.7 invented"
GROUND = "Không thuộc thẩm quyền của Ủy ban nhân dân nơi nhận hồ sơ (NĐ 123/2015/NĐ-CP, Điều 21)"
QUESTION = "Nhờ quý cơ quan cho biết người này đã từng cư trú tại phường chưa?"
LACKS = [{"kind": "question", "of": "certificate.purpose", "reason": "Mục đích ghi chưa khớp với tờ khai."}]
LATE = "Phải chờ nơi cư trú cũ trả lời xác minh."
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


def to_pay(session: Session, who: Hands) -> Dossier:
    """A dossier for which the officer asked the fee."""
    dossier = appraising(session, who.owner, who.clerk, who.officer)
    return request_payment(session, who.officer, str(dossier.code), expected_version=dossier.version)


def to_request(session: Session, who: Hands) -> Dossier:
    """A dossier of which the officer misses something."""
    dossier = appraising(session, who.owner, who.clerk, who.officer)
    return propose_supplements(session, who.officer, str(dossier.code), expected_version=dossier.version, items=LACKS)


def supplied(session: Session, who: Hands) -> Dossier:
    """A received dossier whose owner sent what was asked."""
    dossier = to_request(session, who)
    request_supplements(session, who.clerk, str(dossier.code), expected_version=dossier.version, items=LACKS)
    request = newest_request(session, dossier)
    assert request is not None
    return supply_supplements(session, who.owner, str(dossier.code), request.id, form={"certificate.purpose": "loan"})


def paused(session: Session, who: Hands) -> Dossier:
    """A dossier that the leader stopped for a time."""
    dossier = appraising(session, who.owner, who.clerk, who.officer)
    return stop(session, who.leader, str(dossier.code), expected_version=dossier.version, reason=REASON)


def withdrawing(session: Session, who: Hands) -> Dossier:
    """A received dossier that its owner wants back."""
    dossier = received(session, who.owner, who.clerk)
    return withdraw(session, who.owner, str(dossier.code), expected_version=dossier.version)


def second_officer(session: Session) -> str:
    """The account of another officer of the office, by a duty of the portal's own table."""
    person = officer(session)
    member = StaffMember(
        data_key=DataKey.fresh(), subject_hash=person.subject_hash, profile={"full_name": "Đỗ Thị Hai"}, created_at=clock.now()
    )  # fmt: skip
    session.add(member)
    session.flush()
    session.add(StaffDuty(member_id=member.id, office_code=OFFICE, role="officer", valid_from=clock.today()))
    session.flush()
    return str(person.account_id)


def whoever_fits(session: Session, actor: Actor) -> str:
    """Themself where the actor appraises, else another officer of the office."""
    return "" if Role.OFFICER in {duty.role for duty in actor.duties} else second_officer(session)


def unassigned(session: Session, who: Hands) -> Dossier:
    """A dossier that was handed over and that nobody has taken."""
    dossier = received(session, who.owner, who.clerk)
    return forward(session, who.clerk, str(dossier.code), expected_version=dossier.version)


@dataclass(frozen=True)
class Doing:
    """One act: `start` brings a dossier to where it begins, `do` does it on behalf of an actor who saw a version.

    `also_from`: where else the same role may do it. `again`: how a second time is refused (None is no refusal).
    """

    verb: str
    role: Role
    start: Callable[[Session, Hands], Dossier]
    do: Callable[[Session, Actor, str, int], Dossier]
    event: str
    leads: tuple[str, str]
    also_from: tuple[str, ...] = ()
    again: type[Exception] | None = IllegalMove


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
            lambda session, actor, code, seen: assign(
                session, actor, code, expected_version=seen, to=whoever_fits(session, actor)
            ),
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
            "transfer", Role.CLERK, lambda session, who: submitted(session, who.owner),
            lambda session, actor, code, seen: transfer(
                session, actor, code, expected_version=seen, to_office=OTHER_OFFICE, reason=REASON
            ),
            "transferred", ("submitted", "submitted"), again=NotFound,
        ),
        Doing(
            "reassign", Role.LEADER, lambda session, who: appraising(session, who.owner, who.clerk, who.officer),
            lambda session, actor, code, seen: reassign(session, actor, code, expected_version=seen, to=second_officer(session)),
            "reassigned", ("in_processing/appraising", "in_processing/appraising"), again=None,
        ),
        Doing(
            "request_payment", Role.CLERK, lambda session, who: submitted(session, who.owner),
            lambda session, actor, code, seen: request_payment(session, actor, code, expected_version=seen),
            "payment_requested", ("submitted", "payment_requested/before_receipt"), also_from=("in_processing/appraising",),
        ),
        Doing(
            "record_payment", Role.CLERK, to_pay,
            lambda session, actor, code, seen: record_payment(session, actor, code, expected_version=seen, receipt="BL-0001/26"),
            "payment_recorded", ("payment_requested/after_receipt", "in_processing/appraising"),
            also_from=("payment_requested/before_receipt",),
        ),
        Doing(
            "propose_supplements", Role.OFFICER, lambda session, who: appraising(session, who.owner, who.clerk, who.officer),
            lambda session, actor, code, seen: propose_supplements(session, actor, code, expected_version=seen, items=LACKS),
            "supplements_proposed", ("in_processing/appraising", "in_processing/awaiting_request"),
        ),
        Doing(
            "request_supplements", Role.CLERK, to_request,
            lambda session, actor, code, seen: request_supplements(session, actor, code, expected_version=seen, items=LACKS),
            "supplements_requested", ("in_processing/awaiting_request", "supplement_requested/after_receipt"),
            also_from=("submitted",),
        ),
        Doing(
            "accept_supplements", Role.CLERK, supplied,
            lambda session, actor, code, seen: accept_supplements(session, actor, code, expected_version=seen),
            "supplements_accepted", ("supplement_requested/supplied", "in_processing/appraising"),
        ),
        Doing(
            "ask_opinion", Role.OFFICER, lambda session, who: appraising(session, who.owner, who.clerk, who.officer),
            lambda session, actor, code, seen: ask_opinion(
                session, actor, code, expected_version=seen, office_code=OTHER_OFFICE, question=QUESTION, days="3"
            ),
            "opinion_asked", ("in_processing/appraising", "in_processing/appraising"), again=InvalidInput,
        ),
        Doing(
            "record_verification", Role.OFFICER, lambda session, who: appraising(session, who.owner, who.clerk, who.officer),
            lambda session, actor, code, seen: record_verification(
                session, actor, code, expected_version=seen, held_at="2026-11-13T09:30", place="Số 9 phố Mẫu",
                participants="Người nộp, công chức hộ tịch", content="Đã xem nơi ở, đúng như lời khai.",
            ),
            "verification_recorded", ("in_processing/appraising", "in_processing/appraising"), again=None,
        ),
        Doing(
            "extend_deadline", Role.LEADER, lambda session, who: received(session, who.owner, who.clerk),
            lambda session, actor, code, seen: extend_deadline(
                session, actor, code, expected_version=seen, reason=LATE, new_day="2026-11-27"
            ),
            "deadline_extended", ("received", "received"), again=GuardRefused,
            also_from=tuple(
                f"in_processing/{stage}"
                for stage in ("awaiting_assignment", "appraising", "awaiting_request", "awaiting_signature")
            ),
        ),
        Doing(
            "stop", Role.LEADER, lambda session, who: appraising(session, who.owner, who.clerk, who.officer),
            lambda session, actor, code, seen: stop(session, actor, code, expected_version=seen, reason=REASON),
            "stopped", ("in_processing/appraising", "stopped/for_a_time"), also_from=("stopped/for_a_time",), again=None,
        ),
        Doing(
            "resume", Role.LEADER, paused,
            lambda session, actor, code, seen: resume(session, actor, code, expected_version=seen),
            "resumed", ("stopped/for_a_time", "in_processing/appraising"),
        ),
        Doing(
            "confirm_withdrawal", Role.CLERK, withdrawing,
            lambda session, actor, code, seen: confirm_withdrawal(session, actor, code, expected_version=seen),
            "withdrawal_confirmed", ("withdrawn/awaiting_confirmation", "withdrawn"),
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
