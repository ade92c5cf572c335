"""Staff: who serves where, and the forms that add people and give, change and end duties; the rules are elsewhere."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal import clock
from portal.admin import blueprint
from portal.admin.absences import absence_rows
from portal.admin.forms import NONE, UNPROCESSABLE, Question, Trouble, attempt, form_page, option, question, typed, version
from portal.auth.permissions import Permission, Role
from portal.auth.session import current_actor
from portal.models import StaffDuty
from portal.services.errors import InvalidInput
from portal.services.organisation.offices import all_offices, as_tree
from portal.services.organisation.staff import (
    Person,
    add_person,
    change_duty,
    duty_of,
    end_duty,
    give_duty,
    is_in_force,
    person_of,
)  # fmt: skip
from portal.services.organisation.staff import (
    people as all_people,
)
from portal.web.access import staff
from portal.web.database import db
from portal.web.filters import write_date
from portal.web.page_context import role_names

PAGE_SIZE = 50
LONGEST_SEARCH = 100


@blueprint.get("/staff")
@staff(Permission.MANAGE_STAFF)
def people() -> ResponseReturnValue:
    office, search = request.args.get("office", "")[:35], request.args.get("q", "")[:LONGEST_SEARCH]
    found = all_people(db(), office_code=office, search=search)
    last_page = max(1, -(-len(found) // PAGE_SIZE))
    page = min(max(request.args.get("page", 1, type=int) or 1, 1), last_page)
    asked: dict[str, Any] = {"office": office or None, "q": search or None}
    return render_template(
        "admin/people.html",
        office=office,
        search=search,
        offices=[option(one.code, f"{one.name} ({one.code})") for _depth, one in as_tree(all_offices(db()))],
        rows=[_row(person) for person in found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]],
        total=len(found),
        previous_href=url_for("admin.people", **asked, page=page - 1) if page > 1 else None,
        next_href=url_for("admin.people", **asked, page=page + 1) if page < last_page else None,
    )


def _row(person: Person) -> dict[str, str]:
    today = clock.today()
    held = [duty for duty in person.member.duties if is_in_force(duty, today)]
    duties = [f"{role_names()[Role(duty.role)]} ({duty.office_code})" for duty in held]
    return {
        "name": person.full_name,
        "href": url_for("admin.person", member_id=person.member.id),
        "duties": ", ".join(duties) or "–",
    }


@blueprint.get("/staff/new")
@staff(Permission.MANAGE_STAFF)
def new_person() -> ResponseReturnValue:
    return _person_page(NONE)


@blueprint.post("/staff/new")
@staff(Permission.MANAGE_STAFF)
def add_new_person() -> ResponseReturnValue:
    form = typed("date_of_birth")
    try:
        member, is_new = add_person(db(), current_actor(), form)
    except InvalidInput as wrong:
        db().rollback()
        return _person_page(Trouble(errors=wrong.errors), form), UNPROCESSABLE
    db().commit()
    flash(_("Đã thêm. Bây giờ hãy giao nhiệm vụ.") if is_new else _("Người này đã có trong danh sách, dưới đây."), "saved")
    return redirect(_to(member.id))


def _person_page(trouble: Trouble, form: dict[str, str] | None = None) -> str:
    questions = [
        question("personal_id", "personal_id", _("Số định danh cá nhân"), help=_("12 chữ số, như trên thẻ căn cước.")),
        question("full_name", "text", _("Họ, chữ đệm và tên"), max_length=200),
        question("date_of_birth", "date", _("Ngày sinh")),
    ]
    return form_page(
        "admin/form.html", questions, {}, form or {}, trouble,
        heading=_("Thêm cán bộ"), button=_("Thêm cán bộ"), back_href=url_for("admin.people"), back_label=_("Cán bộ và vai trò"),
        lead=_("Người này đăng nhập bằng định danh điện tử của chính mình; cổng nhận ra qua số định danh, được cất kín."),
    )  # fmt: skip


def _to(member_id: uuid.UUID) -> str:
    return url_for("admin.person", member_id=member_id)


@blueprint.get("/staff/<uuid:member_id>")
@staff(Permission.MANAGE_STAFF)
def person(member_id: uuid.UUID) -> ResponseReturnValue:
    found = person_of(db(), member_id)
    is_own = found.member.subject_hash == current_actor().subject_hash
    names = {office.code: office.name for office in all_offices(db())}
    rows = [_duty_row(duty, names, is_own=is_own) for duty in sorted(found.member.duties, key=_newest_first)]
    return render_template("admin/person.html", person=found, is_own=is_own, rows=rows, absences=absence_rows(found))


def _newest_first(duty: StaffDuty) -> tuple[bool, int, str]:
    return _is_over(duty), -duty.valid_from.toordinal(), str(duty.id)


def _is_over(duty: StaffDuty) -> bool:
    return duty.ended_at is not None or (duty.valid_to is not None and duty.valid_to < clock.today())


def _duty_row(duty: StaffDuty, names: dict[str, str], *, is_own: bool) -> dict[str, Any]:
    about: dict[str, Any] = {"member_id": duty.member_id, "duty_id": duty.id}
    can_change = not is_own and not _is_over(duty)
    return {
        "role": role_names()[Role(duty.role)],
        "office": f"{names[duty.office_code]} ({duty.office_code})",
        "procedures": ", ".join(duty.procedure_codes) or _("mọi thủ tục"),
        "wards": ", ".join(duty.ward_codes) or "–",
        "since": write_date(duty.valid_from),
        "until": write_date(duty.ended_at or duty.valid_to) or "–",
        "change": _("Sửa") if can_change else "–",
        "change_href": url_for("admin.change_duty", **about) if can_change else None,
        "end": _("Kết thúc") if can_change else _("đã kết thúc") if _is_over(duty) else "–",
        "end_href": url_for("admin.end_duty", **about) if can_change else None,
    }


def _around(found: Person) -> dict[str, Any]:
    return {"caption": found.full_name, "back_href": _to(found.member.id), "back_label": found.full_name}


def _procedures_question() -> Question:
    words = _("Mã thủ tục, cách nhau bằng dấu phẩy hoặc xuống dòng. Bỏ trống là mọi thủ tục của cơ quan.")
    return question("procedure_codes", "textarea", _("Chỉ với thủ tục"), help=words, optional=True, rows=2)


def _wards_question() -> Question:
    words = _("Chỉ với chuyên viên: mã phường, xã (năm chữ số) có hồ sơ đến người này trước. Bỏ trống là không chia.")
    return question("ward_codes", "textarea", _("Địa bàn phụ trách"), help=words, optional=True, rows=2)


@blueprint.get("/staff/<uuid:member_id>/duties/new")
@staff(Permission.MANAGE_STAFF)
def new_duty(member_id: uuid.UUID) -> ResponseReturnValue:
    return _new_duty_page(member_id, NONE)


@blueprint.post("/staff/<uuid:member_id>/duties/new")
@staff(Permission.MANAGE_STAFF)
def give_new_duty(member_id: uuid.UUID) -> ResponseReturnValue:
    form = typed("valid_from", "valid_to")
    return attempt(
        lambda: give_duty(db(), current_actor(), member_id, form),
        lambda trouble: _new_duty_page(member_id, trouble, form),
        lambda: _to(member_id),
        lambda: _("Đã giao nhiệm vụ."),
    )


def _new_duty_page(member_id: uuid.UUID, trouble: Trouble, form: dict[str, str] | None = None) -> str:
    offices = [option(one.code, f"{one.name} ({one.code})") for _depth, one in as_tree(all_offices(db(), clock.today()))]
    questions = [
        question("role", "radios", _("Vai trò"), options=[option(role.value, name) for role, name in role_names().items()]),
        question("office_code", "select", _("Cơ quan"), options=offices),
        _procedures_question(),
        _wards_question(),
        question("valid_from", "date", _("Từ ngày")),
        question("valid_to", "date", _("Đến hết ngày"), optional=True),
    ]
    return form_page(
        "admin/form.html", questions, {"valid_from": clock.today().isoformat()}, form or {}, trouble,
        heading=_("Giao nhiệm vụ"), button=_("Giao nhiệm vụ"), **_around(person_of(db(), member_id)),
    )  # fmt: skip


@blueprint.get("/staff/<uuid:member_id>/duties/<uuid:duty_id>/change", endpoint="change_duty")
@staff(Permission.MANAGE_STAFF)
def change_page(member_id: uuid.UUID, duty_id: uuid.UUID) -> ResponseReturnValue:
    return _change_page(member_id, duty_id, NONE)


@blueprint.post("/staff/<uuid:member_id>/duties/<uuid:duty_id>/change")
@staff(Permission.MANAGE_STAFF)
def save_duty(member_id: uuid.UUID, duty_id: uuid.UUID) -> ResponseReturnValue:
    form = typed("valid_to")
    return attempt(
        lambda: change_duty(db(), current_actor(), member_id, duty_id, form, expected_version=version()),
        lambda trouble: _change_page(member_id, duty_id, trouble, form),
        lambda: _to(member_id),
        lambda: _("Đã lưu. Có hiệu lực ngay ở lần bấm sau của người ấy."),
    )


def _change_page(member_id: uuid.UUID, duty_id: uuid.UUID, trouble: Trouble, form: dict[str, str] | None = None) -> str:
    duty = duty_of(db(), member_id, duty_id)
    now = {
        "procedure_codes": "\n".join(duty.procedure_codes),
        "ward_codes": "\n".join(duty.ward_codes),
        "valid_to": duty.valid_to.isoformat() if duty.valid_to else "",
    }
    wards = [_wards_question()] if duty.role == Role.OFFICER else []
    questions = [_procedures_question(), *wards, question("valid_to", "date", _("Đến hết ngày"), optional=True)]
    return form_page(
        "admin/form.html", questions, now, form or {}, trouble,
        heading=_("Sửa nhiệm vụ"), button=_("Lưu thay đổi"), version=duty.version, lead=_duty_words(duty),
        **_around(person_of(db(), member_id)),
    )  # fmt: skip


def _duty_words(duty: StaffDuty) -> str:
    words = f"{role_names()[Role(duty.role)]}, {duty.office_code}"
    if not duty.procedure_codes:
        return words
    some = ngettext("một thủ tục", "%(num)s thủ tục", len(duty.procedure_codes))
    return f"{words} ({some})"


@blueprint.get("/staff/<uuid:member_id>/duties/<uuid:duty_id>/end", endpoint="end_duty")
@staff(Permission.MANAGE_STAFF)
def end_page(member_id: uuid.UUID, duty_id: uuid.UUID) -> ResponseReturnValue:
    return _end_page(member_id, duty_id, NONE)


@blueprint.post("/staff/<uuid:member_id>/duties/<uuid:duty_id>/end")
@staff(Permission.MANAGE_STAFF)
def do_end_duty(member_id: uuid.UUID, duty_id: uuid.UUID) -> ResponseReturnValue:
    return attempt(
        lambda: end_duty(db(), current_actor(), member_id, duty_id, expected_version=version()),
        lambda trouble: _end_page(member_id, duty_id, trouble),
        lambda: _to(member_id),
        lambda: _("Đã kết thúc nhiệm vụ. Người ấy không còn quyền này ngay từ lần bấm sau."),
    )


def _end_page(member_id: uuid.UUID, duty_id: uuid.UUID, trouble: Trouble) -> str:
    duty = duty_of(db(), member_id, duty_id)
    return form_page(
        "admin/form.html", [], {}, {}, trouble,
        heading=_("Kết thúc nhiệm vụ ngay"), button=_("Kết thúc nhiệm vụ này"), is_danger=True, version=duty.version,
        lead=_duty_words(duty), **_around(person_of(db(), member_id)),
    )  # fmt: skip
