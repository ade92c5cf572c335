"""The board in a counter's waiting room: which number is called to which window, and nothing about anybody."""

from __future__ import annotations

from flask import make_response, render_template
from flask.typing import ResponseReturnValue

from portal.models import Office
from portal.public import blueprint
from portal.services.organisation.tickets import board
from portal.web.access import public
from portal.web.database import db
from portal.web.language import current_language
from portal.web.limits import looks

REFRESH_SECONDS = 10


@blueprint.get("/board/<office_code>")
@public
@looks
def counter_board(office_code: str) -> ResponseReturnValue:
    shown = board(db(), office_code)
    office = db().get_one(Office, office_code)
    name = office.name_en if current_language() == "en" else office.name
    response = make_response(render_template("public/board.html", office_name=name, called=shown.called, waiting=shown.waiting))
    response.headers["Refresh"] = str(REFRESH_SECONDS)  # a screen on a wall, which nobody reads along or types into
    return response
