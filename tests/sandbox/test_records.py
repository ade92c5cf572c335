"""What the registries would answer about each of the twenty thousand fits together with what the others would."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from portal.sandbox.people.make import TODAY
from portal.sandbox.people.population import Population, population
from portal.sandbox.registries.known import KNOWN


@pytest.fixture(scope="module")
def people() -> Population:
    return population()


@pytest.fixture(scope="module")
def records(people: Population) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    return [(KNOWN["population"].record(one, people), KNOWN["civil-status"].record(one, people)) for one in people.people]


def test_every_record_has_all_fields_and_can_be_sent(records: list[tuple[dict[str, Any], dict[str, Any]]]) -> None:
    for known, civil in records:
        assert len(known) == 26
        assert set(civil) == {"marital_status", "marriages", "birth", "death"}
    assert len(json.dumps(records)) > 1_000_000


def test_cards_are_given_from_14_are_valid_now_and_end_at_25_40_60_or_never(
    records: list[tuple[dict[str, Any], dict[str, Any]]],
) -> None:
    ends = set()
    for known, _ in records:
        card, birth = known["identity_card"], int(known["date_of_birth"][:4])
        if card is None:
            assert birth >= 2012 or known["nationality"][0]["code"] != "VN"
            continue
        assert date.fromisoformat(card["issued_on"]) <= date.fromisoformat(TODAY)
        assert int(card["issued_on"][:4]) - birth >= 14
        ends.add(int(card["expires_on"][:4]) - birth if card["expires_on"] else None)
        if card["expires_on"]:
            assert date.fromisoformat(card["expires_on"]) > date.fromisoformat(TODAY)
    assert ends == {25, 40, 60, None}


def test_the_status_agrees_with_the_acts(records: list[tuple[dict[str, Any], dict[str, Any]]]) -> None:
    for _, civil in records:
        stands = [act for act in civil["marriages"] if act["ended"] is None]
        assert (civil["marital_status"] == "married") == (len(stands) == 1)
        days = [act["registered_on"] for act in civil["marriages"]]
        assert days == sorted(days)


def test_the_dead_live_nowhere_and_the_living_live_somewhere(
    records: list[tuple[dict[str, Any], dict[str, Any]]],
) -> None:
    for known, civil in records:
        assert (known["death"] is None) == (civil["death"] is None)
        assert (known["permanent_residence"] is None) == (known["death"] is not None)
        assert (known["household"] is None) == (known["death"] is not None)


def test_every_residence_has_a_ward_of_today_and_the_old_text_where_it_is_old(
    records: list[tuple[dict[str, Any], dict[str, Any]]],
) -> None:
    old = 0
    for known, _ in records:
        residence = known["permanent_residence"]
        if residence is None:
            continue
        assert len(residence["ward_code"]) == 5
        assert residence["ward_name"]
        assert residence["valid_as_of"] >= "2025-07-01"
        old += any(word in residence["as_entered_text"] for word in ("quận ", "huyện ", "thành phố Hải Dương"))
    assert old > 15_000


def test_relatives_are_named_on_both_sides(records: list[tuple[dict[str, Any], dict[str, Any]]]) -> None:
    related = {
        (known["personal_id"], relative["relation"], relative["personal_id"])
        for known, _ in records
        for relative in known["relatives"]
        if relative["personal_id"]
    }
    mirrored = {
        "father": ("child",),
        "mother": ("child",),
        "child": ("father", "mother"),
        "guardian": ("ward",),
        "ward": ("guardian",),
    }
    for one, relation, other in related:
        if relation in mirrored:
            assert any((other, back, one) in related for back in mirrored[relation])
