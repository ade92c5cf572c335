"""The last step: everything on one page, the fee, the declaration, and sending it, once."""

from __future__ import annotations

import uuid
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.auth.session import current_actor
from portal.citizen import blueprint
from portal.citizen.filing import Filing, filing_of, procedure_level, to_consent
from portal.models import Office
from portal.services.catalogue.answers import looked_up_elements, shown_groups, shown_pages, shown_questions
from portal.services.catalogue.fees import FeeLine, total_vnd
from portal.services.catalogue.form import Page
from portal.services.catalogue.provenance import Answers
from portal.services.catalogue.reckoning import case_of, fee_of
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.attachments import standings
from portal.services.dossiers.calendar import promise_for
from portal.services.dossiers.newer_version import newer_version
from portal.services.dossiers.open_draft import draft_for
from portal.services.dossiers.submit import DECLARE_FIELD, submit
from portal.services.errors import InvalidInput
from portal.web.access import logged_in
from portal.web.database import db
from portal.web.groups import group_rows
from portal.web.language import current_language
from portal.web.questions import error_lines, fact_rows, said_rows

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
    return _review_page(filing)


def _review_page(filing: Filing, errors: dict[str, list[str]] | None = None) -> str:
    language = current_language()
    procedure = filing.procedure
    office = db().get_one(Office, filing.draft.draft["office_code"])
    lines = _fee_lines(filing, office)
    declare = _declare_question(procedure.say(procedure.definition.declaration, language), (errors or {}).get(DECLARE_FIELD, []))
    return render_template(
        "citizen/review.html",
        **filing.around("review"),
        **_said(filing, language),
        draft_id=filing.draft.id,
        office_name=office.name_en if language == "en" else office.name,
        fee_lines=lines,
        fee_total_vnd=total_vnd(lines),
        fee_label=lambda line: procedure.say(line.rule.label, language),
        promised_at=promise_for(db(), procedure, "online", clock.now(), case_of(procedure, filing.answers)).promised_at,
        declare=declare,
        attached=_attached(filing, language),
        errors=error_lines(errors or {}, [declare]),
    )


def _declare_question(declaration: str, errors: list[str]) -> dict[str, Any]:
    return {
        "name": DECLARE_FIELD,
        "kind": "checkboxes",
        "label": _("Lời cam đoan"),
        "value": [],
        "options": [{"value": "yes", "label": declaration}],
        "errors": [_(message) for message in errors],
    }


def _said(filing: Filing, language: str) -> dict[str, Any]:
    """What the registries say, what the person typed in their place, and what the person answered, page by page."""
    procedure, answers = filing.procedure, filing.answers
    looked_up = [element.key for element in looked_up_elements(procedure)]
    locked = [key for key in looked_up if procedure.elements[key].is_locked]
    return {
        "facts": fact_rows(procedure, answers, language, looked_up),
        "unverified": said_rows(procedure, answers, language, locked, filing.url("facts")),
        "asked": [
            {
                "title": procedure.say(page.title, language),
                "rows": [
                    *said_rows(procedure, answers, language, _asked_on(page, answers), filing.url(page.id)),
                    *group_rows(procedure, shown_groups(page, answers), answers, language, filing.url(page.id)),
                ],
            }
            for page in shown_pages(procedure, answers)
        ],
    }


def _attached(filing: Filing, language: str) -> list[dict[str, Any]]:
    """Each component with what is attached to it, or what will be by itself."""
    rows = []
    for one in standings(db(), filing.draft, filing.procedure, filing.answers):
        names = [attachment.name for attachment in one.attached] or [one.taken_by_itself.title if one.taken_by_itself else ""]
        rows.append(
            {
                "label": filing.procedure.say(one.component.name, language),
                "value": "; ".join(names),
                "change_href": filing.url("attachments"),
            }
        )
    return rows


def _asked_on(page: Page, answers: Answers) -> list[str]:
    return [question.element for question in shown_questions(page.questions, answers)]


def _fee_lines(filing: Filing, office: Office) -> tuple[FeeLine, ...]:
    return fee_of(filing.procedure, filing.answers, channel="online", province_code=office.province_code, on=clock.today())


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
        return _review_page(Filing(by_hash(db(), draft.version_hash), draft), wrong.errors), UNPROCESSABLE
    db().commit()
    return redirect(url_for("citizen.receipt", code=dossier.code))
