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
from portal.citizen.own_acts import own_desk
from portal.models import Dossier, Event, IssuedDocument
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.attachments import attachments_of, replaced_attachments
from portal.services.dossiers.calendar import one_working_day_after
from portal.services.dossiers.corrections import corrections_of, renewals
from portal.services.dossiers.deadlines import DayKind
from portal.services.dossiers.history import events_of
from portal.services.dossiers.offices import filing_office_name
from portal.services.dossiers.open_elsewhere import openings_of
from portal.services.dossiers.queries import documents_of, evidence_of, latest_answers, owned, owned_dossiers, paper_of
from portal.services.dossiers.reopened import reopened
from portal.services.dossiers.silent_registries import checks, unanswered_of
from portal.services.dossiers.vocabulary import ENDED, STATUS_CODES, Act, Document, Place, Stage, State
from portal.services.dossiers.write_backs import write_backs_of
from portal.services.results.template import grouped, qr_svg, verification_url
from portal.services.vault.store import read_file
from portal.web.access import logged_in
from portal.web.corrections import correction_row, with_link
from portal.web.database import db
from portal.web.documents import pdf_response
from portal.web.dues import due_of
from portal.web.filed import filed_words
from portal.web.filters import write_moment
from portal.web.language import current_language
from portal.web.own_acts import own_acts
from portal.web.reopened import until_words
from portal.web.uploads import attachment_row
from portal.web.words import ending_sentence, event_name, state_name, waiting_words
from portal.web.write_backs import citizen_lines

BETWEEN_DESKS = frozenset({"opinion_asked", "opinion_given", "supplements_proposed", "reassigned"})
TOLD_WITH_REASON = frozenset({"transferred", "deadline_extended", "stopped", "draft_disputed"})


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
    return {
        **story,
        "timeline": [story["timeline"][0], _waiting(dossier, Place(State.SUBMITTED))],
        "documents": [_card(paper, dossier) for paper in documents_of(db(), dossier) if paper.kind == Document.ACKNOWLEDGEMENT],
        "has_moved_on": State(dossier.state) is not State.SUBMITTED,
    }


def _story(dossier: Dossier) -> dict[str, Any]:
    events, acts = events_of(db(), dossier.id), own_acts(own_desk(str(dossier.code)), dossier)
    days: list[Any] = next((event.facts["days"] for event in reversed(events) if "days" in event.facts), [])
    return {
        "dossier": dossier,
        "dossier_code": dossier.code,
        "procedure_name": _procedure_name(dossier),
        "status_code": STATUS_CODES[State(dossier.state)],
        "status": state_name(dossier.state),
        "due": due_of(dossier, now := clock.now(), one_working_day_after(db(), now)),
        "acts": {"withdraw": Act.WITHDRAW in acts, "draft": Act.CONFIRM_DRAFT in acts},
        "office_name": dossier.office and (dossier.office.name_en if current_language() == "en" else dossier.office.name),
        "office": dossier.office,
        "filed_at": filing_office_name(db(), dossier, current_language()),
        "timeline": _timeline(dossier, events),
        "promise_days": days,
        "days_left": _days_left(dossier, days),
        "documents": [_card(document, dossier) for document in documents_of(db(), dossier)],
        "supplement": _awaited(dossier),
        "attached": [
            {
                **attachment_row(one),
                "href": url_for("citizen.attachment", attachment_id=one.id),
                "preview_href": url_for("citizen.attachment_preview", attachment_id=one.id),
            }
            for one in (*attachments_of(db(), dossier), *replaced_attachments(db(), dossier))
        ],
        **_content(dossier),
        "openings": openings_of(db(), dossier),
        "known_to": citizen_lines(write_backs_of(db(), dossier)),
        "tracking_secret": dossier.parties["tracking_secret"],
    }


