"""The last step: everything on one page, the fee, the declaration, and sending it, once."""

from __future__ import annotations

import uuid

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.auth.session import current_actor
from portal.citizen import blueprint
from portal.citizen.filing import filing_of, own_filing, procedure_level, to_consent
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.newer_version import newer_version
from portal.services.dossiers.open_draft import draft_for
from portal.services.dossiers.submit import DECLARE_FIELD, submit
from portal.services.errors import InvalidInput
from portal.web.access import logged_in
from portal.web.database import db
from portal.web.filing_review import review_page

UNPROCESSABLE = 422


@blueprint.get("/procedures/<code>/apply/review")
@logged_in(procedure_level)
def review(code: str) -> ResponseReturnValue:
    filing = filing_of(code)
    if filing is None:
        return to_consent(code)
    step = filing.next_open_step()
    if step != "review":
        return redirect(filing.url(step))
    return review_page(filing)


@blueprint.post("/procedures/<code>/apply/review")
@logged_in(procedure_level)
def send(code: str) -> ResponseReturnValue:
    try:
        draft_id = uuid.UUID(request.form.get("draft_id", ""))
    except ValueError:
        return to_consent(code)
    actor = current_actor()
    draft = draft_for(db(), actor, draft_id)
    if draft.draft is not None and newer_version(db(), draft) is not None:
        return redirect(url_for("citizen.changes", code=code))
    try:
        dossier = submit(db(), actor, draft_id, is_declared=request.form.get(DECLARE_FIELD) == "yes")
    except InvalidInput as wrong:
        return review_page(own_filing(by_hash(db(), draft.version_hash), draft), wrong.errors), UNPROCESSABLE
    db().commit()
    return redirect(url_for("citizen.receipt", code=dossier.code))
