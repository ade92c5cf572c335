"""Reading a dossier of another office: a code, a reason, a page without acts; the owner sees who asked and why."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.auth.permissions import Permission
from portal.auth.session import current_actor
from portal.counter import blueprint
from portal.counter.dossier import dossier_page
from portal.counter.opened import note_opened
from portal.services.dossiers.open_elsewhere import READABLE_FOR, open_elsewhere, opened_by
from portal.services.errors import InvalidInput
from portal.services.registries.ledger import ELSEWHERE, Seat
from portal.web.access import staff
from portal.web.database import db
from portal.web.questions import error_lines

UNPROCESSABLE = 422


@blueprint.get("/elsewhere")
@staff(Permission.SEE_DOSSIER)
def elsewhere() -> ResponseReturnValue:
    return _page({})


@blueprint.post("/elsewhere")
@staff(Permission.SEE_DOSSIER)
def do_open_elsewhere() -> ResponseReturnValue:
    try:
        found = open_elsewhere(db(), current_actor(), request.form.get("code", ""), request.form.get("reason", ""))
    except InvalidInput as wrong:
        db().rollback()
        return _page(wrong.errors), UNPROCESSABLE
    db().commit()
    return redirect(url_for("counter.opened_dossier", code=found.code))


@blueprint.get("/elsewhere/<code>")
@staff(Permission.SEE_DOSSIER)
def opened_dossier(code: str) -> ResponseReturnValue:
    found, opening = opened_by(db(), current_actor(), code)
    note_opened(found, purpose=ELSEWHERE, seat=Seat(opening.role, opening.office_code), reason=opening.reason)
    nothing: dict[str, object] = {"acts": [], "documents": [], "attached": [], "write_backs": []}
    shown = {**dossier_page(found), **nothing, "can_recheck": False, "is_elsewhere": True}
    return render_template("counter/elsewhere_dossier.html", **shown)


def _page(errors: dict[str, list[str]]) -> str:
    return render_template(
        "counter/elsewhere.html",
        form=request.form,
        field_errors=errors,
        errors=error_lines(errors, []),
        minutes=int(READABLE_FOR.total_seconds() // 60),
    )
