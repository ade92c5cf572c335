"""The texts of a definition that a citizen reads, and which therefore need an English form."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from portal.services.catalogue.form import Group, Page
from portal.services.catalogue.schema import Definition


def texts_of(definition: Definition) -> Iterator[str]:
    """Every text that a citizen reads, in the order of the file; a text that stands twice is given once."""
    everything = chain(_of_identity(definition), _of_form(definition), _of_handling(definition))
    return iter(dict.fromkeys(text for text in everything if text))


def _of_identity(definition: Definition) -> Iterator[str]:
    yield from (definition.name, definition.field, definition.partial_reason, definition.outcome, definition.who)
    yield from (*definition.requirements, *definition.steps_in_words, *definition.life_events)


def _of_form(definition: Definition) -> Iterator[str]:
    yield from (case.name for case in definition.cases)
    yield from (lookup.why for lookup in definition.lookups)
    for page in definition.pages:
        yield from _of_page(page)
    yield from (rule.message for rule in definition.orderings)
    yield definition.declaration


def _of_page(page: Page) -> Iterator[str]:
    yield from (page.title, page.introduction)
    for question in page.questions:
        yield from (question.why, question.label)
    for group in page.groups:
        yield from _of_group(group)


def _of_group(group: Group) -> Iterator[str]:
    yield from (group.title, group.item_title, group.why)
    for question in group.questions:
        yield from (question.why, question.label)


def _of_handling(definition: Definition) -> Iterator[str]:
    for component in definition.components:
        yield from (component.name, component.note)
    yield from (payer.name for payer in definition.payer_classes)
    yield from (rule.label for rule in definition.fees)
    yield from (rule.description for rule in definition.terms)
    yield from (step.name for step in definition.process)
    yield from (awaited.note for awaited in definition.awaits)
    yield from (definition.reception.paper_rule, definition.result.title)
