"""The absences of one member of staff, entered and ended by an administrator; the rules are in `services.organisation`."""

from __future__ import annotations

import uuid
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.admin import blueprint
from portal.admin.forms import NONE, Trouble, attempt, form_page, option, question, typed, version
from portal.auth.permissions import Permission
from portal.auth.session import current_actor
from portal.models import Absence
from portal.services.errors import NotFound
from portal.services.organisation.absences import absences_of, end_absence, enter_absence, possible_stand_ins
from portal.services.organisation.staff import Person, person_of
from portal.web.access import staff
from portal.web.database import db
from portal.web.filters import write_date


def absence_rows(person: Person) -> list[dict[str, Any]]:
    """When the person is away, now and ahead, as lines of a table."""
    return [
        {
            "since": write_date(one.first_day),
            "until": write_date(one.last_day),
            "stand_in": one.stand_in.profile["full_name"] if one.stand_in else "–",
            "note": one.note or "–",
            "end": _("Kết thúc"),
            "end_href": url_for("admin.end_absence", member_id=one.member_id, absence_id=one.id),
        }
        for one in absences_of(db(), [person.member.id])
    ]


def _to(member_id: uuid.UUID) -> str:
    return url_for("admin.person", member_id=member_id)


def _around(person: Person) -> dict[str, Any]:
    return {"caption": person.full_name, "back_href": _to(person.member.id), "back_label": person.full_name}


@blueprint.get("/staff/<uuid:member_id>/absences/new")
@staff(Permission.MANAGE_STAFF)
def new_absence(member_id: uuid.UUID) -> ResponseReturnValue:
    return _new_page(member_id, NONE)


@blueprint.post("/staff/<uuid:member_id>/absences/new")
@staff(Permission.MANAGE_STAFF)
def enter_new_absence(member_id: uuid.UUID) -> ResponseReturnValue:
    form = typed("first_day", "last_day")
    return attempt(
        lambda: enter_absence(db(), current_actor(), member_id, form),
        lambda trouble: _new_page(member_id, trouble, form),
        lambda: _to(member_id),
        lambda: _("Đã ghi. Trong những ngày ấy cổng không giao hồ sơ mới cho người vắng mặt."),
    )


def _new_page(member_id: uuid.UUID, trouble: Trouble, form: dict[str, str] | None = None) -> str:
    person = person_of(db(), member_id)
    stand_ins = [option(str(one.id), one.profile["full_name"]) for one in possible_stand_ins(db(), person.member)]
    stand_in_words = _("Cùng vai trò tại cùng cơ quan. Người thay làm tiếp được hồ sơ đang thụ lý của người vắng mặt.")
    note_words = _("Ví dụ gọi ai khi gấp. Không ghi lý do riêng.")
    questions = [
        question("first_day", "date", _("Từ ngày")),
        question("last_day", "date", _("Đến hết ngày")),
        question("stand_in", "select", _("Người thay"), help=stand_in_words, options=stand_ins, optional=True),
        question("note", "text", _("Điều đồng nghiệp cần biết"), help=note_words, max_length=200, optional=True),
    ]
    return form_page(
        "admin/form.html", questions, {"first_day": clock.today().isoformat()}, form or {}, trouble,
        heading=_("Ghi vắng mặt"), button=_("Ghi vắng mặt"), **_around(person),
    )  # fmt: skip


def _absence(member_id: uuid.UUID, absence_id: uuid.UUID) -> Absence:
    found = db().get(Absence, absence_id)
    if found is None or found.member_id != member_id:
        raise NotFound
    return found


@blueprint.get("/staff/<uuid:member_id>/absences/<uuid:absence_id>/end", endpoint="end_absence")
@staff(Permission.MANAGE_STAFF)
def end_page(member_id: uuid.UUID, absence_id: uuid.UUID) -> ResponseReturnValue:
    return _end_page(member_id, absence_id, NONE)


@blueprint.post("/staff/<uuid:member_id>/absences/<uuid:absence_id>/end")
@staff(Permission.MANAGE_STAFF)
def do_end_absence(member_id: uuid.UUID, absence_id: uuid.UUID) -> ResponseReturnValue:
    return attempt(
        lambda: end_absence(db(), current_actor(), member_id, absence_id, expected_version=version()),
        lambda trouble: _end_page(member_id, absence_id, trouble),
        lambda: _to(member_id),
        lambda: _("Đã kết thúc. Từ lần bấm sau không còn ai thay."),
    )


def _end_page(member_id: uuid.UUID, absence_id: uuid.UUID, trouble: Trouble) -> str:
    absence = _absence(member_id, absence_id)
    days = _("%(since)s đến hết %(until)s", since=write_date(absence.first_day), until=write_date(absence.last_day))
    return form_page(
        "admin/form.html", [], {}, {}, trouble, heading=_("Kết thúc sớm"), button=_("Kết thúc sớm"), is_danger=True,
        version=absence.version, lead=days, **_around(person_of(db(), member_id)),
    )  # fmt: skip
