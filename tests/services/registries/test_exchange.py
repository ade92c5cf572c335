"""The registries' clients against the sandbox over HTTP: what is believed, what is not, and never a wait over three seconds."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
import requests

from portal.config import settings
from portal.services.registries.breaker import FAILURES_TO_OPEN, OPEN_SECONDS, Breaker
from portal.services.registries.civil_status import check as check_civil_status
from portal.services.registries.civil_status import civil_status
from portal.services.registries.exchange import Ask, Exchange, Outcome, RegistryClient, Requester, Subject, Unbelievable
from portal.services.registries.population import check as check_population
from portal.services.registries.population import population
from portal.services.registries.prefill import Wanted, ask_all, prefilled, value_at

SINGLE = Subject("001198900001", "Nguyễn Thu Hà", "1998-03-14")
DIVORCED = "034185900004"
SCOPES = {
    "population": ("full_name", "date_of_birth", "permanent_residence", "other"),
    "civil-status": ("marital_status", "marriages"),
}
CLIENTS: dict[str, Callable[[Exchange], RegistryClient]] = {"population": population, "civil-status": civil_status}


@pytest.fixture
def exchange(outside: str) -> Iterator[Exchange]:
    own = settings()
    yield Exchange(own.registry_url, own.registry_client_id, own.registry_client_secret)
    requests.delete(f"{outside}/registries/faults", timeout=5)


def ask(registry: str, subject: Subject = SINGLE) -> Ask:
    return Ask(
        subject, Requester("citizen", "account"), "1.004873", "XNTTHN", "Luật Hộ tịch 60/2014/QH13", SCOPES[registry],
        "consent", "consent:test",
    )  # fmt: skip


def switch(outside: str, fault: str, seconds: float = 20) -> None:
    body = {"registry": "*", "fault": fault, "seconds": seconds}
    requests.post(f"{outside}/registries/faults", json=body, timeout=5).raise_for_status()


@pytest.mark.parametrize("registry", CLIENTS)
def test_known_person_is_found_with_exactly_the_fields_asked_for(exchange: Exchange, registry: str) -> None:
    reply = CLIENTS[registry](exchange).look_up(ask(registry))
    assert reply.outcome is Outcome.FOUND
    assert set(reply.fields) <= set(SCOPES[registry])
    assert reply.response_id
    assert reply.as_of is not None


@pytest.mark.parametrize("registry", CLIENTS)
@pytest.mark.parametrize(
    "changed", [{"full_name": "Nguyễn Thu Hạ"}, {"date_of_birth": "1998-03-15"}, {"personal_id": "001198999999"}], ids=str
)
def test_one_wrong_factor_is_no_match(exchange: Exchange, registry: str, changed: dict[str, str]) -> None:
    reply = CLIENTS[registry](exchange).look_up(ask(registry, replace(SINGLE, **changed)))
    assert (reply.outcome, reply.fields) == (Outcome.NOT_MATCHED, {})


@pytest.mark.parametrize(
    ("registry", "fault"),
    [
        *itertools.product(CLIENTS, ["down", "slow", "reset", "malformed", "html", "huge", "other_person", "trickle", "error"]),
        ("population", "future_birth"),
    ],
)
def test_registry_that_is_down_slow_or_lying_is_no_answer_within_three_seconds(
    exchange: Exchange, outside: str, registry: str, fault: str
) -> None:
    client = CLIENTS[registry](exchange)
    client.look_up(ask(registry))
    switch(outside, fault)
    begun = time.monotonic()
    replies = ask_all({registry: ask(registry)}, {registry: client})
    assert time.monotonic() - begun < 3.5
    assert (replies[registry].outcome, replies[registry].fields) == (Outcome.UNAVAILABLE, {})


def test_dead_person_is_told_apart(exchange: Exchange, outside: str) -> None:
    switch(outside, "deceased")
    assert population(exchange).look_up(ask("population")).outcome is Outcome.DECEASED


def test_silent_registry_does_not_hold_up_the_other(exchange: Exchange, outside: str) -> None:
    clients = {name: make(exchange) for name, make in CLIENTS.items()}
    for name, client in clients.items():
        client.look_up(ask(name))
    requests.post(
        f"{outside}/registries/faults", json={"registry": "population", "fault": "slow", "seconds": 20}, timeout=5
    ).raise_for_status()
    replies = ask_all({name: ask(name) for name in clients}, clients)
    assert replies["population"].outcome is Outcome.UNAVAILABLE
    assert replies["civil-status"].outcome is Outcome.FOUND


def test_civil_status_knows_the_divorce_that_the_population_register_missed(exchange: Exchange, outside: str) -> None:
    people = requests.get(f"{outside}/people.json?q={DIVORCED}", timeout=5).json()
    person = next(one for one in people if one["personal_id"] == DIVORCED)
    subject = Subject(DIVORCED, person["full_name"], person["date_of_birth"])
    stale = population(exchange).look_up(replace(ask("population", subject), scope=("marital_status",)))
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
    breaker = Breaker(lambda: now[0])
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
