"""The health registry: certificates of drivers, and notices of deaths that nobody has registered yet."""

from __future__ import annotations

from typing import Any

from portal.sandbox.people.model import Person
from portal.sandbox.people.population import Population
from portal.sandbox.registries import lots
from portal.sandbox.registries.disagreements import lives
from portal.sandbox.registries.driving_licences import MOTORCYCLES_ALONE, licence
from portal.sandbox.registries.frame import Registry
from portal.sandbox.registries.told import told

NAME = "health"
_CLINICS = ("Bệnh viện Mẫu Một", "Bệnh viện Mẫu Hai", "Phòng khám Diều Sáo")


def _driver_certificate(person: Person, _: Population) -> dict[str, Any] | None:
    """Of those who drive more than a motorcycle, half were examined within the year."""
    if not lives(person, NAME):
        return None
    held = licence(person)
    given = told(person, "health")
    if given == "" or held is None or set(held["classes"]) <= MOTORCYCLES_ALONE:
        return None
    if given is None and lots.share(person.personal_id, "examined") >= 0.5:
        return None
    return {
        "number": f"GKSK-9{person.order:06d}",
        "issued_by": lots.pick(person.personal_id, "clinic", _CLINICS),
        "issued_on": "2026-08-14" if given else lots.day(person.personal_id, "examined", "2025-12-01", "2026-10-31"),
        "conclusion": "Đủ sức khỏe lái xe",
        "classes": held["class_names"],
    }


def _death_notice(person: Person, people: Population) -> dict[str, Any] | None:
    """Of the spouse, where a hospital told of the death within the last weeks; the civil-status book has it already or soon."""
    ended = person.marriages[-1].ended if person.marriages else None
    if not person.is_alive or ended is None or ended.kind != "death" or ended.on < "2026-10-01":
        return None
    gone = people.by_id[person.marriages[-1].other(person.personal_id)]
    hour, minute = lots.number(gone.personal_id, "hour", 0, 23), lots.number(gone.personal_id, "minute", 0, 59)
    return {
        "number": f"BT-9{gone.order:06d}",
        "issued_by": "Bệnh viện Mẫu Một",
        "date": ended.on,
        "time": f"{hour:02d}:{minute:02d}",
        "place": "Bệnh viện Mẫu Một",
        "cause": "Bệnh",
        "full_name": gone.full_name,
        "personal_id": gone.personal_id,
    }


REGISTRY = Registry(
    NAME,
    "Cơ sở dữ liệu y tế",
    {"driver_certificate": _driver_certificate, "death_notice": _death_notice},
    stale={"driver_certificate": None, "death_notice": None},
)
