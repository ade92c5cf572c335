"""The business registry: household businesses and companies of adults, each with its code, capital and lines."""

from __future__ import annotations

from typing import Any

from portal.sandbox.people.make import TODAY
from portal.sandbox.people.model import Person
from portal.sandbox.people.population import Population
from portal.sandbox.registries import lots
from portal.sandbox.registries.disagreements import lives
from portal.sandbox.registries.frame import Registry
from portal.sandbox.registries.life import age, birthday, is_adult
from portal.sandbox.registries.told import told

NAME = "business"
HOUSEHOLD, COMPANY = "Hộ kinh doanh", "Công ty TNHH một thành viên"
_LINES = (("4711", "Bán lẻ tổng hợp"), ("5610", "Nhà hàng, ăn uống"), ("9631", "Cắt tóc, làm đầu"), ("9529", "Sửa chữa đồ dùng"))


def _registrations(person: Person, _: Population) -> list[dict[str, Any]]:
    if not is_adult(person) or not lives(person, NAME):
        return []
    given = told(person, "business")
    if given is not None:
        return [_one(person, **given)] if given else []
    who, found = person.personal_id, []
    if lots.share(who, "household business") < 0.045:
        found.append(_one(person, f"{HOUSEHOLD} {person.full_name}", HOUSEHOLD))
    if age(person) >= 22 and lots.share(who, "company") < 0.009:
        found.append(_one(person, f"Công ty TNHH {person.full_name} Mẫu", COMPANY))
    return found


def _one(person: Person, name: str, kind: str, registered_on: str = "") -> dict[str, Any]:
    who = person.personal_id
    code, words = lots.pick(who, f"{kind} line", _LINES)
    address = person.stays[-1].address.as_json() if person.stays else None
    closed = not registered_on and lots.share(who, f"{kind} closed") < 0.15
    return {
        "code": who if kind == HOUSEHOLD else f"01099{person.order:05d}"[:10],
        "name": name,
        "kind": kind,
        "role": "Chủ hộ kinh doanh" if kind == HOUSEHOLD else "Người đại diện theo pháp luật",
        "status": "Đã chấm dứt" if closed else "Đang hoạt động",
        "registered_on": registered_on or lots.day(who, f"{kind} since", max(birthday(person, 18), "2005-01-01"), TODAY),
        "capital_vnd": lots.number(who, f"{kind} capital", 2, 60) * (10_000_000 if kind == HOUSEHOLD else 50_000_000),
        "lines": [{"code": code, "name": words}],
        "address": address,
    }


REGISTRY = Registry(
    NAME,
    "Cơ sở dữ liệu quốc gia về đăng ký doanh nghiệp",
    {"registrations": _registrations},
    narrow=frozenset({"registrations"}),
    stale={"registrations": []},
)
