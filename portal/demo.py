"""What only the demonstration needs: staff taken from the sandbox's list, and seals certified by the sandbox's authority."""

from __future__ import annotations

from typing import Any

import requests
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock
from portal.blind_index import personal_id_hash
from portal.config import settings
from portal.models import DataKey, Office, StaffDuty, StaffMember
from portal.services.results.seals import enrol

WITHIN_SECONDS = 30


def _people(query: str = "") -> list[dict[str, Any]]:
    address = f"http://{settings().sandbox_host}:{settings().sandbox_port}/people.json{query}"
    answer = requests.get(address, timeout=WITHIN_SECONDS)
    answer.raise_for_status()
    people: list[dict[str, Any]] = answer.json()
    return people


def load_staff(session: Session) -> int:
    """Give duties to the sandbox's staff, unless they have them already; gives how many were added.

    Raises:
        requests.RequestException: the sandbox does not answer.
    """
    added = 0
    for person in _people():
        for role in person["roles"]:
            if role != "citizen" and person["office"]:
                added += _give_duty(session, person, role)
    return added


def _give_duty(session: Session, person: dict[str, Any], role: str) -> int:
    subject_hash = personal_id_hash(person["personal_id"])
    member = session.scalars(select(StaffMember).where(StaffMember.subject_hash == subject_hash)).first()
    if member is None:
        member = StaffMember(
            data_key=DataKey.fresh(),
            subject_hash=subject_hash,
            profile={"full_name": person["full_name"]},
            created_at=clock.now(),
        )
        session.add(member)
        session.flush()
    held = {(duty.office_code, duty.role) for duty in member.duties}
    if (person["office"], role) in held:
        return 0
    member.duties.append(StaffDuty(office_code=person["office"], role=role, valid_from=clock.today()))
    session.flush()
    return 1


def enrol_seals(session: Session) -> int:
    """Have a seal certified for every office that has none yet; gives how many were made.

    Raises:
        requests.RequestException: the authority does not answer.
    """
    offices = session.scalars(select(Office).order_by(Office.code)).all()
    return sum(enrol(office.code, office.name) for office in offices)
