"""My data: who has looked at it, one entry and the question about it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from itertools import groupby
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.auth.session import current_actor
from portal.citizen import blueprint
from portal.models import AccessQuestion
from portal.services.dossiers.access_log import PAGE_SIZE, Look, Whose, look_of, looks_at
from portal.services.dossiers.ask_about_look import QUESTION_FIELD, ask_about_look, may_be_asked_about, questions_by
from portal.services.dossiers.queries import owned_dossiers
from portal.services.errors import GuardRefused, InvalidInput
from portal.web.access import logged_in
from portal.web.database import db
from portal.web.filters import write_long_date
from portal.web.language import current_language
from portal.web.looks import look_row
from portal.web.questions import error_lines, plain_field
from portal.web.words import tell

UNPROCESSABLE = 422
FEW = 3
LONGEST_QUESTION = 1000
LAST_PAGE = 9999


@blueprint.get("/my/data")
@logged_in()
def my_data() -> ResponseReturnValue:
    newest = looks_at(db(), current_actor(), Whose.OTHERS)[:FEW]
    return render_template("citizen/my_data.html", rows=[_row(look) for look in newest])


@blueprint.get("/my/data/looks")
@logged_in()
def looks() -> ResponseReturnValue:
    whose, page = _asked_for()
    found = looks_at(db(), current_actor(), whose, page)
    return render_template(
        "citizen/looks.html",
        days=_by_day([_row(look) for look in found[:PAGE_SIZE]]),
        filters=[
            {"label": label, "href": url_for("citizen.looks", of=one), "current": one is whose}
            for one, label in ((Whose.ALL, _("Tất cả")), (Whose.OTHERS, _("Người khác")), (Whose.OWN, _("Chính ông/bà")))
        ],
        page=page,
        previous_href=url_for("citizen.looks", of=whose, page=page - 1) if page > 1 else None,
        next_href=url_for("citizen.looks", of=whose, page=page + 1) if len(found) > PAGE_SIZE else None,
    )


def _asked_for() -> tuple[Whose, int]:
    of, page = request.args.get("of", ""), request.args.get("page", 1, type=int)
    return Whose(of) if of in set(Whose) else Whose.ALL, min(max(page, 1), LAST_PAGE)


def _row(look: Look) -> dict[str, Any]:
    return {**look_row(look), "href": url_for("citizen.look", entry_id=look.entry.id)}


def _by_day(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    days = groupby(rows, lambda row: clock.to_local(row["when"]).date())
    named = ((write_long_date(day, current_language()), list(group)) for day, group in days)
    return [{"day": day[:1].upper() + day[1:], "rows": group} for day, group in named]


@blueprint.get("/my/data/looks/<uuid:entry_id>")
@logged_in()
def look(entry_id: uuid.UUID) -> ResponseReturnValue:
    return _look_page(look_of(db(), current_actor(), entry_id), {}, {})


@blueprint.post("/my/data/looks/<uuid:entry_id>")
@logged_in()
def ask_about(entry_id: uuid.UUID) -> ResponseReturnValue:
    actor = current_actor()
    try:
        ask_about_look(db(), actor, entry_id, request.form.get(QUESTION_FIELD, ""))
    except InvalidInput as wrong:
        db().rollback()
        return _look_page(look_of(db(), actor, entry_id), request.form, wrong.errors), UNPROCESSABLE
    except GuardRefused as refused:
        db().rollback()
        return _look_page(look_of(db(), actor, entry_id), request.form, {QUESTION_FIELD: [refused.message]}), UNPROCESSABLE
    db().commit()
    flash(_("Đã gửi câu hỏi. Câu trả lời sẽ hiện ở trang này."), "sent")
    return redirect(url_for("citizen.look", entry_id=entry_id))


def _look_page(found: Look, form: Mapping[str, str], errors: Mapping[str, list[str]]) -> str:
    asked = [one for one in questions_by(db(), current_actor()) if one.entry_id == found.entry.id]
    own_codes = {dossier.code for dossier in owned_dossiers(db(), current_actor())}
    is_own_dossier = found.dossier_code in own_codes
    question = {
        **plain_field(QUESTION_FIELD, "textarea", _("Ông/bà muốn hỏi gì về lần này?"), form.get(QUESTION_FIELD, "")),
        "max_length": LONGEST_QUESTION,
        "help": _("Lãnh đạo của cơ quan ấy trả lời. Không cần ghi số định danh."),
        "errors": [tell(message) for message in errors.get(QUESTION_FIELD, [])],
    }
    return render_template(
        "citizen/look.html",
        row=look_row(found),
        dossier_href=url_for("citizen.dossier", code=found.dossier_code) if found.dossier_code and is_own_dossier else None,
        asked=[_asked_row(one) for one in asked],
        may_ask=may_be_asked_about(found) and not any(one.answered_at is None for one in asked),
        question=question,
        errors=error_lines(errors, [question]),
    )


def _asked_row(question: AccessQuestion) -> dict[str, Any]:
    return {
        "question": question.question,
        "asked_at": question.asked_at,
        "due_at": question.due_at,
        "answer": question.answer,
        "answered_at": question.answered_at,
    }
