"""Answering what people ask about who looked at their data: a leader of the office that looked, and not about their own look."""

from __future__ import annotations

import uuid

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from portal import clock
from portal.auth.permissions import Actor, Permission
from portal.models import AccessQuestion, Dossier
from portal.services.dossiers.access_log import Look
from portal.services.dossiers.consequences import notify
from portal.services.dossiers.reasons import checked_reason
from portal.services.errors import GuardRefused, NotFound

ANSWER_FIELD = "answer"
ANSWERED = "question_answered"
OWN_LOOK = "Lần xem này là của chính ông/bà; một lãnh đạo khác của cơ quan trả lời."


def questions_for(session: Session, actor: Actor) -> list[AccessQuestion]:
    """What waits for an answer of the actor's offices, the nearest term first; then what was answered, newest first."""
    query = _visible_to(actor).order_by(
        AccessQuestion.answered_at.is_not(None), AccessQuestion.answered_at.desc(), AccessQuestion.due_at, AccessQuestion.id
    )
    return list(session.scalars(query.limit(200)))


def question_for(session: Session, actor: Actor, question_id: uuid.UUID) -> AccessQuestion:
    """One question to an office of the actor's.

    Raises:
        NotFound: none, or to another office.
    """
    found = session.scalars(_visible_to(actor).where(AccessQuestion.id == question_id)).first()
    if found is None:
        raise NotFound
    return found


def answer_question(session: Session, actor: Actor, question_id: uuid.UUID, answer: str) -> AccessQuestion:
    """Answer; the asker reads it beside the entry.

    Raises:
        NotFound: none, or to another office.
        GuardRefused: it was answered before, or the actor is the one who looked.
        InvalidInput: the answer says nothing.

    Effects: a notice to the asker, where the entry is about a dossier of theirs that was filed.
    """
    query = _visible_to(actor).where(AccessQuestion.id == question_id).with_for_update(of=AccessQuestion)
    found = session.scalars(query.execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound
    if found.answered_at is not None:
        raise GuardRefused("Câu hỏi này đã được trả lời.")
    if found.entry.actor_id in {str(one) for one in (*actor.own_accounts, actor.account_id)}:
        raise GuardRefused(OWN_LOOK)
    found.answer = checked_reason(answer, ANSWER_FIELD)
    found.answered_at, found.answered_by = clock.now(), actor.account_id
    session.flush()
    _tell_asker(session, found)
    return found


def _tell_asker(session: Session, question: AccessQuestion) -> None:
    dossier = session.get(Dossier, question.entry.dossier_id) if question.entry.dossier_id else None
    if dossier is not None and dossier.code and dossier.owner_id == question.account_id:
        notify(session, dossier, ANSWERED, clock.now(), about=str(question.id))


def _visible_to(actor: Actor) -> Select[AccessQuestion]:
    offices = sorted(actor.offices(Permission.ANSWER_QUESTION))
    return select(AccessQuestion).where(AccessQuestion.office_code.in_(offices)).options(joinedload(AccessQuestion.entry))


def as_look(question: AccessQuestion) -> Look:
    """The entry that is asked about, as the desk reads it."""
    return Look(question.entry, is_own=False, dossier_code=question.entry.dossier_code, office=None, reason="")
