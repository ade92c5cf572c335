"""One country: what each registry holds of somebody fits what the others hold, and they disagree only as often as said."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from portal.sandbox.people.make import TODAY
from portal.sandbox.people.model import Person
from portal.sandbox.people.population import Population, population
from portal.sandbox.registries import disagreements
from portal.sandbox.registries.disagreements import DEAD_BUT_ACTIVE, RATES, known_as, lives
from portal.sandbox.registries.known import KNOWN
from portal.sandbox.registries.life import age, birthday
from portal.sandbox.registries.quotas import Quotas

Record = dict[str, dict[str, Any]]
OTHERS = [name for name in KNOWN if name not in ("population", "civil-status")]


@pytest.fixture(scope="module")
def people() -> Population:
    return population()


@pytest.fixture(scope="module")
def some(people: Population) -> list[tuple[Person, Record]]:
    """Every eleventh person, everybody with a story, and what each registry holds of them."""
    chosen = [one for number, one in enumerate(people.people) if number % 11 == 0 or one.story]
    return [(one, {name: registry.record(one, people) for name, registry in KNOWN.items()}) for one in chosen]


def test_every_record_can_be_sent_and_is_the_same_whenever_it_is_made(
    people: Population, some: list[tuple[Person, Record]]
) -> None:
    for person, held in some[:200]:
        again = {name: registry.record(person, people) for name, registry in reversed(KNOWN.items())}
        assert json.dumps(held, sort_keys=True) == json.dumps(again, sort_keys=True)


def test_only_the_fields_asked_for_are_made(people: Population) -> None:
    assert set(KNOWN["tax"].record(people.people[0], people, ["dues"])) == {"dues"}


def test_the_residence_registry_tells_of_the_households_of_the_population_registry(some: list[tuple[Person, Record]]) -> None:
    for person, held in some:
        same = ("household", "relation_to_head", "temporary_residence", "absence")
        assert {name: held["residence"][name] for name in same} == {name: held["population"][name] for name in same}
        assert held["residence"]["file_number"] == held["population"]["residence_file_number"]
        if person.is_alive:
            assert held["residence"]["permanent_residence"] == held["population"]["permanent_residence"]


def test_children_under_six_have_a_health_card_and_have_paid_nothing(some: list[tuple[Person, Record]]) -> None:
    small = [held["social-insurance"] for person, held in some if person.is_alive and age(person) < 6]
    assert len(small) > 50
    for insured in small:
        assert insured["health_card"]["kind"] == "TE"
        assert insured["health_card"]["covers_percent"] == 100
        assert (insured["contributed_months"], insured["contributions"], insured["pension"]) == (0, [], None)


def test_nobody_pays_or_drives_or_does_business_before_the_age_for_it(some: list[tuple[Person, Record]]) -> None:
    for person, held in some:
        for paid in held["social-insurance"]["contributions"]:
            assert birthday(person, 18) <= paid["from"] <= (paid["to"] or TODAY) <= TODAY
        if held["driving-licences"]["number"]:
            assert birthday(person, 18) <= held["driving-licences"]["passed_on"] <= held["driving-licences"]["issued_on"]
        for business in held["business"]["registrations"]:
            assert birthday(person, 18) <= business["registered_on"] <= TODAY
        for entry in held["criminal-record"]["entries"]:
            assert birthday(person, 18) <= entry["judged_on"] < entry["served_on"] <= (entry["cleared_on"] or TODAY) <= TODAY


def test_months_and_pensions_agree_with_the_work_that_was_insured(some: list[tuple[Person, Record]]) -> None:
    for _, held in some:
        insured = held["social-insurance"]
        assert insured["contributed_months"] == sum(paid["months"] for paid in insured["contributions"])
        assert 0 <= insured["unemployment_months"] <= insured["contributed_months"]
        assert (insured["last_employer"] is None) == (insured["contributions"] == [])
        if insured["pension"]:
            assert insured["contributed_months"] >= 180
            assert insured["status"] != "paying"


def test_a_child_is_the_dependant_of_one_parent_who_pays_tax(people: Population, some: list[tuple[Person, Record]]) -> None:
    claimed: Counter[str] = Counter()
    for person in people.people:
        if not person.children:
            continue
        held = KNOWN["tax"].record(person, people)
        for dependant in held["dependants"]:
            assert held["registration"]["status"] == "Đang hoạt động"
            assert dependant["personal_id"] in {child.personal_id for child in person.children}
            claimed[dependant["personal_id"]] += 1
    assert set(claimed.values()) == {1}
    told = {person.personal_id for person, held in some if held["tax"]["registration"]["status"] == "Người phụ thuộc"}
    assert told <= set(claimed)


def test_land_belongs_to_heads_of_households_and_their_spouses_and_both_are_told_the_same(
    people: Population, some: list[tuple[Person, Record]]
) -> None:
    owning = [(person, held["land"]["certificates"]) for person, held in some if held["land"]["certificates"] and person.is_alive]
    assert len(owning) > 300
    for person, certificates in owning:
        assert person.household is not None
        owners = [people.by_id[one["personal_id"]] for one in certificates[0]["owners"]]
        assert owners[0] is person.household.head
        assert person in owners
        assert all(KNOWN["land"].record(owner, people)["certificates"] == certificates for owner in owners)


def test_poverty_is_the_households_and_spares_fees(people: Population, some: list[tuple[Person, Record]]) -> None:
    poor = [(person, held["social-support"]) for person, held in some if held["social-support"]["poverty"]]
    assert poor
    for person, support in poor:
        assert person.household is not None
        for member in person.household.members:
            other = KNOWN["social-support"].record(member, people)["poverty"]
            assert other is None or other["list"] == support["poverty"]["list"]
        assert (support["fee_exemption"] == "poor") == (support["poverty"]["list"] == "Hộ nghèo")


def test_drivers_are_examined_for_the_classes_that_they_have(some: list[tuple[Person, Record]]) -> None:
    examined = [held for _, held in some if held["health"]["driver_certificate"]]
    assert examined
    for held in examined:
        assert held["health"]["driver_certificate"]["classes"] == held["driving-licences"]["class_names"]
        assert set(held["driving-licences"]["classes"]) - {"A1", "A"}


def test_teachers_work_at_the_school_that_insures_them_and_pupils_are_of_school_age(some: list[tuple[Person, Record]]) -> None:
    for person, held in some:
        if held["education"]["teacher"]:
            assert held["education"]["teacher"]["school"] == held["social-insurance"]["last_employer"]
        if held["education"]["pupil"]:
            assert 5 <= age(person) <= 18


def test_newborns_are_told_of_to_both_parents_and_are_in_no_book_yet(people: Population) -> None:
    told = [one for one in people.people if KNOWN["social-insurance"].record(one, people, ["birth_notice"])["birth_notice"]]
    assert len(told) > 20
    for one in told:
        notice = KNOWN["social-insurance"].record(one, people, ["birth_notice"])["birth_notice"]
        mother = people.by_id[notice["mother_personal_id"]]
        assert mother.sex == "female"
        assert mother is one or one.marriages[-1].other(one.personal_id) == mother.personal_id
        assert "2026-09-01" <= notice["date_of_birth"] <= TODAY


@pytest.mark.parametrize("registry", ["driving-licences", "social-insurance", "vehicles", "business", "education"])
def test_the_dead_are_active_nowhere_but_where_the_registry_was_never_told(
    some: list[tuple[Person, Record]], registry: str
) -> None:
    active = {
        "driving-licences": "number",
        "social-insurance": "health_card",
        "vehicles": "vehicles",
        "business": "registrations",
    }
    for person, held in some:
        if not person.is_alive and not lives(person, registry):
            assert not held[registry][active.get(registry, "pupil")]


@pytest.mark.parametrize("registry", OTHERS)
def test_each_registry_is_wrong_as_often_as_the_table_says(people: Population, registry: str) -> None:
    living = [one for one in people.people if one.is_alive and not one.story]
    dead = [one for one in people.people if not one.is_alive and not one.story]
    assert len(living) > 20_000
    found = Counter(disagreements.of(one, registry) for one in living)
    for kind, rate in RATES[registry].items():
        share = disagreeing(dead, registry) if kind == DEAD_BUT_ACTIVE else found[kind] / len(living)
        allowed = 0.05 if kind == DEAD_BUT_ACTIVE else 0.004
        assert abs(share - rate) < allowed, (registry, kind, share, rate)
        assert share > 0
    assert set(found) - {None} == set(RATES[registry]) - {DEAD_BUT_ACTIVE}


def disagreeing(dead: list[Person], registry: str) -> float:
    return sum(disagreements.of(one, registry) == DEAD_BUT_ACTIVE for one in dead) / len(dead)


@pytest.mark.parametrize("registry", OTHERS)
def test_whoever_is_held_wrongly_is_held_under_another_name_birth_or_number(people: Population, registry: str) -> None:
    for one in people.people:
        kind = disagreements.of(one, registry)
        name, birth, number = known_as(one, registry)
        differing = {"name": name != one.full_name, "date": birth != one.birth, "number": number != one.personal_id}
        expected = {"no_number": "number", "duplicate": None, DEAD_BUT_ACTIVE: None}.get(str(kind), kind)
        assert {what for what, is_so in differing.items() if is_so} == ({expected} if expected else set()), (one.full_name, kind)


def test_the_truth_of_who_somebody_is_stands_in_the_population_and_civil_status_registries(people: Population) -> None:
    for registry in ("population", "civil-status", "vault"):
        assert all(disagreements.of(one, registry) is None for one in people.people)


def test_a_quota_is_for_each_minute_client_and_registry() -> None:
    now = [100.0]
    quotas = Quotas(lambda: now[0])
    assert [quotas.wait("a", "tax", 2) for _ in range(3)] == [0, 0, 60]
    assert quotas.wait("a", "land", 2) == quotas.wait("b", "tax", 2) == 0
    now[0] += 59.5
    assert quotas.wait("a", "tax", 2) == 1
    now[0] += 0.5
    assert quotas.wait("a", "tax", 2) == 0
