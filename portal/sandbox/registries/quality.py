"""How clean each registry is, place by place, as its owner counts it against the population registry."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from portal.sandbox.people.model import Person
from portal.sandbox.people.population import Population
from portal.sandbox.registries import lots
from portal.sandbox.registries.disagreements import RATES
from portal.sandbox.registries.disagreements import of as fault_of
from portal.sandbox.registries.known import KNOWN

NOWHERE = ""  # of whom the registry does not say where they live: the dead, people abroad
# Of the records the share that nobody has compared yet.
NOT_COMPARED = {"driving-licences": 0.036, "land": 0.22, "vehicles": 0.11, "education": 0.05}
USUALLY_NOT_COMPARED = 0.02


def quality(registry: str, people: Population) -> list[dict[str, Any]]:
    """Each place's records: all, compared and equal, disagreeing by kind, mended since, still to be compared.

    The registries that hold the truth of who somebody is are compared with nothing.
    """
    counted: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for person in people.people if registry in RATES else ():
        if KNOWN[registry].has_record(person):
            counted[_place(person)].update(_counts(person, registry))
    return [_row(place, counts) for place, counts in sorted(counted.items())]


def _place(person: Person) -> str:
    home = person.stays[-1].address if person.is_alive and person.stays else None
    return (home.province_code if home else None) or NOWHERE


def _counts(person: Person, registry: str) -> list[str]:
    """What one record counts as."""
    if registry in person.acts.get("cleansed", ()):
        return ["total", "verified", "corrected"]
    if lots.share(person.personal_id, f"{registry} not compared") < NOT_COMPARED.get(registry, USUALLY_NOT_COMPARED):
        return ["total", "waiting"]
    fault = fault_of(person, registry)
    return ["total", f"disagreeing:{fault}"] if fault else ["total", "verified"]


def _row(place: str, counts: Counter[str]) -> dict[str, Any]:
    kinds = {name.partition(":")[2]: count for name, count in counts.items() if name.startswith("disagreeing:")}
    plain = {name: counts[name] for name in ("total", "verified", "corrected", "waiting")}
    return {"province_code": place or None, **plain, "disagreeing": dict(sorted(kinds.items()))}
