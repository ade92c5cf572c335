"""The vehicle registry: who owns which motorcycle or car; plates and chassis that exist nowhere."""

from __future__ import annotations

from typing import Any

from portal.sandbox.people.make import TODAY
from portal.sandbox.people.model import Person
from portal.sandbox.people.population import Population
from portal.sandbox.registries import lots
from portal.sandbox.registries.disagreements import lives
from portal.sandbox.registries.frame import Registry
from portal.sandbox.registries.life import birthday, is_adult

NAME = "vehicles"
_MOTORCYCLES = ("Xe máy Chuồn Chuồn 110", "Xe máy Bồ Câu 125", "Xe máy điện Đom Đóm")
_CARS = ("Ô tô con Lá Bàng 1.5", "Ô tô con Hoa Giấy 2.0", "Ô tô điện Trăng Non")
_COLOURS = ("Đen", "Trắng", "Đỏ", "Xanh", "Bạc")


def _vehicles(person: Person, _: Population) -> list[dict[str, Any]]:
    if not lives(person, NAME) or not is_adult(person) or (person.story and not person.office):
        return []
    who = person.personal_id
    found = []
    if lots.share(who, "motorcycle") < 0.62:
        found.append(_one(person, "motorcycle", "Mô tô, xe máy", f"29-ZZ {person.order:05d}"))
    if lots.share(who, "car owned") < 0.14:
        found.append(_one(person, "car", "Ô tô con", f"30-ZZ {person.order:05d}"))
    return found


def _one(person: Person, kind: str, words: str, plate: str) -> dict[str, Any]:
    who = person.personal_id
    return {
        "plate": plate,
        "kind": words,
        "brand": lots.pick(who, f"{kind} brand", _MOTORCYCLES if kind == "motorcycle" else _CARS),
        "colour": lots.pick(who, f"{kind} colour", _COLOURS),
        "chassis": f"MAU{kind[:1].upper()}{lots.digits(who, f'{kind} chassis', 13)}",
        "engine": f"MAU{lots.digits(who, f'{kind} engine', 8)}",
        "registered_on": lots.day(who, f"{kind} since", max(birthday(person, 18), "2008-01-01"), TODAY),
        "owner": {"full_name": person.full_name, "personal_id": who},
    }


REGISTRY = Registry(
    NAME,
    "Cơ sở dữ liệu đăng ký xe",
    {"vehicles": _vehicles},
    narrow=frozenset({"vehicles"}),
    nightly=True,
    stale={"vehicles": []},
)
