"""Correction cases of a dossier: opened with it, one for each value that the person disputes, and read by whom they concern."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from enum import StrEnum

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, contains_eager

from portal import clock
from portal.auth.permissions import Actor
from portal.models import CorrectionCase, DataKey, Dossier, Evidence
from portal.models.correction import OPEN
from portal.services.catalogue.elements import Element
from portal.services.catalogue.provenance import DISPUTED, Answer, Answers
from portal.services.catalogue.schema import Procedure
from portal.services.dossiers.calendar import working_calendar
from portal.services.dossiers.claims import disputes
from portal.services.dossiers.deadlines import Term
from portal.services.dossiers.queries import in_reach_of
from portal.services.dossiers.supplements import last_moment
from portal.services.dossiers.vocabulary import State
from portal.services.notices.outbox import put
from portal.services.registries.sources import sources

SEND_CORRECTION = "send_correction"
MOST_LISTED = 200


class CaseState(StrEnum):
    """How far a request to correct a register is."""

    REQUESTED = "requested"
    SENT = "sent"
    MORE_ASKED = "more_asked"
    OVERDUE = "overdue"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    BY_PROCEDURE = "by_procedure"


def open_corrections(session: Session, dossier: Dossier, procedure: Procedure, filed: Answers) -> list[CorrectionCase]:
    """At filing: a case for every value that the person disputes.

    Effects: one row for each; outbox `send_correction`, but for values that only a procedure of their own corrects.
    """
    cases = [_case(session, dossier, element, answer) for element, answer in disputes(procedure, filed)]
    session.add_all(cases)
    session.flush()
    for case in cases:
        if case.state == CaseState.REQUESTED:
            promise_sending(session, case)
    return cases


def promise_sending(session: Session, case: CorrectionCase) -> None:
    """Have the worker send the case as it stands; under no lock of the dossier, which never waits for a register.

    Effects: outbox `send_correction`, once for each round of the case.
    """
    payload = {"case_id": str(case.id), "round": case.round}
    put(session, SEND_CORRECTION, f"{case.id}:{case.round}", dossier_id=None, payload=payload)


def _case(session: Session, dossier: Dossier, element: Element, answer: Answer) -> CorrectionCase:
    assert element.source is not None  # or it could not have been disputed
    rules = sources()[element.source.registry].corrections
    mended = rules.by_procedure.get(element.source.field)
    now, claim = clock.now(), answer[DISPUTED]
    due_at = last_moment(now, Term.parse(rules.within), working_calendar(session)) if mended is None else None
    return CorrectionCase(
        data_key=dossier.data_key,
        dossier_id=dossier.id,
        element=element.key,
        source=element.source.registry,
        path=element.source.path,
        state=CaseState.REQUESTED if mended is None else CaseState.BY_PROCEDURE,
        procedure_code=mended.code if mended else None,
        round=1,
        looks=0,
        request_id=str(uuid.uuid4()),
        requested_at=now,
        due_at=due_at,
        content={
            "shown": answer["value"],
            "record": answer.get("record") or "",
            "as_of": answer.get("as_of"),
            "claimed": claim["claimed"],
            "reason": claim["reason"],
            "attachment": claim["attachment"],
            "more": "",
        },
    )


def living_cases() -> Select[CorrectionCase]:
    """Cases of dossiers whose content has not been destroyed, with their dossiers."""
    query = select(CorrectionCase).join(CorrectionCase.dossier).join(DataKey, DataKey.id == CorrectionCase.data_key_id)
    return query.options(contains_eager(CorrectionCase.dossier)).where(DataKey.wrapped.is_not(None))


def own_corrections(session: Session, actor: Actor) -> list[CorrectionCase]:
    """The actor's own cases, newest first."""
    query = living_cases().where(Dossier.owner_id == actor.account_id).order_by(CorrectionCase.requested_at.desc())
    return list(session.scalars(query.limit(MOST_LISTED)))


def open_corrections_at(session: Session, actor: Actor) -> list[CorrectionCase]:
    """The cases of the actor's offices that no register has decided, what is overdue first, then what is due first."""
    query = living_cases().where(in_reach_of(actor), Dossier.state != State.DRAFT, CorrectionCase.state.in_(OPEN))
    is_in_time = CorrectionCase.state != CaseState.OVERDUE
    order = (is_in_time, CorrectionCase.due_at, CorrectionCase.id)
    return list(session.scalars(query.order_by(*order).limit(MOST_LISTED)))


def corrections_of(session: Session, dossier: Dossier) -> list[CorrectionCase]:
    """The dossier's cases, oldest first."""
    query = select(CorrectionCase).where(CorrectionCase.dossier_id == dossier.id)
    return list(session.scalars(query.order_by(CorrectionCase.requested_at, CorrectionCase.id)))


def renewals(session: Session, cases: Sequence[CorrectionCase]) -> dict[uuid.UUID, Evidence]:
    """The look-ups after a register's yes, by id."""
    wanted = [case.renewed_by for case in cases if case.renewed_by]
    return {row.id: row for row in session.scalars(select(Evidence).where(Evidence.id.in_(wanted)))} if wanted else {}
