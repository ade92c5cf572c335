"""The officers who may appraise a dossier: by duty at its office, for its procedure, on this day."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import any_, literal, select
from sqlalchemy.orm import Session

from portal import clock
from portal.models import Account, Dossier, StaffDuty, StaffMember
from portal.services.errors import InvalidInput


@dataclass(frozen=True)
class Officer:
    """One officer who has an account here."""

    account_id: uuid.UUID
    name: str


def officers_for(session: Session, dossier: Dossier) -> list[Officer]:
    """The officers of the dossier's office whose duty covers its procedure today, by name; the household's are left out."""
    today = clock.today()
    query = (
        select(Account)
        .join(StaffMember, StaffMember.subject_hash == Account.subject_hash)
        .join(StaffDuty, StaffDuty.member_id == StaffMember.id)
        .where(StaffDuty.office_code == dossier.office_code, StaffDuty.role == "officer", StaffDuty.ended_at.is_(None))
        .where(StaffDuty.valid_from <= today, (StaffDuty.valid_to.is_(None)) | (StaffDuty.valid_to >= today))
        .where((StaffDuty.procedure_codes == []) | (literal(dossier.procedure_code) == any_(StaffDuty.procedure_codes)))
        .where(Account.subject_hash.not_in([dossier.subject_hash, *dossier.household_hashes]), Account.id != dossier.owner_id)
    )
    found = {account.id: Officer(account.id, account.profile["full_name"]) for account in session.scalars(query)}
    return sorted(found.values(), key=lambda officer: officer.name)


def officer_of(session: Session, dossier: Dossier, account_id: str) -> Officer:
    """One of them, other than who holds the dossier now.

    Raises:
        InvalidInput: none of this id.
    """
    for officer in officers_for(session, dossier):
        if str(officer.account_id) == account_id and officer.account_id != dossier.assigned_to:
            return officer
    raise InvalidInput({"to": ["Hãy chọn chuyên viên khác của cơ quan, được giao thủ tục này."]})
