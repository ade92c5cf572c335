"""Papers at the counter: scanned into the draft, compared with their originals, kept; or an earlier result instead."""

from __future__ import annotations

import uuid

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.auth.permissions import Permission
from portal.auth.session import current_actor
from portal.counter import blueprint
from portal.counter.intake_filing import filing_for, intake_for
from portal.counter.intake_steps import is_outdated, onward
from portal.models import Dossier
from portal.services.catalogue.reckoning import components_wanted
from portal.services.dossiers.at_counter import ORIGINALS, note_originals
from portal.services.dossiers.attachments import attachment_of, may_reuse, open_attachment
from portal.services.dossiers.detach import detach
from portal.services.dossiers.open_intake import agree_to_reuse
from portal.services.errors import NotFound
from portal.services.vault import uploads
from portal.services.vault.uploads import UnfitFile
from portal.web.access import staff
from portal.web.database import close_session, db
from portal.web.filing import Filing
from portal.web.filing_papers import Errors, keep_papers, look_into, papers_page, read_id, still_missing
from portal.web.limits import previews, uploading
from portal.web.uploads import kept_response, picture_response, takes_files

UNPROCESSABLE = 422
COMPARED_FIELD, KEPT_FIELD = "compared", "kept"


@blueprint.get("/intake/<uuid:draft_id>/attachments")
@staff(Permission.INTAKE)
def intake_attachments(draft_id: uuid.UUID) -> ResponseReturnValue:
    filing = _with_papers(draft_id)
    return _page(filing) if filing else onward(draft_id, filing_for(draft_id))


def _with_papers(draft_id: uuid.UUID) -> Filing | None:
    """The draft, if it has come as far as its papers.

    Raises:
        NotFound: its answers call for none.
    """
    filing = filing_for(draft_id)
    if filing is None or filing.draft.draft["office_code"] is None:
        return None
    if "attachments" not in filing.steps:
        raise NotFound
    return filing


def _page(filing: Filing, errors: Errors | None = None) -> str:
    noted = filing.draft.draft.get(ORIGINALS) or {}
    wants_earlier = any(one.result_of for one in components_wanted(filing.procedure, filing.answers))
    counter = {
        "compared": {one for one, said in noted.items() if said["compared"]},
        "kept": {one for one, said in noted.items() if said["kept"]},
        "digitise_href": lambda component: url_for("counter.digitise_pages", draft_id=filing.draft.id, component_id=component),
        "extract_href": lambda component, one: url_for(
            "counter.extract", draft_id=filing.draft.id, component_id=component, attachment_id=one
        ),
        "may_ask_to_reuse": wants_earlier and not may_reuse(filing.draft) and filing.draft.draft["at_counter"]["is_matched"],
    }
    return papers_page(filing, errors, counter=counter)


@blueprint.post("/intake/<uuid:draft_id>/attachments")
@staff(Permission.INTAKE)
@uploading
@takes_files
def attach_intake_papers(draft_id: uuid.UUID) -> ResponseReturnValue:
    filing = _with_papers(draft_id)
    if filing is None or is_outdated(filing):
        return onward(draft_id, filing_for(draft_id))
    if "remove" in request.form:
        detach(db(), current_actor(), draft_id, read_id(request.form["remove"]))
    elif "agree_to_reuse" in request.form:
        agree_to_reuse(filing.draft)
    else:
        return _take(filing, draft_id)
    db().commit()
    return redirect(filing.url("attachments"))


def _take(filing: Filing, draft_id: uuid.UUID) -> ResponseReturnValue:
    wanted = [component.id for component in components_wanted(filing.procedure, filing.answers)]
    compared, kept = request.form.getlist(COMPARED_FIELD), request.form.getlist(KEPT_FIELD)
    close_session()  # no connection is held while files are looked into and scanned
    taken, errors = look_into(wanted)
    note_originals(db(), current_actor(), draft_id, compared=compared, kept=kept)
    keep_papers(current_actor(), draft_id, wanted, taken, errors)
    db().commit()
    again = _with_papers(draft_id)
    if again is None:
        return onward(draft_id, filing_for(draft_id))
    if "continue" in request.form and not errors:
        errors = still_missing(again)
    if errors:
        return _page(again, errors), UNPROCESSABLE
    is_through = "continue" in request.form and not taken  # what has just come is compared with its original first
    return redirect(again.after("attachments") if is_through else again.url("attachments"))


@blueprint.get("/intake/<uuid:draft_id>/attachments/<uuid:attachment_id>")
@staff(Permission.INTAKE)
def intake_attachment(draft_id: uuid.UUID, attachment_id: uuid.UUID) -> Response:
    found = attachment_of(db(), _draft(draft_id), attachment_id)
    if found.reused_document_id is not None:
        raise NotFound  # an earlier result is the person's; the office that decides opens it with the dossier
    return kept_response(open_attachment(found), found.name, found.media_type)


@blueprint.get("/intake/<uuid:draft_id>/attachments/<uuid:attachment_id>/preview")
@staff(Permission.INTAKE)
@previews
def intake_attachment_preview(draft_id: uuid.UUID, attachment_id: uuid.UUID) -> Response:
    found = attachment_of(db(), _draft(draft_id), attachment_id)
    if found.reused_document_id is not None:
        raise NotFound
    content = open_attachment(found)
    close_session()  # no connection is held while the picture is drawn
    try:
        return picture_response(uploads.preview(content))
    except UnfitFile as unfit:
        raise NotFound from unfit


def _draft(draft_id: uuid.UUID) -> Dossier:
    """The clerk's draft while it is one: what was filed is opened where it is decided.

    Raises:
        NotFound: somebody else's, none, or filed already.
    """
    found = intake_for(draft_id)
    if found.draft is None:
        raise NotFound
    return found
