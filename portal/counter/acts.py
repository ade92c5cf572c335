"""The acts of the desks: one page asks, one post does; which act is possible is the lifecycle's to say."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.auth.permissions import Permission
from portal.auth.session import current_actor
from portal.counter import blueprint
from portal.counter.act_pages import shown_beside
from portal.counter.act_table import DOES, done_words, version_in
from portal.counter.assignment import act_label
from portal.counter.dossier import dossier_page
from portal.counter.opened import note_opened, opened
from portal.models import Dossier
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.queries import at_counter, buttons
from portal.services.dossiers.vocabulary import Act
from portal.services.errors import InvalidInput
from portal.web.access import staff
from portal.web.database import db
from portal.web.questions import error_lines

UNPROCESSABLE = 422
ELSEWHERE_NOW = frozenset({Act.TRANSFER, Act.GIVE_OPINION})  # afterwards the dossier is no longer on the actor's desk


@blueprint.get("/dossiers/<code>/<act:act>")
@staff(Permission.SEE_DOSSIER)
def act(code: str, act: Act) -> ResponseReturnValue:
    found = at_counter(db(), current_actor(), code)
    if act not in {move.act for move in buttons(found, current_actor())}:
        return redirect(url_for("counter.dossier", code=code))
    note_opened(found)
    return _act_page(found, act)


@blueprint.post("/dossiers/<code>/<act:act>")
@staff(Permission.SEE_DOSSIER)
def do(code: str, act: Act) -> ResponseReturnValue:
    actor = current_actor()
    try:
        DOES[act](db(), actor, code, version_in(request.form), request.form)
    except InvalidInput as wrong:
        db().rollback()
        return _act_page(opened(code), act, request.form, wrong.errors), UNPROCESSABLE
    db().commit()
    flash(done_words(act), "saved")
    return redirect(url_for("counter.queue_list") if act in ELSEWHERE_NOW else url_for("counter.dossier", code=code))


def _act_page(
    dossier: Dossier, act: Act, form: Mapping[str, str] | None = None, errors: dict[str, list[str]] | None = None
) -> str:
    procedure = by_hash(db(), dossier.version_hash)
    extra = shown_beside(act, dossier, procedure, form or {}, errors or {})
    return render_template(
        f"counter/{act.value}.html",
        **dossier_page(dossier),
        act=act,
        act_label=act_label(act, dossier),
        version=dossier.version,
        form=form or {},
        field_errors=errors or {},
        errors=error_lines(errors or {}, extra.get("questions", [])),
        **extra,
    )
