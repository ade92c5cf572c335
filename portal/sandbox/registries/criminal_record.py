"""The criminal-record registry: judgments with what became of them, and bans; nearly everybody has none."""

from __future__ import annotations

from typing import Any

from portal.sandbox.people.model import Person
from portal.sandbox.people.population import Population
from portal.sandbox.registries import lots
from portal.sandbox.registries.frame import Registry
from portal.sandbox.registries.life import age, birthday
from portal.sandbox.registries.told import told

NAME = "criminal-record"
CONVICTED = 0.008
_OFFENCES = ("Trộm cắp tài sản", "Gây rối trật tự công cộng", "Vi phạm quy định về tham gia giao thông đường bộ")


def _is_convicted(person: Person) -> bool:
    if person.story:
        return bool(told(person, "conviction"))
    return age(person) >= 21 and lots.share(person.personal_id, "convicted") < CONVICTED


def _entries(person: Person, _: Population) -> list[dict[str, Any]]:
    if not _is_convicted(person):
        return []
    who = person.personal_id
    judged = lots.day(who, "judged", birthday(person, 18), "2024-06-30")
    served = f"{int(judged[:4]) + 1}{judged[4:]}"
    cleared = lots.share(who, "cleared") < 0.6
    return [
        {
            "judgment": f"Bản án số {lots.number(who, 'judgment', 1, 200)}/{judged[:4]}/HS-ST",
            "court": "Tòa án nhân dân khu vực 1 - Hà Nội (mô phỏng)",
            "judged_on": judged,
            "offence": lots.pick(who, "offence", _OFFENCES),
            "penalty": f"{lots.number(who, 'penalty', 6, 24)} tháng tù cho hưởng án treo",
            "served_on": served,
            "cleared_on": f"{int(served[:4]) + 1}{served[4:]}" if cleared else None,
        }
    ]


def _status(person: Person, people: Population) -> str:
    entries = _entries(person, people)
    return "some" if any(entry["cleared_on"] is None for entry in entries) else "cleared" if entries else "none"


def _bans(person: Person, people: Population) -> list[dict[str, str]]:
    if _status(person, people) != "some" or lots.share(person.personal_id, "ban") >= 0.2:
        return []
    return [{"kind": "Cấm đảm nhiệm chức vụ, thành lập, quản lý doanh nghiệp", "from": "2025-01-01", "to": "2028-01-01"}]


REGISTRY = Registry(
    NAME,
    "Cơ sở dữ liệu lý lịch tư pháp",
    {"entries": _entries, "status": _status, "bans": _bans},
    only_for=frozenset({"3.000333"}),  # the agreement covers the criminal-record slip alone
    stale={"entries": [], "status": "none", "bans": []},
)
