from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from portal.services.catalogue.conditions import Always, Condition, elements_of, holds
from portal.services.catalogue.fees import FeeRule, fee_lines, total_vnd

CONDITION: TypeAdapter[Condition] = TypeAdapter(Condition)
ELEMENTS = ["purpose", "copies", "partner"]
VALUES = st.dictionaries(st.sampled_from(ELEMENTS), st.sampled_from(["loan", "other", "", 1, 2]))
LEAVES = st.one_of(
    st.builds(lambda e, v: {"element": e, "equals": v}, st.sampled_from(ELEMENTS), st.sampled_from(["loan", "other", 1])),
    st.builds(lambda e, v: {"element": e, "one_of": v}, st.sampled_from(ELEMENTS), st.just(["loan", "other"])),
    st.builds(lambda e, v: {"element": e, "answered": v}, st.sampled_from(ELEMENTS), st.booleans()),
)
TREES = st.recursive(
    LEAVES,
    lambda part: st.one_of(
        st.lists(part, min_size=1, max_size=3).map(lambda parts: {"all": parts}),
        st.lists(part, min_size=1, max_size=3).map(lambda parts: {"any": parts}),
        part.map(lambda one: {"not": one}),
    ),
    max_leaves=12,
)


def condition(data: Any) -> Condition:
    return CONDITION.validate_python(data)


@pytest.mark.parametrize(
    ("data", "values", "expected"),
    [
        ({"element": "purpose", "equals": "loan"}, {"purpose": "loan"}, True),
        ({"element": "purpose", "equals": "loan"}, {}, False),
        ({"element": "purpose", "one_of": ["a", "b"]}, {"purpose": "b"}, True),
        ({"element": "purpose", "answered": True}, {"purpose": ""}, False),
        ({"element": "purpose", "answered": False}, {}, True),
        ({"all": [{"element": "a", "equals": 1}, {"element": "b", "equals": 2}]}, {"a": 1, "b": 2}, True),
        ({"any": [{"element": "a", "equals": 1}, {"element": "b", "equals": 2}]}, {"b": 2}, True),
        ({"not": {"element": "a", "equals": 1}}, {"a": 1}, False),
    ],
)
def test_condition_means_what_it_says(data: Any, values: dict[str, Any], expected: bool) -> None:
    assert holds(condition(data), values) is expected


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"element": "a"},
        {"all": []},
        {"element": "a", "equals": "x", "extra": 1},
        {"eval": "1+1"},
        {"not": "x"},
        "True",
        ["a"],
    ],
    ids=str,
)
def test_what_is_no_condition_is_refused(data: Any) -> None:
    with pytest.raises(ValidationError):
        condition(data)


@given(TREES, VALUES)
def test_condition_is_total_and_its_negation_its_opposite(data: Any, values: dict[str, Any]) -> None:
    assert holds(condition({"not": data}), values) is not holds(condition(data), values)


@given(TREES, VALUES, st.sampled_from(["unrelated", "other_one"]))
def test_condition_looks_only_at_the_elements_it_names(data: Any, values: dict[str, Any], stranger: str) -> None:
    one = condition(data)
    assert set(elements_of(one)) <= set(ELEMENTS)
    assert holds(one, values) is holds(one, {**values, stranger: "loan"})


def test_question_without_a_condition_is_always_asked() -> None:
    assert holds(Always(always=True), {})


def rule(amount_vnd: int, **changes: Any) -> FeeRule:
    given_ = {
        "label": "Lệ phí", "kind": "lệ phí", "amount_vnd": amount_vnd, "valid_from": date(2025, 7, 1), "collected": "on_return",
        "legal_basis": "Nghị quyết",
    }  # fmt: skip
    return FeeRule(**{**given_, **changes})


def lines(*rules: FeeRule, province: str = "01", on: date = date(2026, 11, 25), channel: Any = "online", copies: int = 1):
    return fee_lines(rules, channel=channel, province_code=province, on=on, copies=copies)


def test_rule_of_the_province_stands_before_the_general_one() -> None:
    assert total_vnd(lines(rule(8000), rule(3000, province_code="01"))) == 3000
    assert total_vnd(lines(rule(8000), rule(3000, province_code="01"), province="31")) == 8000


def test_fee_follows_the_day_and_the_channel() -> None:
    ended = rule(5000, valid_to=date(2026, 10, 31))
    assert lines(ended) == ()
    assert total_vnd(lines(ended, on=date(2026, 10, 31))) == 5000
    assert lines(rule(5000, channels=("counter",))) == ()


def test_fee_by_copy_is_explained_line_by_line() -> None:
    (line,) = lines(rule(3000, per_copy=True), copies=4)
    assert (line.count, line.amount_vnd) == (4, 12000)


def test_fee_below_nothing_is_no_rule() -> None:
    with pytest.raises(ValidationError):
        rule(-1)


@given(st.lists(st.integers(0, 10**12), max_size=6), st.integers(1, 5))
def test_total_is_the_exact_sum_of_its_lines(amounts: list[int], copies: int) -> None:
    rules = [rule(amount, per_copy=index % 2 == 0) for index, amount in enumerate(amounts)]
    expected = sum(amount * (copies if index % 2 == 0 else 1) for index, amount in enumerate(amounts))
    assert total_vnd(lines(*rules, copies=copies)) == expected
