"""Filing, step by step: agree to the look-ups, see the facts, answer what nobody knows, review, declare, send."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.auth.session import current_actor, current_profile
from portal.citizen import blueprint
from portal.models import Dossier, Office
from portal.services.catalogue.answers import (
    Answers,
    first_incomplete_page,
    looked_up_elements,
    shown_pages,
    shown_questions,
    unsettled_questions,
)
from portal.services.catalogue.fees import fee_lines, total_vnd
from portal.services.catalogue.schema import Page, Procedure
from portal.services.catalogue.versions import by_hash, current
from portal.services.dossiers.calendar import promise_for
from portal.services.dossiers.fill_draft import (
    OFFICE_FIELD,
    answer_facts,
    answer_page,
    asks_for,
    decline_lookups,
    office_choices,
    take_replies,
)
from portal.services.dossiers.open_draft import draft_for, draft_of, open_draft
from portal.services.dossiers.submit import DECLARE_FIELD, submit
from portal.services.errors import InvalidInput, LevelTooLow
from portal.services.registries.exchange import Requester, Subject
from portal.services.registries.prefill import ask_all
from portal.web.access import logged_in
from portal.web.database import close_session, db
from portal.web.language import current_language
from portal.web.questions import drawn, error_lines, fact_rows, registry_name, said_rows

UNPROCESSABLE = 422


@dataclass(frozen=True)
class Filing:
    """A draft under way with its procedure."""

    procedure: Procedure
    draft: Dossier

    @property
    def answers(self) -> Answers:
        answers: Answers = self.draft.draft["answers"]
        return answers

    @property
    def steps(self) -> list[str]:
        """The steps in order: consent, facts, the pages that the answers call for, review."""
        return ["consent", "facts", *(page.id for page in shown_pages(self.procedure, self.answers)), "review"]

    def url(self, step: str) -> str:
        code = self.procedure.code
        if step == "consent":
            return url_for("citizen.consent", code=code)
        if step in ("facts", "review"):
            return url_for(f"citizen.{step}", code=code)
        return url_for("citizen.page", code=code, page_id=step)

    def around(self, step: str) -> dict[str, Any]:
        """What every step's page shows around its form."""
        steps = self.steps
        at = steps.index(step)
        return {
            "procedure": self.procedure,
            "procedure_name": self.procedure.say(self.procedure.definition.name, current_language()),
            "step_number": at + 1,
            "step_count": len(steps),
            "back_href": self.url(steps[at - 1]) if at else url_for("citizen.procedure", code=self.procedure.code),
            "saved_at": self.draft.updated_at,
        }

    def after(self, step: str) -> str:
        """Where the step leads."""
        steps = self.steps
        return self.url(steps[steps.index(step) + 1])

    def next_open_step(self) -> str:
        """The first step that still wants something."""
        if self.draft.draft["consent"] is None:
            return "consent"
        if self.draft.draft["office_code"] is None:
            return "facts"
        page = first_incomplete_page(self.procedure, self.answers)
        return page.id if page else "review"


def _check_level(procedure: Procedure) -> None:
    if current_actor().level < procedure.definition.assurance:
        raise LevelTooLow(procedure.definition.assurance)


def _filing(code: str) -> Filing | None:
    draft = draft_of(db(), current_actor(), code)
    if draft is None:
        return None
    procedure = by_hash(db(), draft.version_hash)
    _check_level(procedure)
    return Filing(procedure, draft)


def _to_consent(code: str) -> ResponseReturnValue:
    return redirect(url_for("citizen.consent", code=code))


@blueprint.get("/procedures/<code>/apply")
@logged_in()
def consent(code: str) -> ResponseReturnValue:
    procedure = current(db(), code)
    _check_level(procedure)
    filing = _filing(code)
    if filing and filing.draft.draft["consent"] and "again" not in request.args:
        return redirect(filing.url(filing.next_open_step()))
    return _consent_page(procedure)


def _consent_page(procedure: Procedure) -> str:
    language = current_language()
    lookups = [
        {
            "registry": registry_name(lookup.registry),
            "why": procedure.say(lookup.why, language),
            "ground": lookup.legal_ground,
            "elements": [getattr(procedure.elements[key].label, language) for key in lookup.elements],
        }
        for lookup in procedure.definition.lookups
    ]
    return render_template(
        "citizen/consent.html",
        procedure=procedure,
        procedure_name=procedure.say(procedure.definition.name, language),
        lookups=lookups,
        back_href=url_for("citizen.procedure", code=procedure.code),
        step_number=1,
        step_count=len(procedure.definition.pages) + 2,
    )


