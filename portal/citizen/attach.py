"""The step of papers: what each is for, what satisfies it already, choosing and taking away; and opening one's own files."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from portal.auth.session import current_actor
from portal.citizen import blueprint
from portal.citizen.filing import Filing, filing_of, procedure_level, to_consent
from portal.config import settings
from portal.models import Attachment
from portal.services.catalogue.reckoning import components_wanted
from portal.services.dossiers.attach import attach, reuse
from portal.services.dossiers.attachments import Standing, missing, open_attachment, own_attachment, standings
from portal.services.dossiers.detach import detach
from portal.services.errors import NotFound
from portal.services.vault import scanner, uploads
from portal.services.vault.uploads import Reason, UnfitFile, Upload
from portal.web.access import logged_in
from portal.web.database import close_session, db
from portal.web.filters import write_date
from portal.web.language import current_language
from portal.web.limits import previews, uploading
from portal.web.questions import error_lines
from portal.web.uploads import (
    attachment_row,
    component_words,
    kept_response,
    largest_form_bytes,
    picture_response,
    read,
    sent_files,
    sentence,
    takes_files,
)

UNPROCESSABLE = 422
FILE_FIELD, REUSE_FIELD = "file.", "reuse."
Errors = dict[str, list[str]]
Taken = list[tuple[str, Upload, scanner.ScanState]]


@blueprint.get("/procedures/<code>/apply/attachments")
@logged_in(procedure_level)
def attachments(code: str) -> ResponseReturnValue:
    filing = _filing_with_papers(code)
    return _page(filing) if filing else to_consent(code)


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


def _page(filing: Filing, errors: Errors | None = None) -> str:
    language = current_language()
    components = [
        _component(filing, one, language, (errors or {}).get(f"{FILE_FIELD}{one.component.id}", []))
        for one in standings(db(), filing.draft, filing.procedure, filing.answers)
    ]
    return render_template(
        "citizen/attachments.html",
        **filing.around("attachments"),
        components=components,
        largest_form_bytes=largest_form_bytes(),
        largest_file_bytes=settings().upload_file_bytes,
        errors=error_lines(errors or {}, [one["field"] for one in components]),
    )


def _component(filing: Filing, one: Standing, language: str, errors: list[str]) -> dict[str, Any]:
    component = one.component
    name = filing.procedure.say(component.name, language)
    chosen = next((a.reused_document_id for a in one.attached if a.reused_document_id), None)
    taken = one.taken_by_itself
    return {
        "id": component.id,
        "name": name,
        "words": component_words(component, is_required=one.is_required_now),
        "note": filing.procedure.say(component.note, language),
        "ground": component.legal_ground,
        "attached": [
            {
                **attachment_row(attachment),
                "href": url_for("citizen.attachment", attachment_id=attachment.id),
                "preview_href": url_for("citizen.attachment_preview", attachment_id=attachment.id),
            }
            for attachment in one.attached
        ],
        "is_taken_by_itself": taken is not None,
        "reuse_field": f"{REUSE_FIELD}{component.id}",
        "reusable": [
            {
                "value": str(document.id),
                "label": f"{document.title}, {write_date(document.issued_at)}",
                "is_chosen": document.id == (chosen or (taken.id if taken else None)),
            }
            for document in one.reusable
        ],
        "field": {
            "name": f"{FILE_FIELD}{component.id}",
            "kind": "file",
            "label": _("Tải lên: %(name)s", name=name),
            "accept": uploads.ACCEPTED,
            "multiple": True,
            "errors": errors,
        },
    }


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
    taken, errors = _look_into(wanted)
    _keep(draft_id, wanted, taken, errors)
    db().commit()
    filing = _filing_with_papers(code)
    if filing is None:
        return to_consent(code)
    if "continue" in request.form and not errors:
        errors = _still_missing(filing)
    if errors:
        return _page(filing, errors), UNPROCESSABLE
    return redirect(filing.after("attachments") if "continue" in request.form else filing.url("attachments"))


def _look_into(wanted: list[str]) -> tuple[Taken, Errors]:
    """The files of this form that can be taken, with the scanner's word; and of the others why not, beside their field."""
    taken: Taken = []
    errors: Errors = {}
    room = settings().upload_dossier_files
    for component_id in wanted:
        for file in sent_files(f"{FILE_FIELD}{component_id}"):
            try:
                if len(taken) >= room:
                    raise UnfitFile(Reason.TOO_MANY)
                upload = uploads.check(read(file), file.filename or "")
                taken.append((component_id, upload, scanner.scan_or_wait(upload.content)))
            except UnfitFile as unfit:
                _tell(errors, component_id, file, unfit)
    return taken, errors


def _tell(errors: Errors, component_id: str, file: FileStorage, unfit: UnfitFile) -> None:
    shown = uploads.plain_name(file.filename or "")
    errors.setdefault(f"{FILE_FIELD}{component_id}", []).append(f"{shown}: {sentence(unfit.reason)}")


def _keep(draft_id: uuid.UUID, wanted: list[str], taken: Taken, errors: Errors) -> None:
    actor = current_actor()
    for component_id, upload, scan_state in taken:
        try:
            attach(db(), actor, draft_id, component_id, upload, scan_state)
        except UnfitFile as unfit:
            said = f"{upload.name}: {sentence(unfit.reason)}"
            errors.setdefault(f"{FILE_FIELD}{component_id}", []).append(said)
    for component_id in wanted:
        chosen = request.form.get(f"{REUSE_FIELD}{component_id}", "")
        if chosen:
            reuse(db(), actor, draft_id, component_id, _id(chosen))


def _still_missing(filing: Filing) -> Errors:
    lacking = missing(standings(db(), filing.draft, filing.procedure, filing.answers))
    return {f"{FILE_FIELD}{component.id}": [_("Hãy chọn tệp của giấy tờ này.")] for component in lacking}


def _take_away(filing: Filing, attachment_id: str) -> ResponseReturnValue:
    detach(db(), current_actor(), filing.draft.id, _id(attachment_id))
    db().commit()
    return redirect(filing.url("attachments"))


def _id(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as wrong:
        raise NotFound from wrong


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
