"""Invented people as the services see them: citizens and staff with accounts, and the actors they are."""

from __future__ import annotations

import itertools
from dataclasses import replace

from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor, Duty, Role
from portal.blind_index import personal_id_hash
from portal.models import Account, DataKey

_serial = itertools.count(1)
OFFICE = "H26.31"
OTHER_OFFICE = "H26.32"


def citizen(session: Session, full_name: str = "Nguyễn Thị Mẫu", *, personal_id: str = "", level: int = 2) -> Actor:
    """A citizen with an account, logged in at the level."""
    number = next(_serial)
    personal_id = personal_id or f"0011{number:08d}"
    account = Account(
        data_key=DataKey.fresh(),
        issuer="https://eid.example",
        subject=f"subject-{number}",
        subject_hash=personal_id_hash(personal_id),
        profile={"personal_id": personal_id, "full_name": full_name, "date_of_birth": "1990-05-12"},
        created_at=clock.now(),
        last_login_at=clock.now(),
    )
    session.add(account)
    session.flush()
    return Actor(account.id, full_name, level, account.subject_hash)


def staff(session: Session, role: Role, office: str = OFFICE, full_name: str = "Trần Văn Cán") -> Actor:
    """A member of staff with one duty at one office."""
    return replace(citizen(session, full_name), duties=frozenset({Duty(role, office)}))


def clerk(session: Session, office: str = OFFICE) -> Actor:
    """A one-stop clerk."""
    return staff(session, Role.CLERK, office, "Lê Thị Một Cửa")


def officer(session: Session, office: str = OFFICE) -> Actor:
    """A case officer."""
    return staff(session, Role.OFFICER, office, "Phạm Văn Thụ Lý")


def leader(session: Session, office: str = OFFICE) -> Actor:
    """A leader who signs."""
    return staff(session, Role.LEADER, office, "Hoàng Thị Lãnh Đạo")
