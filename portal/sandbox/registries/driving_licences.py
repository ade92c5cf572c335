"""The licence registry: licences of adults by class and age, their points, seizures and suspensions."""

from __future__ import annotations

from typing import Any

from portal.sandbox.people.make import TODAY
from portal.sandbox.people.model import Person
from portal.sandbox.people.population import Population
from portal.sandbox.registries import lots
from portal.sandbox.registries.disagreements import lives
from portal.sandbox.registries.frame import Registry
from portal.sandbox.registries.life import age, birthday
from portal.sandbox.registries.told import told

NAME = "driving-licences"
# Class: from which age, and for how many years it holds (None: without end).
CLASSES: dict[str, tuple[int, int | None]] = {
    "A1": (18, None),
    "A": (18, None),
    "B": (18, 10),
    "C1": (21, 10),
    "C": (21, 5),
    "D2": (24, 5),
}
LICENSED_OF_ADULTS = 0.72
MOTORCYCLES_ALONE = frozenset({"A1", "A"})


def _classes(person: Person) -> list[str]:
    who, years = person.personal_id, age(person)
    drawn, found = lots.share(who, "licensed"), ["A1"]
    if years < 18 or drawn >= LICENSED_OF_ADULTS:
        return []
    if lots.share(who, "car") < 0.35:
        found.append("B")
    lorry = lots.share(who, "lorry")
    if lorry < 0.03 and years >= 25:
        found.append("C")
    if lorry < 0.005 and years >= 30:
        found.append("D2")
    return found


def licence(person: Person) -> dict[str, Any] | None:
    """The licence that the registry takes for active, with all that it says of it."""
    if not lives(person, NAME):
        return None
    if "licence" in person.acts:
        return _told(person.acts["licence"])
    given = told(person, "licence")
    if given is not None:
        return _told(given) if given else None
    classes = _classes(person)
    if not classes:
        return None
    who = person.personal_id
    passed = lots.day(who, "passed", birthday(person, 18), TODAY if age(person) < 25 else birthday(person, 25))
    terms = [term for name in classes for term in [CLASSES[name][1]] if term]
    issued = passed
    while terms and _years_on(issued, min(terms)) <= TODAY:
        issued = _years_on(issued, min(terms))
    if terms and passed != issued and lots.share(who, "expired") < 0.04:
        issued = _years_on(issued, -min(terms))  # one in twenty-five was never renewed
    return {
        "number": f"01{who[3]}{passed[2:4]}9{person.order:06d}",
        "classes": classes,
        "class_names": ", ".join(classes),
        "issued_on": issued,
        "passed_on": passed,
        "valid_until": _years_on(issued, min(terms)) if terms else None,
        "points": 12 - (lots.number(who, "points lost", 1, 6) if lots.share(who, "fined") < 0.12 else 0),
        "restrictions": _restrictions(who),
    }


def _restrictions(who: str) -> list[dict[str, str]]:
    if lots.share(who, "suspended") >= 0.012:
        return []
    since = lots.day(who, "suspended", "2026-08-01", TODAY)
    return [{"kind": "Tước quyền sử dụng", "from": since, "to": _months_on(since, lots.number(who, "suspended for", 1, 4))}]


def _told(given: dict[str, Any]) -> dict[str, Any]:
    return {"valid_until": None, "restrictions": [], "class_names": ", ".join(given["classes"]), **given}


def _years_on(day: str, years: int) -> str:
    year = int(day[:4]) + years
    return f"{year}-02-28" if day[5:] == "02-29" else f"{year}{day[4:]}"


def _months_on(day: str, months: int) -> str:
    reached = int(day[:4]) * 12 + int(day[5:7]) - 1 + months
    return f"{reached // 12}-{reached % 12 + 1:02d}-{min(int(day[8:]), 28):02d}"


def _field(name: str) -> Any:
    def of(person: Person, _: Population) -> Any:
        held = licence(person)
        return held[name] if held else None

    return of


REGISTRY = Registry(
    NAME,
    "Cơ sở dữ liệu giấy phép lái xe",
    {
        name: _field(name)
        for name in ("number", "classes", "class_names", "issued_on", "passed_on", "valid_until", "points", "restrictions")
    },
    narrow=frozenset({"number", "class_names", "valid_until"}),
    stale={"points": 12, "restrictions": []},
)