def _content(dossier: Dossier) -> dict[str, Any]:
    """What the dossier says, with what came of asking silent registries again and of what the owner disputes."""
    procedure, language = by_hash(db(), dossier.version_hash), current_language()
    answers = latest_answers(db(), dossier).content
    checked = checks(unanswered_of(db(), dossier), evidence_of(db(), dossier), procedure, answers)
    cases = corrections_of(db(), dossier)
    renewed = renewals(db(), cases)
    return {
        "said": filed_words(procedure, answers, language, checked),
        "corrections": [with_link(correction_row(case, procedure, renewed, language)) for case in cases],
    }


def _awaited(dossier: Dossier) -> dict[str, Any] | None:
    """What the office awaits from the owner, with the last day; None where it awaits nothing."""
    open_now = reopened(db(), dossier)
    if open_now is None:
        return None
    until = open_now.request.window_ends_at
    return {
        "names": [item["name"] for item in open_now.request.items],
        "until": until_words(until) if until else "",
        "is_over": until is not None and until < clock.now(),
    }


def _timeline(dossier: Dossier, events: list[Any]) -> list[dict[str, Any]]:
    """What happened, what is being done now, and when the end is promised."""
    items = [
        {"when": event.happened_at, "title": event_name(event.name), "text": _said_to_owner(event), "state": "done"}
        for event in events
        if event.name not in BETWEEN_DESKS
    ]
    place = Place(state := State(dossier.state), Stage(dossier.stage) if dossier.stage else None)
    if place in ENDED:
        items[-1]["text"] = ending_sentence(state)
        return items
    items.append(_waiting(dossier, place))
    if dossier.promised_at and dossier.paused_at is None and state is not State.FINISHED:
        latest = _("Chậm nhất %(when)s.", when=write_moment(dossier.promised_at, current_language()))
        items.append({"when": None, "title": _("Có kết quả"), "text": latest, "state": "next"})
    return items


def _said_to_owner(event: Event) -> str:
    """The reason in the office's words, where the act was addressed to the owner."""
    return str((event.details or {}).get("reason", "")) if event.name in TOLD_WITH_REASON else ""


def _waiting(dossier: Dossier, place: Place) -> dict[str, Any]:
    title, text = waiting_words(place, is_electronic=dossier.delivery == "electronic")
    return {"when": None, "title": title, "text": text, "state": "now"}


def _days_left(dossier: Dossier, days: list[Any]) -> int | None:
    """Working days between today and the promise; None where nothing is awaited, or it is too late to count."""
    if (
        dossier.promised_at is None
        or dossier.paused_at is not None
        or dossier.finished_at is not None
        or dossier.promised_at < clock.now()
    ):
        return None
    today = clock.today().isoformat()
    return sum(1 for day, kind, *_rest in days if kind == DayKind.COUNTED and day > today)


def _card(document: IssuedDocument, dossier: Dossier) -> dict[str, Any]:
    is_result = document.kind == Document.RESULT
    href = url_for("citizen.document", code=dossier.code, document_id=document.id)
    verify = url_for("public.verify_code", code=document.verification_code)
    return {
        "title": document.title,
        "is_result": is_result,
        "number": f"{document.number:02d}/{document.symbol}" if document.number else "",
        "issued_on": document.issued_at,
        "issuer": document.office.name,
        "size_bytes": document.file.size_bytes if document.file else None,
        "href": href if document.issued_at else None,
        "state": "valid" if document.issued_at else "pending",
        "state_label": "" if document.issued_at else _("Đang ký số"),
        "verify_code": grouped(document.verification_code) if is_result and document.issued_at else None,
        "verify_href": verify,
        "qr_svg": qr_svg(verification_url(document.verification_code)) if is_result and document.issued_at else None,
    }


@blueprint.get("/my/dossiers/<code>/documents/<uuid:document_id>")
@logged_in()
def document(code: str, document_id: uuid.UUID) -> Response:
    found = owned(db(), current_actor(), code)
    paper, file = paper_of(db(), found, document_id)
    return pdf_response(read_file(file), f"{found.code}-{paper.kind}.pdf")
