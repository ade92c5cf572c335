"""What the forms of a duty say, read and checked field by field; who may give and change duties is `staff`."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from portal.auth.permissions import Role
from portal.models import Office, ProcedureVersion, StaffDuty
from portal.services.errors import Said
from portal.services.organisation.offices import day_of, is_open
from portal.services.organisation.territory import wards_in as wards_typed

DESK_ROLES = frozenset({Role.CLERK, Role.OFFICER, Role.LEADER})
Form = Mapping[str, str]
Errors = dict[str, list[str]]


def office_in(session: Session, code: str, on: date, errors: Errors) -> str:
    """The office of the form; one that is not open on the day is noted."""
    if session.scalars(select(Office.code).where(Office.code == code, is_open(on))).first() is None:
        errors["office_code"] = ["Hãy chọn một cơ quan đang hoạt động vào ngày ấy."]
    return code


def last_day_in(form: Form, errors: Errors, *, not_before: date) -> date | None:
    """The last day of the form, if it says one."""
    text = form.get("valid_to", "")
    return day_of(text, errors, "valid_to", not_before=not_before) if text else None


def procedures_in(session: Session, form: Form, role: str, errors: Errors) -> list[str]:
    """The procedures of the form, in order, each once; none means every one."""
    codes = sorted({code for code in re.split(r"[\s,;]+", form.get("procedure_codes", "")) if code})
    known = set(session.scalars(select(ProcedureVersion.code).where(ProcedureVersion.code.in_(codes)).distinct()))
    unknown = [code for code in codes if code not in known]
    if unknown:
        errors["procedure_codes"] = [Said("Không có thủ tục nào mang mã: %(codes)s.", codes=", ".join(unknown)[:80])]
    elif codes and role not in DESK_ROLES:
        errors["procedure_codes"] = ["Chỉ cán bộ một cửa, chuyên viên và lãnh đạo mới được giao theo từng thủ tục."]
    return codes


def wards_in(form: Form, role: str, errors: Errors) -> list[str]:
    """The wards of the form whose dossiers come to the officer first; none means no ward before another."""
    text = form.get("ward_codes", "")
    if not text.strip():
        return []
    wrong: Errors = {}
    wards = sorted(wards_typed(text, wrong))
    if wrong:
        errors["ward_codes"] = wrong["wards"]
    elif role != Role.OFFICER:
        errors["ward_codes"] = ["Chỉ chuyên viên thụ lý mới được chia theo địa bàn."]
    return wards


def held_already(session: Session, member_id: uuid.UUID, office_code: str, role: str, first: date, last: date | None) -> Errors:
    """What stands against a second duty of the kind on the same days."""
    query = select(StaffDuty.id).where(
        StaffDuty.member_id == member_id,
        StaffDuty.office_code == office_code,
        StaffDuty.role == role,
        StaffDuty.ended_at.is_(None),
        or_(StaffDuty.valid_to.is_(None), StaffDuty.valid_to >= first),
        StaffDuty.valid_from <= (last or date.max),
    )
    if session.scalars(query).first() is None:
        return {}
    return {"role": ["Người này đã có vai trò ấy ở cơ quan ấy trong những ngày ấy."]}
