from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from portal.services.catalogue.conditions import Always, Condition, elements_of, holds

CONDITION: TypeAdapter[Condition] = TypeAdapter(Condition)
ELEMENTS = ["purpose", "copies", "partner"]
BOUNDS = ["at_least", "at_most", "age_at_least", "days_at_least"]
ANYTHING = st.sampled_from(
    ["loan", "other", "", 1, 2, True, ["loan"], [], [{}], {"a": 1}, "2012", "2012-02-30", "1950-01-01", None]
)
VALUES = st.dictionaries(st.sampled_from([*ELEMENTS, "@today"]), ANYTHING)
LEAVES = st.one_of(
    st.builds(lambda e, v: {"element": e, "equals": v}, st.sampled_from(ELEMENTS), st.sampled_from(["loan", "other", 1])),
    st.builds(lambda e, v: {"element": e, "one_of": v}, st.sampled_from(ELEMENTS), st.just(["loan", "other"])),
    st.builds(lambda e, v: {"element": e, "answered": v}, st.sampled_from(ELEMENTS), st.booleans()),
    st.builds(lambda e, v: {"element": e, "includes": v}, st.sampled_from(ELEMENTS), st.just("loan")),
    st.builds(lambda e, k, v: {"element": e, k: v}, st.sampled_from(ELEMENTS), st.sampled_from(BOUNDS), st.integers(0, 3)),
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
        ({"element": "a", "equals": 1}, {"a": True}, False),
        ({"element": "a", "equals": True}, {"a": 1}, False),
        ({"element": "a", "one_of": [0, 1]}, {"a": False}, False),
        ({"element": "a", "includes": "x"}, {"a": ["w", "x"]}, True),
        ({"element": "a", "includes": "x"}, {"a": "xyz"}, False),
        ({"element": "a", "answered": True}, {"a": []}, False),
        ({"element": "a", "at_least": 2}, {"a": 2}, True),
        ({"element": "a", "at_least": 2}, {"a": [{}, {}]}, True),
        ({"element": "a", "at_least": 2}, {"a": [{}]}, False),
        ({"element": "a", "at_least": 2}, {"a": "3"}, False),
        ({"element": "a", "at_least": 0}, {}, False),
        ({"element": "a", "at_most": 2}, {}, False),
        ({"element": "a", "at_most": 2}, {"a": 2}, True),
        ({"element": "a", "at_most": 2}, {"a": True}, False),
        ({"element": "born", "age_at_least": 14}, {"born": "2012-11-25", "@today": "2026-11-25"}, True),
        ({"element": "born", "age_at_least": 14}, {"born": "2012-11-26", "@today": "2026-11-25"}, False),
        ({"element": "born", "age_at_least": 18}, {"born": "2008-02-29", "@today": "2026-02-28"}, False),
        ({"element": "born", "age_at_least": 18}, {"born": "2008-02-29", "@today": "2026-03-01"}, True),
        ({"element": "born", "age_at_least": 14}, {"born": "2012", "@today": "2026-11-25"}, False),
        ({"element": "born", "age_at_least": 14}, {"born": "2011", "@today": "2026-11-25"}, True),
        ({"element": "born", "age_at_least": 14}, {"born": "2012-10", "@today": "2026-11-25"}, True),
        ({"element": "born", "age_at_least": 14}, {"born": "2012-11", "@today": "2026-11-25"}, False),
        ({"element": "born", "age_at_least": 14}, {"born": "hôm qua", "@today": "2026-11-25"}, False),
        ({"element": "born", "age_at_least": 0}, {"@today": "2026-11-25"}, False),
        ({"element": "born", "days_at_least": 61}, {"born": "2026-09-25", "@today": "2026-11-25"}, True),
        ({"element": "born", "days_at_least": 61}, {"born": "2026-09-26", "@today": "2026-11-25"}, False),
        ({"element": "born", "days_at_least": 0}, {"born": "2026-11-26", "@today": "2026-11-25"}, False),
        ({"element": "born", "days_at_least": 25}, {"born": "2026-10", "@today": "2026-11-25"}, True),
        ({"element": "born", "days_at_least": 26}, {"born": "2026-10", "@today": "2026-11-25"}, False),
        ({"element": "born", "days_at_least": 1}, {"born": "2026-13", "@today": "2026-11-25"}, False),
        ({"element": "born", "days_at_least": 1}, {"born": "hôm qua", "@today": "2026-11-25"}, False),
        ({"element": "born", "days_at_least": 0}, {"@today": "2026-11-25"}, False),
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
