from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from portal.services.catalogue.fees import Circumstances, FeeLine, FeeRule, fee_lines, total_vnd

TODAY = date(2026, 11, 25)
ORDINARY: dict[str, Any] = {
    "label": "Lệ phí", "kind": "lệ phí", "valid_from": date(2025, 7, 1), "collected": "on_return", "legal_basis": "Nghị quyết",
}  # fmt: skip


def rule(amount_vnd: int, **changes: Any) -> FeeRule:
    return FeeRule(**{**ORDINARY, "amount_vnd": amount_vnd, **changes})


def lines(*rules: FeeRule, counted: int = 1, **at: Any) -> tuple[FeeLine, ...]:
    circumstances = Circumstances(**{"channel": "online", "province_code": "01", "on": TODAY, **at})
    return fee_lines(rules, circumstances, lambda _key: counted)


def to_pay(*rules: FeeRule, counted: int = 1, **at: Any) -> int:
    return total_vnd(lines(*rules, counted=counted, **at))


def test_rule_of_the_province_stands_before_the_general_one() -> None:
    assert to_pay(rule(8000), rule(3000, province_code="01")) == 3000
    assert to_pay(rule(8000), rule(3000, province_code="01"), province_code="31") == 8000


def test_exemption_of_a_payer_stands_before_the_rule_of_the_province() -> None:
    rules = (rule(3000, province_code="01"), rule(0, payer_classes=("poor",)))
    assert to_pay(*rules) == 3000
    assert to_pay(*rules, payer_classes=frozenset({"poor"})) == 0
    assert to_pay(*rules, payer_classes=frozenset({"other"})) == 3000


def test_lower_fee_online_stands_before_the_fee_for_every_channel() -> None:
    rules = (rule(20_000), rule(10_000, channels=("online",)))
    assert to_pay(*rules) == 10_000
    assert to_pay(*rules, channel="counter") == 20_000


def test_fee_of_a_case_is_paid_in_that_case_alone() -> None:
    rules = (rule(0), rule(5000, cases=("late",)))
    assert to_pay(*rules) == 0
    assert to_pay(*rules, case="late") == 5000


def test_two_charges_are_both_paid_and_one_charge_once() -> None:
    rules = (rule(20_000, charge="registration"), rule(2000, charge="copy"), rule(9999, charge="copy"))
    assert [line.amount_vnd for line in lines(*rules)] == [20_000, 2000]


@pytest.mark.parametrize(
    ("day", "expected"), [(date(2025, 6, 30), 0), (date(2025, 7, 1), 5000), (date(2026, 10, 31), 5000), (date(2026, 11, 1), 0)]
)
def test_fee_is_owed_from_its_first_day_to_its_last(day: date, expected: int) -> None:
    assert to_pay(rule(5000, valid_to=date(2026, 10, 31)), on=day) == expected


def test_fee_by_copy_is_explained_line_by_line() -> None:
    (line,) = lines(rule(3000, counted_by="certificate.copies"), counted=4)
    assert (line.count, line.amount_vnd) == (4, 12_000)


@pytest.mark.parametrize(("pages", "expected"), [(0, 0), (1, 2000), (2, 4000), (3, 5000), (10, 12_000), (500, 200_000)])
def test_certified_copies_cost_less_from_the_third_page_and_never_more_than_the_ceiling(pages: int, expected: int) -> None:
    # NĐ 23/2015, TT 226/2016: 2.000 a page, from the third page 1.000, at most 200.000 a copy
    first = rule(2000, counted_by="copy.pages", counted_to=2)
    rest = rule(1000, counted_by="copy.pages", counted_from=3, at_most_vnd=196_000)
    assert to_pay(first, rest, counted=pages) == expected


@pytest.mark.parametrize(
    "wrong", [{"amount_vnd": -1}, {"amount_vnd": 1.5}, {"kind": "thuế"}, {"counted_from": 0}, {"charge": "A b"}]
)
def test_what_is_no_fee_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        FeeRule(**{**ORDINARY, "amount_vnd": 1, **wrong})


RULES = st.builds(
    rule,
    st.integers(0, 10**12),
    charge=st.sampled_from(["main", "copy"]),
    channels=st.sampled_from([("online",), ("counter", "post"), ("online", "counter", "post")]),
    cases=st.sampled_from([(), ("late",)]),
    payer_classes=st.sampled_from([(), ("poor",)]),
    province_code=st.sampled_from([None, "01"]),
    valid_from=st.dates(TODAY - timedelta(days=2), TODAY + timedelta(days=2)),
)
PLACES = st.fixed_dictionaries(
    {
        "channel": st.sampled_from(["online", "counter", "post"]),
        "case": st.sampled_from(["", "late"]),
        "province_code": st.sampled_from(["01", "31"]),
        "payer_classes": st.sampled_from([frozenset(), frozenset({"poor"})]),
    }
)


@given(st.lists(RULES, max_size=8), PLACES)
def test_each_charge_is_paid_at_most_once_and_only_by_a_rule_in_force(rules: list[FeeRule], at: dict[str, Any]) -> None:
    paid = lines(*rules, **at)
    charges = [line.rule.charge for line in paid]
    assert len(charges) == len(set(charges))
    for line in paid:
        assert line.rule.valid_from <= TODAY
        assert at["channel"] in line.rule.channels
        assert line.rule.province_code in (None, at["province_code"])
        assert not line.rule.payer_classes or at["payer_classes"]


@given(st.lists(RULES, max_size=8), PLACES)
def test_whoever_belongs_to_an_exempt_class_never_pays_a_rule_for_everybody_beside_it(
    rules: list[FeeRule], at: dict[str, Any]
) -> None:
    exempt = rule(0, payer_classes=("poor",))
    at = {**at, "payer_classes": frozenset({"poor"})}
    others = [one for one in rules if not one.payer_classes]
    assert all(line.rule.charge != "main" or line.amount_vnd == 0 for line in lines(exempt, *others, **at))


@given(st.lists(st.integers(0, 10**12), max_size=6), st.integers(1, 5))
def test_total_is_the_exact_sum_of_its_lines(amounts: list[int], copies: int) -> None:
    rules = [rule(amount, charge=f"c{index}", counted_by="x.y" if index % 2 == 0 else "") for index, amount in enumerate(amounts)]
    expected = sum(amount * (copies if index % 2 == 0 else 1) for index, amount in enumerate(amounts))
    assert to_pay(*rules, counted=copies) == expected
