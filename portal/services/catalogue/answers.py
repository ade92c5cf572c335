"""From a definition and what was typed to validated answers, each with its source. Pure functions.

Answers are `{element key: {"value", "source", "record", "as_of", "fetched_at"}}`; a citizen's own answer has the
source "citizen" and nothing else. A repeating group answers under its own key, as `groups.py` shapes it. A locked
element with a registry's answer is never read from the browser.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from portal import clock
from portal.services.catalogue.composites import Unreadable
from portal.services.catalogue.conditions import TODAY, holds
from portal.services.catalogue.elements import Element
from portal.services.catalogue.form import Group, Page, Question
from portal.services.catalogue.groups import REQUIRED, filed_group, is_group_complete, plain_items, read_group
from portal.services.catalogue.provenance import CITIZEN, Answers
from portal.services.catalogue.reading import Form, read
from portal.services.catalogue.schema import Procedure
from portal.services.errors import InvalidInput


def values_of(answers: Mapping[str, Mapping[str, Any]], today: date | None = None) -> dict[str, Any]:
    """The plain values, as conditions look at them on the day (today); a repeating group is the list of its included items."""
    plain = {element: _plain(answer["value"]) for element, answer in answers.items()}
    return {**plain, TODAY: (today or clock.today()).isoformat()}


def _plain(value: Any) -> Any:
    is_group = isinstance(value, list) and all(isinstance(item, dict) and "is_included" in item for item in value)
    return plain_items(value) if is_group and value else value


def is_settled(element: Element, answers: Answers) -> bool:
    """Whether a registry's value stands for the element, so that it is shown and not asked."""
    answer = answers.get(element.key)
    return element.is_locked and answer is not None and answer["source"] != CITIZEN


def looked_up_elements(procedure: Procedure) -> Iterator[Element]:
    """Every element that the procedure's look-ups may fill, in their order."""
    for lookup in procedure.definition.lookups:
        for key in lookup.elements:
            yield procedure.elements[key]


def own_elements(procedure: Procedure) -> Iterator[Element]:
    """The elements that are looked up of whoever files, and of nobody else."""
    for lookup in procedure.definition.lookups:
        if not lookup.about:
            yield from (procedure.elements[key] for key in lookup.elements)


def unsettled_questions(procedure: Procedure, answers: Answers) -> tuple[Question, ...]:
    """The locked elements that no registry has answered: the citizen types these of themself, marked to be verified.

    What is looked up of somebody else is asked only where a page asks for it; the rest is left to the desk.
    """
    own = own_elements(procedure)
    return tuple(Question(element=one.key) for one in own if one.is_locked and not is_settled(one, answers))


def open_questions(procedure: Procedure, page: Page, answers: Answers) -> tuple[Question, ...]:
    """The questions of a page that are asked: their condition holds, and no registry has settled them."""
    shown = shown_questions(page.questions, answers)
    return tuple(question for question in shown if not is_settled(procedure.elements[question.element], answers))


def shown_pages(procedure: Procedure, answers: Answers, on: date | None = None) -> tuple[Page, ...]:
    """The pages that the answers so far call for, on the day (today)."""
    values = values_of(answers, on)
    return tuple(page for page in procedure.definition.pages if holds(page.when, values))


def shown_questions(
    questions: tuple[Question, ...], answers: Mapping[str, Mapping[str, Any]], on: date | None = None
) -> tuple[Question, ...]:
    """The questions whose conditions hold on the day (today)."""
    values = values_of(answers, on)
    return tuple(question for question in questions if holds(question.when, values))


def shown_groups(page: Page, answers: Mapping[str, Mapping[str, Any]], on: date | None = None) -> tuple[Group, ...]:
    """The repeating groups of a page whose conditions hold on the day (today)."""
    values = values_of(answers, on)
    return tuple(group for group in page.groups if holds(group.when, values))


def read_page(procedure: Procedure, page: Page, form: Form, answers: Answers) -> Answers:
    """The answers with those of one page laid over them: its questions, then its groups.

    Raises:
        InvalidInput: with messages for each field; nothing is taken over.
    """
    taken, errors = read_what_can_be(procedure, page, form, answers)
    if errors:
        raise InvalidInput(errors)
    return taken


