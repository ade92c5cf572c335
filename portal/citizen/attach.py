"""The step of papers: what each is for, what satisfies it already, choosing and taking away; and opening one's own files."""

from __future__ import annotations

import uuid

from flask import Response, redirect, request
from flask.typing import ResponseReturnValue

from portal.auth.session import current_actor
from portal.citizen import blueprint
from portal.citizen.filing import filing_of, procedure_level, to_consent
from portal.models import Attachment
from portal.services.catalogue.reckoning import components_wanted
from portal.services.dossiers.attachments import open_attachment, own_attachment
from portal.services.dossiers.detach import detach
from portal.services.errors import NotFound
from portal.services.vault import uploads
from portal.services.vault.uploads import UnfitFile
from portal.web.access import logged_in
from portal.web.database import close_session, db
from portal.web.filing import Filing
from portal.web.filing_papers import keep_papers, look_into, papers_page, read_id, still_missing
from portal.web.limits import previews, uploading
from portal.web.uploads import (
    kept_response,
    picture_response,
    takes_files,
)

UNPROCESSABLE = 422


@blueprint.get("/procedures/<code>/apply/attachments")
@logged_in(procedure_level)
def attachments(code: str) -> ResponseReturnValue:
    filing = _filing_with_papers(code)
    return papers_page(filing) if filing else to_consent(code)


def _filing_with_papers(code: str) -> Filing | None:
    """The draft, if it has come as far as its papers.

    Raises:
        NotFound: its answers call for none.
    """
    filing = filing_of(code)
    if filing is None or filing.draft.draft["office_code"] is None:
        return None
    if "attachments" not in filing.steps:
        raise NotFound
    return filing


@blueprint.post("/procedures/<code>/apply/attachments")
@logged_in(procedure_level)
@uploading
@takes_files
def attach_papers(code: str) -> ResponseReturnValue:
    filing = _filing_with_papers(code)
    if filing is None:
        return to_consent(code)
    if "remove" in request.form:
        return _take_away(filing, request.form["remove"])
    draft_id = filing.draft.id
    wanted = [component.id for component in components_wanted(filing.procedure, filing.answers)]
    close_session()  # no connection is held while files are looked into and scanned
    taken, errors = look_into(wanted)
    keep_papers(current_actor(), draft_id, wanted, taken, errors)
    db().commit()
    filing = _filing_with_papers(code)
    if filing is None:
        return to_consent(code)
    if "continue" in request.form and not errors:
        errors = still_missing(filing)
    if errors:
        return papers_page(filing, errors), UNPROCESSABLE
    return redirect(filing.after("attachments") if "continue" in request.form else filing.url("attachments"))


def _take_away(filing: Filing, attachment_id: str) -> ResponseReturnValue:
    detach(db(), current_actor(), filing.draft.id, read_id(attachment_id))
    db().commit()
    return redirect(filing.url("attachments"))


@blueprint.get("/my/attachments/<uuid:attachment_id>")
@logged_in()
def attachment(attachment_id: uuid.UUID) -> Response:
    found: Attachment = own_attachment(db(), current_actor(), attachment_id)
    return kept_response(open_attachment(found), found.name, found.media_type)


@blueprint.get("/my/attachments/<uuid:attachment_id>/preview")
@logged_in()
@previews
def attachment_preview(attachment_id: uuid.UUID) -> Response:
    content = open_attachment(own_attachment(db(), current_actor(), attachment_id))
    close_session()  # no connection is held while the picture is drawn
    try:
        return picture_response(uploads.preview(content))
    except UnfitFile as unfit:
        raise NotFound from unfit
