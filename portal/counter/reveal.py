"""Uncovering the sensitive answers of a dossier: a reason, an entry that its owner reads, and one page that shows them."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.auth.permissions import Permission
from portal.auth.session import current_actor
from portal.counter import blueprint
from portal.counter.dossier import dossier_page
from portal.counter.opened import note_opened, opened, seat_of
from portal.services.dossiers.covering import REASON_FIELD, reveal
from portal.services.dossiers.queries import at_counter
from portal.services.errors import InvalidInput
from portal.web.access import staff
from portal.web.database import db
from portal.web.questions import error_lines

UNPROCESSABLE = 422
PAGE = "counter.dossier"


@blueprint.post("/dossiers/<code>/reveal")
@staff(Permission.SEE_DOSSIER)
def reveal_sensitive(code: str) -> ResponseReturnValue:
    actor, reason = current_actor(), request.form.get(REASON_FIELD, "")
    try:
        found = reveal(db(), actor, code, reason, seat_of(actor, at_counter(db(), actor, code)))
    except InvalidInput as wrong:
        db().rollback()
        said = {"page_name": PAGE, "errors": error_lines(wrong.errors, []), "field_errors": wrong.errors, "form": request.form}
        return render_template("counter/dossier.html", **{**dossier_page(opened(code)), **said}), UNPROCESSABLE
    note_opened(found)  # keeps the reveal too: nothing is shown before both are
    return render_template("counter/dossier.html", **dossier_page(found, is_revealed=True), page_name=PAGE)
