"""Desk 2, the one-stop counter and the agency behind it: queue, dossier, acts."""

from flask import Blueprint

blueprint = Blueprint("counter", __name__, url_prefix="/counter")

from portal.counter import (  # noqa: E402, F401 (their routes stand on the blueprint above)
    absences,
    access_questions,
    acts,
    assist,
    bulk,
    corrections,
    digitise,
    dossier,
    elsewhere,
    intake,
    intake_disputes,
    intake_done,
    intake_papers,
    intake_steps,
    queue,
    recheck,
    reveal,
    sheets,
    tickets,
    write_backs,
)
