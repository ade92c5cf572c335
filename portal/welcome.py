"""What the operator reads when everything runs: the addresses, and who can log in."""

from __future__ import annotations

import json

from portal.config import Settings
from portal.readiness import get

CITIZENS_SHOWN = 12


def welcome(settings: Settings) -> list[str]:
    lines = ["", "Một Cửa đang chạy (running). Ctrl-C để dừng (to stop).", ""]
    addresses = {"Cổng dịch vụ công (portal)": settings.base_url}
    if settings.is_demo:
        sandbox = f"http://{settings.sandbox_host}:{settings.sandbox_port}"
        addresses |= {
            "Ai đăng nhập được (people)": f"{sandbox}/people",
            "Thư, tin nhắn, mã OTP (messages)": f"{sandbox}/messages",
        }
    addresses["Nhật ký (logs)"] = str(settings.instance / "log")
    lines += [f"  {label:<34}{address}" for label, address in addresses.items()]
    if settings.is_demo:
        lines += ["", *people_of(get(settings.sandbox_host, settings.sandbox_port, "/people.json")[1])]
    return lines


def people_of(answer: bytes) -> list[str]:
    """A short table: people with a story, and one of the staff for each role."""
    people = json.loads(answer)
    citizens = [person for person in people if person.get("story") and person["roles"] == ["citizen"]]
    staff = {role: person for person in reversed(people) for role in person["roles"] if role != "citizen"}
    rows = [("citizen", person) for person in citizens[:CITIZENS_SHOWN]]
    rows += [(role, person) for role, person in reversed(staff.items())]
    lines = [f"  {person['personal_id']}  {role:<14}{_about(person)}"[:140] for role, person in rows]
    return ["  Đăng nhập bằng (log in as), tất cả ở trang /people:", *lines]


def _about(person: dict[str, str]) -> str:
    return ": ".join(filter(None, (person["full_name"], person.get("story"))))
