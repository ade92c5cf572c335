"""What was filed at the counter: its code, the slip to print, what happens next; and the originals that the counter keeps."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth.permissions import Permission
from portal.auth.session import current_actor
from portal.counter import blueprint
from portal.counter.intake_filing import filing_for, intake_for
from portal.models import Attachment, Dossier, IssuedDocument, Office
from portal.services.catalogue.reckoning import case_of, term_rule
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.at_counter import give_back, in_custody, kept_at
from portal.services.dossiers.attachments import attachments_of
from portal.services.dossiers.queries import documents_of, filed_on, latest_answers, paper_of
from portal.services.dossiers.vocabulary import Document
from portal.services.errors import NotFound
from portal.services.vault.store import read_file
from portal.web.access import staff
from portal.web.database import db
from portal.web.documents import pdf_response
from portal.web.filters import write_short_moment
from portal.web.language import current_language

SLIPS = (Document.RECEIPT, Document.ACKNOWLEDGEMENT)  # what a clerk who filed may print, the newest kind first
SAME_DAY = "0"


@blueprint.get("/intake/<uuid:draft_id>/done")
@staff(Permission.INTAKE)
def intake_done(draft_id: uuid.UUID) -> ResponseReturnValue:
    found = intake_for(draft_id)
    if found.draft is not None:
        filing = filing_for(draft_id)
        assert filing is not None  # it has a draft
        return redirect(filing.url(filing.next_open_step()))
    return render_template("counter/intake_done.html", **_filed(found))


def _filed(dossier: Dossier) -> dict[str, Any]:
    procedure, language = by_hash(db(), dossier.version_hash), current_language()
    case = case_of(procedure, latest_answers(db(), dossier).content, filed_on(dossier))
    rule = term_rule(procedure.definition, dossier.channel, case)  # type: ignore[arg-type]
    return {
        "dossier_code": dossier.code,
        "name": dossier.parties["submitter"]["full_name"],
        "procedure_name": procedure.say(procedure.definition.name, language),
        "office_name": _name(dossier.office),
        "is_elsewhere": dossier.office_code != dossier.filing_office_code,
        "received_at": dossier.received_at,
        "promised_at": dossier.promised_at,
        "tracking_secret": dossier.parties["tracking_secret"],
        "is_same_day": rule is not None and rule.term == SAME_DAY,
        "slip": _slip(dossier),
        "originals": [one.name for one in in_custody(attachments_of(db(), dossier))],
        "dossier_href": url_for("counter.dossier", code=dossier.code) if _is_of_own_office(dossier) else None,
    }


def _name(office: Office | None) -> str:
    return "" if office is None else office.name_en if current_language() == "en" else office.name


def _is_of_own_office(dossier: Dossier) -> bool:
    role = current_actor().role_for(Permission.SEE_DOSSIER, dossier.office_code or "", dossier.procedure_code)
    return role is not None


def _slip(dossier: Dossier) -> dict[str, Any] | None:
    """The slip for the person: the receipt if the dossier was taken in, else that it was filed."""
    found: dict[str, IssuedDocument] = {paper.kind: paper for paper in documents_of(db(), dossier)}
    paper = next((found[kind] for kind in SLIPS if kind in found), None)
    if paper is None:
        return None
    href = url_for("counter.intake_slip", draft_id=dossier.id, document_id=paper.id)
    return {"title": paper.title, "href": href if paper.issued_at else None}


@blueprint.get("/intake/<uuid:draft_id>/documents/<uuid:document_id>")
@staff(Permission.INTAKE)
def intake_slip(draft_id: uuid.UUID, document_id: uuid.UUID) -> Response:
    found = intake_for(draft_id)
    paper, file = paper_of(db(), found, document_id)
    if paper.kind not in SLIPS:
        raise NotFound
    return pdf_response(read_file(file), f"{found.code}-{paper.kind}.pdf")


@blueprint.get("/originals")
@staff(Permission.INTAKE)
def originals() -> ResponseReturnValue:
    kept = kept_at(db(), current_actor())
    return render_template("counter/originals.html", rows=[_original_row(one) for one in kept])


def _original_row(one: Attachment) -> dict[str, Any]:
    dossier = one.dossier
    procedure = by_hash(db(), dossier.version_hash)
    names = {component.id: component.name for component in procedure.definition.components}
    return {
        "id": str(one.id),
        "code": dossier.code,
        "owner": dossier.parties["submitter"]["full_name"],
        "paper": procedure.say(names.get(one.component_id, one.name), current_language()),
        "since": write_short_moment(one.original_kept_at),
    }


@blueprint.post("/originals/<uuid:attachment_id>")
@staff(Permission.INTAKE)
def give_back_original(attachment_id: uuid.UUID) -> ResponseReturnValue:
    give_back(db(), current_actor(), attachment_id)
    db().commit()
    flash(_("Đã ghi nhận trả bản chính cho người nộp."), "saved")
    return redirect(url_for("counter.originals"))
