"""The land registry: certificates of heads of households, whom their spouses own with; parcels that exist nowhere."""

from __future__ import annotations

from typing import Any

from portal.sandbox.people.make import TODAY
from portal.sandbox.people.model import Person
from portal.sandbox.people.population import Population
from portal.sandbox.registries import lots
from portal.sandbox.registries.disagreements import lives
from portal.sandbox.registries.frame import Registry
from portal.sandbox.registries.life import age, is_vietnamese, spouse
from portal.sandbox.registries.told import told

NAME = "land"
OWNED = 0.62


def _owner(person: Person, people: Population) -> Person | None:
    """Whose certificate the person's is: their own as head of a household, or that of the spouse who is."""
    home = person.household
    if home is None:
        return person if not person.is_alive and lives(person, NAME) else None
    partner = spouse(person, people)
    return home.head if home.head in (person, partner) else None


def _certificates(person: Person, people: Population) -> list[dict[str, Any]]:
    owner = _owner(person, people)
    if owner is None or not _owns(owner):
        return []
    partner = spouse(owner, people)
    address = owner.stays[-1].address if owner.stays else None
    who, since = owner.personal_id, owner.stays[-1].since if owner.stays else TODAY
    mortgaged = lots.share(who, "mortgage") < 0.12
    return [
        {
            "number": f"MAU {owner.order:06d}",
            "book_number": f"CS 9{owner.order:05d}",
            "sheet": lots.number(who, "sheet", 1, 40),
            "parcel": lots.number(who, "parcel", 1, 300),
            "area_m2": lots.number(who, "area", 24, 180),
            "use": "Đất ở tại đô thị",
            "address": address.as_json() if address else None,
            "issued_on": max(since, "1995-01-01"),
            "owners": [{"full_name": one.full_name, "personal_id": one.personal_id} for one in (owner, partner) if one],
            "mortgage": {"bank": "Ngân hàng Mẫu", "from": max(since, "2019-05-20")} if mortgaged else None,
        }
    ]


def _owns(head: Person) -> bool:
    given = told(head, "land")
    if given is not None:
        return bool(given)
    return age(head) >= 22 and is_vietnamese(head) and lots.share(head.personal_id, "owns land") < OWNED


REGISTRY = Registry(
    NAME,
    "Cơ sở dữ liệu đất đai",
    {"certificates": _certificates},
    narrow=frozenset(),
    nightly=True,
    stale={"certificates": []},
)
