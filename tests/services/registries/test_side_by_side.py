"""Asking several registries side by side, the breaker between, and what a reply fills in; no registry is needed for it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import settings as tried
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from portal.services.registries import prefill
from portal.services.registries.breaker import FAILURES_TO_OPEN, LONGEST_OPEN_SECONDS, OPEN_SECONDS, Breaker
from portal.services.registries.exchange import Ask, Outcome, Reply, Requester, Subject
from portal.services.registries.prefill import Wanted, ask_all, prefilled, value_at

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)


def ask() -> Ask:
    subject = Subject("001190000001", "Nguyễn Thị Mẫu", "1990-05-12")
    return Ask(subject, Requester("citizen", "a"), "1.004873", "P", "L", ("full_name",), "consent", "c")


class Silent:
    """A registry that answers when it is let go."""

    def __init__(self, name: str) -> None:
        self.name, self.let_go = name, threading.Event()

    def look_up(self, ask: Ask) -> Reply:
        self.let_go.wait(10)
        return Reply(self.name, ask.request_id, Outcome.FOUND, NOW, "late", fields={"full_name": "Quá Muộn"})


class Prompt(Silent):
    """A registry that answers at once."""

    def look_up(self, ask: Ask) -> Reply:
        return Reply(self.name, ask.request_id, Outcome.FOUND, NOW, f"R-{self.name}", NOW, 1, {"full_name": self.name})


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> Iterator[Silent]:
    registry = Silent("population")
    monkeypatch.setattr(prefill, "ANSWER_WITHIN_SECONDS", 0.1)
    yield registry
    registry.let_go.set()


def test_who_keeps_silent_counts_as_unavailable_and_the_others_answer_stands(silent: Silent) -> None:
    replies = ask_all(
        {"population": ask(), "civil-status": ask()}, {"population": silent, "civil-status": Prompt("civil-status")}
    )
    assert (replies["population"].outcome, dict(replies["population"].fields)) == (Outcome.UNAVAILABLE, {})
    assert replies["civil-status"].response_id == "R-civil-status"


def test_answer_that_comes_too_late_is_not_taken_into_the_reply_that_was_given(silent: Silent) -> None:
    asked = ask()
    reply = ask_all({"population": asked}, {"population": silent})["population"]
    silent.let_go.set()
    assert (reply.outcome, reply.request_id, reply.response_id) == (Outcome.UNAVAILABLE, asked.request_id, "")


def test_nobody_is_asked_where_nothing_is_wanted() -> None:
    assert ask_all({}, {"population": Silent("population")}) == {}


def test_each_reply_belongs_to_the_ask_of_its_registry() -> None:
    asks = {name: ask() for name in ("population", "civil-status")}
    replies = ask_all(asks, {name: Prompt(name) for name in asks})
    assert {name: reply.request_id for name, reply in replies.items()} == {name: one.request_id for name, one in asks.items()}


def found(fields: dict[str, Any], outcome: Outcome = Outcome.FOUND) -> dict[str, Reply]:
    return {"population": Reply("population", "q", outcome, NOW + timedelta(seconds=1), "R-1", NOW, 1, fields)}


@pytest.mark.parametrize("outcome", [one for one in Outcome if one is not Outcome.FOUND])
def test_reply_of_any_other_outcome_fills_nothing_in(outcome: Outcome) -> None:
    assert prefilled([Wanted("name", "population", "full_name")], found({"full_name": "X"}, outcome)) == {}


@pytest.mark.parametrize(("value", "is_taken"), [("", False), (None, False), (0, True), (False, True), ([], True), ("0", True)])
def test_nothing_is_filled_in_for_nothing_and_a_no_is_an_answer(value: object, is_taken: bool) -> None:
    answers = prefilled([Wanted("x", "population", "field")], found({"field": value}))
    assert ("x" in answers) is is_taken


def test_filled_in_answer_says_when_it_was_true_and_when_it_was_fetched() -> None:
    (answer,) = prefilled([Wanted("x", "population", "a.b")], found({"a": {"b": "v"}})).values()
    assert answer == {
        "value": "v", "source": "population", "record": "R-1", "as_of": NOW.isoformat(),
        "fetched_at": (NOW + timedelta(seconds=1)).isoformat(),
    }  # fmt: skip


def test_registry_that_was_not_asked_fills_nothing_in() -> None:
    assert prefilled([Wanted("x", "land", "a")], found({"a": 1})) == {}


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["a", "b", "0", "-1"]), inner, max_size=3)
    ),
    max_leaves=12,
)
paths = st.lists(st.sampled_from(["a", "b", "0", "1", "-1", "-", "--1", "", "٣"]), min_size=1, max_size=5).map(".".join)


@example({"a": [1]}, "a.--1")
@example({"a": [1]}, "a.²")
@given(st.dictionaries(st.sampled_from("ab"), json_values, max_size=2), paths)
def test_no_path_through_any_answer_is_an_error(fields: dict[str, Any], path: str) -> None:
    value_at(fields, path)


class BreakerByItsRules(RuleBasedStateMachine):
    """The breaker beside a plain telling of its rules, on a clock that the test moves."""

    def __init__(self) -> None:
        super().__init__()
        self.now, self.failures_in_a_row, self.closed_until, self.open_seconds = 0.0, 0, 0.0, OPEN_SECONDS
        self.rests_until = 0.0
        self.breaker = Breaker(lambda: self.now, lambda: 1.0)

    @rule(seconds=st.sampled_from([0.1, 1.0, OPEN_SECONDS - 0.5, OPEN_SECONDS, 3 * OPEN_SECONDS]))
    def time_goes_by(self, seconds: float) -> None:
        self.now += seconds

    @rule(answered=st.booleans())
    def call(self, answered: bool) -> None:
        is_open = self.failures_in_a_row >= FAILURES_TO_OPEN
        expected = self.now >= self.rests_until and (not is_open or self.now >= self.closed_until)
        assert self.breaker.allows() is expected
        if not expected:
            return
        if answered:
            self.breaker.succeeded()
            self.failures_in_a_row, self.open_seconds = 0, OPEN_SECONDS
        else:
            self.breaker.failed()
            self.open_seconds = min(2 * self.open_seconds, LONGEST_OPEN_SECONDS) if is_open else OPEN_SECONDS
            self.failures_in_a_row += 1
            self.closed_until = self.now + self.open_seconds

    @rule(seconds=st.sampled_from([1.0, 30.0]))
    def has_enough_for_now(self, seconds: float) -> None:
        self.breaker.rest(seconds)
        self.rests_until = max(self.rests_until, self.now + seconds)

    @invariant()
    def fewer_than_five_failures_close_nothing_off(self) -> None:
        if self.failures_in_a_row < FAILURES_TO_OPEN and self.now >= self.rests_until:
            assert self.breaker.allows()


def test_breaker_opens_and_closes_by_its_rules_whatever_happens() -> None:
    run_state_machine_as_test(BreakerByItsRules, settings=tried(max_examples=60, stateful_step_count=30, deadline=None))


def test_of_many_that_come_when_the_time_is_up_one_alone_tries() -> None:
    now = [0.0]
    breaker = Breaker(lambda: now[0], lambda: 1.0)
    for _ in range(FAILURES_TO_OPEN):
        breaker.failed()
    now[0] = OPEN_SECONDS
    together = threading.Barrier(8)

    def come(_index: int) -> bool:
        together.wait(5)
        return breaker.allows()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(come, range(8))) == 1


def test_many_that_fail_at_one_moment_count_as_one_opening() -> None:
    now = [0.0]
    breaker = Breaker(lambda: now[0], lambda: 1.0)
    for _ in range(4 * FAILURES_TO_OPEN):
        breaker.failed()
    now[0] = OPEN_SECONDS
    assert breaker.allows()


def test_processes_do_not_all_try_again_at_one_moment() -> None:
    waits = {round(_wait_of(Breaker(lambda: 0.0)), 6) for _ in range(40)}
    assert len(waits) > 10
    assert all(0.9 * OPEN_SECONDS <= wait <= 1.1 * OPEN_SECONDS for wait in waits)


def _wait_of(breaker: Breaker) -> float:
    for _ in range(FAILURES_TO_OPEN):
        breaker.failed()
    return breaker._closed_until
