"""What people ask about who looked at their data: a leader's list, and each question with its answer."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.auth.permissions import Permission
from portal.auth.session import current_actor
from portal.counter import blueprint
from portal.models import AccessQuestion
from portal.services.dossiers.answer_question import ANSWER_FIELD, answer_question, as_look, question_for, questions_for
from portal.services.dossiers.officers import names_of
from portal.services.errors import GuardRefused, InvalidInput
from portal.web.access import staff
from portal.web.database import db
from portal.web.looks import look_row
from portal.web.questions import error_lines, plain_field
from portal.web.words import role_name, tell

UNPROCESSABLE = 422
LONGEST_ANSWER = 1000


@blueprint.get("/access-questions")
@staff(Permission.ANSWER_QUESTION)
def access_questions() -> ResponseReturnValue:
    return render_template("counter/access_questions.html", rows=[_line(one) for one in questions_for(db(), current_actor())])


def _line(question: AccessQuestion) -> dict[str, Any]:
    return {
        "href": url_for("counter.access_question", question_id=question.id),
        "dossier_code": question.entry.dossier_code or "–",
        "asked_at": question.asked_at,
        "due_at": question.due_at,
        "answered_at": question.answered_at,
        "is_late": question.answered_at is None and question.due_at < clock.now(),
    }


@blueprint.get("/access-questions/<uuid:question_id>")
@staff(Permission.ANSWER_QUESTION)
def access_question(question_id: uuid.UUID) -> ResponseReturnValue:
    return _page(question_for(db(), current_actor(), question_id), {}, {})


@blueprint.post("/access-questions/<uuid:question_id>")
@staff(Permission.ANSWER_QUESTION)
def answer_access_question(question_id: uuid.UUID) -> ResponseReturnValue:
    actor = current_actor()
    try:
        answer_question(db(), actor, question_id, request.form.get(ANSWER_FIELD, ""))
    except (InvalidInput, GuardRefused) as refused:
        db().rollback()
        errors = refused.errors if isinstance(refused, InvalidInput) else {ANSWER_FIELD: [refused.message]}
        return _page(question_for(db(), actor, question_id), request.form, errors), UNPROCESSABLE
    db().commit()
    flash(_("Đã trả lời. Người hỏi đọc được ngay."), "sent")
    return redirect(url_for("counter.access_questions"))


def _page(question: AccessQuestion, form: Mapping[str, str], errors: Mapping[str, list[str]]) -> str:
    field = {
        **plain_field(ANSWER_FIELD, "textarea", _("Trả lời người hỏi"), form.get(ANSWER_FIELD, "")),
        "max_length": LONGEST_ANSWER,
        "help": _("Nói rõ ai xem, để làm việc gì, vì sao cần. Không ghi dữ liệu của người khác."),
        "errors": [tell(message) for message in errors.get(ANSWER_FIELD, [])],
    }
    looker = names_of(db(), {question.entry.actor_id}).get(question.entry.actor_id, "–")
    return render_template(
        "counter/access_question.html",
        **{**_line(question), "question": question.question, "answer": question.answer},
        looker=_("%(name)s, %(role)s", name=looker, role=role_name(question.entry.actor_role)),
        row=look_row(as_look(question)),
        field=field,
        errors=error_lines(errors, [field]),
    )
