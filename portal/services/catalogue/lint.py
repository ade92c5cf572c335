"""The check before publishing: what holds together as a file may still ask too much, promise nothing, or hide a question."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from portal.services.catalogue.conditions import Always, Condition, elements_of, holds
from portal.services.catalogue.fees import Channel
from portal.services.catalogue.schema import Procedure, Question

CHANNELS: tuple[Channel, ...] = ("online", "counter", "post")
OFFICE_HOURS_A_DAY = 8
MOST_COMBINATIONS = 4_096
SOMETHING_ELSE = "\x00something else"


@dataclass(frozen=True)
class Finding:
    """One thing to mend before publishing: where it stands, and what is wrong."""

    where: str
    what: str


@dataclass(frozen=True)
class Counts:
    """How much a citizen really types: questions always asked, asked under a condition, filled in, and no longer asked."""

    asked: int
    asked_sometimes: int
    prefilled: int
    removed: int


def findings(procedure: Procedure) -> tuple[Finding, ...]:
    """Everything that stands against publishing; nothing found means it may be published."""
    return tuple(
        itertools.chain(
            _asked_though_held(procedure),
            _conditions(procedure),
            _promises(procedure),
            _components(procedure),
            _reasons(procedure),
        )
    )


def counts(procedure: Procedure) -> Counts:
    """What the procedure asks and what it spares.

    Source of the aim: NĐ 224/2026/NĐ-CP, Điều 15 and 18 (nothing is asked that a published database holds).
    """
    looked_up = {key for lookup in procedure.definition.lookups for key in lookup.elements}
    typed = [(question, _is_always(page.when, question.when)) for page, question in _questions(procedure)]
    own = [(question, is_always) for question, is_always in typed if question.element not in looked_up]
    return Counts(
        asked=sum(is_always for _question, is_always in own),
        asked_sometimes=sum(not is_always for _question, is_always in own),
        prefilled=len(looked_up),
        removed=sum(component.satisfied_by == "registry" for component in procedure.definition.components),
    )


def _questions(procedure: Procedure) -> Iterator[tuple[Any, Question]]:
    for page in procedure.definition.pages:
        for question in page.questions:
            yield page, question


def _is_always(*conditions: Condition) -> bool:
    return all(isinstance(condition, Always) for condition in conditions)


def _asked_though_held(procedure: Procedure) -> Iterator[Finding]:
    """A question for what a registry holds, which no look-up of the procedure fills in."""
    looked_up = {key for lookup in procedure.definition.lookups for key in lookup.elements}
    for page, question in _questions(procedure):
        element = procedure.elements[question.element]
        if element.source and element.key not in looked_up:
            yield Finding(f"page {page.id}", f"asks for {element.key}, which {element.source.registry} holds")
        if element.is_locked and element.key in looked_up:
            yield Finding(f"page {page.id}", f"asks for {element.key}, which is shown as a settled fact already")


def _conditions(procedure: Procedure) -> Iterator[Finding]:
    for page in procedure.definition.pages:
        yield from _condition_findings(procedure, f"page {page.id}", page.when)
        for question in page.questions:
            yield from _condition_findings(procedure, f"question {question.element}", question.when)


def _condition_findings(procedure: Procedure, where: str, condition: Condition) -> Iterator[Finding]:
    if isinstance(condition, Always):
        return
    outcomes = {holds(condition, values) for values in _worlds(procedure, condition)}
    if outcomes == {False}:
        yield Finding(where, "can never be reached: its condition never holds")
    if outcomes == {True}:
        yield Finding(where, "has a condition that always holds")


def _worlds(procedure: Procedure, condition: Condition) -> Iterator[dict[str, Any]]:
    """Every way in which the elements of the condition can be answered, as far as it can tell them apart."""
    names = sorted(set(elements_of(condition)))
    answers = [_possible_values(procedure, name, condition) for name in names]
    for values in itertools.islice(itertools.product(*answers), MOST_COMBINATIONS):
        yield {name: value for name, value in zip(names, values, strict=True) if value is not None}


def _possible_values(procedure: Procedure, name: str, condition: Condition) -> list[Any]:
    element = procedure.elements[name]
    if element.kind == "choice":
        return [None, *(option.value for option in element.options)]
    if element.kind == "count" and element.minimum is not None and element.maximum is not None:
        return [None, *range(element.minimum, min(element.maximum, element.minimum + 50) + 1)]
    return [None, *_named_values(condition), SOMETHING_ELSE]


def _named_values(condition: Any) -> Iterator[Any]:
    """The values that a condition compares with, wherever they stand in it."""
    data = condition.model_dump(by_alias=True) if hasattr(condition, "model_dump") else condition
    if isinstance(data, dict):
        for key, value in data.items():
            if key == "equals":
                yield value
            elif key == "one_of":
                yield from value
            else:
                yield from _named_values(value)
    elif isinstance(data, list | tuple):
        for item in data:
            yield from _named_values(item)


def _promises(procedure: Procedure) -> Iterator[Finding]:
    definition = procedure.definition
    promised = {channel for rule in definition.terms for channel in rule.channels}
    for channel in CHANNELS:
        if channel not in promised:
            yield Finding("terms", f"promise nothing for {channel}")
    hours = sum(step.hours for step in definition.process)
    for rule in definition.terms:
        budget = _office_hours(rule.term)
        if budget is not None and hours > budget:
            yield Finding("process", f"takes {hours} office hours, more than the term {rule.term}")
    if not definition.fees:
        yield Finding("fees", "say nothing; a free procedure says 0 with its ground")


def _office_hours(term: str) -> int | None:
    """The office hours in a term; None for calendar days, which cannot be reckoned without a calendar."""
    if term == "0":
        return OFFICE_HOURS_A_DAY
    if term.endswith("wd"):
        return int(term[:-2]) * OFFICE_HOURS_A_DAY
    return int(term[:-1]) if term.endswith("h") else None


def _components(procedure: Procedure) -> Iterator[Finding]:
    if any(component.satisfied_by == "registry" for component in procedure.definition.components):
        return
    if procedure.definition.lookups and procedure.definition.components:
        yield Finding("components", "none is satisfied by a registry although registries are asked")


def _reasons(procedure: Procedure) -> Iterator[Finding]:
    """Source: NĐ 224/2026/NĐ-CP, Điều 14: partial online only with its published reason."""
    definition = procedure.definition
    if definition.level == "partial" and not definition.partial_reason:
        yield Finding("level", "is partial without the reason that must be published")
    if not definition.refusal_grounds:
        yield Finding("refusal_grounds", "name no ground, so nothing could be refused lawfully")
