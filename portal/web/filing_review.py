"""The last step, the same at both desks: everything on one page, the fee, the declaration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import render_template
from flask_babel import gettext as _

from portal import clock
from portal.models import Office
from portal.services.catalogue.answers import looked_up_elements, open_questions, shown_groups, shown_pages
from portal.services.catalogue.fees import Channel, FeeLine, total_vnd
from portal.services.catalogue.form import Page
from portal.services.catalogue.provenance import Answers
from portal.services.catalogue.reckoning import case_of, fee_of
from portal.services.catalogue.schema import Procedure
from portal.services.dossiers.attachments import standings
from portal.services.dossiers.calendar import promise_for
from portal.services.dossiers.submit import DECLARE_FIELD
from portal.web.database import db
from portal.web.filing import Filing
from portal.web.groups import group_rows
from portal.web.language import current_language
from portal.web.questions import error_lines, fact_rows, said_rows


def review_page(
    filing: Filing,
    errors: Mapping[str, list[str]] | None = None,
    questions: Sequence[Mapping[str, Any]] = (),
    *,
    is_declared: bool = False,
    declaration_href: str | None = None,
) -> str:
    """Everything that will be filed; `questions`, and a page to sign, are what a desk asks besides the declaration."""
    language = current_language()
    procedure = filing.procedure
    office = db().get_one(Office, filing.draft.draft["office_code"])
    channel: Channel = filing.draft.channel  # type: ignore[assignment]
    lines = _fee_lines(filing, office, channel)
    declare = _declare_question(procedure.say(procedure.definition.declaration, language), (errors or {}).get(DECLARE_FIELD, []))
    declare["value"] = ["yes"] if is_declared else []
    return render_template(
        "citizen/review.html",
        **filing.around("review"),
        **said_words(filing, language),
        draft_id=filing.draft.id,
        office_name=office.name_en if language == "en" else office.name,
        fee_lines=lines,
        fee_total_vnd=total_vnd(lines),
        fee_label=lambda line: procedure.say(line.rule.label, language),
        promised_at=promise_for(db(), procedure, channel, clock.now(), case_of(procedure, filing.answers)).promised_at,
        declare=declare,
        desk_questions=questions,
        declaration_href=declaration_href,
        attached=attached_rows(filing, language),
        errors=error_lines(errors or {}, [declare, *questions]),
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


def said_words(filing: Filing, language: str) -> dict[str, Any]:
    """What the registries say, what the person typed in their place, and what the person answered, page by page."""
    procedure, answers = filing.procedure, filing.answers
    looked_up = [element.key for element in looked_up_elements(procedure)]
    locked = [key for key in looked_up if procedure.elements[key].is_locked]
    return {
        "facts": fact_rows(procedure, answers, language, looked_up, filing.dispute_url_from("review")),
        "unverified": said_rows(procedure, answers, language, locked, filing.url("facts")),
        "asked": [
            {
                "title": procedure.say(page.title, language),
                "rows": [
                    *said_rows(procedure, answers, language, _asked_on(procedure, page, answers), filing.url(page.id)),
                    *group_rows(procedure, shown_groups(page, answers), answers, language, filing.url(page.id)),
                ],
            }
            for page in shown_pages(procedure, answers)
        ],
    }


def attached_rows(filing: Filing, language: str) -> list[dict[str, Any]]:
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


def _asked_on(procedure: Procedure, page: Page, answers: Answers) -> list[str]:
    return [question.element for question in open_questions(procedure, page, answers)]


def _fee_lines(filing: Filing, office: Office, channel: Channel) -> tuple[FeeLine, ...]:
    return fee_of(filing.procedure, filing.answers, channel=channel, province_code=office.province_code, on=clock.today())
