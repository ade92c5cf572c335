"""The pages of facts and of questions, the same at both desks: what is known, what is asked, with what was just typed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth.session import current_actor
from portal.services.catalogue.answers import looked_up_elements, open_questions, readable, shown_pages, unsettled_questions
from portal.services.catalogue.elements import Text2
from portal.services.catalogue.form import Page, Question
from portal.services.catalogue.others import OTHER, SELF, Relative, whom_of
from portal.services.catalogue.provenance import Answers
from portal.services.catalogue.schema import Procedure
from portal.services.dossiers.fill_draft import NOT_CONNECTED, OFFICE_FIELD, answer_page, office_choices
from portal.services.dossiers.offices import competent_office
from portal.services.dossiers.open_draft import draft_for
from portal.services.dossiers.other_people import WHOM_FIELD, choose_whom
from portal.services.errors import IllegalMove, InvalidInput, NotFound
from portal.services.registries.exchange import Requester
from portal.web.database import db
from portal.web.filing import Filing
from portal.web.groups import drawn_groups, pressed, shown_by
from portal.web.language import current_language
from portal.web.lookups import look_further
from portal.web.questions import drawn, error_lines, fact_rows, registry_name

SEEN_FIELD = "seen"
OK, UNPROCESSABLE = 200, 422


def facts_page(filing: Filing, form: Any = None, errors: dict[str, list[str]] | None = None) -> str:
    """What the state knows of the person, and fields where it keeps silent."""
    language = current_language()
    unsettled = unsettled_questions(filing.procedure, filing.answers)
    pages = shown_pages(filing.procedure, filing.answers)
    asked = {question.element for page in pages for question in open_questions(filing.procedure, page, filing.answers)}
    keys = [element.key for element in looked_up_elements(filing.procedure) if element.key not in asked]
    offices = office_choices(db(), filing.procedure, filing.draft)
    outcomes = filing.draft.draft["replies"]
    own = {name: outcome for name, outcome in outcomes.items() if "/" not in name}
    others = {name: outcome for name, outcome in outcomes.items() if "/" in name}
    questions = drawn(filing.procedure, unsettled, filing.answers, language, form=form, errors=errors)
    office = _office_question(filing, offices, form, errors, language)
    return render_template(
        "citizen/facts.html",
        **filing.around("facts"),
        rows=fact_rows(filing.procedure, filing.answers, language, keys, filing.dispute_url_from("facts")),
        questions=questions,
        office=office,
        silent=_registries_that(outcomes, "unavailable", "refused"),
        unmatched=_registries_that(own, "not_matched", "deceased"),
        unmatched_others=_registries_that(others, "not_matched", "deceased"),
        unconnected=_registries_that(outcomes, NOT_CONNECTED),
        is_declined=bool(filing.draft.draft["consent"].get("declined_at")),
        errors=error_lines(errors or {}, [*questions, office]),
    )


def _registries_that(outcomes: Mapping[str, str], *wanted: str) -> list[str]:
    """The registries, by name, of the look-ups that ended so."""
    return list(dict.fromkeys(registry_name(name.partition("/")[0]) for name, one in outcomes.items() if one in wanted))


def whom_page(filing: Filing, errors: dict[str, list[str]] | None = None) -> str:
    """Whom the dossier is about: who files, one of those whom the registry names, or somebody else."""
    whom, language = whom_of(filing.procedure), current_language()
    if whom is None:
        raise NotFound
    options = [{"value": str(number), **_relative_words(one)} for number, one in enumerate(filing.relatives, 1)]
    if whom.may_be_self:
        options.insert(0, {"value": SELF, "label": _("Chính tôi"), "hint": ""})
    if whom.may_be_other:
        options.append({"value": OTHER, "label": _("Người khác, không có trong danh sách này"), "hint": ""})
    question = {
        "name": WHOM_FIELD, "kind": "radios", "label": filing.procedure.say(whom.title, language), "legend_is_page_heading": True,
        "why": filing.procedure.say(whom.why, language), "options": options, "value": filing.draft.draft.get(WHOM_FIELD, ""),
        "errors": [_(message) for message in (errors or {}).get(WHOM_FIELD, [])],
    }  # fmt: skip
    return render_template(
        "citizen/whom.html", **filing.around("whom"), question=question, errors=error_lines(errors or {}, [question])
    )


def _relative_words(one: Relative) -> dict[str, str]:
    relations = {
        "father": _("Cha"), "mother": _("Mẹ"), "spouse": _("Vợ hoặc chồng"), "child": _("Con"),
        "guardian": _("Người giám hộ"), "ward": _("Người được giám hộ"),
    }  # fmt: skip
    born = _("sinh năm %(year)s", year=one.answer["value"]["date_of_birth"])
    return {"label": one.full_name, "hint": f"{relations.get(one.relation, one.relation)}, {born}"}


def take_whom(filing: Filing, requester: Requester) -> ResponseReturnValue:
    """Keep whom the dossier is about, and ask the registries about them.

    Raises:
        IllegalMove: it was filed, or the consent was taken back, meanwhile.
    """
    draft = draft_for(db(), current_actor(), filing.draft.id, lock=True)
    if draft.draft is None or draft.draft["consent"] is None:
        raise IllegalMove("it was filed, or the consent was taken back, meanwhile")
    if not filing.relatives:
        return redirect(filing.url("facts"))
    try:
        choose_whom(filing.draft, filing.procedure, request.form.get(WHOM_FIELD, ""))
    except InvalidInput as wrong:
        return whom_page(filing, wrong.errors), UNPROCESSABLE
    onward, draft_id = filing.after("whom"), filing.draft.id
    db().commit()
    look_further(draft_id, requester)
    return redirect(onward)


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
    questions = _questions(filing, open_questions(procedure, page, answers), answers, form, errors)
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
