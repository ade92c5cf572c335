"""The officers who may appraise a dossier: by duty at its office, for its procedure, on this day, with what they hold now."""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection

from sqlalchemy import any_, func, literal, select
from sqlalchemy.orm import Session

from portal import clock
from portal.models import Account, Dossier, StaffDuty, StaffMember
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.lifecycle import RUNNING, WAITING
from portal.services.dossiers.offices import handler_code
from portal.services.dossiers.queries import latest_answers
from portal.services.dossiers.queues import place_of
from portal.services.dossiers.suggested_officer import Candidate, Territory, ranked
from portal.services.dossiers.vocabulary import PAUSED
from portal.services.errors import InvalidInput
from portal.services.organisation.absences import stand_ins_of_the_absent

ACCOUNT_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
IN_HAND = (*RUNNING, *WAITING, PAUSED)


def candidates_for(session: Session, dossier: Dossier) -> list[Candidate]:
    """The officers of the office that handles the dossier whose duty covers its procedure today, whom the rule prefers first.

    Left out are the owner, the subject and their household, and whoever has never logged in or may not.
    """
    found = _on_duty(session, dossier)
    held = _in_hand(session, [account.id for _duty, account in found])
    away = stand_ins_of_the_absent(session, [duty.member_id for duty, _account in found], clock.today())
    accounts = {duty.member_id: account.id for duty, account in found}
    ward = _ward_of(session, dossier)
    return ranked(
        Candidate(
            account.id,
            account.profile["full_name"],
            is_for_procedure=dossier.procedure_code in duty.procedure_codes,
            territory=_territory(duty, ward),
            open_dossiers=held.get(account.id, 0),
            is_absent=duty.member_id in away,
            stand_in_id=accounts.get(away[duty.member_id]) if duty.member_id in away else None,  # type: ignore[arg-type]
        )
        for duty, account in found
    )


def _on_duty(session: Session, dossier: Dossier) -> list[tuple[StaffDuty, Account]]:
    """The duties with one account each: a person's newest, where they have several."""
    today = clock.today()
    query = (
        select(StaffDuty, Account)
        .join(StaffMember, StaffMember.id == StaffDuty.member_id)
        .join(Account, Account.subject_hash == StaffMember.subject_hash)
        .where(StaffDuty.office_code == handler_code(session, dossier.office_code or "", today))
        .where(StaffDuty.role == "officer", StaffDuty.ended_at.is_(None))
        .where(StaffDuty.valid_from <= today, (StaffDuty.valid_to.is_(None)) | (StaffDuty.valid_to >= today))
        .where((StaffDuty.procedure_codes == []) | (literal(dossier.procedure_code) == any_(StaffDuty.procedure_codes)))
        .where(Account.claim_hash.is_(None), Account.locked_at.is_(None))
        .where(Account.subject_hash.not_in([dossier.subject_hash, dossier.owner.subject_hash, *dossier.household_hashes]))
        .order_by(Account.last_login_at, Account.id)
    )
    newest = {duty.member_id: (duty, account) for duty, account in session.execute(query)}
    return list(newest.values())


def _in_hand(session: Session, account_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many dossiers that are not over each of them holds, at whatever office."""
    places = [str(place) for place in IN_HAND]
    query = select(Dossier.assigned_to, func.count()).where(Dossier.assigned_to.in_(account_ids), place_of(Dossier).in_(places))
    return {account_id: how_many for account_id, how_many in session.execute(query.group_by(Dossier.assigned_to)) if account_id}


def _ward_of(session: Session, dossier: Dossier) -> str | None:
    """The ward of the address by which the procedure finds its office."""
    key = by_hash(session, dossier.version_hash).definition.competence.by_address
    address = latest_answers(session, dossier).content.get(key, {}).get("value")
    return address.get("ward_code") if isinstance(address, dict) else None


def _territory(duty: StaffDuty, ward: str | None) -> Territory:
    if not duty.ward_codes or ward is None:
        return Territory.ANY
    return Territory.MATCH if ward in duty.ward_codes else Territory.OTHER


def officer_of(dossier: Dossier, candidates: Collection[Candidate], account_id: str) -> Candidate:
    """One of them, other than who holds the dossier now.

    Raises:
        InvalidInput: none of this id, or they are away today.
    """
    for officer in candidates:
        if str(officer.account_id) == account_id and officer.account_id != dossier.assigned_to:
            if officer.is_absent:
                raise InvalidInput({"to": ["Người này đang vắng mặt. Hãy chọn người thay, hoặc chuyên viên khác."]})
            return officer
    raise InvalidInput({"to": ["Hãy chọn chuyên viên khác của cơ quan, được giao thủ tục này."]})


def names_of(session: Session, account_ids: Collection[str]) -> dict[str, str]:
    """What the people of these accounts are called, by id; whatever is no account's id (`system`) is left out."""
    ids = [one for one in account_ids if ACCOUNT_ID.fullmatch(one)]
    accounts = session.scalars(select(Account).where(Account.id.in_(ids))) if ids else ()
    return {str(account.id): account.profile["full_name"] for account in accounts}
