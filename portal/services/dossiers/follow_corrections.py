"""What became of the cases that were sent: the register's answer, the value as it is from then on, and terms that ran out."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock
from portal.models import CorrectionCase, Dossier
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.consequences import notify
from portal.services.dossiers.corrections import CaseState, living_cases
from portal.services.dossiers.own_look_ups import PORTAL, keep_own_look_up, note_own_look_up
from portal.services.dossiers.queries import latest_answers
from portal.services.dossiers.send_correction import FACTORS, subject_of
from portal.services.registries.corrections import Verdict
from portal.services.registries.exchange import Ask, Outcome, Reply, Requester
from portal.services.registries.patience import CORRECTIONS, patience
from portal.services.registries.sources import sources

AWAITS_ANSWER = (CaseState.SENT, CaseState.OVERDUE)
ANSWERS: Mapping[str, CaseState] = {
    "accepted": CaseState.ACCEPTED,
    "rejected": CaseState.REJECTED,
    "more_asked": CaseState.MORE_ASKED,
}
NOTICES: Mapping[CaseState, str] = {
    CaseState.ACCEPTED: "correction_accepted",
    CaseState.REJECTED: "correction_rejected",
    CaseState.MORE_ASKED: "correction_more_asked",
    CaseState.OVERDUE: "correction_overdue",
}


@dataclass(frozen=True)
class Question:
    """What is to be asked about one case now: its state at the register, or the value after the register's yes (`ask`)."""

    case_id: uuid.UUID
    registry: str
    reference: str
    personal_id: str
    path: str
    ask: Ask | None


def next_question(session: Session) -> Question | None:
    """One case whose time has come, set aside until it would be asked for again: two workers never ask of one at a time."""
    query = living_cases().where(CorrectionCase.next_look_at <= clock.now()).order_by(CorrectionCase.next_look_at).limit(1)
    case = session.scalars(query.with_for_update(of=CorrectionCase, skip_locked=True)).first()
    if case is None:
        return None
    rules = patience()[CORRECTIONS]
    case.looks += 1
    case.next_look_at = clock.now() + rules.wait_after(case.looks)
    if case.state == CaseState.ACCEPTED and case.looks >= rules.attempts:
        case.next_look_at = None
    answers = latest_answers(session, case.dossier).content
    ask = _ask(session, case) if case.state == CaseState.ACCEPTED else None
    personal_id = subject_of(answers).personal_id
    return Question(case.id, case.source, str(case.reference), personal_id, case.path, ask)


def _ask(session: Session, case: CorrectionCase) -> Ask:
    """The look-up of the value as it now is, in the ordinary way and on the ground of the law; the register finds the person
    by what it now says of them.
    """
    dossier = case.dossier
    factor = case.element.removeprefix("subject.")
    corrected = {factor: str(case.content["claimed"])} if factor in FACTORS and case.element == f"subject.{factor}" else {}
    lookups = by_hash(session, dossier.version_hash).definition.lookups
    purpose = next((one.purpose for one in lookups if case.element in one.elements), "DE-NGHI-SUA")
    ground = next((one.legal_ground for one in lookups if case.element in one.elements), sources()[case.source].legal_ground)
    return Ask(
        subject=subject_of(latest_answers(session, dossier).content, **corrected),
        requester=Requester("system", PORTAL, dossier.office_code),
        procedure_code=dossier.procedure_code,
        purpose=purpose,
        legal_ground=ground,
        scope=(case.path.split(".", 1)[0],),
        basis="law",
        basis_reference=ground,
        dossier_code=dossier.code,
    )


def keep_verdict(session: Session, case_id: uuid.UUID, verdict: Verdict) -> None:
    """What the register says of a case that was sent; an answer that comes twice changes nothing.

    State: sent or overdue -> accepted, rejected, or more asked.

    Effects: a notice to the owner.
    """
    case = _locked(session, case_id)
    if case.state not in AWAITS_ANSWER or case.sent_at is None or verdict.decision == "open":
        return
    now = clock.now()
    case.state = ANSWERS[verdict.decision]
    case.words = verdict.words
    case.record_version = verdict.record_version
    case.looks, case.next_look_at = 0, now if case.state == CaseState.ACCEPTED else None
    case.answered_at = None if case.state == CaseState.MORE_ASKED else now
    _tell(session, case)


def keep_renewal(session: Session, case_id: uuid.UUID, ask: Ask, reply: Reply) -> None:
    """The value as the register says it after its yes: kept as evidence of the dossier, like every look-up.

    Effects: as `keep_lookups`; where the register answered, the case names it.
    """
    case = _locked(session, case_id)
    if case.state != CaseState.ACCEPTED or case.renewed_by is not None:
        note_own_look_up(session, ask, reply)
        return
    evidence_id = keep_own_look_up(session, case.dossier_id, ask, reply)
    if reply.outcome is Outcome.FOUND:
        case.renewed_by, case.next_look_at = evidence_id, None


def escalate_late(session: Session) -> int:
    """Cases whose term ran out without an answer: the desk sees them first, and the owner is told once; gives how many.

    State: requested or sent -> overdue; the register is asked on.
    """
    late = living_cases().where(CorrectionCase.state.in_((CaseState.REQUESTED, CaseState.SENT)))
    late = late.where(CorrectionCase.due_at < clock.now()).order_by(CorrectionCase.due_at)
    cases = list(session.scalars(late.limit(100).with_for_update(of=CorrectionCase, skip_locked=True)))
    for case in cases:
        case.state, case.escalated_at = CaseState.OVERDUE, clock.now()
        _tell(session, case)
    return len(cases)


def _tell(session: Session, case: CorrectionCase) -> None:
    dossier = session.get_one(Dossier, case.dossier_id)
    notify(session, dossier, NOTICES[CaseState(case.state)], clock.now(), about=f"{case.id}:{case.round}")


def _locked(session: Session, case_id: uuid.UUID) -> CorrectionCase:
    query = select(CorrectionCase).where(CorrectionCase.id == case_id).with_for_update(of=CorrectionCase)
    return session.scalars(query.execution_options(populate_existing=True)).one()
