"""Sending a case to the owner of the register: what is sent, and the receipt; calling the register is the worker's."""

from __future__ import annotations

import uuid
from datetime import timedelta

from sqlalchemy.orm import Session

from portal import clock
from portal.models import CorrectionCase
from portal.services.catalogue.provenance import Answers
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.corrections import CaseState, living_cases
from portal.services.dossiers.own_look_ups import PORTAL
from portal.services.dossiers.queries import latest_answers
from portal.services.registries.corrections import CorrectionRequest, Receipt
from portal.services.registries.exchange import Requester, Subject
from portal.services.registries.patience import CORRECTIONS, patience
from portal.services.registries.sources import sources

FACTORS = ("personal_id", "full_name", "date_of_birth")


def correction_order(session: Session, case_id: uuid.UUID, round_number: int) -> CorrectionRequest | None:
    """What is to be sent of this round of the case; None where it has been sent, or its content was destroyed."""
    case = session.scalars(living_cases().where(CorrectionCase.id == case_id)).first()
    if case is None or not _awaits_sending(case, round_number):
        return None
    said, dossier = case.content, case.dossier
    procedure = by_hash(session, dossier.version_hash)
    grounds = [one.legal_ground for one in procedure.definition.lookups if case.element in one.elements]
    return CorrectionRequest(
        request_id=case.request_id,
        registry=case.source,
        subject=subject_of(latest_answers(session, dossier).content),
        path=case.path,
        shown=said["shown"],
        record=said["record"],
        claimed=said["claimed"],
        reason=said["reason"],
        proof=said["attachment"] or "",
        more=said["more"],
        follows=case.reference,
        requester=Requester("system", PORTAL, dossier.office_code),
        procedure_code=dossier.procedure_code,
        dossier_code=str(dossier.code),
        legal_ground=next(iter(grounds), sources()[case.source].legal_ground),
        answer_until=case.due_at or clock.now() + timedelta(days=1),
    )


def subject_of(answers: Answers, **corrected: str) -> Subject:
    """The three factors of the person whom the dossier is about, as filed but for what was `corrected` since."""
    said = {factor: str(answers[f"subject.{factor}"]["value"]) for factor in FACTORS}
    return Subject(**{**said, **corrected})


def keep_receipt(session: Session, case_id: uuid.UUID, round_number: int, receipt: Receipt) -> None:
    """The register has this round of the case, or refuses to take it; whoever comes second changes nothing.

    State: requested -> sent, or rejected where it was not taken; an overdue case stays one until it is answered.
    """
    case = session.get_one(CorrectionCase, case_id, with_for_update=True, populate_existing=True)
    if not _awaits_sending(case, round_number):
        return
    now = clock.now()
    if receipt.reference is None:
        case.words, case.state, case.answered_at, case.next_look_at = receipt.words, CaseState.REJECTED, now, None
        return
    case.sent_at, case.reference = now, receipt.reference
    case.state = CaseState.OVERDUE if case.state == CaseState.OVERDUE else CaseState.SENT
    case.looks, case.next_look_at = 0, now + patience()[CORRECTIONS].wait_after(1)


def _awaits_sending(case: CorrectionCase, round_number: int) -> bool:
    """Whether this round of the case is still on its way."""
    is_late_and_unsent = case.state == CaseState.OVERDUE and case.next_look_at is None
    return case.round == round_number and (case.state == CaseState.REQUESTED or is_late_and_unsent)
