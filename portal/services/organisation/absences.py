"""Who of the staff is away from when to when, and who stands in for them: entered, ended early, asked for."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select, text
from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor, Permission, Role
from portal.models import Absence, StaffDuty, StaffMember
from portal.services.errors import GuardRefused, InvalidInput, NotFound, Said
from portal.services.organisation.duty_form import DESK_ROLES, Errors
from portal.services.organisation.offices import day_of
from portal.services.organisation.turns import check_version, note_change
from portal.text import clean, given_name_sort_key, refused_characters

KIND = "absence"
ABSENCE_LOCK = 0x6D6F7466
LONGEST = timedelta(days=366)
LONGEST_NOTE = 200
Form = Mapping[str, str]


def absent_member(session: Session, actor: Actor, member_id: uuid.UUID) -> StaffMember:
    """The member whose absences the actor may enter and see: themself, one of an office that they lead, for administrators any.

    Raises:
        NotFound: there is none, or it is not for the actor to say when they are away.
    """
    member = session.get(StaffMember, member_id)
    if member is None or not _may_answer_for(actor, member):
        raise NotFound
    return member


def _may_answer_for(actor: Actor, member: StaffMember) -> bool:
    if actor.holds_anywhere(Permission.MANAGE_STAFF):
        return True
    if member.subject_hash == actor.subject_hash:
        return actor.holds_anywhere(Permission.REPORT_ABSENCE)
    led = actor.offices(Permission.MANAGE_ABSENCES)
    return any(duty.office_code in led for duty in _desk_duties(member))


def _desk_duties(member: StaffMember) -> list[StaffDuty]:
    """The member's duties at a desk, now or ahead."""
    today = clock.today()
    lasting = (duty for duty in member.duties if duty.ended_at is None and (duty.valid_to is None or duty.valid_to >= today))
    return [duty for duty in lasting if duty.role in DESK_ROLES]


def own_member(session: Session, actor: Actor) -> StaffMember | None:
    """The actor as a member of staff."""
    return session.scalars(select(StaffMember).where(StaffMember.subject_hash == actor.subject_hash)).first()


def colleagues(session: Session, actor: Actor) -> list[StaffMember]:
    """Everybody of the desks that the actor leads, but not themself; by given name."""
    today = clock.today()
    serves = select(StaffDuty.member_id).where(
        StaffDuty.office_code.in_(actor.offices(Permission.MANAGE_ABSENCES)),
        StaffDuty.role.in_(DESK_ROLES),
        StaffDuty.ended_at.is_(None),
        (StaffDuty.valid_to.is_(None)) | (StaffDuty.valid_to >= today),
    )
    query = select(StaffMember).where(StaffMember.id.in_(serves), StaffMember.subject_hash != actor.subject_hash)
    return by_name(session.scalars(query))


def by_name(members: Any) -> list[StaffMember]:
    """Members of staff in the order of their given names."""
    return sorted(members, key=lambda one: (given_name_sort_key(one.profile["full_name"]), one.id))


def absences_of(session: Session, member_ids: Collection[uuid.UUID]) -> list[Absence]:
    """When these members are away, now or ahead; the soonest first."""
    query = select(Absence).where(Absence.member_id.in_(member_ids), Absence.ended_at.is_(None))
    return list(session.scalars(query.where(Absence.last_day >= clock.today()).order_by(Absence.first_day, Absence.id)))


def possible_stand_ins(session: Session, member: StaffMember) -> list[StaffMember]:
    """Who has a duty like the member's: of the same role at the same office, the officer's if they appraise; by given name."""
    wanted = _to_be_stood_in(_desk_duties(member))
    found: dict[uuid.UUID, StaffMember] = {}
    for office_code, role in wanted:
        query = select(StaffMember).join(StaffDuty, StaffDuty.member_id == StaffMember.id).where(StaffMember.id != member.id)
        query = query.where(StaffDuty.office_code == office_code, StaffDuty.role == role, StaffDuty.ended_at.is_(None))
        lasts = (StaffDuty.valid_to.is_(None)) | (StaffDuty.valid_to >= clock.today())
        found |= {one.id: one for one in session.scalars(query.where(lasts))}
    return by_name(found.values())


def _to_be_stood_in(duties: Collection[StaffDuty]) -> set[tuple[str, str]]:
    """The offices and roles in which somebody can stand in: where the member appraises, in that alone."""
    held = {(duty.office_code, duty.role) for duty in duties}
    return {one for one in held if one[1] == Role.OFFICER} or held


def enter_absence(session: Session, actor: Actor, member_id: uuid.UUID, form: Form) -> Absence:
    """Say that the member is away; `form`: first_day, last_day (ISO, both count), stand_in (a member's id, or empty), note.

    Raises:
        NotFound: as `absent_member`.
        InvalidInput: with messages for each field.

    Effects: change `entered`, which names nobody; from then on no dossier is given to the member on these days, and the
        stand-in acts on theirs.
    """
    member = absent_member(session, actor, member_id)
    session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": ABSENCE_LOCK})
    errors: Errors = {}
    first = day_of(form.get("first_day", ""), errors, "first_day", not_before=clock.today())
    last = day_of(form.get("last_day", ""), errors, "last_day", not_before=max(first, clock.today()))
    if not errors and last - first > LONGEST:
        errors["last_day"] = ["Mỗi lần ghi không quá một năm."]
    note = _note_in(form, errors)
    if not errors and _is_away(session, member.id, first, last):
        errors["first_day"] = ["Trong những ngày ấy đã có một lần vắng mặt khác được ghi."]
    stand_in = _stand_in_of(session, member, form.get("stand_in", ""), first, last, errors)
    if errors:
        raise InvalidInput(errors)
    absence = Absence(
        data_key=member.data_key, member_id=member.id, stand_in_id=stand_in, first_day=first, last_day=last, note=note or None,
        created_at=clock.now(), version=0,
    )  # fmt: skip
    session.add(absence)
    session.flush()
    _note_change(session, actor, absence, "entered", None)
    return absence


