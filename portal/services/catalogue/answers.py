"""From a definition and what was typed to validated answers, each with its source. Pure functions.

Answers are `{element key: {"value", "source", "record", "as_of", "fetched_at"}}`; a citizen's own answer has the
source "citizen" and nothing else. A locked element with a registry's answer is never read from the browser.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from portal.services.catalogue.conditions import holds
from portal.services.catalogue.kinds import Form, Unreadable, read
from portal.services.catalogue.schema import Element, Page, Procedure, Question
from portal.services.errors import InvalidInput

Answers = dict[str, dict[str, Any]]
CITIZEN = "citizen"
REQUIRED = "Ông/bà chưa trả lời câu này."


def values_of(answers: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The plain values, as conditions look at them."""
    return {element: answer["value"] for element, answer in answers.items()}


def is_settled(element: Element, answers: Answers) -> bool:
    """Whether a registry's value stands for the element, so that it is shown and not asked."""
    answer = answers.get(element.key)
    return element.is_locked and answer is not None and answer["source"] != CITIZEN


def looked_up_elements(procedure: Procedure) -> Iterator[Element]:
    """Every element that the procedure's look-ups may fill, in their order."""
    for lookup in procedure.definition.lookups:
        for key in lookup.elements:
            yield procedure.elements[key]


def unsettled_questions(procedure: Procedure, answers: Answers) -> tuple[Question, ...]:
    """The locked elements that no registry has answered: the citizen types these, marked to be verified."""
    return tuple(
        Question(element=element.key)
        for element in looked_up_elements(procedure)
        if element.is_locked and not is_settled(element, answers)
    )


def shown_pages(procedure: Procedure, answers: Answers) -> tuple[Page, ...]:
    """The pages that the answers so far call for."""
    values = values_of(answers)
    return tuple(page for page in procedure.definition.pages if holds(page.when, values))


def shown_questions(questions: tuple[Question, ...], answers: Mapping[str, Mapping[str, Any]]) -> tuple[Question, ...]:
    """The questions whose conditions hold."""
    values = values_of(answers)
    return tuple(question for question in questions if holds(question.when, values))


def read_questions(procedure: Procedure, questions: tuple[Question, ...], form: Form, answers: Answers) -> Answers:
    """The answers with those of one form laid over them; a hidden question's earlier answer is kept, not read.

    Raises:
        InvalidInput: with messages for each field; nothing is taken over.
    """
    taken: Answers = dict(answers)
    errors: dict[str, list[str]] = {}
    for question in questions:
        element = procedure.elements[question.element]
        if not holds(question.when, values_of(taken)) or is_settled(element, answers):
            continue
        try:
            value = read(element, form)
        except Unreadable as wrong:
            errors[element.key] = [str(wrong)]
            continue
        _take(taken, element, value)
        if value is None and question.is_required:
            errors[element.key] = [REQUIRED]
    _check_orderings(procedure, questions, taken, errors)
    if errors:
        raise InvalidInput(errors)
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


def _check_orderings(procedure: Procedure, questions: tuple[Question, ...], taken: Answers, errors: dict[str, list[str]]) -> None:
    asked = {question.element for question in shown_questions(questions, taken)}
    for rule in procedure.definition.orderings:
        pair = {rule.earlier, rule.later}
        if pair <= asked and pair <= taken.keys() and taken[rule.earlier]["value"] > taken[rule.later]["value"]:
            errors.setdefault(rule.later, []).append(rule.message)


def first_incomplete_page(procedure: Procedure, answers: Answers) -> Page | None:
    """The first page that still lacks a required answer."""
    for page in shown_pages(procedure, answers):
        for question in shown_questions(page.questions, answers):
            if question.is_required and question.element not in answers:
                return page
    return None


def asked_and_shown(procedure: Procedure, answers: Answers) -> Answers:
    """What is filed: the registries' values and the answers to questions that the final answers still call for."""
    kept = {element.key for element in looked_up_elements(procedure)}
    for page in shown_pages(procedure, answers):
        kept |= {question.element for question in shown_questions(page.questions, answers)}
    return {element: answer for element, answer in answers.items() if element in kept}
