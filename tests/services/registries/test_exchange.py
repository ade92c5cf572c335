"""The registries' clients against the sandbox over HTTP: what is believed, what is not, and never a wait over three seconds."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
import requests

from portal.config import settings
from portal.services.registries.breaker import FAILURES_TO_OPEN, OPEN_SECONDS, Breaker
from portal.services.registries.civil_status import check as check_civil_status
from portal.services.registries.civil_status import civil_status
from portal.services.registries.exchange import Ask, Exchange, HttpRegistry, Outcome, Requester, Subject, Unbelievable
from portal.services.registries.population import check as check_population
from portal.services.registries.population import population
from portal.services.registries.prefill import Wanted, ask_all, prefilled, value_at
from portal.services.registries.sources import clients, sources

SINGLE = Subject("001198900001", "Nguyễn Thu Hà", "1998-03-14")
DIVORCED = "034185900004"
REGISTRIES = tuple(sources())
FAULTS = ["down", "slow", "reset", "malformed", "html", "huge", "other_person", "trickle", "error", "quota"]
SLIP, MARITAL_STATUS = "3.000333", "1.004873"


@pytest.fixture
def exchange(outside: str) -> Iterator[Exchange]:
    own = settings()
    yield Exchange(own.registry_url, own.registry_client_id, own.registry_client_secret)
    requests.delete(f"{outside}/registries/faults", timeout=5)


@pytest.fixture
def every(exchange: Exchange) -> dict[str, HttpRegistry]:
    """A client of each registry, with a token in hand."""
    made = clients(exchange)
    made["population"].look_up(ask("population"))
    return made


def ask(registry: str, subject: Subject = SINGLE, scope: tuple[str, ...] = ()) -> Ask:
    """A look-up of all that the registry may be asked for."""
    return Ask(
        subject, Requester("citizen", "account"), SLIP if registry == "criminal-record" else MARITAL_STATUS, "XNTTHN",
        "Luật Hộ tịch 60/2014/QH13", scope or sources()[registry].fields, "consent", "consent:test",
    )  # fmt: skip


def each(subject: Subject = SINGLE) -> dict[str, Ask]:
    """A look-up of each registry."""
    return {name: ask(name, subject) for name in REGISTRIES}


def switch(outside: str, fault: str, *, registry: str = "*", seconds: float = 20, count: int | None = None) -> None:
    body = {"registry": registry, "fault": fault, "seconds": seconds, "count": count}
    requests.post(f"{outside}/registries/faults", json=body, timeout=5).raise_for_status()


def test_known_person_is_found_in_every_registry_with_only_what_was_asked_for(every: dict[str, HttpRegistry]) -> None:
    for name, reply in ask_all(each(), every).items():
        assert reply.outcome is Outcome.FOUND, name
        assert set(reply.fields) <= set(sources()[name].fields)
        assert reply.response_id
        assert reply.as_of is not None


@pytest.mark.parametrize(
    "changed", [{"full_name": "Nguyễn Thu Hạ"}, {"date_of_birth": "1998-03-15"}, {"personal_id": "001198999999"}], ids=str
)
def test_one_wrong_factor_is_no_match_anywhere(every: dict[str, HttpRegistry], changed: dict[str, str]) -> None:
    for name, reply in ask_all(each(replace(SINGLE, **changed)), every).items():
        assert (reply.outcome, reply.fields) == (Outcome.NOT_MATCHED, {}), name


@pytest.mark.parametrize("fault", FAULTS)
def test_registries_that_are_down_slow_or_lying_are_no_answer_within_three_seconds(
    every: dict[str, HttpRegistry], outside: str, fault: str
) -> None:
    switch(outside, fault)
    begun = time.monotonic()
    replies = ask_all(each(), every)
    assert time.monotonic() - begun < 3.5
    assert {name: (reply.outcome, dict(reply.fields)) for name, reply in replies.items()} == dict.fromkeys(
        REGISTRIES, (Outcome.UNAVAILABLE, {})
    )


@pytest.mark.parametrize("registry", REGISTRIES)
def test_fault_of_one_registry_is_nobody_elses(every: dict[str, HttpRegistry], outside: str, registry: str) -> None:
    switch(outside, "down", registry=registry)
    silent = {name for name, reply in ask_all(each(), every).items() if reply.outcome is Outcome.UNAVAILABLE}
    assert silent == {registry}


def test_registry_that_has_slept_for_years_says_so(every: dict[str, HttpRegistry], outside: str) -> None:
    switch(outside, "stale")
    for name, reply in ask_all(each(), every).items():
        assert reply.outcome is Outcome.FOUND, name
        assert reply.as_of is not None
        assert reply.as_of.year == 2019


def test_birth_to_come_is_not_believed(every: dict[str, HttpRegistry], outside: str) -> None:
    switch(outside, "future_birth")
    assert every["population"].look_up(ask("population")).outcome is Outcome.UNAVAILABLE


def test_registry_that_has_had_enough_is_left_alone_until_its_time_is_up(every: dict[str, HttpRegistry], outside: str) -> None:
    switch(outside, "quota", registry="tax", seconds=30, count=1)
    assert [every["tax"].look_up(ask("tax")).outcome for _ in range(2)] == [Outcome.UNAVAILABLE] * 2
    asked = requests.get(f"{outside}/registries/access.json?personal_id={SINGLE.personal_id}", timeout=5).json()
    assert every["land"].look_up(ask("land")).outcome is Outcome.FOUND
    again = requests.get(f"{outside}/registries/access.json?personal_id={SINGLE.personal_id}", timeout=5).json()
    assert {one["registry"] for one in again[: len(again) - len(asked)]} == {"land"}


def test_dead_person_is_told_apart(exchange: Exchange, outside: str) -> None:
    switch(outside, "deceased")
    assert population(exchange).look_up(ask("population")).outcome is Outcome.DECEASED


def test_silent_registry_does_not_hold_up_the_others(every: dict[str, HttpRegistry], outside: str) -> None:
    switch(outside, "slow", registry="population")
    replies = ask_all(each(), every)
    assert replies.pop("population").outcome is Outcome.UNAVAILABLE
    assert {reply.outcome for reply in replies.values()} == {Outcome.FOUND}


def test_civil_status_knows_the_divorce_that_the_population_register_missed(exchange: Exchange, outside: str) -> None:
    people = requests.get(f"{outside}/people.json?q={DIVORCED}", timeout=5).json()
    person = next(one for one in people if one["personal_id"] == DIVORCED)
    subject = Subject(DIVORCED, person["full_name"], person["date_of_birth"])
    stale = population(exchange).look_up(ask("population", subject, ("marital_status",)))
    truth = civil_status(exchange).look_up(ask("civil-status", subject))
    assert stale.fields["marital_status"] == "married"
    assert truth.fields["marital_status"] == "divorced"
    assert truth.fields["marriages"][-1]["ended"]["kind"] == "divorce"


def test_each_request_is_a_new_one_and_a_replayed_one_is_refused(exchange: Exchange) -> None:
    one = ask("population")
    client = population(exchange)
    assert client.look_up(one).outcome is Outcome.FOUND
    assert client.look_up(one).outcome is Outcome.REFUSED


def test_breaker_opens_after_failures_in_a_row_and_lets_one_trial_through() -> None:
    now = [0.0]
    breaker = Breaker(lambda: now[0], lambda: 1.0)
    for _ in range(FAILURES_TO_OPEN):
        assert breaker.allows()
        breaker.failed()
    assert not breaker.allows()
    now[0] += OPEN_SECONDS
    assert breaker.allows()
    assert not breaker.allows()
    breaker.succeeded()
    assert breaker.allows()


@pytest.mark.parametrize(
    "fields",
    [
        {"personal_id": "001198900002"},
        {"date_of_birth": "2999-01-01"},
        {"date_of_birth": "14/03/1998"},
        {"sex": "unknown"},
        {"full_name": ""},
        {"permanent_residence": "Hà Nội"},
    ],
    ids=str,
)
def test_population_fields_that_cannot_be_true_are_not_believed(fields: dict[str, object]) -> None:
    with pytest.raises(Unbelievable):
        check_population(fields, SINGLE)


MARRIAGE = {"number": "1/2020", "registered_on": "2020-01-01", "spouse": {"full_name": "X"}, "ended": None}


@pytest.mark.parametrize(
    "fields",
    [
        {"marital_status": "never_married", "marriages": [MARRIAGE]},
        {"marital_status": "married", "marriages": []},
        {"marital_status": "engaged"},
        {"marriages": [{**MARRIAGE, "ended": {"kind": "quarrel", "on": "2021"}}]},
    ],
    ids=str,
)
def test_civil_status_that_contradicts_itself_is_not_believed(fields: dict[str, object]) -> None:
    with pytest.raises(Unbelievable):
        check_civil_status(fields, SINGLE)


def test_prefilled_answer_says_where_it_came_from_and_when(exchange: Exchange) -> None:
    replies = {"population": population(exchange).look_up(ask("population"))}
    answers = prefilled([Wanted("subject.full_name", "population", "full_name"), Wanted("x", "population", "nowhere")], replies)
    assert list(answers) == ["subject.full_name"]
    answer = answers["subject.full_name"]
    assert answer["value"] == "Nguyễn Thu Hà"
    assert answer["source"] == "population"
    assert answer["record"] == replies["population"].response_id
    assert answer["as_of"]
    assert answer["fetched_at"]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("a.b", 1),
        ("list.-1.from", "2010"),
        ("list.0.from", "2001"),
        ("list.9.from", None),
        ("a.b.c", None),
        ("", None),
        ("zz", None),
    ],
)
def test_path_that_ends_early_gives_nothing(path: str, value: object) -> None:
    assert value_at({"a": {"b": 1}, "list": [{"from": "2001"}, {"from": "2010"}]}, path) == value
