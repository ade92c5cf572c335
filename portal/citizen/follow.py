"""Following one's dossiers: the list, the receipt page, the timeline, and the papers."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.auth.session import current_actor
from portal.citizen import blueprint
from portal.models import Dossier, IssuedDocument
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.history import events_of
from portal.services.dossiers.lifecycle import ENDED, STATUS_CODES, Document, State
from portal.services.dossiers.queries import documents_of, owned, owned_dossiers
from portal.services.errors import NotFound
from portal.services.vault.store import read_file
from portal.web.access import logged_in
from portal.web.database import db
from portal.web.documents import pdf_response
from portal.web.dues import due_of
from portal.web.language import current_language
from portal.web.words import event_sentence, state_name

NEXT = {
    State.SUBMITTED: "received",
    State.RECEIVED: "forwarded",
    State.IN_PROCESSING: "issued",
    State.FINISHED: "result_returned",
}


def _procedure_name(dossier: Dossier) -> str:
    procedure = by_hash(db(), dossier.version_hash)
    return procedure.say(procedure.definition.name, current_language())


@blueprint.get("/my/dossiers")
@logged_in()
def dossiers() -> ResponseReturnValue:
    rows = [
        {
            "name": _procedure_name(dossier),
            "code": dossier.code or "",
            "status_code": STATUS_CODES.get(State(dossier.state), 0),
            "status": state_name(dossier.state),
            "when": dossier.updated_at,
            "href": url_for("citizen.dossier", code=dossier.code)
            if dossier.code
            else url_for("citizen.consent", code=dossier.procedure_code),
            "is_draft": dossier.state == State.DRAFT,
        }
        for dossier in owned_dossiers(db(), current_actor())
    ]
    return render_template("citizen/dossiers.html", rows=rows)


@blueprint.get("/my/dossiers/<code>")
@logged_in()
def dossier(code: str) -> ResponseReturnValue:
    found = owned(db(), current_actor(), code)
    return render_template("citizen/dossier.html", **_story(found))


@blueprint.get("/my/dossiers/<code>/receipt")
@logged_in()
def receipt(code: str) -> ResponseReturnValue:
    found = owned(db(), current_actor(), code)
    return render_template("citizen/receipt.html", **_sent(found))


def _sent(dossier: Dossier) -> dict[str, Any]:
    """What was sent and what comes next; the rest of the story stands on the dossier's own page."""
    story = _story(dossier)
    checked = {
        "when": None,
        "title": _("Bộ phận một cửa kiểm tra"),
        "text": _("Trong 8 giờ làm việc, cán bộ trả lời và gửi giấy hẹn ghi rõ ngày trả kết quả."),
        "state": "next",
    }
    return {
        **story,
        "timeline": [{**story["timeline"][0], "state": "done"}, checked],
        "documents": [_card(paper, dossier) for paper in documents_of(db(), dossier) if paper.kind == Document.ACKNOWLEDGEMENT],
        "has_moved_on": State(dossier.state) is not State.SUBMITTED,
    }


def _story(dossier: Dossier) -> dict[str, Any]:
    events = events_of(db(), dossier.id)
    return {
        "dossier": dossier,
        "dossier_code": dossier.code,
        "procedure_name": _procedure_name(dossier),
        "status_code": STATUS_CODES[State(dossier.state)],
        "status": state_name(dossier.state),
        "due": due_of(dossier, clock.now()),
        "office_name": dossier.office and (dossier.office.name_en if current_language() == "en" else dossier.office.name),
        "office": dossier.office,
        "timeline": _timeline(dossier, events),
        "promise_days": next((event.facts["days"] for event in reversed(events) if "days" in event.facts), []),
        "documents": [_card(document, dossier) for document in documents_of(db(), dossier)],
        "tracking_secret": dossier.parties["tracking_secret"],
    }


def _timeline(dossier: Dossier, events: list[Any]) -> list[dict[str, Any]]:
    items = []
    for event in events:
        title, text = event_sentence(event.name)
        is_last = event is events[-1] and State(dossier.state) not in ENDED
        items.append({"when": event.happened_at, "title": title, "text": text, "state": "now" if is_last else "done"})
    coming = NEXT.get(State(dossier.state))
    if coming:
        items.append({"when": None, "title": event_sentence(coming)[0], "text": "", "state": "next"})
    return items


def _card(document: IssuedDocument, dossier: Dossier) -> dict[str, Any]:
    is_result = document.kind == Document.RESULT
    href = url_for("citizen.document", code=dossier.code, document_id=document.id)
    verify = url_for("public.verify_code", code=document.verification_code)
    return {
        "title": document.title,
        "number": f"{document.number:02d}/{document.symbol}" if document.number else "",
        "issued_on": document.issued_at,
        "issuer": document.office.name,
        "size_bytes": document.file.size_bytes if document.file else None,
        "href": href if document.issued_at else None,
        "state": "valid" if document.issued_at else "pending",
        "state_label": "" if document.issued_at else _("Đang ký số"),
        "verify_code": document.verification_code if is_result and document.issued_at else None,
        "verify_href": verify,
    }


@blueprint.get("/my/dossiers/<code>/documents/<uuid:document_id>")
@logged_in()
def document(code: str, document_id: uuid.UUID) -> Response:
    found = owned(db(), current_actor(), code)
    wanted = next((paper for paper in documents_of(db(), found) if paper.id == document_id), None)
    if wanted is None or wanted.file is None:
        raise NotFound
    return pdf_response(read_file(wanted.file), f"{found.code}-{wanted.kind}.pdf")
