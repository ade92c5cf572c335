"""The English of a draft: every text that a citizen reads, beside its Vietnamese."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.admin import blueprint
from portal.admin.draft import opened
from portal.auth.permissions import Permission
from portal.auth.session import current_actor
from portal.services.catalogue.places import part_at, seen
from portal.services.catalogue.texts import texts_of
from portal.services.publishing.drafts import save_part
from portal.web.access import staff
from portal.web.database import db

PLACE = "english"


@blueprint.get("/procedures/<code>/draft/english")
@staff(Permission.EDIT_CATALOGUE)
def english(code: str) -> ResponseReturnValue:
    definition = opened(code).procedure.definition
    return render_template(
        "admin/english.html",
        code=code,
        name=definition.name,
        texts=[{"vi": text, "en": definition.english.get(text, "")} for text in texts_of(definition)],
    )


@blueprint.post("/procedures/<code>/draft/english")
@staff(Permission.EDIT_CATALOGUE)
def save_english(code: str) -> ResponseReturnValue:
    draft = opened(code)
    now = part_at(draft.data, PLACE)
    typed = dict(zip(request.form.getlist("vi"), request.form.getlist("en"), strict=False))
    shown = dict(zip(request.form.getlist("vi"), request.form.getlist("was"), strict=False))
    changed = {text: words.strip() for text, words in typed.items() if words.strip() != shown.get(text, "")}
    known = {text: words for text, words in changed.items() if text in set(texts_of(draft.procedure.definition))}
    save_part(db(), current_actor(), code, PLACE, now, mark=seen(now), english=known)
    db().commit()
    flash(_("Đã lưu bản tiếng Anh."), "saved")
    return redirect(url_for("admin.draft", code=code))
