"""What a dossier's answers come to: its case, its payer's classes, its papers, its fee, its time limit. Pure functions.

Conditions that look at the day are asked on the day of filing (`filed_on`; today while nothing is filed): whoever files
in time stays in time, however late the office receives it.
"""

from __future__ import annotations

from datetime import date

from portal.services.catalogue.answers import values_of
from portal.services.catalogue.conditions import holds
from portal.services.catalogue.fees import Channel, Circumstances, FeeLine, fee_lines
from portal.services.catalogue.handling import Component, TermRule
from portal.services.catalogue.loader import group_keys
from portal.services.catalogue.provenance import Answers
from portal.services.catalogue.schema import Definition, Procedure


def case_of(procedure: Procedure, answers: Answers, filed_on: date | None = None) -> str:
    """The situation that the answers make: the first whose condition holds; empty where the procedure tells none apart."""
    values = values_of(answers, filed_on)
    return next((case.id for case in procedure.definition.cases if holds(case.when, values)), "")


def payer_classes_of(procedure: Procedure, answers: Answers, filed_on: date | None = None) -> frozenset[str]:
    """The payer's classes that the answers prove."""
    values = values_of(answers, filed_on)
    return frozenset(payer.id for payer in procedure.definition.payer_classes if holds(payer.when, values))


def counted_in(procedure: Procedure, answers: Answers, key: str) -> int:
    """How many a count or a repeating group of the answers comes to; one where nothing was answered."""
    value = values_of(answers).get(key)
    if isinstance(value, list):
        return len(value)
    return value if isinstance(value, int) else 0 if key in group_keys(procedure.definition) else 1


def fee_of(
    procedure: Procedure, answers: Answers, *, channel: Channel, province_code: str, on: date, filed_on: date | None = None
) -> tuple[FeeLine, ...]:
    """The fee of a dossier with these answers, line by line, by the rules in force on the day `on`."""
    case, payers = case_of(procedure, answers, filed_on), payer_classes_of(procedure, answers, filed_on)
    at = Circumstances(channel, on, province_code, case, payers)
    return fee_lines(procedure.definition.fees, at, lambda key: counted_in(procedure, answers, key))


def fee_of_case(procedure: Procedure, case: str, *, channel: Channel, province_code: str, on: date) -> tuple[FeeLine, ...]:
    """The fee that a page can tell before anything is answered: one of each thing, and nobody's exemption."""
    return fee_lines(procedure.definition.fees, Circumstances(channel, on, province_code, case), lambda _key: 1)


def term_rule(definition: Definition, channel: Channel, case: str) -> TermRule | None:
    """The time limit for a channel and a case: a rule that names the case stands before one for all."""
    fitting = [rule for rule in definition.terms if channel in rule.channels and (not rule.cases or case in rule.cases)]
    return min(fitting, key=lambda rule: not rule.cases, default=None)


def components_wanted(procedure: Procedure, answers: Answers, filed_on: date | None = None) -> tuple[Component, ...]:
    """The papers that the citizen must or may attach: those that no registry and no declaration satisfies."""
    values, case = values_of(answers, filed_on), case_of(procedure, answers, filed_on)
    return tuple(
        component
        for component in procedure.definition.components
        if holds(component.when, values)
        and (not component.cases or case in component.cases)
        and component.satisfied_by in ("upload", "earlier_result")
    )
