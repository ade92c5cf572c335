"""Completing a dossier: one page with what was asked and why, only those questions and papers, and one button."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.auth.session import current_actor
from portal.citizen import blueprint
from portal.config import settings
from portal.models import Dossier
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.detach import detach
from portal.services.dossiers.queries import owned
from portal.services.dossiers.reopened import Reopened, keep_reply, reopened
from portal.services.dossiers.supply_supplements import supply_supplements
from portal.services.errors import InvalidInput
from portal.web.access import logged_in
from portal.web.database import close_session, db
from portal.web.filing_pages import SEEN_FIELD, of_questions_seen
from portal.web.filing_papers import FILE_FIELD, keep_papers, look_into, read_id
from portal.web.groups import pressed
from portal.web.language import current_language
from portal.web.limits import uploading
from portal.web.questions import error_lines
from portal.web.reopened import components_drawn, groups_drawn, questions_drawn, until_words
from portal.web.uploads import largest_form_bytes, takes_files

OK, UNPROCESSABLE = 200, 422
Errors = dict[str, list[str]]


def dossier_level(code: str) -> int:
    """The level of assurance that completing the dossier needs; nobody else's dossier has such a page."""
    if current_actor().account_id is None:
        return 2
    return by_hash(db(), owned(db(), current_actor(), code).version_hash).definition.assurance


@blueprint.get("/my/dossiers/<code>/supplements")
@logged_in(dossier_level)
def supplements(code: str) -> ResponseReturnValue:
    open_now = reopened(db(), owned(db(), current_actor(), code))
    return _page(open_now) if open_now else redirect(url_for("citizen.dossier", code=code))


def _page(open_now: Reopened, form: Any = None, errors: Errors | None = None) -> str:
    """The page with what was answered so far, or with what was just typed."""
    questions = questions_drawn(open_now, form, errors or {})
    groups = groups_drawn(open_now, form, errors or {})
    components = components_drawn(open_now, form, errors or {})
    in_groups = [question for group in groups for item in group["entries"] for question in item["questions"]]
    fields = [*questions, *in_groups, *(one["field"] for one in components)]
    fields += [{"name": group["key"], "label": group["title"]} for group in groups]
    procedure, until = open_now.procedure, open_now.request.window_ends_at
    return render_template(
        "citizen/supplements.html",
        **_around(open_now.dossier),
        procedure_name=procedure.say(procedure.definition.name, current_language()),
        until=until_words(until) if until else "",
        is_over=until is not None and until < clock.now(),
        request_id=open_now.request.id,
        override=open_now.request.override or "",
        questions=questions,
        groups=groups,
        components=components,
        note=form.get("note", "") if form is not None else open_now.note,
        seen_field=SEEN_FIELD,
        seen=[field["name"] for field in fields],
        has_more=form is not None and errors == {},
        errors=error_lines(errors or {}, fields),
    )


def _around(dossier: Dossier) -> dict[str, Any]:
    office = dossier.office
    return {
        "dossier": dossier,
        "dossier_code": dossier.code,
        "office": office,
        "office_name": office and (office.name_en if current_language() == "en" else office.name),
        "largest_form_bytes": largest_form_bytes(),
        "largest_file_bytes": settings().upload_file_bytes,
    }


@blueprint.post("/my/dossiers/<code>/supplements")
@logged_in(dossier_level)
@uploading
@takes_files
def supply(code: str) -> ResponseReturnValue:
    open_now = reopened(db(), owned(db(), current_actor(), code))
    if open_now is None:
        return redirect(url_for("citizen.dossier", code=code))
    changed = pressed(open_now.page, open_now.answers, request.form)
    if changed is not None:
        return _page(open_now, changed)
    errors = _keep(code)
    if "remove" in request.form:
        detach(db(), current_actor(), open_now.dossier.id, read_id(request.form["remove"]))
    db().commit()
    if errors or "continue" not in request.form:
        return _back_to_page(code, errors)
    return _send(code)


def _keep(code: str) -> Errors:
    """Keep what was typed, and the files that can be taken; of the others why not, beside their field."""
    actor = current_actor()
    keep_reply(db(), actor, code, request.form)
    db().commit()
    open_now = reopened(db(), owned(db(), actor, code))
    wanted = [component.id for component in open_now.components(open_now.answers)] if open_now else []
    dossier_id = open_now.dossier.id if open_now else None
    close_session()  # no connection is held while files are looked into and scanned
    taken, errors = look_into(wanted)
    if dossier_id is not None:
        keep_papers(dossier_id, wanted, taken, errors)
    return errors


def _back_to_page(code: str, errors: Errors) -> ResponseReturnValue:
    """The same page again: with what is wrong, or anew with everything that is kept now."""
    open_now = reopened(db(), owned(db(), current_actor(), code))
    if errors and open_now is not None:
        return _page(open_now, request.form, errors), UNPROCESSABLE
    flash(_("Đã lưu. Nội dung bổ sung chưa được gửi."), "saved")
    return redirect(url_for("citizen.supplements", code=code))


def _send(code: str) -> ResponseReturnValue:
    actor = current_actor()
    try:
        supply_supplements(db(), actor, code, read_id(request.form.get("request_id", "")), form=request.form)
    except InvalidInput as wrong:
        db().rollback()
        open_now = reopened(db(), owned(db(), actor, code))
        if open_now is None:
            return redirect(url_for("citizen.dossier", code=code))
        errors = of_questions_seen(_beside_fields(wrong.errors))
        return _page(open_now, request.form, errors), UNPROCESSABLE if errors else OK
    db().commit()
    flash(_("Đã gửi bổ sung. Bộ phận một cửa đã nhận được."), "sent")
    return redirect(url_for("citizen.dossier", code=code))


def _beside_fields(errors: Mapping[str, list[str]]) -> Errors:
    """What is wanted of a paper stands beside the field for its files."""
    return {name.replace("component.", FILE_FIELD, 1) if name.startswith("component.") else name: said
            for name, said in errors.items()}  # fmt: skip
