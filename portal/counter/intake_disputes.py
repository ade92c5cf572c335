"""This is not right, at the counter: the clerk writes down what the person says of a value that a registry gave."""

from __future__ import annotations

import uuid

from flask import request
from flask.typing import ResponseReturnValue

from portal.auth.permissions import Permission
from portal.auth.session import current_actor
from portal.counter import blueprint
from portal.counter.intake_filing import filing_for
from portal.counter.intake_steps import is_outdated, onward
from portal.web.access import staff
from portal.web.disputes import UNPROCESSABLE, dispute_page, take_dispute
from portal.web.limits import uploading
from portal.web.uploads import takes_files


@blueprint.get("/intake/<uuid:draft_id>/facts/<element>")
@staff(Permission.INTAKE)
def intake_dispute(draft_id: uuid.UUID, element: str) -> ResponseReturnValue:
    filing = filing_for(draft_id)
    return dispute_page(filing, element) if filing else onward(draft_id, filing)


@blueprint.post("/intake/<uuid:draft_id>/facts/<element>")
@staff(Permission.INTAKE)
@uploading
@takes_files
def send_intake_dispute(draft_id: uuid.UUID, element: str) -> ResponseReturnValue:
    filing = filing_for(draft_id)
    if filing is None or is_outdated(filing):
        return onward(draft_id, filing)
    done = take_dispute(current_actor(), filing, element)
    if not isinstance(done, dict):
        return done
    again = filing_for(draft_id)
    return (dispute_page(again, element, request.form, done), UNPROCESSABLE) if again else onward(draft_id, again)
