"""Fees as data: rules by case, channel, payer, place and date, each with its legal basis; amounts are whole đồng."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from pydantic import Field

from portal.services.catalogue.elements import Part

Channel = Literal["online", "counter", "post"]
CHANNELS: tuple[Channel, ...] = ("online", "counter", "post")


class FeeRule(Part):
    """One row: what is paid, for whom it applies, from when to when, on which ground.

    `charge` names what is paid for; of all rules of one charge that apply, the most particular one stands.
    `counted_by`: the count or the repeating group that the amount is multiplied by (1 where there is none), reckoned
    from the `counted_from`-th to the `counted_to`-th, and never above `at_most_vnd`.
    `unsure`: what is not yet certain of the row, and where it was read; empty when it is certain.
    """

    charge: str = Field("main", pattern=r"^[a-z][a-z0-9-]*$")
    label: str
    kind: Literal["phí", "lệ phí"]
    amount_vnd: int = Field(ge=0, le=10**15)
    channels: tuple[Channel, ...] = CHANNELS
    cases: tuple[str, ...] = ()
    payer_classes: tuple[str, ...] = ()
    province_code: str | None = None
    counted_by: str = ""
    counted_from: int = Field(1, ge=1)
    counted_to: int | None = Field(None, ge=1)
    at_most_vnd: int | None = Field(None, ge=0)
    valid_from: date
    valid_to: date | None = None
    collected: Literal["on_submission", "on_receipt", "on_return"]
    legal_basis: str
    unsure: str = ""


@dataclass(frozen=True)
class Circumstances:
    """What a fee depends on; `payer_classes` are those that were proved for the payer."""

    channel: Channel
    on: date
    province_code: str = ""
    case: str = ""
    payer_classes: frozenset[str] = frozenset()


class FeeLine(Part):
    """One explained line of what is to be paid."""

    rule: FeeRule
    count: int
    amount_vnd: int


def applies(rule: FeeRule, at: Circumstances) -> bool:
    """Whether the rule is in force in these circumstances."""
    return (
        rule.valid_from <= at.on
        and (rule.valid_to is None or at.on <= rule.valid_to)
        and at.channel in rule.channels
        and rule.province_code in (None, at.province_code)
        and (not rule.cases or at.case in rule.cases)
        and (not rule.payer_classes or bool(at.payer_classes & set(rule.payer_classes)))
    )


def particularity(rule: FeeRule) -> tuple[bool, bool, bool, bool]:
    """How particular a rule is: the payer's class counts most, then the place, the case, the channel."""
    return (
        bool(rule.payer_classes),
        rule.province_code is not None,
        bool(rule.cases),
        len(rule.channels) < len(CHANNELS),
    )


def fee_lines(rules: tuple[FeeRule, ...], at: Circumstances, counted: Callable[[str], int]) -> tuple[FeeLine, ...]:
    """The lines that apply, in the order of the rules; for each charge and bracket exactly the most particular rule.

    `counted` tells how many a count or a repeating group comes to.
    """
    chosen: dict[tuple[str, int], FeeRule] = {}
    for rule in (rule for rule in rules if applies(rule, at)):
        bracket = (rule.charge, rule.counted_from)
        if bracket not in chosen or particularity(rule) > particularity(chosen[bracket]):
            chosen[bracket] = rule
    lines = (_line(rule, counted) for rule in rules if chosen.get((rule.charge, rule.counted_from)) is rule)
    return tuple(line for line in lines if line.count > 0)


def _line(rule: FeeRule, counted: Callable[[str], int]) -> FeeLine:
    count = _count(rule, counted(rule.counted_by)) if rule.counted_by else 1
    amount = rule.amount_vnd * count
    return FeeLine(rule=rule, count=count, amount_vnd=amount if rule.at_most_vnd is None else min(amount, rule.at_most_vnd))


def _count(rule: FeeRule, counted: int) -> int:
    last = counted if rule.counted_to is None else min(counted, rule.counted_to)
    return max(0, last - rule.counted_from + 1)


def total_vnd(lines: tuple[FeeLine, ...]) -> int:
    """What all lines come to, in đồng."""
    return sum(line.amount_vnd for line in lines)
