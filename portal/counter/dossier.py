"""One dossier on one page: facts and answers left, history and acts right, the promise always in sight."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from flask import Response, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.auth.permissions import Permission
from portal.auth.session import current_actor
from portal.counter import blueprint
from portal.counter.assignment import act_label, in_whose_place, place_words, why_assigned
from portal.counter.attachments import attached_groups
from portal.counter.opened import note_opened, opened
from portal.counter.supplements import supplement_shown
from portal.models import Dossier, Event, IssuedDocument, Office
from portal.services.catalogue.provenance import Answers
from portal.services.catalogue.schema import Procedure
from portal.services.catalogue.showing import show
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.calendar import one_working_day_after
from portal.services.dossiers.covering import covered_keys, with_rechecked
from portal.services.dossiers.folder import folder_of
from portal.services.dossiers.queries import at_counter, buttons, paper_of
from portal.services.dossiers.recheck import Comparison, comparisons
from portal.services.dossiers.silent_registries import checks
from portal.services.dossiers.vocabulary import STATUS_CODES, Act, Place, Stage, State
from portal.services.vault.store import read_file
from portal.web.access import staff
from portal.web.corrections import correction_row
from portal.web.covered import covered
from portal.web.database import db
from portal.web.documents import pdf_response
from portal.web.dues import due_of
from portal.web.filed import filed_words
from portal.web.filters import write_short_moment
from portal.web.language import current_language
from portal.web.questions import registry_name, said_rows
from portal.web.words import event_name, role_name
from portal.web.write_backs import desk_rows, waits_for_number

KEYS = {
    Act.RECEIVE: "t", Act.REFUSE: "x", Act.FORWARD: "c", Act.ASSIGN: "n", Act.PROPOSE: "p",
    Act.SEND_BACK: "b", Act.APPROVE: "k", Act.RETURN_RESULT: "r", Act.REQUEST_SUPPLEMENTS: "y", Act.ASK_OPINION: "h",
    Act.EXTEND_DEADLINE: "l", Act.GIVE_OPINION: "o",
    Act.PROPOSE_SUPPLEMENTS: "u", Act.ACCEPT_SUPPLEMENTS: "a",
}  # fmt: skip
SAID = ("reason", "question", "answer", "content")  # what an event's details say in somebody's own words
PRIMARY = frozenset(
    {Act.RECEIVE, Act.FORWARD, Act.ASSIGN, Act.PROPOSE, Act.APPROVE, Act.RETURN_RESULT, Act.GIVE_OPINION, Act.ACCEPT_SUPPLEMENTS}
)


@blueprint.get("/dossiers/<code>")
@staff(Permission.SEE_DOSSIER)
def dossier(code: str) -> ResponseReturnValue:
    found = opened(code)
    return render_template("counter/dossier.html", **dossier_page(found))


def dossier_page(dossier: Dossier, *, is_revealed: bool = False) -> dict[str, Any]:
    """Everything that the page of one dossier shows; sensitive answers covered, unless the actor judges or revealed them."""
    language = current_language()
    procedure = by_hash(db(), dossier.version_hash)
    folder = folder_of(db(), dossier)
    attached, names = folder.attached, folder.people
    answers: Answers = folder.answers.content
    place = Place(State(dossier.state), Stage(dossier.stage) if dossier.stage else None)
    compared = comparisons(folder.evidence, procedure, answers)
    held = with_rechecked(answers, compared)
    hidden = frozenset() if is_revealed else covered_keys(dossier, current_actor(), procedure, held)
    said = filed_words(procedure, answers, language, checks(folder.unanswered, folder.evidence, procedure, answers))
    return {
        "dossier": dossier,
        "dossier_code": dossier.code,
        "procedure_name": procedure.say(procedure.definition.name, language),
        "subject_name": dossier.parties["subject"]["full_name"],
        "status_code": STATUS_CODES[place.state],
        "filed_at": _name(folder.filing_office, language),
        "place": place_words(dossier, place),
        "due": (due := due_of(dossier, now := clock.now(), one_working_day_after(db(), now))),
        "apology": _apology(dossier, due["kind"]),
        "promise_days": next((event.facts["days"] for event in reversed(folder.events) if "days" in event.facts), []),
        **{name: covered(rows, hidden) for name, rows in said.items()},
        "covers": bool(hidden),
        "corrections": covered(
            (correction_row(case, procedure, {row.id: row for row in folder.evidence}, language) for case in folder.corrections),
            hidden,
        ),
        "compared": covered((_compared_row(one, language) for one in compared), hidden),
        "can_recheck": _holds(Permission.RECHECK, dossier),
        "evidence": [_evidence_row(row) for row in folder.evidence],
        "acts": (acts := _acts(dossier)),
        "keys": [{"key": act["key"], "label": act["label"]} for act in acts]
        + [{"key": "d", "label": _("Vì sao là ngày hẹn này")}],
        "why_assigned": why_assigned(dossier, folder.events, names),
        "history": [_event_row(event, names) for event in folder.events],
        "documents": [_paper(document, dossier) for document in folder.documents],
        "proposal": _proposal(procedure, dossier, language, hidden),
        "write_backs": desk_rows(folder.write_backs),
        "waits_for_number": waits_for_number(folder.write_backs),
        "may_write_again": _holds(Permission.WRITE_AGAIN, dossier),
        "supplement": supplement_shown(dossier, procedure, folder, attached),
        "attached": attached_groups(dossier, procedure, folder, attached, language),
    }


def _apology(dossier: Dossier, due_kind: str) -> dict[str, str] | None:
    """What whoever may appoint another day is told once the promise is a working day away, or past.

    Source: NĐ 118/2025/NĐ-CP, kept from NĐ 61/2018/NĐ-CP, Điều 19 (R6: the apology goes out before the promised moment).
    """
    words = {
        "due_soon": _("Còn chưa đến một ngày làm việc là đến hẹn"),
        "overdue": _("Hồ sơ đã quá hẹn"),
    }.get(due_kind)
    if words is None or Act.EXTEND_DEADLINE not in {move.act for move in buttons(dossier, current_actor())}:
        return None
    return {"title": words, "href": url_for("counter.act", code=dossier.code, act="extend-deadline")}


def _name(office: Office | None, language: str) -> str:
    return "" if office is None else office.name_en if language == "en" else office.name


def _holds(permission: Permission, dossier: Dossier) -> bool:
    return current_actor().role_for(permission, dossier.office_code or "", dossier.procedure_code) is not None


def _compared_row(one: Comparison, language: str) -> dict[str, Any]:
    return {
        "label": getattr(one.element.label, language),
        "filed": show(one.element, one.filed["value"], language) if one.filed else "",
        "now": show(one.element, one.now, language),
        "source": one.source,
        "source_label": registry_name(one.source),
        "as_of": one.as_of,
        "differs": one.differs,
        "element": one.element.key,
    }


def _evidence_row(row: Any) -> dict[str, Any]:
    return {
        "registry": registry_name(row.source),
        "outcome": row.outcome,
        "fetched_at": write_short_moment(row.fetched_at),
        "response_id": row.response_id or "–",
    }


def _acts(dossier: Dossier) -> list[dict[str, Any]]:
    return [
        {
            "label": act_label(move.act, dossier),
            "href": url_for("counter.act", code=dossier.code, act=move.act.value.replace("_", "-")),
            "key": KEYS.get(move.act),
            "is_primary": move.act in PRIMARY,
        }
        for move in buttons(dossier, current_actor())
    ]


def _event_row(event: Event, names: Mapping[str, str]) -> dict[str, Any]:
    details = event.details or {}
    reason = next((details[kind] for kind in SAID if details.get(kind)), "")
    return {
        "when": write_short_moment(event.happened_at),
        "title": event_name(event.name),
        "text": " · ".join(filter(None, [role_name(event.actor_role), in_whose_place(event, names), reason])),
        "state": "done",
    }


def _paper(document: IssuedDocument, dossier: Dossier) -> dict[str, Any]:
    href = url_for("counter.document", code=dossier.code, document_id=document.id)
    return {
        "title": document.title,
        "number": f"{document.number:02d}/{document.symbol}" if document.number else "",
        "issued_on": document.issued_at,
        "size_bytes": document.file.size_bytes if document.file else None,
        "href": href if document.issued_at else None,
        "state": "valid",
    }


def _proposal(procedure: Procedure, dossier: Dossier, language: str, hidden: frozenset[str]) -> dict[str, Any] | None:
    proposal = dossier.proposal
    if not proposal:
        return None
    return {
        "decision": proposal["decision"],
        "reason": proposal["reason"],
        "by": proposal["proposed_by"],
        "rows": covered(said_rows(procedure, proposal["answers"], language, list(proposal["answers"])), hidden),
    }


@blueprint.get("/dossiers/<code>/documents/<uuid:document_id>")
@staff(Permission.SEE_DOSSIER)
def document(code: str, document_id: uuid.UUID) -> Response:
    found = at_counter(db(), current_actor(), code)
    paper, file = paper_of(db(), found, document_id)
    note_opened(found)
    return pdf_response(read_file(file), f"{found.code}-{paper.kind}.pdf")
