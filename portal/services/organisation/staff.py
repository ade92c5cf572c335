"""Who serves where: people added, duties given, changed and ended; there is always somebody left who may do so."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor, Permission, Role
from portal.blind_index import personal_id_hash
from portal.models import DataKey, Office, StaffDuty, StaffMember
from portal.services.errors import Forbidden, GuardRefused, InvalidInput, NotFound
from portal.services.organisation.duty_form import Errors, Form, held_already, last_day_in, office_in, procedures_in, wards_in
from portal.services.organisation.offices import day_of, is_open
from portal.services.organisation.turns import check_version, note_change, take_turn
from portal.services.oversight.changes import record_change
from portal.text import clean, fold, given_name_sort_key, refused_characters

KIND = "duty"
MEMBER_KIND = "staff_member"
LONGEST_NAME = 200
LAST_ADMINISTRATOR = "Đây là quản trị cuối cùng: hãy giao vai trò quản trị cho người khác trước."


@dataclass(frozen=True)
class Person:
    """A member of staff with the name opened, for a page of an administrator."""

    member: StaffMember
    full_name: str
    date_of_birth: str


def is_in_force(duty: StaffDuty, on: date) -> bool:
    """Whether the duty holds on the day, its office aside."""
    return duty.ended_at is None and duty.valid_from <= on and (duty.valid_to is None or duty.valid_to >= on)


def _in_force(on: date) -> ColumnElement[bool]:
    lasts = or_(StaffDuty.valid_to.is_(None), StaffDuty.valid_to >= on)
    return StaffDuty.ended_at.is_(None) & (StaffDuty.valid_from <= on) & lasts


def people(session: Session, *, office_code: str = "", search: str = "") -> list[Person]:
    """The staff, or those who have a duty at the office now or ahead, or whose name holds the words; by given name.

    Names are sealed, so the words are looked for in opened rows: meant for the thousands of a province, not for a country.
    """
    query = select(StaffMember)
    if office_code:
        lasts = or_(StaffDuty.valid_to.is_(None), StaffDuty.valid_to >= clock.today())
        serves = select(StaffDuty.member_id).where(StaffDuty.office_code == office_code, StaffDuty.ended_at.is_(None), lasts)
        query = query.where(StaffMember.id.in_(serves))
    wanted = fold(search)
    if re.fullmatch(r"\d{12}", wanted):
        query, wanted = query.where(StaffMember.subject_hash == personal_id_hash(wanted)), ""
    opened = [_opened(member) for member in session.scalars(query)]
    found = [person for person in opened if wanted in fold(person.full_name)]
    return sorted(found, key=lambda person: (given_name_sort_key(person.full_name), person.member.id))


def _opened(member: StaffMember) -> Person:
    profile = member.profile
    return Person(member, profile["full_name"], profile.get("date_of_birth", ""))


def person_of(session: Session, member_id: uuid.UUID) -> Person:
    """One member of staff.

    Raises:
        NotFound: there is none of this id.
    """
    member = session.get(StaffMember, member_id)
    if member is None:
        raise NotFound
    return _opened(member)


def duty_of(session: Session, member_id: uuid.UUID, duty_id: uuid.UUID) -> StaffDuty:
    """One duty of the person.

    Raises:
        NotFound: the person has none of this id.
    """
    duty = session.get(StaffDuty, duty_id)
    if duty is None or duty.member_id != member_id:
        raise NotFound
    return duty


def add_person(session: Session, actor: Actor, form: Form) -> tuple[StaffMember, bool]:
    """Add somebody by personal ID, name and birth date; whoever is known already is given back, and False.

    Raises:
        Forbidden, LevelTooLow: as `turns.take_turn`.
        InvalidInput: with messages for each field.

    Effects: change `added`, which names nobody.
    """
    _begin(session, actor)
    personal_id, full_name = form.get("personal_id", "").strip(), clean(form.get("full_name", ""))
    errors: Errors = {}
    if not re.fullmatch(r"\d{12}", personal_id):
        errors["personal_id"] = ["Số định danh cá nhân gồm 12 chữ số."]
    if not full_name or len(full_name) > LONGEST_NAME or refused_characters(full_name, is_name=True):
        errors["full_name"] = ["Hãy ghi họ, chữ đệm và tên như trên thẻ căn cước."]
    born = day_of(form.get("date_of_birth", ""), errors, "date_of_birth")
    if "date_of_birth" not in errors and not date(1900, 1, 1) <= born < clock.today():
        errors["date_of_birth"] = ["Hãy ghi ngày sinh có thật."]
    if errors:
        raise InvalidInput(errors)
    subject_hash = personal_id_hash(personal_id)
    known = session.scalars(select(StaffMember).where(StaffMember.subject_hash == subject_hash)).first()
    if known is not None:
        return known, False
    profile = {"full_name": full_name, "date_of_birth": born.isoformat(), "personal_id": personal_id}
    member = StaffMember(data_key=DataKey.fresh(), subject_hash=subject_hash, profile=profile, created_at=clock.now())
    session.add(member)
    session.flush()
    after = {"subject_hash": subject_hash.hex()}
    record_change(session, actor, subject_kind=MEMBER_KIND, subject_id=str(member.id), verb="added", before=None, after=after)
    return member, True


def give_duty(session: Session, actor: Actor, member_id: uuid.UUID, form: Form) -> StaffDuty:
    """Give the person a role at an office; `form`: role, office_code, procedure_codes, ward_codes, valid_from, valid_to.

    Raises:
        Forbidden, LevelTooLow: as `turns.take_turn`; or the actor is no administrator any more.
        NotFound: nobody of this id.
        GuardRefused: the duty would be the actor's own.
        InvalidInput: with messages for each field.

    Effects: change `given`.
    """
    _begin(session, actor)
    member = person_of(session, member_id).member
    _refuse_own(actor, member)
    errors: Errors = {}
    role = form.get("role", "")
    if role not in set(Role):
        errors["role"] = ["Hãy chọn vai trò."]
    first = day_of(form.get("valid_from", ""), errors, "valid_from", not_before=clock.today())
    last = last_day_in(form, errors, not_before=max(first, clock.today()))
    office_code = office_in(session, form.get("office_code", ""), max(first, clock.today()), errors)
    codes, wards = procedures_in(session, form, role, errors), wards_in(form, role, errors)
    if not errors:
        errors |= held_already(session, member_id, office_code, role, first, last)
    if errors:
        raise InvalidInput(errors)
    duty = StaffDuty(
        member=member, office_code=office_code, role=role, procedure_codes=codes, ward_codes=wards,
        valid_from=first, valid_to=last, version=0,
    )  # fmt: skip
    session.add(duty)
    session.flush()
    _note(session, actor, duty, "given", None)
    return duty


def change_duty(
    session: Session, actor: Actor, member_id: uuid.UUID, duty_id: uuid.UUID, form: Form, *, expected_version: int
) -> None:
    """Change for which procedures the duty is, which wards the officer serves first, and its last day.

    Raises:
        Forbidden, LevelTooLow, NotFound, EditedMeanwhile: as `give_duty` and `turns.check_version`.
        GuardRefused: the duty is the actor's own, has ended, or is the last administrator's.
        InvalidInput: with messages for each field.

    Effects: change `changed`, where something did change.
    """
    _begin(session, actor)
    duty = _held_duty(session, actor, member_id, duty_id, expected_version)
    before = on_record(duty)
    errors: Errors = {}
    last = last_day_in(form, errors, not_before=max(duty.valid_from, clock.today()))
    codes, wards = procedures_in(session, form, duty.role, errors), wards_in(form, duty.role, errors)
    if errors:
        raise InvalidInput(errors)
    if last is not None:
        _refuse_to_lose(session, duty)
    duty.valid_to, duty.procedure_codes, duty.ward_codes = last, codes, wards
    if on_record(duty) != before:
        _note(session, actor, duty, "changed", before)


def end_duty(session: Session, actor: Actor, member_id: uuid.UUID, duty_id: uuid.UUID, *, expected_version: int) -> None:
    """End the duty at once: the person's very next request is without it.

    Raises:
        Forbidden, LevelTooLow, NotFound, EditedMeanwhile, GuardRefused: as `change_duty`.

    Effects: change `ended`.
    """
    _begin(session, actor)
    duty = _held_duty(session, actor, member_id, duty_id, expected_version)
    _refuse_to_lose(session, duty)
    before = on_record(duty)
    duty.ended_at = clock.now()
    _note(session, actor, duty, "ended", before)


def _held_duty(session: Session, actor: Actor, member_id: uuid.UUID, duty_id: uuid.UUID, expected_version: int) -> StaffDuty:
    duty_of(session, member_id, duty_id)
    duty = session.get_one(StaffDuty, duty_id, with_for_update={"of": StaffDuty}, populate_existing=True)
    check_version(duty, expected_version)
    _refuse_own(actor, duty.member)
    if duty.ended_at is not None or (duty.valid_to is not None and duty.valid_to < clock.today()):
        raise GuardRefused("Nhiệm vụ này đã kết thúc.")
    return duty


def _begin(session: Session, actor: Actor) -> None:
    """The actor's turn, and a look whether another administrator ended the actor's duty while this one waited."""
    take_turn(session, actor, Permission.MANAGE_STAFF)
    today = clock.today()
    query = select(StaffDuty.id).join(StaffMember).join(Office, Office.code == StaffDuty.office_code)
    query = query.where(StaffMember.subject_hash == actor.subject_hash, StaffDuty.role == Role.ADMINISTRATOR)
    if session.scalars(query.where(_in_force(today), is_open(today))).first() is None:
        raise Forbidden(Permission.MANAGE_STAFF)


def _refuse_own(actor: Actor, member: StaffMember) -> None:
    if member.subject_hash == actor.subject_hash:
        raise GuardRefused("Không ai tự giao, đổi hay kết thúc nhiệm vụ của chính mình. Xin nhờ một quản trị khác.")


def _refuse_to_lose(session: Session, duty: StaffDuty) -> None:
    if duty.role == Role.ADMINISTRATOR and not set(_lasting_administrators(session)) - {duty.id}:
        raise GuardRefused(LAST_ADMINISTRATOR)


def refuse_to_lose_administrators(session: Session, office_code: str) -> None:
    """Refuse to end an office where the last one serves who administers for good.

    Raises:
        GuardRefused: nobody would be left.
    """
    administrators = _lasting_administrators(session)
    if administrators and set(administrators.values()) == {office_code}:
        raise GuardRefused(LAST_ADMINISTRATOR)


def _lasting_administrators(session: Session) -> dict[uuid.UUID, str]:
    """The duties by which somebody administers for good (in force, no last day, at an office without one), with the office."""
    query = select(StaffDuty.id, StaffDuty.office_code).join(Office, Office.code == StaffDuty.office_code)
    query = query.where(StaffDuty.role == Role.ADMINISTRATOR, _in_force(clock.today()), StaffDuty.valid_to.is_(None))
    return {duty_id: code for duty_id, code in session.execute(query.where(Office.valid_to.is_(None)))}  # noqa: C416 (Row is no pair)


def on_record(duty: StaffDuty) -> dict[str, Any]:
    """A duty as the record of changes keeps it: the person by id alone."""
    return {
        "member_id": str(duty.member_id),
        "role": duty.role,
        "office_code": duty.office_code,
        "procedure_codes": list(duty.procedure_codes),
        "ward_codes": list(duty.ward_codes),
        "valid_from": duty.valid_from.isoformat(),
        "valid_to": duty.valid_to.isoformat() if duty.valid_to else None,
        "ended_at": duty.ended_at.isoformat() if duty.ended_at else None,
    }


def _note(session: Session, actor: Actor, duty: StaffDuty, verb: str, before: dict[str, Any] | None) -> None:
    note_change(session, actor, duty, kind=KIND, subject_id=str(duty.id), verb=verb, before=before, after=on_record(duty))
