"""Filing, step by step: agree to the look-ups, see the facts, answer what nobody knows, review, declare, send."""

from __future__ import annotations

import uuid
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth.session import current_actor, current_profile
from portal.citizen import blueprint
from portal.citizen.filing import Filing, filing_of, procedure_level, to_consent
from portal.services.catalogue.answers import looked_up_elements, readable, shown_pages, shown_questions, unsettled_questions
from portal.services.catalogue.elements import Text2
from portal.services.catalogue.form import Page
from portal.services.catalogue.schema import Procedure
from portal.services.catalogue.versions import current
from portal.services.dossiers.fill_draft import (
    NOT_CONNECTED,
    OFFICE_FIELD,
    answer_facts,
    answer_page,
    asks_for,
    decline_lookups,
    office_choices,
    take_replies,
)
from portal.services.dossiers.offices import competent_office
from portal.services.dossiers.open_draft import open_draft
from portal.services.errors import InvalidInput, NotFound
from portal.services.registries.exchange import Requester, Subject
from portal.services.registries.prefill import ask_all, connected
from portal.web.access import logged_in
from portal.web.database import close_session, db
from portal.web.groups import drawn_groups, pressed
from portal.web.language import current_language
from portal.web.limits import asking_registries
from portal.web.questions import drawn, error_lines, fact_rows, registry_name

OK, UNPROCESSABLE = 200, 422
SEEN_FIELD = "seen"


@blueprint.get("/procedures/<code>/apply")
@logged_in(procedure_level)
def consent(code: str) -> ResponseReturnValue:
    procedure = current(db(), code)
    filing = filing_of(code)
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
            "is_connected": lookup.registry in connected(),
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
@logged_in(procedure_level)
@asking_registries
def give_consent(code: str) -> ResponseReturnValue:
    actor = current_actor()
    procedure = current(db(), code)
    if "decline" in request.form:
        draft = open_draft(db(), actor, procedure, language=current_language())
        decline_lookups(draft, procedure, current_profile(db()))
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
    take_replies(db(), actor, draft, procedure, replies, profile)
    db().commit()
    return redirect(url_for("citizen.facts", code=code))


@blueprint.get("/procedures/<code>/apply/facts")
@logged_in(procedure_level)
def facts(code: str) -> ResponseReturnValue:
    filing = filing_of(code)
    if filing is None or filing.draft.draft["consent"] is None:
        return to_consent(code)
    return _facts_page(filing)


def _facts_page(filing: Filing, form: Any = None, errors: dict[str, list[str]] | None = None) -> str:
    language = current_language()
    unsettled = unsettled_questions(filing.procedure, filing.answers)
    asked = {question.element for page in filing.procedure.definition.pages for question in page.questions}
    keys = [element.key for element in looked_up_elements(filing.procedure) if element.key not in asked]
    offices = office_choices(db(), filing.procedure, filing.draft)
    outcomes = filing.draft.draft["replies"]
    questions = drawn(filing.procedure, unsettled, filing.answers, language, form=form, errors=errors)
    office = _office_question(filing, offices, form, errors, language)
    return render_template(
        "citizen/facts.html",
        **filing.around("facts"),
        rows=fact_rows(filing.procedure, filing.answers, language, keys),
        questions=questions,
        office=office,
        silent=[registry_name(name) for name, outcome in outcomes.items() if outcome in ("unavailable", "refused")],
        unmatched=[registry_name(name) for name, outcome in outcomes.items() if outcome == "not_matched"],
        unconnected=[registry_name(name) for name, outcome in outcomes.items() if outcome == NOT_CONNECTED],
        is_declined=bool(filing.draft.draft["consent"].get("declined_at")),
        errors=error_lines(errors or {}, [*questions, office]),
    )