def _note_in(form: Form, errors: Errors) -> str:
    note = clean(form.get("note", ""))
    if len(note) > LONGEST_NOTE or refused_characters(note):
        errors["note"] = ["Chỗ này dài quá, hoặc có ký tự không dùng được."]
    return note


def _is_away(session: Session, member_id: uuid.UUID, first: date, last: date) -> bool:
    query = select(Absence.id).where(Absence.member_id == member_id, Absence.ended_at.is_(None))
    return session.scalars(query.where(Absence.first_day <= last, Absence.last_day >= first)).first() is not None


def _stand_in_of(session: Session, member: StaffMember, chosen: str, first: date, last: date, errors: Errors) -> uuid.UUID | None:
    """Whoever was chosen to stand in; what stands against them is noted under `stand_in`."""
    if not chosen or errors:
        return None
    stand_in = next((one for one in possible_stand_ins(session, member) if str(one.id) == chosen), None)
    if stand_in is None:
        errors["stand_in"] = ["Người thay phải có cùng vai trò tại cùng cơ quan."]
        return None
    wanted = _to_be_stood_in(_desk_duties(member))
    if not any((duty.office_code, duty.role) in wanted and _covers(duty, first, last) for duty in stand_in.duties):
        errors["stand_in"] = ["Người thay không còn vai trò ấy trong cả những ngày này."]
    elif _is_away(session, stand_in.id, first, last):
        errors["stand_in"] = [Said("%(name)s cũng vắng mặt trong những ngày này.", name=stand_in.profile["full_name"])]
    return stand_in.id


def _covers(duty: StaffDuty, first: date, last: date) -> bool:
    return duty.ended_at is None and duty.valid_from <= first and (duty.valid_to is None or duty.valid_to >= last)


def end_absence(session: Session, actor: Actor, member_id: uuid.UUID, absence_id: uuid.UUID, *, expected_version: int) -> None:
    """Say that the member is back already, or does not go: from the next request on nobody stands in for them.

    Raises:
        NotFound: as `absent_member`, or the member has no such absence.
        EditedMeanwhile: as `turns.check_version`.
        GuardRefused: it is over already.

    Effects: change `ended`.
    """
    absent_member(session, actor, member_id)
    absence = session.get(Absence, absence_id, with_for_update={"of": Absence}, populate_existing=True)
    if absence is None or absence.member_id != member_id:
        raise NotFound
    check_version(absence, expected_version)
    if absence.ended_at is not None or absence.last_day < clock.today():
        raise GuardRefused("Lần vắng mặt này đã hết.")
    before = on_record(absence)
    absence.ended_at = clock.now()
    _note_change(session, actor, absence, "ended", before)


def stands_in_then(session: Session, absence: Absence) -> list[StaffMember]:
    """For whom the member should stand in on days on which they are away themself; nobody stands in for those then."""
    query = select(StaffMember).join(Absence, Absence.member_id == StaffMember.id)
    query = query.where(Absence.stand_in_id == absence.member_id, Absence.ended_at.is_(None))
    return by_name(session.scalars(query.where(Absence.first_day <= absence.last_day, Absence.last_day >= absence.first_day)))


def stand_ins_of_the_absent(session: Session, member_ids: Collection[uuid.UUID], on: date) -> dict[uuid.UUID, uuid.UUID | None]:
    """Which of these members are away on the day, each with whoever stands in for them."""
    query = select(Absence.member_id, Absence.stand_in_id).where(Absence.member_id.in_(member_ids))
    rows = session.execute(query.where(*in_force(Absence, on)))
    return {member_id: stand_in_id for member_id, stand_in_id in rows}  # noqa: C416 (Row is no pair)


def in_force(absence: type[Absence], on: date) -> tuple[ColumnElement[bool], ...]:
    """What holds of an absence on a day of it."""
    return absence.ended_at.is_(None), absence.first_day <= on, absence.last_day >= on


def on_record(absence: Absence) -> dict[str, Any]:
    """An absence as the record of changes keeps it: people by id alone, and without the note."""
    return {
        "member_id": str(absence.member_id),
        "stand_in_id": str(absence.stand_in_id) if absence.stand_in_id else None,
        "first_day": absence.first_day.isoformat(),
        "last_day": absence.last_day.isoformat(),
        "ended_at": absence.ended_at.isoformat() if absence.ended_at else None,
    }


def _note_change(session: Session, actor: Actor, absence: Absence, verb: str, before: dict[str, Any] | None) -> None:
    after = on_record(absence)
    note_change(session, actor, absence, kind=KIND, subject_id=str(absence.id), verb=verb, before=before, after=after)
