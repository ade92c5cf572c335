"""The tax registry: whether somebody is registered and under which codes, their dependants, what is outstanding."""

from __future__ import annotations

from typing import Any

from portal.sandbox.people.model import Person
from portal.sandbox.people.population import Population
from portal.sandbox.registries import lots
from portal.sandbox.registries.disagreements import lives
from portal.sandbox.registries.frame import Registry
from portal.sandbox.registries.life import age, birthday, is_adult, job
from portal.sandbox.registries.told import told

NAME = "tax"
NOT_REGISTERED, ACTIVE, CLOSED, DEPENDANT = "Chưa đăng ký", "Đang hoạt động", "Đã đóng", "Người phụ thuộc"
OFFICE = "Thuế cơ sở Ba Đình"
BECAME_PERSONAL_ID = "2025-07-01"


def _status(person: Person) -> str:
    if told(person, "tax") == "none":
        return NOT_REGISTERED
    if not lives(person, NAME):
        return CLOSED
    if not is_adult(person):
        return DEPENDANT if _is_claimed(person) else NOT_REGISTERED
    return ACTIVE if job(person) or lots.share(person.personal_id, "taxpayer") < 0.35 else NOT_REGISTERED


def _is_claimed(child: Person) -> bool:
    return bool(_claiming(child))


def _claiming(child: Person) -> Person | None:
    """The parent whose dependant the child is: the first who pays tax, so that no child is claimed twice."""
    parents = [one for one in (child.father, child.mother) if isinstance(one, Person) and one.is_alive]
    return next((one for one in parents if job(one) and told(one, "tax") != "none"), None)


def _old_code(person: Person) -> str | None:
    given = told(person, "old_tax_code")
    if given is not None:
        return given or None
    if _status(person) not in (ACTIVE, CLOSED) or age(person) < 24 or lots.share(person.personal_id, "old code") >= 0.7:
        return None
    return f"81{person.order:08d}"


def _registration(person: Person, _: Population) -> dict[str, Any]:
    status = _status(person)
    if status == NOT_REGISTERED:
        return {"status": status, "code": None, "old_code": _old_code(person), "registered_on": None, "office": None}
    since = lots.day(person.personal_id, "taxpayer since", max(birthday(person, 18), "1999-01-01"), BECAME_PERSONAL_ID)
    return {
        "status": status,
        "code": person.personal_id,
        "old_code": _old_code(person),
        "registered_on": BECAME_PERSONAL_ID if status == DEPENDANT else since,
        "office": OFFICE,
    }


def _dependants(person: Person, _: Population) -> list[dict[str, Any]]:
    if not lives(person, NAME) or not is_adult(person):
        return []
    return [
        {
            "full_name": child.full_name,
            "personal_id": child.personal_id,
            "relation": "Con",
            "from": max(child.birth, "2013-07-01"),
        }
        for child in person.children
        if child.is_alive and not is_adult(child) and _claiming(child) is person
    ]


def _dues(person: Person, _: Population) -> dict[str, Any]:
    owes = _status(person) == ACTIVE and lots.share(person.personal_id, "owes") < 0.03
    owed = lots.number(person.personal_id, "owed", 1, 90) * 50_000 if owes and not person.story else 0
    return {"outstanding_vnd": owed, "kind": "Thuế thu nhập cá nhân" if owed else None}


REGISTRY = Registry(
    NAME,
    "Cơ sở dữ liệu thuế",
    {"registration": _registration, "dependants": _dependants, "dues": _dues},
    narrow=frozenset({"registration"}),
    nightly=True,
    stale={"dependants": [], "dues": {"outstanding_vnd": 0, "kind": None}},
)
