"""Fees as data: rules by channel, province and date, each with its legal basis; amounts are whole đồng."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Channel = Literal["online", "counter", "post"]


class FeeRule(BaseModel):
    """One row: what is paid, by whom it applies, from when to when, on which ground."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    label: str
    kind: Literal["phí", "lệ phí"]
    amount_vnd: int = Field(ge=0)
    channels: tuple[Channel, ...] = ("online", "counter", "post")
    province_code: str | None = None
    per_copy: bool = False
    valid_from: date
    valid_to: date | None = None
    collected: Literal["on_submission", "on_receipt", "on_return"]
    legal_basis: str

    def applies(self, *, channel: Channel, province_code: str, on: date) -> bool:
        """Whether the rule is in force for this channel and province on the day."""
        in_force = self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)
        return in_force and channel in self.channels and self.province_code in (None, province_code)


class FeeLine(BaseModel):
    """One explained line of what is to be paid."""

    model_config = ConfigDict(frozen=True)

    rule: FeeRule
    count: int
    amount_vnd: int


def fee_lines(
    rules: tuple[FeeRule, ...], *, channel: Channel, province_code: str, on: date, copies: int = 1
) -> tuple[FeeLine, ...]:
    """The lines that apply, in the order of the rules; a rule of the province stands before a general one of its kind."""
    in_force = [rule for rule in rules if rule.applies(channel=channel, province_code=province_code, on=on)]
    own_kinds = {rule.kind for rule in in_force if rule.province_code}
    chosen = [rule for rule in in_force if rule.province_code or rule.kind not in own_kinds]
    return tuple(
        FeeLine(rule=rule, count=count, amount_vnd=rule.amount_vnd * count)
        for rule in chosen
        for count in [copies if rule.per_copy else 1]
    )


def total_vnd(lines: tuple[FeeLine, ...]) -> int:
    """What all lines come to, in đồng."""
    return sum(line.amount_vnd for line in lines)
