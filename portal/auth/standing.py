"""What a person is at the portal's desks on a day: the duties in force, and for whom they stand in."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Select, Text, cast, exists, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.orm import Session, aliased

from portal.auth.permissions import Duty, Role
from portal.models import Absence, Account, Office, StaffDuty, StaffMember

# What marks the rows of the one list that is read: an office that ended, an account of somebody stood in for, an account of
# the person's own; else a duty.
ENDED, STOOD_IN_FOR, OWN = "ended", "stood in for", "own"


@dataclass(frozen=True)
class Standing:
    """A person's duties, the accounts of the absent in whose place they act, and (of staff) every account of their own."""

    duties: frozenset[Duty]
    stands_in_for: frozenset[uuid.UUID]
    own_accounts: frozenset[uuid.UUID]


def duties_of(database: Session, subject_hash: bytes, on: date) -> frozenset[Duty]:
    """The duties of a person on a day, as `standing_of`."""
    return standing_of(database, subject_hash, on).duties


def standing_of(database: Session, subject_hash: bytes, on: date) -> Standing:
    """A person's duties and whom they stand in for on a day, from the portal's own tables by one statement.

    A duty ends with its office; a duty at an office that took others' dossiers over holds at those offices too. Whoever is
    away stands in for nobody.
    """
    held = (
        select(StaffDuty.role, StaffDuty.office_code, StaffDuty.procedure_codes)
        .join(StaffMember)
        .join(Office, Office.code == StaffDuty.office_code)
        .where(StaffMember.subject_hash == subject_hash, StaffDuty.ended_at.is_(None))
        .where(StaffDuty.valid_from <= on, (StaffDuty.valid_to.is_(None)) | (StaffDuty.valid_to >= on))
        .where(Office.valid_from <= on, (Office.valid_to.is_(None)) | (Office.valid_to >= on))
    ).cte("held")
    ended = select(literal(ENDED), Office.code, array([Office.successor_code]))
    ended = ended.where(Office.valid_to < on, Office.successor_code.is_not(None), exists(select(held)))
    accounts = select(literal(OWN), cast(Account.id, Text), cast(literal("{}"), ARRAY(Text)))
    accounts = accounts.where(Account.subject_hash == subject_hash, exists(select(held)))
    rows = database.execute(select(held).union_all(ended, _stood_in_for(subject_hash, on), accounts)).all()
    own = frozenset(Duty(Role(role), office, frozenset(codes)) for role, office, codes in rows if role in set(Role))
    taken_over = _taken_over(own, {code: successors[0] for role, code, successors in rows if role == ENDED})
    stood_in_for, own_accounts = (
        frozenset(uuid.UUID(account) for kind, account, _ in rows if kind == wanted) for wanted in (STOOD_IN_FOR, OWN)
    )
    return Standing(own | taken_over, stood_in_for, own_accounts)


def _stood_in_for(subject_hash: bytes, on: date) -> Select[str, str, Sequence[str]]:
    absent, own = aliased(StaffMember), aliased(StaffMember)
    is_away = select(Absence.id).join(StaffMember, StaffMember.id == Absence.member_id)
    is_away = is_away.where(StaffMember.subject_hash == subject_hash, *_in_force(on)).correlate(None)
    found = select(literal(STOOD_IN_FOR), cast(Account.id, Text), cast(literal("{}"), ARRAY(Text))).select_from(Absence)
    found = found.join(own, own.id == Absence.stand_in_id).join(absent, absent.id == Absence.member_id)
    found = found.join(Account, Account.subject_hash == absent.subject_hash)
    return found.where(own.subject_hash == subject_hash, Account.claim_hash.is_(None), *_in_force(on), ~exists(is_away))


def _in_force(on: date) -> tuple[Any, ...]:
    return Absence.ended_at.is_(None), Absence.first_day <= on, Absence.last_day >= on


def _taken_over(own: frozenset[Duty], successor_of: dict[str, str]) -> frozenset[Duty]:
    """The same duties at the offices that ended before the day and whose dossiers came here, however many hands between."""
    found = set()
    for code in successor_of:
        heir, passed = code, {code}
        while heir in successor_of and successor_of[heir] not in passed:
            heir = successor_of[heir]
            passed.add(heir)
        found |= {replace(duty, office_code=code, handed_over_from=heir) for duty in own if duty.office_code == heir}
    return frozenset(found)