@blueprint.post("/procedures/<code>/apply")
@logged_in()
def give_consent(code: str) -> ResponseReturnValue:
    actor = current_actor()
    procedure = current(db(), code)
    _check_level(procedure)
    if "decline" in request.form:
        draft = open_draft(db(), actor, procedure, language=current_language())
        decline_lookups(draft)
        db().commit()
        return redirect(url_for("citizen.facts", code=code))
    profile = current_profile(db())
    reference = f"consent:{uuid.uuid4()}"
    subject = Subject(profile["personal_id"], profile["full_name"], profile["date_of_birth"])
    requester = Requester("citizen", actor.id, client_ip=request.remote_addr or "")
    asks = asks_for(procedure, subject, requester, reference)
    close_session()  # no connection is held while the registries are asked
    replies = ask_all(asks)
    draft = open_draft(db(), actor, procedure, language=current_language())
    take_replies(db(), actor, draft, procedure, replies)
    db().commit()
    return redirect(url_for("citizen.facts", code=code))


@blueprint.get("/procedures/<code>/apply/facts")
@logged_in()
def facts(code: str) -> ResponseReturnValue:
    filing = _filing(code)
    if filing is None or filing.draft.draft["consent"] is None:
        return _to_consent(code)
    return _facts_page(filing)


def _facts_page(filing: Filing, form: Any = None, errors: dict[str, list[str]] | None = None) -> str:
    language = current_language()
    unsettled = unsettled_questions(filing.procedure, filing.answers)
    asked = {question.element for page in filing.procedure.definition.pages for question in page.questions}
    keys = [element.key for element in looked_up_elements(filing.procedure) if element.key not in asked]
    offices = office_choices(db(), filing.procedure, filing.draft)
    silent = [registry_name(name) for name, outcome in filing.draft.draft["replies"].items() if outcome == "unavailable"]
    return render_template(
        "citizen/facts.html",
        **filing.around("facts"),
        rows=fact_rows(filing.procedure, filing.answers, language, keys),
        questions=drawn(filing.procedure, unsettled, filing.answers, language, form=form, errors=errors),
        office=_office_question(offices, filing.draft.draft["office_code"], form, errors, language),
        silent=silent,
        is_declined=bool(filing.draft.draft["consent"].get("declined_at")),
        errors=error_lines(errors or {}),
    )


def _office_question(
    offices: list[tuple[str, str, str]], chosen: str | None, form: Any, errors: dict[str, list[str]] | None, language: str
) -> dict[str, Any] | None:
    if not offices:
        return None
    return {
        "name": OFFICE_FIELD,
        "kind": "radios" if len(offices) <= 8 else "select",
        "label": _("Ông/bà thường trú ở đâu?"),
        "help": _("Cơ quan nơi thường trú giải quyết hồ sơ này."),
        "value": form.get(OFFICE_FIELD, "") if form is not None else chosen,
        "options": [{"value": code, "label": name_en if language == "en" else name} for code, name, name_en in offices],
        "errors": [_(message) for message in (errors or {}).get(OFFICE_FIELD, [])],
    }


@blueprint.post("/procedures/<code>/apply/facts")
@logged_in()
def confirm_facts(code: str) -> ResponseReturnValue:
    filing = _filing(code)
    if filing is None or filing.draft.draft["consent"] is None:
        return _to_consent(code)
    try:
        answer_facts(db(), filing.draft, filing.procedure, request.form)
    except InvalidInput as wrong:
        return _facts_page(filing, request.form, wrong.errors), UNPROCESSABLE
    db().commit()
    return redirect(filing.after("facts"))


def _page_of(filing: Filing, page_id: str) -> Page:
    for page in shown_pages(filing.procedure, filing.answers):
        if page.id == page_id:
            return page
    abort(404)


@blueprint.get("/procedures/<code>/apply/<page_id>")
@logged_in()
def page(code: str, page_id: str) -> ResponseReturnValue:
    filing = _filing(code)
    if filing is None or filing.draft.draft["office_code"] is None:
        return _to_consent(code)
    return _question_page(filing, _page_of(filing, page_id))


