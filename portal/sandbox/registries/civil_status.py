"""What the civil-status registry holds of a person: birth, marriages and their endings, death; always the truth."""

from __future__ import annotations

from typing import Any

from portal.sandbox.people.addresses import abroad, birthplace
from portal.sandbox.people.model import Marriage, Named, Person
from portal.sandbox.people.population import Population
from portal.sandbox.people.territory import COUNTRIES, OLD_PROVINCES
from portal.sandbox.registries.frame import Registry


def _marriages(person: Person, people: Population) -> list[dict[str, Any]]:
    return [_marriage(act, person, people) for act in person.marriages]


def _marriage(act: Marriage, person: Person, population: Population) -> dict[str, Any]:
    spouse = population.by_id[act.other(person.personal_id)]
    ended = act.ended
    return {
        "number": act.number,
        "book": act.book,
        "registered_on": act.registered_on,
        "place": act.place,
        "spouse": {
            "full_name": spouse.full_name,
            "personal_id": spouse.personal_id,
            "date_of_birth": spouse.birth,
        },
        "ended": None
        if ended is None
        else {"kind": ended.kind, "on": ended.on, "document": ended.document, "authority": ended.authority},
    }


def _birth(person: Person, _: Population) -> dict[str, Any]:
    parents = {"father": _parent(person.father), "mother": _parent(person.mother)}
    if "birth" in person.acts:
        entry = person.acts["birth"]
        return {**{name: entry[name] for name in ("number", "book", "registered_on")}, "place": entry["birth_place"], **parents}
    year = person.birth_year
    if person.birth_code in OLD_PROVINCES:
        place = birthplace(person.birth_code)
    else:
        place = next(abroad(code, name) for code, (prefix, name) in COUNTRIES.items() if prefix == person.birth_code)
    return {
        "number": f"{person.order % 290 + 1}/{year}",
        "book": f"{person.order % 3 + 1:02d}/{year}",
        "registered_on": person.birth,
        "place": place.as_json(),
        **parents,
    }


def _parent(parent: Person | Named | None) -> dict[str, str | None] | None:
    if parent is None:
        return None
    return {
        "full_name": parent.full_name,
        "personal_id": parent.personal_id if isinstance(parent, Person) else None,
    }


def _death(person: Person, _: Population) -> dict[str, Any] | None:
    if person.death is None:
        return None
    on, kind = person.death
    if "death" in person.acts:
        return {"date": on, "kind": kind, **person.acts["death"]}
    return {"date": on, "kind": kind, "number": f"{person.order % 280 + 1}/{on[:4]}", "registered_on": on}


REGISTRY = Registry(
    "civil-status",
    "Cơ sở dữ liệu hộ tịch điện tử",
    {
        "marital_status": lambda person, _: person.marital_status,
        "marriages": _marriages,
        "birth": _birth,
        "death": _death,
    },
    narrow=frozenset({"marital_status"}),
    stale={"marital_status": "never_married", "marriages": []},
)
