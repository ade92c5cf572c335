"""The office's dossiers of which a register has still to correct a value, or to say why not."""

from __future__ import annotations

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from portal.auth.permissions import Permission
from portal.auth.session import current_actor
from portal.counter import blueprint
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.corrections import open_corrections_at
from portal.services.dossiers.covering import sensitive_elements
from portal.web.access import staff
from portal.web.corrections import case_rows
from portal.web.covered import covered
from portal.web.database import db
from portal.web.filters import write_short_moment
from portal.web.language import current_language


@blueprint.get("/corrections")
@staff(Permission.SEE_DOSSIER)
def corrections() -> ResponseReturnValue:
    cases = open_corrections_at(db(), current_actor())
    rows = case_rows(
        cases,
        lambda version: by_hash(db(), version),
        {},
        current_language(),
        lambda code: url_for("counter.dossier", code=code),
    )
    lines = [
        {
            **row,
            "requested": write_short_moment(row["requested_at"]),
            "due": write_short_moment(row["due_at"]) or "–",
            "is_marked": row["state"] == "overdue",
        }
        for row in covered(rows, sensitive_elements())
    ]
    return render_template("counter/corrections.html", rows=lines)
