"""One's own requests to correct a register: how far each is, and what the register asks for."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth.session import current_actor
from portal.citizen import blueprint
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.add_to_correction import MORE_FIELD, add_to_correction
from portal.services.dossiers.corrections import CaseState, corrections_of, own_corrections, renewals
from portal.services.dossiers.queries import owned
from portal.services.errors import InvalidInput
from portal.web.access import logged_in
from portal.web.corrections import case_rows, with_link
from portal.web.database import db
from portal.web.language import current_language
from portal.web.questions import error_lines, plain_field

OK, UNPROCESSABLE = 200, 422


@blueprint.get("/my/corrections")
@logged_in()
def corrections() -> ResponseReturnValue:
    cases = own_corrections(db(), current_actor())
    rows = case_rows(
        cases,
        lambda version: by_hash(db(), version),
        renewals(db(), cases),
        current_language(),
        lambda code: url_for("citizen.dossier", code=code),
    )
    return render_template("citizen/corrections.html", rows=[with_link(row) for row in rows])


@blueprint.get("/my/dossiers/<code>/corrections/<element>")
@logged_in()
def correction(code: str, element: str) -> ResponseReturnValue:
    return _page(code, element)


@blueprint.post("/my/dossiers/<code>/corrections/<element>")
@logged_in()
def add_more(code: str, element: str) -> ResponseReturnValue:
    try:
        add_to_correction(db(), current_actor(), code, element, more=request.form.get(MORE_FIELD, ""))
    except InvalidInput as wrong:
        return _page(code, element, wrong.errors)
    db().commit()
    flash(_("Đã ghi lại. Cổng gửi tiếp cho cơ quan giữ dữ liệu."), "saved")
    return redirect(url_for("citizen.corrections"))


def _page(code: str, element: str, errors: dict[str, list[str]] | None = None) -> ResponseReturnValue:
    """What the register asks for, and a field for the answer; to the list where it asks for nothing."""
    dossier = owned(db(), current_actor(), code)
    cases = [one for one in corrections_of(db(), dossier) if one.element == element and one.state == CaseState.MORE_ASKED]
    if not cases:
        return redirect(url_for("citizen.corrections"))
    rows = case_rows(cases, lambda version: by_hash(db(), version), {}, current_language(), lambda _code: "")
    field = plain_field(MORE_FIELD, "textarea", _("Ông/bà trả lời"), request.form.get(MORE_FIELD, ""))
    field["errors"] = [_(message) for message in (errors or {}).get(MORE_FIELD, [])]
    page = render_template("citizen/correction.html", row=rows[0], field=field, errors=error_lines(errors or {}, [field]))
    return page, UNPROCESSABLE if errors else OK
