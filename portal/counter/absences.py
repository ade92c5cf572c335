"""When I am away and who stands in for me; leaders say so for their office too. The rules are in `services.organisation`."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth.permissions import Permission, Role
from portal.auth.session import current_actor
from portal.counter import blueprint
from portal.models import Absence, StaffMember
from portal.services.errors import InvalidInput
from portal.services.organisation.absences import (
    absences_of,
    absent_member,
    colleagues,
    end_absence,
    enter_absence,
    own_member,
    possible_stand_ins,
    stands_in_then,
)
from portal.web.access import staff
from portal.web.database import db
from portal.web.filters import write_date
from portal.web.questions import error_lines, plain_field
from portal.web.words import tell

UNPROCESSABLE = 422
Form = Mapping[str, str]
Errors = Mapping[str, list[str]]


@blueprint.get("/absences")
@staff(Permission.REPORT_ABSENCE)
def absences() -> ResponseReturnValue:
    own, others = own_member(db(), current_actor()), colleagues(db(), current_actor())
    members = {one.id: one for one in ([own] if own else []) + others}
    rows = [absence_row(one, members[one.member_id]) for one in absences_of(db(), list(members))]
    return render_template(
        "counter/absences.html", own=own, others=[(one.id, one.profile["full_name"]) for one in others], rows=rows
    )


def absence_row(absence: Absence, member: StaffMember) -> dict[str, Any]:
    """One absence as a line of a list."""
    return {
        "id": absence.id,
        "member_id": member.id,
        "version": absence.version,
        "name": member.profile["full_name"],
        "since": write_date(absence.first_day),
        "until": write_date(absence.last_day),
        "stand_in": absence.stand_in.profile["full_name"] if absence.stand_in else "",
        "note": absence.note or "",
    }


@blueprint.get("/absences/<uuid:member_id>/new")
@staff(Permission.REPORT_ABSENCE)
def new_absence(member_id: uuid.UUID) -> ResponseReturnValue:
    return _form_page(absent_member(db(), current_actor(), member_id), {}, {})


@blueprint.post("/absences/<uuid:member_id>/new")
@staff(Permission.REPORT_ABSENCE)
def enter_new_absence(member_id: uuid.UUID) -> ResponseReturnValue:
    form = {**request.form.to_dict(), **{name: _day_in(name) for name in ("first_day", "last_day")}}
    try:
        entered = enter_absence(db(), current_actor(), member_id, form)
    except InvalidInput as wrong:
        db().rollback()
        return _form_page(absent_member(db(), current_actor(), member_id), form, wrong.errors), UNPROCESSABLE
    left = ", ".join(one.profile["full_name"] for one in stands_in_then(db(), entered))
    db().commit()
    flash(_("Đã ghi. Trong những ngày ấy cổng không giao hồ sơ mới cho người vắng mặt."), "saved")
    if left:
        flash(
            _("Người này đang được ghi là người thay của %(names)s: trong những ngày ấy họ không có người thay.", names=left),
            "information",
        )
    return redirect(url_for("counter.absences"))


def _day_in(name: str) -> str:
    year, month, day = (request.form.get(f"{name}.{part}", "").strip() for part in ("year", "month", "day"))
    return f"{year:0>4}-{month:0>2}-{day:0>2}" if year or month or day else ""


def _form_page(member: StaffMember, form: Form, errors: Errors) -> str:
    stand_ins = [(str(one.id), one.profile["full_name"]) for one in possible_stand_ins(db(), member)]
    asked = [
        plain_field("first_day", "date", _("Từ ngày"), _typed("first_day", form)),
        plain_field("last_day", "date", _("Đến hết ngày"), _typed("last_day", form)),
        plain_field(
            "stand_in", "select", _("Người thay"), form.get("stand_in", ""), stand_ins, optional=True,
            help=_("Cùng vai trò tại cùng cơ quan. Người thay làm tiếp được hồ sơ đang thụ lý của người vắng mặt."),
        ),
        plain_field(
            "note", "text", _("Điều đồng nghiệp cần biết"), form.get("note", ""), optional=True, max_length=200,
            help=_("Ví dụ gọi ai khi gấp. Không ghi lý do riêng."),
        ),
    ]  # fmt: skip
    questions = [{**one, "errors": [tell(message) for message in errors.get(one["name"], [])]} for one in asked]
    lines = error_lines({name: [tell(one) for one in messages] for name, messages in errors.items()}, questions)
    is_leader = any(duty.role == Role.LEADER for duty in member.duties)
    name = member.profile["full_name"]
    return render_template("counter/absence.html", name=name, questions=questions, errors=lines, is_leader=is_leader)


def _typed(name: str, form: Form) -> Any:
    return {part: form.get(f"{name}.{part}", "") for part in ("day", "month", "year")}


@blueprint.post("/absences/<uuid:member_id>/<uuid:absence_id>/end")
@staff(Permission.REPORT_ABSENCE)
def end_absence_early(member_id: uuid.UUID, absence_id: uuid.UUID) -> ResponseReturnValue:
    version = request.form.get("version", "")
    expected = int(version) if version.isascii() and version.isdigit() and len(version) < 10 else -1
    end_absence(db(), current_actor(), member_id, absence_id, expected_version=expected)
    db().commit()
    flash(_("Đã kết thúc. Từ lần bấm sau không còn ai thay."), "saved")
    return redirect(url_for("counter.absences"))
