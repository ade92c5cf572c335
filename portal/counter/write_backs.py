"""What of the office's results does not reach its register by itself: the list, and trying again."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth.permissions import Permission
from portal.auth.session import current_actor
from portal.counter import blueprint
from portal.services.catalogue.versions import names_of
from portal.services.dossiers.write_again import stuck_write_backs, write_again
from portal.services.errors import GuardRefused
from portal.web.access import staff
from portal.web.database import db
from portal.web.filters import write_short_moment
from portal.web.language import current_language
from portal.web.words import tell
from portal.web.write_backs import desk_rows


@blueprint.get("/write-backs")
@staff(Permission.WRITE_AGAIN)
def write_backs() -> ResponseReturnValue:
    found = stuck_write_backs(db(), current_actor())
    names = names_of(db(), {dossier.version_hash for _row, dossier in found})
    shown = desk_rows(row for row, _dossier in found)
    rows = [
        {
            **words,
            "code": dossier.code,
            "href": url_for("counter.dossier", code=dossier.code),
            "procedure": names[dossier.version_hash][1 if current_language() == "en" else 0],
            "since": write_short_moment(row.escalated_at),
        }
        for words, (row, dossier) in zip(shown, found, strict=True)
    ]
    return render_template("counter/write_backs.html", rows=rows)


@blueprint.post("/dossiers/<code>/write-backs/<uuid:write_back_id>/write-again")
@staff(Permission.WRITE_AGAIN)
def do_write_again(code: str, write_back_id: uuid.UUID) -> ResponseReturnValue:
    try:
        write_again(db(), current_actor(), code, write_back_id)
        db().commit()
        flash(_("Cổng đang thử lại. Tải lại trang để xem kết quả."), "saved")
    except GuardRefused as refused:
        db().rollback()
        flash(tell(str(refused)), "warning")
    return redirect(url_for("counter.dossier", code=code))
