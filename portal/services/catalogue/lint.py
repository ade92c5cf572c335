"""The check before publishing: what holds together as a file may still ask too much, promise nothing, or hide a question."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from portal.services.catalogue.conditions import Always, Condition
from portal.services.catalogue.finding import Finding
from portal.services.catalogue.form import Question
from portal.services.catalogue.lint_form import form_findings, looked_up
from portal.services.catalogue.lint_handling import handling_findings
from portal.services.catalogue.schema import Definition, Procedure
from portal.services.catalogue.texts import texts_of

HOME_PROVINCE = ("01",)


@dataclass(frozen=True)
class Counts:
    """How much a citizen really types.

    Questions that everybody must answer; asked under a condition, or answered by whoever likes; elements filled in by
    registries; papers that the portal's own earlier results spare; papers no longer asked because a registry holds what they
    say; and questions in which the usual answer stands already.
    """

    asked: int
    asked_sometimes: int
    prefilled: int
    reused: int
    removed: int
    usual: int = 0


def findings(procedure: Procedure, provinces: tuple[str, ...] = HOME_PROVINCE) -> tuple[Finding, ...]:
    """Everything that stands against publishing in these provinces; nothing found means it may be published."""
    return (
        *form_findings(procedure),
        *handling_findings(procedure, provinces),
        *_english(procedure.definition),
        *_rehearsals(procedure.definition),
    )


def counts(procedure: Procedure) -> Counts:
    """What the procedure asks and what it spares.

    Source of the aim: NĐ 224/2026/NĐ-CP, Điều 15 and 18 (nothing is asked that a published database holds).
    """
    held = looked_up(procedure)
    own = [(when, question) for when, question in _asked_when(procedure) if question.element not in held]
    usual = sum(bool(question.usual) for _when, question in own)
    always = sum(_is_always(*when) and question.is_required and not question.usual for when, question in own)
    components = procedure.definition.components
    return Counts(
        asked=always,
        asked_sometimes=len(own) - always - usual,
        prefilled=len(held),
        reused=sum(component.satisfied_by == "earlier_result" for component in components),
        removed=sum(component.satisfied_by == "registry" for component in components),
        usual=usual,
    )


def _asked_when(procedure: Procedure) -> Iterator[tuple[tuple[Condition, ...], Question]]:
    """Every question with the conditions of its page, of its repeating group where it is in one, and of its own."""
    for page in procedure.definition.pages:
        yield from (((page.when, question.when), question) for question in page.questions)
        for group in page.groups:
            yield from (((page.when, group.when, question.when), question) for question in group.questions)


def _is_always(*conditions: Condition) -> bool:
    return all(isinstance(condition, Always) for condition in conditions)


def _english(definition: Definition) -> Iterator[Finding]:
    for text in texts_of(definition):
        if not definition.english.get(text):
            yield Finding("english", text, "Chưa có bản tiếng Anh.")


def _rehearsals(definition: Definition) -> Iterator[Finding]:
    decisions = {case.decision for case in definition.rehearsals}
    if "grant" not in decisions:
        yield Finding("rehearsals", "", "Chưa có ca diễn tập nào được giải quyết.")
    if not decisions & {"refuse", "refuse_at_reception"}:
        yield Finding("rehearsals", "", "Chưa có ca diễn tập nào bị từ chối.")