def readable(procedure: Procedure, page: Page, form: Form, answers: Answers) -> Answers:
    """The answers with whatever can be read of one page laid over them, to draw the page again as it was typed."""
    return read_what_can_be(procedure, page, form, answers)[0]


def read_what_can_be(
    procedure: Procedure, page: Page, form: Form, answers: Answers, on: date | None = None
) -> tuple[Answers, dict[str, list[str]]]:
    """Both at once: the answers as `readable`, and the messages for each field; conditions are asked on the day (today)."""
    errors: dict[str, list[str]] = {}
    taken = _read_questions(procedure, page.questions, form, answers, errors, on)
    for group in shown_groups(page, taken, on):
        taken[group.key] = read_group(group, procedure.elements, form, taken, values_of(taken, on), errors)
    return taken, errors


def read_questions(procedure: Procedure, questions: tuple[Question, ...], form: Form, answers: Answers) -> Answers:
    """The answers with those of one form laid over them; a hidden question's earlier answer is kept, not read.

    Raises:
        InvalidInput: with messages for each field; nothing is taken over.
    """
    errors: dict[str, list[str]] = {}
    taken = _read_questions(procedure, questions, form, answers, errors)
    if errors:
        raise InvalidInput(errors)
    return taken


def _read_questions(
    procedure: Procedure,
    questions: tuple[Question, ...],
    form: Form,
    answers: Answers,
    errors: dict[str, list[str]],
    on: date | None = None,
) -> Answers:
    taken: Answers = dict(answers)
    for question in questions:
        element = procedure.elements[question.element]
        if not holds(question.when, values_of(taken, on)) or is_settled(element, answers):
            continue
        try:
            value = read(element, form)
        except Unreadable as wrong:
            errors[element.key] = [str(wrong)]
            continue
        _take(taken, element, value)
        if value is None and question.is_required:
            errors[element.key] = [REQUIRED]
    _check_orderings(procedure, shown_questions(questions, taken, on), asked_and_shown(procedure, taken, on), errors)
    return taken


def _take(taken: Answers, element: Element, value: Any) -> None:
    """Lay one typed value over; a registry's own value that was left as it is keeps its provenance."""
    before = taken.get(element.key)
    if before and before["value"] == value:
        return
    if value is None:
        taken.pop(element.key, None)
    else:
        taken[element.key] = {"value": value, "source": CITIZEN}


def _check_orderings(procedure: Procedure, shown: tuple[Question, ...], known: Answers, errors: dict[str, list[str]]) -> None:
    asked = {question.element for question in shown}
    for rule in procedure.definition.orderings:
        pair = {rule.earlier, rule.later}
        if pair & asked and pair <= known.keys() and str(known[rule.earlier]["value"]) > str(known[rule.later]["value"]):
            errors.setdefault(rule.later if rule.later in asked else rule.earlier, []).append(rule.message)


def first_incomplete_page(procedure: Procedure, answers: Answers) -> Page | None:
    """The first page that still lacks a required answer."""
    values = values_of(answers)
    for page in shown_pages(procedure, answers):
        questions = shown_questions(page.questions, answers)
        if any(question.is_required and question.element not in answers for question in questions):
            return page
        if not all(is_group_complete(group, answers, values) for group in shown_groups(page, answers)):
            return page
    return None


def asked_and_shown(procedure: Procedure, answers: Answers, on: date | None = None) -> Answers:
    """What is filed: the registries' values and the answers to questions that the final answers still call for, on the day
    (today).
    """
    values = values_of(answers, on)
    kept = {element.key for element in looked_up_elements(procedure)} | {whom.element for whom in procedure.definition.whom}
    groups: dict[str, Group] = {}
    for page in shown_pages(procedure, answers, on):
        kept |= {question.element for question in shown_questions(page.questions, answers, on)}
        groups |= {group.key: group for group in shown_groups(page, answers, on)}
    filed = {element: answer for element, answer in answers.items() if element in kept}
    return filed | {key: filed_group(group, answers[key], values) for key, group in groups.items() if key in answers}
