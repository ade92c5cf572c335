"""The registry of poverty and social support: poor households, disability, merit, benefits, who is spared fees."""

from __future__ import annotations

from typing import Any

from portal.sandbox.people.model import Person
from portal.sandbox.people.population import Population
from portal.sandbox.registries import lots
from portal.sandbox.registries.disagreements import lives
from portal.sandbox.registries.frame import Registry
from portal.sandbox.registries.life import age, birthday, is_adult, poverty
from portal.sandbox.registries.told import told

NAME = "social-support"
_LISTS = {"poor": "Hộ nghèo", "near_poor": "Hộ cận nghèo"}


def _poverty(person: Person, _: Population) -> dict[str, Any] | None:
    listed = poverty(person) if lives(person, NAME) else None
    if listed is None or person.household is None:
        return None
    return {"list": _LISTS[listed], "household_number": person.household.number, "year": 2026}


def _disability(person: Person, _: Population) -> dict[str, Any] | None:
    if person.story or not lives(person, NAME) or lots.share(person.personal_id, "disabled") >= 0.012:
        return None
    degree = lots.pick(person.personal_id, "degree", ("Nhẹ", "Nặng", "Đặc biệt nặng"))
    return {"degree": degree, "certificate_number": f"KT-9{person.order:06d}", "issued_on": "2021-04-12"}


def _merit(person: Person, _: Population) -> dict[str, Any] | None:
    if person.story or not lives(person, NAME) or age(person) < 30 or lots.share(person.personal_id, "merit") >= 0.015:
        return None
    kind = "Thương binh" if age(person) >= 65 else "Thân nhân liệt sĩ"
    return {"kind": kind, "file_number": f"CC-9{person.order:06d}"}


def _is_digital_citizen(person: Person) -> bool:
    if person.story:
        return told(person, "exemption") == "digital_citizen"
    return person.is_alive and is_adult(person) and person.assurance == 2 and lots.share(person.personal_id, "digital") < 0.04


def _fee_exemption(person: Person, people: Population) -> str:
    """The class that spares the most: poverty and disability before merit, and before the state's thanks to digital citizens."""
    listed = _poverty(person, people)
    if listed and listed["list"] == _LISTS["poor"]:
        return "poor"
    if _disability(person, people):
        return "disabled"
    if _merit(person, people):
        return "merit"
    return "digital_citizen" if _is_digital_citizen(person) else "none"


def _benefits(person: Person, people: Population) -> list[dict[str, Any]]:
    found = []
    disability = _disability(person, people)
    if disability and disability["degree"] != "Nhẹ":
        found.append({"kind": "Trợ cấp người khuyết tật", "monthly_vnd": 750_000, "from": "2021-05-01"})
    if lives(person, NAME) and age(person) >= 80 and not person.story and lots.share(person.personal_id, "old age") < 0.4:
        found.append({"kind": "Trợ cấp người cao tuổi", "monthly_vnd": 500_000, "from": birthday(person, 80)})
    return found


REGISTRY = Registry(
    NAME,
    "Cơ sở dữ liệu trợ giúp xã hội",
    {
        "fee_exemption": _fee_exemption,
        "poverty": _poverty,
        "disability": _disability,
        "merit": _merit,
        "benefits": _benefits,
    },
    narrow=frozenset({"fee_exemption"}),
    nightly=True,
    stale={"fee_exemption": "none", "poverty": None, "disability": None, "merit": None, "benefits": []},
)
