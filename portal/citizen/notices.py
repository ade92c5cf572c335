"""The citizen's inbox of notices."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.auth.session import current_actor
from portal.citizen import blueprint
from portal.services.notices.inbox import inbox, mark_read
from portal.services.notices.messages import headline
from portal.web.access import logged_in
from portal.web.database import db
from portal.web.language import current_language


@blueprint.get("/my/notices")
@logged_in()
def notices() -> ResponseReturnValue:
    account_id = current_actor().account_id
    assert account_id is not None
    lines = [
        {
            "what": headline(line.kind, current_language()),
            "code": line.dossier_code,
            "when": line.created_at,
            "is_read": line.is_read,
            "href": url_for("citizen.dossier", code=line.dossier_code),
        }
        for line in inbox(db(), account_id)
    ]
    return render_template("citizen/notices.html", lines=lines, has_unread=any(not line["is_read"] for line in lines))


@blueprint.post("/my/notices")
@logged_in()
def read_notices() -> ResponseReturnValue:
    account_id = current_actor().account_id
    assert account_id is not None
    mark_read(db(), account_id)
    db().commit()
    return redirect(url_for("citizen.notices"))
