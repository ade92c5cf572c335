"""The line at the counter: giving a number, calling the next, and saying how it ended."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth.permissions import Permission
from portal.auth.session import current_actor
from portal.counter import blueprint
from portal.counter.intake import centres_of
from portal.models import Office
from portal.services.errors import InvalidInput, NotFound
from portal.services.organisation.tickets import (
    LONGEST_WINDOW,
    WINDOW_FIELD,
    call_next,
    called_now,
    end_ticket,
    take_ticket,
    waiting_now,
)
from portal.web.access import staff
from portal.web.database import db
from portal.web.language import current_language
from portal.web.questions import error_lines, plain_field

UNPROCESSABLE = 422
MISSED = "missed"
SHOWN = 30


@blueprint.get("/tickets")
@staff(Permission.INTAKE)
def tickets() -> ResponseReturnValue:
    return _page(_centre())


def _centre() -> Office:
    """The counter that the address or the form names, else the clerk's first."""
    own = centres_of(current_actor())
    wanted = request.values.get("office", "")
    found = next((one for one in own if one.code == wanted), None if wanted else own[0])
    if found is None:
        raise NotFound
    return found


def _page(centre: Office, errors: Mapping[str, list[str]] | None = None) -> str:
    waiting = waiting_now(db(), centre.code)
    window = {
        **plain_field(WINDOW_FIELD, "text", _("Quầy số"), request.form.get(WINDOW_FIELD, session.get(WINDOW_FIELD, ""))),
        "max_length": LONGEST_WINDOW,
        "errors": [_(message) for message in (errors or {}).get(WINDOW_FIELD, [])],
    }
    return render_template(
        "counter/tickets.html",
        centre_name=centre.name_en if current_language() == "en" else centre.name,
        office=centre.code,
        centres=[(one.code, one.name_en if current_language() == "en" else one.name) for one in centres_of(current_actor())],
        called=called_now(db(), current_actor(), centre.code),
        waiting=[one.number for one in waiting[:SHOWN]],
        waiting_count=len(waiting),
        window=window,
        errors=error_lines(dict(errors or {}), [window]),
    )


@blueprint.post("/tickets")
@staff(Permission.INTAKE)
def give_ticket() -> ResponseReturnValue:
    centre = _centre()
    ticket = take_ticket(db(), current_actor(), centre.code)
    db().commit()
    flash(_("Số %(number)s", number=ticket.number), "saved")
    return redirect(url_for("counter.tickets", office=centre.code))


@blueprint.post("/tickets/call")
@staff(Permission.INTAKE)
def call_ticket() -> ResponseReturnValue:
    centre = _centre()
    try:
        ticket = call_next(db(), current_actor(), centre.code, request.form.get(WINDOW_FIELD, ""))
    except InvalidInput as wrong:
        return _page(centre, wrong.errors), UNPROCESSABLE
    db().commit()
    session[WINDOW_FIELD] = request.form[WINDOW_FIELD][:LONGEST_WINDOW]
    if ticket is None:
        flash(_("Không còn ai chờ."), "information")
    return redirect(url_for("counter.tickets", office=centre.code))


@blueprint.post("/tickets/<uuid:ticket_id>")
@staff(Permission.INTAKE)
def close_ticket(ticket_id: uuid.UUID) -> ResponseReturnValue:
    ticket = end_ticket(db(), current_actor(), ticket_id, is_missed=request.form.get("outcome") == MISSED)
    db().commit()
    return redirect(url_for("counter.tickets", office=ticket.office_code))
