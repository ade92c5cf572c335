"""The page that completes a dossier, the same at both desks: what was asked and why, only that, kept until it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.config import settings
from portal.models import Dossier
from portal.services.dossiers.detach import detach
from portal.services.dossiers.queries import owned
from portal.services.dossiers.reopened import Reopened, keep_reply, reopened
from portal.services.dossiers.supply_supplements import supply_supplements
from portal.services.errors import InvalidInput
from portal.web.database import close_session, db
from portal.web.filing_pages import SEEN_FIELD, of_questions_seen
from portal.web.filing_papers import FILE_FIELD, keep_papers, look_into, read_id
from portal.web.groups import pressed, shown_by
from portal.web.language import current_language
from portal.web.owner_desk import OwnerDesk
from portal.web.questions import error_lines
from portal.web.reopened import components_drawn, groups_drawn, questions_drawn, until_words
from portal.web.uploads import largest_form_bytes

OK, UNPROCESSABLE = 200, 422
Errors = dict[str, list[str]]


def supplements_page(desk: OwnerDesk) -> ResponseReturnValue:
    """What is asked for, with what was answered so far; where nothing is, the dossier."""
    open_now = _open_now(desk)
    return _page(desk, open_now) if open_now else redirect(desk.back_url)


def take_supplements(desk: OwnerDesk) -> ResponseReturnValue:
    """What a button of the page brings: one more entry, a file taken away, everything kept, everything sent."""
    open_now = _open_now(desk)
    if open_now is None:
        return redirect(desk.back_url)
    changed = pressed(open_now.page, open_now.answers, request.form)
    if changed is not None:
        return _page(desk, open_now, changed)
    errors = _keep(desk)
    if "remove" in request.form:
        detach(db(), desk.actor, open_now.dossier.id, read_id(request.form["remove"]))
    db().commit()
    if errors or "continue" not in request.form:
        return _back_to_page(desk, errors)
    return _send(desk)


def _open_now(desk: OwnerDesk) -> Reopened | None:
    return reopened(db(), owned(db(), desk.actor, desk.code))


def _page(desk: OwnerDesk, open_now: Reopened, form: Any = None, errors: Errors | None = None) -> str:
    """The page with what was answered so far, or with what was just typed."""
    questions = questions_drawn(open_now, form, errors or {})
    groups = groups_drawn(open_now, form, errors or {})
    components = components_drawn(desk, open_now, form, errors or {})
    in_groups = [question for group in groups for item in group["entries"] for question in item["questions"]]
    asked_last = desk.asked_last(errors or {})
    fields = [*questions, *in_groups, *(one["field"] for one in components), *asked_last]
    fields += [{"name": group["key"], "label": group["title"]} for group in groups]
    procedure, until = open_now.procedure, open_now.request.window_ends_at
    return render_template(
        "citizen/supplements.html",
        **_around(open_now.dossier),
        **desk.extra,
        back_url=desk.back_url,
        procedure_name=procedure.say(procedure.definition.name, current_language()),
        until=until_words(until) if until else "",
        is_over=until is not None and until < clock.now(),
        request_id=open_now.request.id,
        override=open_now.request.override or "",
        questions=questions,
        groups=groups,
        components=components,
        note=form.get("note", "") if form is not None else open_now.note,
        asked_last=asked_last,
        shown_by=shown_by(open_now.page),
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


def _keep(desk: OwnerDesk) -> Errors:
    """Keep what was typed, and the files that can be taken; of the others why not, beside their field."""
    keep_reply(db(), desk.actor, desk.code, request.form)
    db().commit()
    open_now = _open_now(desk)
    wanted = [component.id for component in open_now.components(open_now.answers)] if open_now else []
    dossier_id = open_now.dossier.id if open_now else None
    close_session()  # no connection is held while files are looked into and scanned
    taken, errors = look_into(wanted)
    if dossier_id is not None:
        keep_papers(desk.actor, dossier_id, wanted, taken, errors)
    return errors


def _back_to_page(desk: OwnerDesk, errors: Errors) -> ResponseReturnValue:
    """The same page again: with what is wrong, or anew with everything that is kept now."""
    open_now = _open_now(desk)
    if errors and open_now is not None:
        return _page(desk, open_now, request.form, errors), UNPROCESSABLE
    flash(_("Đã lưu. Nội dung bổ sung chưa được gửi."), "saved")
    return redirect(desk.supplements_url)


def _send(desk: OwnerDesk) -> ResponseReturnValue:
    try:
        supply_supplements(db(), desk.actor, desk.code, read_id(request.form.get("request_id", "")), form=request.form)
    except InvalidInput as wrong:
        db().rollback()
        open_now = _open_now(desk)
        if open_now is None:
            return redirect(desk.back_url)
        errors = of_questions_seen(_beside_fields(wrong.errors))
        return _page(desk, open_now, request.form, errors), UNPROCESSABLE if errors else OK
    db().commit()
    flash(_("Đã gửi bổ sung. Bộ phận một cửa đã nhận được."), "sent")
    return redirect(desk.back_url)


def _beside_fields(errors: Mapping[str, list[str]]) -> Errors:
    """What is wanted of a paper stands beside the field for its files."""
    return {name.replace("component.", FILE_FIELD, 1) if name.startswith("component.") else name: said
            for name, said in errors.items()}  # fmt: skip
