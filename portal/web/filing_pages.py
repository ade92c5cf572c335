"""The pages of facts and of questions, the same at both desks: what is known, what is asked, with what was just typed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.services.catalogue.answers import looked_up_elements, readable, shown_pages, shown_questions, unsettled_questions
from portal.services.catalogue.elements import Text2
from portal.services.catalogue.form import Page, Question
from portal.services.catalogue.provenance import Answers
from portal.services.catalogue.schema import Procedure
from portal.services.dossiers.fill_draft import NOT_CONNECTED, OFFICE_FIELD, answer_page, office_choices
from portal.services.dossiers.offices import competent_office
from portal.services.errors import InvalidInput, NotFound
from portal.web.database import db
from portal.web.filing import Filing
from portal.web.groups import drawn_groups, pressed, shown_by
from portal.web.language import current_language
from portal.web.questions import drawn, error_lines, fact_rows, registry_name

SEEN_FIELD = "seen"
OK, UNPROCESSABLE = 200, 422


def facts_page(filing: Filing, form: Any = None, errors: dict[str, list[str]] | None = None) -> str:
    """What the state knows of the person, and fields where it keeps silent."""
    language = current_language()
    unsettled = unsettled_questions(filing.procedure, filing.answers)
    pages = shown_pages(filing.procedure, filing.answers)
    asked = {question.element for page in pages for question in shown_questions(page.questions, filing.answers)}
    keys = [element.key for element in looked_up_elements(filing.procedure) if element.key not in asked]
    offices = office_choices(db(), filing.procedure, filing.draft)
    outcomes = filing.draft.draft["replies"]
    questions = drawn(filing.procedure, unsettled, filing.answers, language, form=form, errors=errors)
    office = _office_question(filing, offices, form, errors, language)
    return render_template(
        "citizen/facts.html",
        **filing.around("facts"),
        rows=fact_rows(filing.procedure, filing.answers, language, keys, filing.dispute_url_from("facts")),
        questions=questions,
        office=office,
        silent=[registry_name(name) for name, outcome in outcomes.items() if outcome in ("unavailable", "refused")],
        unmatched=[registry_name(name) for name, outcome in outcomes.items() if outcome in ("not_matched", "deceased")],
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
        chosen = nearest.code if nearest else offices[0][0] if len(offices) == 1 else None
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


def page_of(filing: Filing, page_id: str) -> Page:
    for page in shown_pages(filing.procedure, filing.answers):
        if page.id == page_id:
            return page
    raise NotFound


def question_page(filing: Filing, page: Page, form: Any = None, errors: dict[str, list[str]] | None = None) -> str:
    language, procedure = current_language(), filing.procedure
    answers = filing.answers if form is None else readable(procedure, page, form, filing.answers)
    questions = _questions(filing, shown_questions(page.questions, answers), answers, form, errors)
    groups = drawn_groups(procedure, page, answers, language, form=form, errors=errors)
    in_groups = [question for group in groups for item in group["entries"] for question in item["questions"]]
    return render_template(
        "citizen/page.html",
        **filing.around(page.id),
        title=procedure.say(page.title, language),
        introduction=procedure.say(page.introduction, language),
        questions=questions,
        groups=groups,
        shown_by=shown_by(page),
        seen_field=SEEN_FIELD,
        seen=[question["name"] for question in (*questions, *in_groups)] + [group["key"] for group in groups],
        has_more=form is not None and errors == {},
        errors=error_lines(errors or {}, [*questions, *in_groups, *({"name": g["key"], "label": g["title"]} for g in groups)]),
    )


def _questions(
    filing: Filing, shown: Iterable[Question], answers: Answers, form: Any, errors: dict[str, list[str]] | None
) -> list[dict[str, Any]]:
    """The page's fields; a question that what was just answered has called up holds what was known before, not nothing."""
    seen = form.get(SEEN_FIELD) if form is not None else None
    fields = []
    for question in shown:
        is_new = seen is not None and question.element not in seen.split()
        said, typed = (filing.answers, None) if is_new else (answers, form)
        fields += drawn(filing.procedure, [question], said, current_language(), form=typed, errors=errors)
    return fields


def take_page(filing: Filing, page: Page) -> ResponseReturnValue:
    """Keep a page that was answered and go on; the page again where a group's entries change or something is wrong."""
    changed = pressed(page, filing.answers, request.form)
    if changed is not None:
        return question_page(filing, page, changed)
    try:
        answer_page(filing.draft, filing.procedure, page, request.form)
    except InvalidInput as wrong:
        errors = of_questions_seen(wrong.errors)
        return question_page(filing, page, request.form, errors), UNPROCESSABLE if errors else OK
    db().commit()
    return redirect(filing.after(page.id))


def of_questions_seen(errors: dict[str, list[str]]) -> dict[str, list[str]]:
    """Without those of questions that only the answers just given have called up: nobody is blamed for not answering them."""
    seen = request.form.get(SEEN_FIELD)
    return errors if seen is None else {name: said for name, said in errors.items() if name in seen.split()}
