"""What the population registry holds of a person: the 26 fields in exchange form, its stale marital status included."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from portal.sandbox.people.addresses import Address, abroad, birthplace
from portal.sandbox.people.make import TODAY
from portal.sandbox.people.model import Named, Person
from portal.sandbox.people.population import Population
from portal.sandbox.people.territory import COUNTRIES, OLD_PROVINCES
from portal.sandbox.registries.frame import Registry
from portal.sandbox.registries.life import birthday

ISSUER = "Cục Cảnh sát quản lý hành chính về trật tự xã hội"
RENEWED_AT = (14, 25, 40, 60)
_COUNTRY_OF_PREFIX = {prefix: (code, name) for code, (prefix, name) in COUNTRIES.items()}


def _origin(code: str) -> dict[str, Any]:
    if code in OLD_PROVINCES:
        return birthplace(code).as_json()
    return abroad(*_COUNTRY_OF_PREFIX[code]).as_json()


def _birth_place(person: Person) -> dict[str, Any]:
    return person.acts["birth"]["birth_place"] if "birth" in person.acts else _origin(person.birth_code)


def _nationality(person: Person) -> list[dict[str, str]]:
    return [{"code": code, "name": name} for code, name in person.nationality]


def identity_card(person: Person) -> dict[str, str | None] | None:
    """The card that is valid now: none before 14, renewed at 25, 40 and 60, without end after 60."""
    if person.nationality[0][0] != "VN" or birthday(person, 14) > TODAY:
        return None
    reached = max(age for age in RENEWED_AT if birthday(person, age) <= TODAY)
    # Cards of this kind exist since 2021, and nobody is given one on the very birthday.
    year = max(int(birthday(person, reached)[:4]), 2021 + person.order % 5)
    issued = max(f"{year}-{person.order % 10 + 1:02d}-{person.order % 28 + 1:02d}", birthday(person, reached))
    expires = next((birthday(person, age) for age in RENEWED_AT if age > reached), None)
    return {
        "number": person.personal_id,
        "issued_on": min(issued, TODAY),
        "issued_by": ISSUER if issued < "2024-07-01" else "Bộ Công an",
        "expires_on": expires,
    }


def _relative(relation: str, who: Person | Named) -> dict[str, Any]:
    known = who if isinstance(who, Person) else None
    return {
        "relation": relation,
        "full_name": who.full_name,
        "personal_id": known.personal_id if known else None,
        "old_id_number": who.old_id_number,
        "nationality": _nationality(known) if known else [{"code": "VN", "name": "Việt Nam"}],
    }


def relatives(person: Person, population: Population) -> list[dict[str, Any]]:
    """Father, mother, spouse as this registry believes, children, guardian, wards."""
    found = [_relative(role, who) for role, who in (("father", person.father), ("mother", person.mother)) if who]
    if person.population_marital_status == "married" and person.marriages:
        spouse = population.get(person.marriages[-1].other(person.personal_id))
        found += [_relative("spouse", spouse)] if spouse else []
    found += [_relative("child", child) for child in person.children]
    found += [_relative("guardian", person.guardian)] if person.guardian else []
    return found + [_relative("ward", ward) for ward in person.wards]


def household(person: Person) -> dict[str, Any] | None:
    """The head and the members, with what each is to the head."""
    home = person.household
    if home is None:
        return None
    members = [
        {
            "full_name": member.full_name,
            "personal_id": member.personal_id,
            "old_id_number": member.old_id_number,
            "relation_to_head": member.relation_to_head,
        }
        for member in home.members
    ]
    return {"head": members[0], "members": members}


def _address(address: Address | None) -> dict[str, Any] | None:
    return address.as_json() if address else None


def _history(person: Person) -> list[dict[str, Any]]:
    return [{"address": stay.address.as_json(), "from": stay.since, "to": stay.until} for stay in person.stays]


def permanent(person: Person) -> dict[str, Any] | None:
    """Where the person lives for good; the dead live nowhere."""
    return _address(person.stays[-1].address) if person.is_alive and person.stays else None


_FIELDS: dict[str, Callable[[Person, Population], Any]] = {
    "full_name": lambda person, _: person.full_name,
    "other_name": lambda person, _: person.other_name,
    "personal_id": lambda person, _: person.personal_id,
    "date_of_birth": lambda person, _: person.birth,
    "sex": lambda person, _: person.sex,
    "birth_place": lambda person, _: _birth_place(person),
    "birth_registration_place": lambda person, _: _origin(person.birth_code),
    "origin": lambda person, _: _origin(person.origin_code),
    "ethnicity": lambda person, _: {"code": person.ethnicity[0], "name": person.ethnicity[1]},
    "religion": lambda person, _: person.religion,
    "nationality": lambda person, _: _nationality(person),
    "blood_group": lambda person, _: person.blood_group,
    "old_id_number": lambda person, _: person.old_id_number,
    "identity_card": lambda person, _: identity_card(person),
    "relatives": relatives,
    "permanent_residence": lambda person, _: permanent(person),
    "temporary_residence": lambda person, _: _address(person.temporary),
    "current_residence": lambda person, _: _address(person.temporary) or permanent(person),
    "absence": lambda person, _: person.absence,
    "residence_file_number": lambda person, _: person.household.number if person.household else None,
    "marital_status": lambda person, _: person.population_marital_status,
    "relation_to_head": lambda person, _: person.relation_to_head,
    "household": lambda person, _: household(person),
    "death": lambda person, _: {"date": person.death[0], "kind": person.death[1]} if person.death else None,
    "contact": lambda person, _: {"phone": person.phone, "email": person.email},
    "other": lambda person, _: {"residence_history": _history(person)},
}

REGISTRY = Registry(
    "population",
    "Cơ sở dữ liệu quốc gia về dân cư",
    _FIELDS,
    sensitive=frozenset({"religion", "blood_group"}),  # never needed by a procedure of any portal
    narrow=frozenset({"full_name", "personal_id", "date_of_birth", "sex", "nationality", "death"}),
    # Xác nhận tình trạng hôn nhân has no use for absence or other names.
    except_for={"1.004873": frozenset({"absence", "other_name"})},
    stale={"marital_status": "never_married"},
)
