"""This is not right: the citizen's own claim about one value that a registry gave."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from portal.auth.session import current_actor
from portal.citizen import blueprint
from portal.citizen.filing import filing_of, procedure_level, to_consent
from portal.web.access import logged_in
from portal.web.disputes import UNPROCESSABLE, dispute_page, take_dispute
from portal.web.limits import uploading
from portal.web.uploads import takes_files


@blueprint.get("/procedures/<code>/apply/facts/<element>")
@logged_in(procedure_level)
def dispute(code: str, element: str) -> ResponseReturnValue:
    filing = filing_of(code)
    return dispute_page(filing, element) if filing else to_consent(code)


@blueprint.post("/procedures/<code>/apply/facts/<element>")
@logged_in(procedure_level)
@uploading
@takes_files
def send_dispute(code: str, element: str) -> ResponseReturnValue:
    filing = filing_of(code)
    if filing is None:
        return to_consent(code)
    done = take_dispute(current_actor(), filing, element)
    if not isinstance(done, dict):
        return done
    again = filing_of(code)
    return (dispute_page(again, element, request.form, done), UNPROCESSABLE) if again else to_consent(code)
