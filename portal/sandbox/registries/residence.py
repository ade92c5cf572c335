"""The residence registry: where people are registered and with whom: the very households of the population registry."""

from __future__ import annotations

from typing import Any

from portal.sandbox.people.model import Person
from portal.sandbox.people.population import Population
from portal.sandbox.registries import population as population_registry
from portal.sandbox.registries.disagreements import lives
from portal.sandbox.registries.frame import Registry

NAME = "residence"


def _as_in_population(field: str) -> Any:
    return lambda person, people: population_registry.REGISTRY.fields[field](person, people)


def _history(person: Person, _: Population) -> list[dict[str, Any]]:
    return [{"address": stay.address.as_json(), "from": stay.since, "to": stay.until} for stay in person.stays]


def _permanent(person: Person, people: Population) -> dict[str, Any] | None:
    if person.is_alive or not (lives(person, NAME) and person.stays):
        return population_registry.permanent(person)
    return person.stays[-1].address.as_json()


REGISTRY = Registry(
    NAME,
    "Cơ sở dữ liệu về cư trú",
    {
        "file_number": _as_in_population("residence_file_number"),
        "permanent_residence": _permanent,
        "temporary_residence": _as_in_population("temporary_residence"),
        "current_residence": _as_in_population("current_residence"),
        "household": _as_in_population("household"),
        "relation_to_head": _as_in_population("relation_to_head"),
        "absence": _as_in_population("absence"),
        "history": _history,
    },
    narrow=frozenset({"permanent_residence"}),
    stale={"temporary_residence": None, "absence": None},
)