def _office_question(
    filing: Filing, offices: list[tuple[str, str, str]], form: Any, errors: dict[str, list[str]] | None, language: str
) -> dict[str, Any] | None:
    if not offices:
        return None
    label, explained = _words_about_office(filing.procedure)
    may_choose = filing.procedure.definition.competence.may_choose
    chosen = filing.draft.draft["office_code"]
    if chosen is None and may_choose:
        nearest = competent_office(db(), filing.procedure, filing.answers, None)
        chosen = nearest.code if nearest else None
    return {
        "name": OFFICE_FIELD,
        "kind": "radios" if len(offices) <= 8 else "select",
        "label": label,
        "help": explained,
        "value": form.get(OFFICE_FIELD, "") if form is not None else chosen,
        "options": [{"value": code, "label": name_en if language == "en" else name} for code, name, name_en in offices],
        "errors": [_(message) for message in (errors or {}).get(OFFICE_FIELD, [])],
    }


def _words_about_office(procedure: Procedure) -> tuple[str, str]:
    """Label and help of the question; the address that decides may be one that is typed only on a later page."""
    competence = procedure.definition.competence
    if competence.may_choose:
        return _("Ông/bà nộp tại cơ quan nào?"), _("Thủ tục này nộp ở cơ quan nào cũng được.")
    if competence.by_address in {element.key for element in looked_up_elements(procedure)}:
        return _("Ông/bà thường trú ở đâu?"), _("Cơ quan nơi thường trú giải quyết hồ sơ này.")
    address = _in_running_text(procedure.elements[competence.by_address].label)
    return _("Cơ quan nào giải quyết hồ sơ này?"), _(
        "Hãy chọn cơ quan phụ trách nơi có %(address)s, ông/bà ghi ở bước sau.", address=address
    )


def _in_running_text(label: Text2) -> str:
    words: str = getattr(label, current_language())
    return words[:1].lower() + words[1:]


@blueprint.post("/procedures/<code>/apply/facts")
@logged_in(procedure_level)
def confirm_facts(code: str) -> ResponseReturnValue:
    filing = filing_of(code)
    if filing is None or filing.draft.draft["consent"] is None:
        return to_consent(code)
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
    raise NotFound


@blueprint.get("/procedures/<code>/apply/<page_id>")
@logged_in(procedure_level)
def page(code: str, page_id: str) -> ResponseReturnValue:
    filing = filing_of(code)
    if filing is None or filing.draft.draft["office_code"] is None:
        return to_consent(code)
    return _question_page(filing, _page_of(filing, page_id))


def _question_page(filing: Filing, page: Page, form: Any = None, errors: dict[str, list[str]] | None = None) -> str:
    language, procedure = current_language(), filing.procedure
    answers = filing.answers if form is None else readable(procedure, page, form, filing.answers)
    questions = drawn(procedure, shown_questions(page.questions, answers), answers, language, form=form, errors=errors)
    groups = drawn_groups(procedure, page, answers, language, form=form, errors=errors)
    in_groups = [question for group in groups for item in group["entries"] for question in item["questions"]]
    return render_template(
        "citizen/page.html",
        **filing.around(page.id),
        title=procedure.say(page.title, language),
        introduction=procedure.say(page.introduction, language),
        questions=questions,
        groups=groups,
        seen_field=SEEN_FIELD,
        seen=[question["name"] for question in (*questions, *in_groups)] + [group["key"] for group in groups],
        has_more=form is not None and errors == {},
        errors=error_lines(errors or {}, [*questions, *in_groups, *({"name": g["key"], "label": g["title"]} for g in groups)]),
    )


@blueprint.post("/procedures/<code>/apply/<page_id>")
@logged_in(procedure_level)
def answer(code: str, page_id: str) -> ResponseReturnValue:
    filing = filing_of(code)
    if filing is None or filing.draft.draft["office_code"] is None:
        return to_consent(code)
    page = _page_of(filing, page_id)
    changed = pressed(page, filing.answers, request.form)
    if changed is not None:
        return _question_page(filing, page, changed)
    try:
        answer_page(filing.draft, filing.procedure, page, request.form)
    except InvalidInput as wrong:
        errors = _of_questions_seen(wrong.errors)
        return _question_page(filing, page, request.form, errors), UNPROCESSABLE if errors else OK
    db().commit()
    return redirect(filing.after(page_id))


def _of_questions_seen(errors: dict[str, list[str]]) -> dict[str, list[str]]:
    """Without those of questions that only the answers just given have called up: nobody is blamed for not answering them."""
    seen = request.form.get(SEEN_FIELD)
    return errors if seen is None else {name: said for name, said in errors.items() if name in seen.split()}
