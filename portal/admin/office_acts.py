"""The forms that open, rename, move, merge and close offices; the rules are in `services.organisation`."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.admin import blueprint
from portal.admin.forms import NONE, Trouble, attempt, form_page, option, question, typed, version
from portal.admin.office_questions import assignment_words, level_names, lines_of, now_of, offices_to_choose, wards_question
from portal.auth.permissions import Permission
from portal.auth.session import current_actor
from portal.models import Office
from portal.services.notices.outbox import put
from portal.services.organisation.automatic_assignment import CHOICES
from portal.services.organisation.automatic_assignment import choose_assignment as choose_it
from portal.services.organisation.close_office import close_office as close_it
from portal.services.organisation.offices import edit_office, office_of, open_office
from portal.services.organisation.territory import move_wards as move_them
from portal.services.organisation.territory import serve_wards as serve_them
from portal.services.results.seals import ENROL_SEAL
from portal.web.access import staff
from portal.web.database import db


@blueprint.get("/offices/new")
@staff(Permission.MANAGE_OFFICES)
def new_office() -> ResponseReturnValue:
    return _new_page(NONE)


@blueprint.post("/offices/new")
@staff(Permission.MANAGE_OFFICES)
def add_office() -> ResponseReturnValue:
    form = typed("valid_from")
    return attempt(
        lambda: _open(form),
        lambda trouble: _new_page(trouble, form),
        lambda: url_for("admin.office", office_code=form["code"].strip().upper()),
        lambda: _("Đã thêm cơ quan. Hãy giao phường, xã và cán bộ cho cơ quan này."),
    )


def _open(form: dict[str, str]) -> None:
    """The office, and the promise of its seal, without which none of its papers can be signed."""
    opened = open_office(db(), current_actor(), form)
    put(db(), ENROL_SEAL, opened.code, dossier_id=None, payload={"office_code": opened.code})


def _new_page(trouble: Trouble, form: dict[str, str] | None = None) -> str:
    levels = [option(level, name) for level, name in level_names().items()]
    code_words = _("Ví dụ H26.33; mã của cơ quan ngành dọc bắt đầu bằng G.")
    questions = [
        question("code", "text", _("Mã định danh"), help=code_words, max_length=35),
        question("level", "radios", _("Cấp"), options=levels),
        question("valid_from", "date", _("Hoạt động từ ngày")),
        *lines_of(None),
    ]
    return form_page(
        "admin/form.html", questions, {}, form or {}, trouble,
        heading=_("Thêm cơ quan"), button=_("Thêm cơ quan"), back_href=url_for("admin.offices"), back_label=_("Cơ quan"),
    )  # fmt: skip


def _about(office: Office) -> dict[str, Any]:
    """What every form about one office shows around it."""
    return {
        "caption": f"{office.code} · {office.name}",
        "version": office.version,
        "back_href": url_for("admin.office", office_code=office.code),
        "back_label": office.name,
    }


def _to(office_code: str) -> str:
    return url_for("admin.office", office_code=office_code)


@blueprint.get("/offices/<office_code>/edit", endpoint="edit_office")
@staff(Permission.MANAGE_OFFICES)
def edit_page(office_code: str) -> ResponseReturnValue:
    return _edit_page(office_code, NONE)


@blueprint.post("/offices/<office_code>/edit")
@staff(Permission.MANAGE_OFFICES)
def save_office(office_code: str) -> ResponseReturnValue:
    form = typed()
    return attempt(
        lambda: edit_office(db(), current_actor(), office_code, form, expected_version=version()),
        lambda trouble: _edit_page(office_code, trouble, form),
        lambda: _to(office_code),
        lambda: _("Đã lưu. Tên cũ vẫn được giữ cùng những ngày mang tên ấy."),
    )


def _edit_page(office_code: str, trouble: Trouble, form: dict[str, str] | None = None) -> str:
    found = office_of(db(), office_code)
    return form_page(
        "admin/form.html", lines_of(found), now_of(found), form or {}, trouble, **_about(found),
        heading=_("Đổi tên, địa chỉ, thể thức"), button=_("Lưu thay đổi"),
        lead=_("Có hiệu lực từ hôm nay. Giấy tờ đã ký giữ tên lúc ký."),
    )  # fmt: skip


@blueprint.get("/offices/<office_code>/choose-assignment")
@staff(Permission.MANAGE_OFFICES)
def choose_assignment(office_code: str) -> ResponseReturnValue:
    return _assignment_page(office_code, NONE)


@blueprint.post("/offices/<office_code>/choose-assignment")
@staff(Permission.MANAGE_OFFICES)
def do_choose_assignment(office_code: str) -> ResponseReturnValue:
    form = typed()
    return attempt(
        lambda: choose_it(db(), current_actor(), office_code, form.get("who", ""), expected_version=version()),
        lambda trouble: _assignment_page(office_code, trouble, form),
        lambda: _to(office_code),
        lambda: _("Đã lưu. Có hiệu lực từ hồ sơ chuyển xử lý sau đây."),
    )


def _assignment_page(office_code: str, trouble: Trouble, form: dict[str, str] | None = None) -> str:
    found = office_of(db(), office_code)
    options = [option(value, assignment_words(is_by_rule=is_by_rule)) for value, is_by_rule in CHOICES.items()]
    now = next(value for value, is_by_rule in CHOICES.items() if is_by_rule == found.assigns_automatically)
    questions = [question("who", "radios", _("Ai phân công hồ sơ"), options=options)]
    return form_page(
        "admin/form.html", questions, {"who": now}, form or {}, trouble, **_about(found),
        heading=_("Cách phân công"), button=_("Lưu thay đổi"),
        lead=_("Quy tắc: người được giao riêng thủ tục trước, rồi đúng địa bàn, rồi người đang giữ ít hồ sơ nhất."
               " Không ai phù hợp thì hồ sơ chờ phân công."),
    )  # fmt: skip


@blueprint.get("/offices/<office_code>/serve-wards")
@staff(Permission.MANAGE_OFFICES)
def serve_wards(office_code: str) -> ResponseReturnValue:
    return _serve_page(office_code, NONE)


@blueprint.post("/offices/<office_code>/serve-wards")
@staff(Permission.MANAGE_OFFICES)
def do_serve_wards(office_code: str) -> ResponseReturnValue:
    form = typed("from_day")
    wards, day = form.get("wards", ""), form["from_day"]
    return attempt(
        lambda: serve_them(db(), current_actor(), office_code, wards, day, expected_version=version()),
        lambda trouble: _serve_page(office_code, trouble, form),
        lambda: _to(office_code),
        lambda: _("Đã giao thêm phường, xã."),
    )


def _serve_page(office_code: str, trouble: Trouble, form: dict[str, str] | None = None) -> str:
    found = office_of(db(), office_code)
    questions = [wards_question(), question("from_day", "date", _("Từ ngày"))]
    return form_page(
        "admin/form.html", questions, {}, form or {}, trouble, **_about(found),
        heading=_("Nhận thêm phường, xã"), button=_("Giao phường, xã"),
        lead=_("Chỉ nhận được nơi chưa có cơ quan cùng cấp. Nơi đã có thì chuyển từ cơ quan ấy sang."),
    )  # fmt: skip


@blueprint.get("/offices/<office_code>/move-wards")
@staff(Permission.MANAGE_OFFICES)
def move_wards(office_code: str) -> ResponseReturnValue:
    return _move_page(office_code, NONE)


@blueprint.post("/offices/<office_code>/move-wards")
@staff(Permission.MANAGE_OFFICES)
def do_move_wards(office_code: str) -> ResponseReturnValue:
    form = typed("from_day")
    wards, day, to_code = form.get("wards", ""), form["from_day"], form.get("to_code", "")
    return attempt(
        lambda: move_them(db(), current_actor(), office_code, to_code, wards, day, expected_version=version()),
        lambda trouble: _move_page(office_code, trouble, form),
        lambda: _to(office_code),
        lambda: _("Đã chuyển. Hồ sơ nộp trước ngày ấy vẫn ở cơ quan cũ."),
    )


def _move_page(office_code: str, trouble: Trouble, form: dict[str, str] | None = None) -> str:
    found = office_of(db(), office_code)
    questions = [
        wards_question(),
        offices_to_choose(_("Cơ quan nhận"), "to_code", but=office_code, level=found.level),
        question("from_day", "date", _("Từ ngày")),
    ]
    return form_page(
        "admin/form.html", questions, {}, form or {}, trouble, **_about(found),
        heading=_("Chuyển phường, xã cho cơ quan khác"), button=_("Chuyển phường, xã"),
        lead=_("Hồ sơ nộp từ ngày ấy thuộc cơ quan nhận. Hồ sơ nộp trước vẫn ở cơ quan này."),
    )  # fmt: skip


@blueprint.get("/offices/<office_code>/close")
@staff(Permission.MANAGE_OFFICES)
def close_office(office_code: str) -> ResponseReturnValue:
    return _close_page(office_code, NONE)


@blueprint.post("/offices/<office_code>/close")
@staff(Permission.MANAGE_OFFICES)
def do_close_office(office_code: str) -> ResponseReturnValue:
    form = typed("from_day")
    heir, day = form.get("to_code", ""), form["from_day"]
    return attempt(
        lambda: close_it(db(), current_actor(), office_code, successor_code=heir, from_day=day, expected_version=version()),
        lambda trouble: _close_page(office_code, trouble, form),
        lambda: _to(office_code),
        lambda: _("Đã ghi ngày kết thúc của cơ quan."),
    )


def _close_page(office_code: str, trouble: Trouble, form: dict[str, str] | None = None) -> str:
    found = office_of(db(), office_code)
    heir = offices_to_choose(_("Cơ quan kế thừa"), "to_code", but=office_code, level=found.level, optional=True)
    heir["help"] = _("Bỏ trống thì cơ quan kết thúc ngay hôm nay, khi không còn hồ sơ, phường, xã và cơ quan trực thuộc.")
    questions = [heir, question("from_day", "date", _("Kế thừa từ ngày"))]
    return form_page(
        "admin/form.html", questions, {"from_day": clock.today().isoformat()}, form or {}, trouble, **_about(found),
        heading=_("Sáp nhập hoặc giải thể"), button=_("Kết thúc cơ quan này"), is_danger=True,
        lead=_("Từ ngày ấy cơ quan kế thừa phục vụ phường, xã và giải quyết tiếp hồ sơ; mã hồ sơ giữ nguyên."
               " Nhiệm vụ của cán bộ tại cơ quan này cũng kết thúc."),
    )  # fmt: skip
