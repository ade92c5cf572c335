"""The national vault: which results of earlier procedures somebody holds there, told by reference and hash."""

from __future__ import annotations

import hashlib
from typing import Any

from portal.sandbox.people.model import Person
from portal.sandbox.people.population import Population
from portal.sandbox.registries import lots
from portal.sandbox.registries.frame import Registry

NAME = "vault"


def _documents(person: Person, _: Population) -> list[dict[str, Any]]:
    """A birth extract of whoever was born since the books are electronic, and the last marriage that stands."""
    found = []
    if person.birth >= "2016" and person.is_alive:
        found.append(_one(person, "1.001193", "Giấy khai sinh", person.birth))
    standing = [act for act in person.marriages if act.ended is None and act.registered_on >= "2016"]
    if standing and person.is_alive:
        found.append(_one(person, "1.000894", "Giấy chứng nhận kết hôn", standing[-1].registered_on))
    return found


def _one(person: Person, procedure_code: str, title: str, issued_on: str) -> dict[str, Any]:
    reference = f"KHO-9{person.order:06d}-{procedure_code.replace('.', '')}"
    return {
        "reference": reference,
        "title": title,
        "procedure_code": procedure_code,
        "number": f"{lots.number(person.personal_id, procedure_code, 1, 290)}/{issued_on[:4]}",
        "issued_on": issued_on,
        "issued_by": "Ủy ban nhân dân phường (mô phỏng)",
        "sha256": hashlib.sha256(reference.encode()).hexdigest(),
        "is_revoked": False,
    }


REGISTRY = Registry(NAME, "Kho quản lý dữ liệu điện tử của tổ chức, cá nhân", {"documents": _documents}, stale={"documents": []})