def _question_page(filing: Filing, page: Page, form: Any = None, errors: dict[str, list[str]] | None = None) -> str:
    language = current_language()
    return render_template(
        "citizen/page.html",
        **filing.around(page.id),
        title=filing.procedure.say(page.title, language),
        introduction=filing.procedure.say(page.introduction, language),
        questions=drawn(filing.procedure, _drawn_questions(page, filing.answers, form), filing.answers, language, form=form, errors=errors),
        errors=error_lines(errors or {}),
    )


def _drawn_questions(page: Page, answers: Answers, form: Any) -> Any:
    typed = {key: {"value": value, "source": "citizen"} for key, value in (form or {}).items()}
    return shown_questions(page.questions, {**answers, **typed})


@blueprint.post("/procedures/<code>/apply/<page_id>")
@logged_in()
def answer(code: str, page_id: str) -> ResponseReturnValue:
    filing = _filing(code)
    if filing is None or filing.draft.draft["office_code"] is None:
        return _to_consent(code)
    page = _page_of(filing, page_id)
    try:
        answer_page(filing.draft, filing.procedure, page, request.form)
    except InvalidInput as wrong:
        return _question_page(filing, page, request.form, wrong.errors), UNPROCESSABLE
    db().commit()
    return redirect(filing.after(page_id))


@blueprint.get("/procedures/<code>/apply/review")
@logged_in()
def review(code: str) -> ResponseReturnValue:
    filing = _filing(code)
    if filing is None:
        return _to_consent(code)
    step = filing.next_open_step()
    if step != "review":
        return redirect(filing.url(step))
    return _review_page(filing)


def _review_page(filing: Filing, errors: dict[str, list[str]] | None = None) -> str:
    language = current_language()
    definition = filing.procedure.definition
    looked_up = [element.key for element in looked_up_elements(filing.procedure)]
    asked = [
        {
            "title": filing.procedure.say(page.title, language),
            "rows": said_rows(
                filing.procedure,
                filing.answers,
                language,
                [question.element for question in shown_questions(page.questions, filing.answers)],
                filing.url(page.id),
            ),
        }
        for page in shown_pages(filing.procedure, filing.answers)
    ]
    office = db().get_one(Office, filing.draft.draft["office_code"])
    copies = int(filing.answers.get(definition.copies_element, {}).get("value", 1))
    lines = fee_lines(
        definition.fees, channel="online", province_code=office.province_code, on=clock.today(), copies=copies
    )
    return render_template(
        "citizen/review.html",
        **filing.around("review"),
        draft_id=filing.draft.id,
        facts=fact_rows(filing.procedure, filing.answers, language, looked_up),
        unverified=said_rows(
            filing.procedure,
            filing.answers,
            language,
            [key for key in looked_up if filing.procedure.elements[key].is_locked],
            filing.url("facts"),
        ),
        asked=asked,
        office_name=office.name_en if language == "en" else office.name,
        declaration=filing.procedure.say(definition.declaration, language),
        fee_lines=lines,
        fee_total_vnd=total_vnd(lines),
        fee_label=lambda line: filing.procedure.say(line.rule.label, language),
        promised_at=promise_for(db(), filing.procedure, "online", clock.now()).promised_at,
        declare_field=DECLARE_FIELD,
        declare_errors=[_(message) for message in (errors or {}).get(DECLARE_FIELD, [])],
        errors=error_lines(errors or {}),
    )


@blueprint.post("/procedures/<code>/apply/review")
@logged_in()
def send(code: str) -> ResponseReturnValue:
    try:
        draft_id = uuid.UUID(request.form.get("draft_id", ""))
    except ValueError:
        return _to_consent(code)
    actor = current_actor()
    try:
        dossier = submit(db(), actor, draft_id, is_declared=request.form.get(DECLARE_FIELD) == "yes")
    except InvalidInput as wrong:
        draft = draft_for(db(), actor, draft_id)
        return _review_page(Filing(by_hash(db(), draft.version_hash), draft), wrong.errors), UNPROCESSABLE
    db().commit()
    return redirect(url_for("citizen.receipt", code=dossier.code))
