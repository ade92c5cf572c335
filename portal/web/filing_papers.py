"""The step of papers, the same at both desks: what each is for, what satisfies it already, taking files, saying why not."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from flask import render_template, request
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from portal.auth.permissions import Actor
from portal.config import settings
from portal.services.dossiers.attach import attach, reuse
from portal.services.dossiers.attachments import Standing, missing, standings
from portal.services.errors import NotFound
from portal.services.vault import scanner, uploads
from portal.services.vault.uploads import Reason, UnfitFile, Upload
from portal.web.database import db
from portal.web.filing import Filing
from portal.web.filters import write_date
from portal.web.language import current_language
from portal.web.questions import error_lines
from portal.web.uploads import attachment_row, component_words, largest_form_bytes, read, sent_files, sentence

FILE_FIELD, REUSE_FIELD = "file.", "reuse."
Errors = dict[str, list[str]]
Taken = list[tuple[str, Upload, scanner.ScanState]]


def papers_page(filing: Filing, errors: Errors | None = None, counter: Mapping[str, Any] | None = None) -> str:
    """The page of papers; `counter` is what the counter adds: originals compared and kept, and asking for earlier results."""
    language = current_language()
    components = [
        _component(filing, one, language, (errors or {}).get(f"{FILE_FIELD}{one.component.id}", []))
        for one in standings(db(), filing.draft, filing.procedure, filing.answers)
    ]
    return render_template(
        "citizen/attachments.html",
        **filing.around("attachments"),
        components=components,
        counter=counter,
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
                **({"may_be_opened": False} if filing.draft.filed_by and attachment.reused_document_id else {}),
                **dict(zip(("href", "preview_href"), filing.desk.attachment_url(str(attachment.id)), strict=True)),
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


def look_into(wanted: list[str]) -> tuple[Taken, Errors]:
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


def keep_papers(actor: Actor, draft_id: uuid.UUID, wanted: list[str], taken: Taken, errors: Errors) -> None:
    """Put what was taken into the draft, and the earlier results that were chosen; whatever finds no room is told."""
    for component_id, upload, scan_state in taken:
        try:
            attach(db(), actor, draft_id, component_id, upload, scan_state)
        except UnfitFile as unfit:
            said = f"{upload.name}: {sentence(unfit.reason)}"
            errors.setdefault(f"{FILE_FIELD}{component_id}", []).append(said)
    for component_id in wanted:
        chosen = request.form.get(f"{REUSE_FIELD}{component_id}", "")
        if chosen:
            reuse(db(), actor, draft_id, component_id, read_id(chosen))


def still_missing(filing: Filing) -> Errors:
    """Beside each paper that is still wanted, that it is."""
    lacking = missing(standings(db(), filing.draft, filing.procedure, filing.answers))
    return {f"{FILE_FIELD}{component.id}": [_("Hãy chọn tệp của giấy tờ này.")] for component in lacking}


def read_id(text: str) -> uuid.UUID:
    """The id that a form names.

    Raises:
        NotFound: it is none.
    """
    try:
        return uuid.UUID(text)
    except ValueError as wrong:
        raise NotFound from wrong
