"""Asking the office of whoever looked why they did; one question about an entry is open at a time."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor
from portal.models import AccessQuestion, Account
from portal.services.dossiers.access_log import Look, accounts_of, look_of
from portal.services.dossiers.calendar import working_days_after
from portal.services.dossiers.reasons import checked_reason
from portal.services.errors import GuardRefused, InvalidInput

QUESTION_FIELD = "question"
ANSWER_WITHIN_WORKING_DAYS = 3
IS_OPEN = "Ông/bà đã hỏi về lần này và đang chờ trả lời."


def ask_about_look(session: Session, actor: Actor, entry_id: uuid.UUID, question: str) -> AccessQuestion:
    """Ask about one entry; the leaders of the office that looked find it on their desk, with a term.

    Raises:
        NotFound: no entry about the actor that may be shown.
        GuardRefused: no office looked; or a question about it waits for its answer.
        InvalidInput: nothing is asked, or too much.

    Source: Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15 (right to know); the term of 72 hours as in NĐ 13/2023/NĐ-CP, Điều 14,
        read as three working days (from memory, to be checked).
    """
    look = look_of(session, actor, entry_id)
    if not may_be_asked_about(look):
        raise GuardRefused("Lần này không do cơ quan nào thực hiện nên không có nơi để hỏi.")
    account, now = session.get_one(Account, actor.account_id), clock.now()
    asked = AccessQuestion(
        data_key=account.data_key,
        entry_id=look.entry.id,
        account_id=account.id,
        office_code=look.entry.office_code,
        asked_at=now,
        due_at=working_days_after(session, now, ANSWER_WITHIN_WORKING_DAYS),
        question=_checked(question),
    )
    try:
        with session.begin_nested():
            session.add(asked)
            session.flush()
    except IntegrityError as open_already:
        raise GuardRefused(IS_OPEN) from open_already
    return asked


def may_be_asked_about(look: Look) -> bool:
    """Whether an office looked, which can be asked why."""
    return not look.is_own and look.office is not None


def _checked(question: str) -> str:
    try:
        return checked_reason(question, QUESTION_FIELD)
    except InvalidInput as wrong:
        if len(question.strip()) > len("không rõ"):
            raise
        raise InvalidInput({QUESTION_FIELD: ["Hãy ghi ông/bà muốn hỏi điều gì về lần này."]}) from wrong


def questions_by(session: Session, actor: Actor) -> list[AccessQuestion]:
    """What the actor has asked, newest first."""
    query = select(AccessQuestion).where(AccessQuestion.account_id.in_(accounts_of(actor)))
    return list(session.scalars(query.order_by(AccessQuestion.asked_at.desc(), AccessQuestion.id)))
