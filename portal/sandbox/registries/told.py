"""What the registries hold of the people with a story, where it must be known in advance; of everybody else it is drawn."""

from __future__ import annotations

from typing import Any

from portal.sandbox.people.model import Person

SINGLE, MARRIED, WIFE, DIVORCED, WIDOWER, SECRETLY_MARRIED = (
    "001198900001", "001088900002", "001190900003", "034185900004", "030058900006", "001092900008",
)  # fmt: skip
YEAR_ONLY, ONE_WORD, STUDENT = "017050900014", "010096900015", "066199900019"

_FACTS: dict[str, dict[str, Any]] = {
    SINGLE: {
        "job": ("Công ty TNHH Mẫu", "0109900017", "2018-10-01", "2026-10-30"),
        "licence": {
            "number": "010123456782", "classes": ["A1"], "issued_on": "2017-05-04", "passed_on": "2017-04-22", "points": 12,
        },
        "tax": "none",
    },
    MARRIED: {
        "job": ("Công ty TNHH Mẫu", "0109900017", "2023-06-01", "2026-10-30"),
        "licence": {
            "number": "010123456780", "classes": ["A1", "C"], "issued_on": "2024-04-01", "passed_on": "2014-03-15",
            "valid_until": "2029-04-01", "points": 10,
        },
        "health": "driver",
        "land": True,
        "old_tax_code": "8100000008",
    },
    WIFE: {
        "job": ("Trung tâm Khoa học Trăng Non", "0109900066", "2013-02-01", None),
        "newborn": {"number": "CS-9000012", "date_of_birth": "2026-10-02", "sex": "male"},
    },
    DIVORCED: {"land": True},
    WIDOWER: {
        "licence": {
            "number": "010123456781", "classes": ["C"], "issued_on": "2015-06-01", "passed_on": "2000-06-10",
            "valid_until": "2020-06-01", "points": 12,
        },
    },
    SECRETLY_MARRIED: {
        "licence": {
            "number": "010123456789", "classes": ["B"], "issued_on": "2016-12-10", "passed_on": "2016-11-26",
            "valid_until": "2026-12-10", "points": 8,
            "restrictions": [{"kind": "Tước quyền sử dụng", "from": "2026-09-15", "to": "2026-12-15"}],
        },
        "business": {"name": "Hộ kinh doanh Quốc Việt", "kind": "Hộ kinh doanh", "registered_on": "2021-03-02"},
    },
    YEAR_ONLY: {
        "licence": {
            "number": "A1234567", "classes": ["A1 (bằng giấy cũ)"], "issued_on": "1987-08-19", "passed_on": "1987-08-01",
            "points": 12,
        },
        "conviction": True,
        "old_tax_code": "8100000014",
    },
    ONE_WORD: {"licence": {}},
    STUDENT: {"licence": {}, "exemption": "digital_citizen"},
}  # fmt: skip


def told(person: Person, topic: str) -> Any:
    """What is told of the person; empty where somebody with a story has nothing of the kind; None where it is drawn."""
    if person.story is None:
        return None
    return _FACTS.get(person.personal_id, {}).get(topic, "" if person.office is None else None)
