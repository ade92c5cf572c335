"""One act on many dossiers of a list: look first at what will become of each, confirm once, read what came of each."""

from __future__ import annotations

import uuid

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.auth.permissions import Permission
from portal.auth.session import current_actor
from portal.counter import blueprint
from portal.counter.bulk_pages import choice, preview, report, run_rows
from portal.counter.queue import asked_for, queue_page
from portal.services.dossiers.bulk import CHOSEN_FIELD, MOST, codes_of_list
from portal.services.dossiers.bulk_runs import confirm, own_run, own_runs, prepare
from portal.services.dossiers.calendar import one_working_day_after
from portal.services.dossiers.vocabulary import Act
from portal.services.errors import InvalidInput
from portal.web.access import staff
from portal.web.database import db

UNPROCESSABLE = 422


@blueprint.get("/bulk")
@staff(Permission.SEE_QUEUE)
def bulk_runs() -> ResponseReturnValue:
    return render_template("counter/bulk_runs.html", rows=run_rows(own_runs(db(), current_actor())))


@blueprint.post("/bulk/<act:act>")
@staff(Permission.SEE_QUEUE)
def bulk_prepare(act: Act) -> ResponseReturnValue:
    codes = _whole_list() if request.form.get("all") else request.form.getlist(CHOSEN_FIELD)
    try:
        run = prepare(db(), current_actor(), act, codes)
    except InvalidInput as wrong:
        db().rollback()
        if len(codes) > MOST:
            return render_template("counter/bulk_choose.html", **choice(act, codes, wrong.errors)), UNPROCESSABLE
        return queue_page(wrong.errors), UNPROCESSABLE
    db().commit()
    return redirect(url_for("counter.bulk_run", run_id=run.id))


def _whole_list() -> list[str]:
    now = clock.now()
    return codes_of_list(db(), current_actor(), asked_for().filter(now, one_working_day_after(db(), now)))


@blueprint.get("/bulk/<uuid:run_id>")
@staff(Permission.SEE_QUEUE)
def bulk_run(run_id: uuid.UUID) -> ResponseReturnValue:
    run = own_run(db(), current_actor(), run_id)
    if run.confirmed_at is None:
        return render_template("counter/bulk_preview.html", **preview(run, request.args.get("page", "")))
    return render_template("counter/bulk_report.html", **report(run))


@blueprint.post("/bulk/<uuid:run_id>")
@staff(Permission.SEE_QUEUE)
def bulk_confirm(run_id: uuid.UUID) -> ResponseReturnValue:
    run = confirm(db(), current_actor(), run_id, assign_to=request.form.get("to", ""))
    db().commit()
    return redirect(url_for("counter.bulk_run", run_id=run.id))
