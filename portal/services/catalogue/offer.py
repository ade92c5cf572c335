"""What a procedure offers before anything is answered: its ways of filing, its papers, its fee in a chosen situation.

Pure functions; what a dossier's own answers come to is reckoned in `reckoning.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from portal.services.catalogue.conditions import Always
from portal.services.catalogue.fees import Channel, Circumstances, FeeLine, FeeRule, fee_lines, total_vnd
from portal.services.catalogue.handling import Case, Component, PayerClass, TermRule
from portal.services.catalogue.reckoning import case_of, term_rule
from portal.services.catalogue.schema import Definition, Procedure

MOST_COUNTED = 999


@dataclass(frozen=True)
class Situation:
    """What a reader chose; `counts`: how many of each thing that a fee counts (an element or a group, by its key)."""

    channel: Channel
    case: str = ""
    province_code: str = ""
    payer_class: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Way:
    """One way of filing, for the cases that it treats alike (none where it treats all alike)."""

    channel: Channel
    cases: tuple[Case, ...]
    term: TermRule | None
    fees: tuple[FeeLine, ...]

    @property
    def total_vnd(self) -> int:
        return total_vnd(self.fees)


@dataclass(frozen=True)
class Papers:
    """The papers of one case: to be handed in, to be shown, and those that one need not bring.

    `reused`: spared by an earlier result, where the person has one. `declared`: filled in on the form itself.
    """

    to_hand_in: tuple[Component, ...]
    to_show: tuple[Component, ...]
    held: tuple[Component, ...]
    reused: tuple[Component, ...]
    declared: tuple[Component, ...]


def usual_situation(procedure: Procedure) -> Situation:
    """The situation that is told while nothing is chosen: filed online if that can be, in the case of no particular answer."""
    channels = procedure.definition.reception.channels
    channel: Channel = "online" if "online" in channels and procedure.is_filed_online else _first_on_paper(channels)
    cases = procedure.definition.cases
    return Situation(channel, case_of(procedure, {}) or (cases[0].id if cases else ""))


def _first_on_paper(channels: tuple[Channel, ...]) -> Channel:
    return next((channel for channel in channels if channel != "online"), channels[0])


def counted_keys(definition: Definition) -> tuple[str, ...]:
    """What the fees count, each once, in the order of the rules."""
    return tuple(dict.fromkeys(rule.counted_by for rule in definition.fees if rule.counted_by))


def usual_count(procedure: Procedure, key: str) -> int:
    """How many of a counted thing are taken while nothing is chosen: the fewest that the form takes, else one."""
    asked = [one for page in procedure.definition.pages for one in page.questions if one.element == key]
    element = procedure.elements.get(key)
    if asked and element is not None and element.minimum is not None:
        return max(0, element.minimum)
    return 0 if asked and not asked[0].is_required else 1


def payers_told(definition: Definition) -> tuple[PayerClass, ...]:
    """The payer's classes on which a fee depends."""
    named = {payer for rule in definition.fees for payer in rule.payer_classes}
    return tuple(payer for payer in definition.payer_classes if payer.id in named)


def fee_in(procedure: Procedure, situation: Situation, on: date) -> tuple[FeeLine, ...]:
    """The fee in a situation on a day, line by line."""
    payers = frozenset({situation.payer_class} - {""})
    at = Circumstances(situation.channel, on, situation.province_code, situation.case, payers)
    return fee_lines(procedure.definition.fees, at, lambda key: situation.counts.get(key, usual_count(procedure, key)))


def why_this_line(procedure: Procedure, rule: FeeRule, situation: Situation) -> Iterator[tuple[str, str]]:
    """On what of the situation a line of the fee depends: ("case" | "payer" | "channel" | "province", its name or code)."""
    definition = procedure.definition
    if rule.payer_classes:
        yield from (("payer", payer.name) for payer in definition.payer_classes if payer.id == situation.payer_class)
    if rule.cases:
        yield from (("case", case.name) for case in definition.cases if case.id == situation.case)
    if set(rule.channels) < set(definition.reception.channels):
        yield "channel", situation.channel
    if rule.province_code:
        yield "province", rule.province_code


def ways(procedure: Procedure, province_code: str, on: date) -> tuple[Way, ...]:
    """Every way of filing with its time limit and fee; cases that a way treats alike stand together."""
    definition = procedure.definition
    return tuple(way for channel in definition.reception.channels for way in _ways_by(procedure, channel, province_code, on))


def _ways_by(procedure: Procedure, channel: Channel, province_code: str, on: date) -> list[Way]:
    definition = procedure.definition
    alike: dict[tuple[object, ...], Way] = {}
    for case in definition.cases or (None,):
        case_id = case.id if case else ""
        term = term_rule(definition, channel, case_id)
        fees = fee_in(procedure, Situation(channel, case_id, province_code), on)
        key = (id(term), *((id(line.rule), line.amount_vnd) for line in fees))
        before = alike[key].cases if key in alike else ()
        alike[key] = Way(channel, (*before, *([case] if case else [])), term, fees)
    return list(alike.values()) if len(alike) > 1 else [Way(way.channel, (), way.term, way.fees) for way in alike.values()]


def papers_of(definition: Definition, case: str) -> Papers:
    """The papers of a case, by what becomes of them."""
    asked = [component for component in definition.components if not component.cases or case in component.cases]

    def satisfied_by(*kinds: str) -> list[Component]:
        return [component for component in asked if component.satisfied_by in kinds]

    uploads = satisfied_by("upload")
    return Papers(
        to_hand_in=tuple(component for component in uploads if not component.must_present),
        to_show=tuple(component for component in uploads if component.must_present),
        held=tuple(satisfied_by("registry")),
        reused=tuple(satisfied_by("earlier_result")),
        declared=tuple(satisfied_by("declaration")),
    )


def depends_on_answers(component: Component) -> bool:
    """Whether a paper is wanted only after some answers."""
    return not isinstance(component.when, Always)


def unsure_of(definition: Definition) -> tuple[tuple[str, str], ...]:
    """What is not yet certain of the procedure: (the thing, what is unsure of it), for administrators."""
    parts = [("", definition.unsure)]
    parts += [(rule.label, rule.unsure) for rule in definition.fees]
    parts += [(rule.term, rule.unsure) for rule in definition.terms]
    parts += [(component.name, component.unsure) for component in definition.components]
    return tuple((thing, unsure) for thing, unsure in parts if unsure)
