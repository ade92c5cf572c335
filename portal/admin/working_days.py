"""The working calendar: a year's days, one day or a swap, a pasted year; each change is shown before it is made."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.admin import blueprint
from portal.admin.forms import CONFLICT, NONE, UNPROCESSABLE, Question, Trouble, form_page, option, question, typed
from portal.auth.permissions import Permission
from portal.auth.session import current_actor
from portal.services.dossiers.calendar import order_recalculation, promises_moved
from portal.services.errors import EditedMeanwhile, InvalidInput
from portal.services.organisation.calendar_rows import DayRow, read_row, read_rows, write_rows
from portal.services.organisation.working_days import (
    DayChange,
    Plan,
    begin_calendar,
    day_row,
    days_of,
    plan_days,
    plan_year,
    save_plan,
    years_of,
)
from portal.web.access import staff
from portal.web.database import db
from portal.web.filters import write_date
from portal.web.words import tell

FIRST_YEAR, LAST_YEAR = 2000, 2100
DrawUp = Callable[[], Plan]


def kind_names() -> dict[str, str]:
    """The kinds of days in words."""
    return {"off": _("Ngày nghỉ"), "make_up": _("Ngày làm bù"), "plain": _("Ngày thường (bỏ khỏi lịch)")}


def _weekday(day: date) -> str:
    return (_("Thứ Hai"), _("Thứ Ba"), _("Thứ Tư"), _("Thứ Năm"), _("Thứ Sáu"), _("Thứ Bảy"), _("Chủ nhật"))[day.weekday()]


def _year_asked() -> int:
    year = request.args.get("year", type=int) or clock.today().year
    return min(max(year, FIRST_YEAR), LAST_YEAR)


@blueprint.get("/calendar")
@staff(Permission.EDIT_CALENDAR)
def working_days() -> ResponseReturnValue:
    year = _year_asked()
    return render_template(
        "admin/working_days.html",
        year=year,
        years=sorted({*years_of(db()), year, clock.today().year, clock.today().year + 1}),
        rows=[_row(row) for row in days_of(db(), year)],
    )


def _row(row: DayRow) -> dict[str, str]:
    return {
        "day": write_date(row.day),
        "href": url_for("admin.working_day", day=row.day.isoformat()),
        "weekday": _weekday(row.day),
        "kind": kind_names()[row.kind],
        "name": row.name,
        "source": row.source,
        "swapped": write_date(row.swapped_with) or "–",
    }


@blueprint.get("/calendar/day")
@staff(Permission.EDIT_CALENDAR)
def working_day() -> ResponseReturnValue:
    asked = request.args.get("day", "")
    day = _day(asked)
    return _day_page(NONE, now=_said(day_row(db(), day)) if day else {})


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _said(row: DayRow | None) -> dict[str, str]:
    if row is None:
        return {}
    swapped = row.swapped_with.isoformat() if row.swapped_with else ""
    return {"day": row.day.isoformat(), "kind": row.kind, "name": row.name, "source": row.source, "swapped_with": swapped}


@blueprint.post("/calendar/day")
@staff(Permission.EDIT_CALENDAR)
def save_working_day() -> ResponseReturnValue:
    form = typed("day", "swapped_with")
    return _planned(lambda: plan_days(db(), _wishes(form)), lambda trouble, **plan: _day_page(trouble, form=form, **plan))


def _wishes(form: Mapping[str, str]) -> dict[date, DayRow | None]:
    """The one day that the form is about, and where it is swapped, both.

    Raises:
        InvalidInput: at the field.
    """
    day = _day(form["day"])
    if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise InvalidInput({"day": [_("Hãy ghi một ngày có thật, đủ ngày, tháng và năm.")]})
    if form.get("kind") == "plain":
        return {day: None}
    for name in ("name", "source"):
        if not form.get(name, "").strip():
            raise InvalidInput({name: [_("Chỗ này cần được ghi.")]})
    if form.get("kind") not in ("off", "make_up"):
        raise InvalidInput({"kind": [_("Hãy chọn loại ngày.")]})
    row = read_row(1, day.isoformat(), form["kind"], form["name"], form["source"], form["swapped_with"])
    if row.swapped_with is None:
        return {day: row}
    other = DayRow(row.swapped_with, "make_up" if row.kind == "off" else "off", row.name, row.source, day)
    return {day: row, other.day: other}


def _day_page(trouble: Trouble, *, now: dict[str, str] | None = None, form: dict[str, str] | None = None, **plan: Any) -> str:
    kinds = [option(kind, name) for kind, name in kind_names().items()]
    questions = [
        question("day", "date", _("Ngày")),
        question("kind", "radios", _("Loại"), options=kinds),
        question("name", "text", _("Tên"), help=_("Ví dụ: Ngày Văn hóa Việt Nam."), max_length=200),
        question("source", "text", _("Căn cứ"), help=_("Văn bản quyết định ngày này."), max_length=200),
        question(
            "swapped_with", "date", _("Hoán đổi với ngày"), optional=True,
            help=_("Ngày nghỉ trong tuần đổi lấy thứ Bảy hoặc Chủ nhật làm bù: cổng ghi cả hai ngày cùng lúc."),
        ),
    ]  # fmt: skip
    heading = _("Sửa ngày trong lịch") if now else _("Thêm ngày vào lịch")
    return _plan_page(questions, trouble, now or {}, form or {}, heading=heading, back=url_for("admin.working_days"), **plan)


@blueprint.get("/calendar/import")
@staff(Permission.EDIT_CALENDAR)
def import_year() -> ResponseReturnValue:
    year = _year_asked()
    return _import_page(NONE, now={"year": str(year), "rows": write_rows(days_of(db(), year))})


@blueprint.post("/calendar/import")
@staff(Permission.EDIT_CALENDAR)
def save_year() -> ResponseReturnValue:
    form = typed()

    def draw_up() -> Plan:
        year = form.get("year", "").strip()
        if not re.fullmatch(r"20[0-9]{2}", year):
            raise InvalidInput({"year": [_("Hãy ghi năm bằng bốn chữ số.")]})
        return plan_year(db(), int(year), read_rows(form.get("rows", "")))

    return _planned(draw_up, lambda trouble, **plan: _import_page(trouble, form=form, **plan))


def _import_page(trouble: Trouble, *, now: dict[str, str] | None = None, form: dict[str, str] | None = None, **plan: Any) -> str:
    words = _("Mỗi dòng: ngày | nghỉ hoặc làm bù | tên | căn cứ | ngày hoán đổi (nếu có). YAML cũng được.")
    questions = [
        question("year", "integer", _("Năm")),
        question("rows", "textarea", _("Các ngày của cả năm"), help=words, rows=16),
    ]
    lead = _("Danh sách này thay cả năm: ngày nào không có trong danh sách sẽ được bỏ. Cổng cho xem trước rồi mới lưu.")
    back = url_for("admin.working_days")
    return _plan_page(questions, trouble, now or {}, form or {}, heading=_("Dán lịch cả năm"), back=back, lead=lead, **plan)


def _planned(draw_up: DrawUp, draw: Callable[..., str]) -> ResponseReturnValue:
    """First the plan, for the person to look at; with what was seen of it, the deed."""
    seen = request.form.get("seen", "")
    try:
        if not seen:
            return draw(NONE, plan=draw_up())
        begin_calendar(db(), current_actor())
        plan = draw_up()
        save_plan(db(), current_actor(), plan, seen=seen)
        order_recalculation(db(), plan.kinds())
    except InvalidInput as wrong:
        db().rollback()
        return draw(Trouble(errors=wrong.errors)), UNPROCESSABLE
    except EditedMeanwhile:
        db().rollback()
        return draw(Trouble(is_stale=True), plan=draw_up()), CONFLICT
    db().commit()
    flash(_("Đã lưu vào lịch."), "saved")
    year = plan.changes[0].day.year if plan.changes else None
    return redirect(url_for("admin.working_days", year=year))


def _plan_page(
    questions: list[Question], trouble: Trouble, now: dict[str, str], form: dict[str, str], *,
    heading: str, back: str, lead: str = "", plan: Plan | None = None,
) -> str:  # fmt: skip
    shown: dict[str, Any] = {}
    if plan is not None:
        hidden = [(name, value) for name, value in request.form.items() if name not in ("csrf_token", "seen", "continue")]
        shown = {
            "plan": [_change_row(change) for change in plan.changes] or [],
            "warnings": [tell(warning) for warning in plan.warnings],
            "moved": promises_moved(db(), plan.kinds()),
            "seen": plan.seen,
            "hidden": hidden,
        }
    return form_page(
        "admin/calendar_plan.html", questions, now, form, Trouble(trouble.errors, trouble.refusal),
        heading=heading, lead=lead, button=_("Xem trước"), back_href=back, back_label=_("Lịch làm việc"),
        **{**shown, "is_overtaken": trouble.is_stale},
    )  # fmt: skip


def _change_row(change: DayChange) -> dict[str, str]:
    verb = _("Bỏ") if change.after is None else _("Thêm") if change.before is None else _("Đổi")
    return {
        "day": f"{_weekday(change.day)}, {write_date(change.day)}",
        "verb": verb,
        "before": _words(change.before),
        "after": _words(change.after),
    }


def _words(row: DayRow | None) -> str:
    if row is None:
        return _("Ngày thường")
    swap = [f"↔ {write_date(row.swapped_with)}"] if row.swapped_with else []
    return f"{kind_names()[row.kind]}: {' · '.join([row.name, row.source, *swap])}"
