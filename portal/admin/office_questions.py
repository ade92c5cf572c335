"""The questions of the forms about offices, and what is kept of an office as their values."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from portal import clock
from portal.admin.forms import Question, option, question
from portal.models import Office
from portal.services.organisation.offices import all_offices, as_tree, particulars
from portal.web.database import db


def level_names() -> dict[str, str]:
    """The levels of offices in words."""
    return {
        "commune": _("Phường, xã"),
        "province": _("Tỉnh, thành phố"),
        "police": _("Công an cấp xã"),
        "police-province": _("Công an cấp tỉnh"),
        "ministry": _("Bộ, ngành"),
        "insurance": _("Bảo hiểm xã hội"),
        "tax": _("Thuế"),
        "employment": _("Dịch vụ việc làm"),
    }


def assignment_words(*, is_by_rule: bool) -> str:
    """Who assigns an office's dossiers."""
    return _("Cổng tự giao theo quy tắc khi chuyển xử lý") if is_by_rule else _("Lãnh đạo giao, hoặc chuyên viên tự nhận")


def now_of(office: Office) -> dict[str, str]:
    """An office as the values of its form."""
    said = {name: value or "" for name, value in particulars(office).items() if name != "signatory"}
    return {**said, "signatory": "\n".join(office.signatory)}


def offices_to_choose(label: str, name: str, *, but: str, level: str = "", **more: Any) -> Question:
    """An office of today to choose, as they stand in the tree."""
    today = clock.today()
    chosen = [one for one in all_offices(db(), today) if one.code != but and level in ("", one.level)]
    options = [option(one.code, f"{one.name} ({one.code})") for _depth, one in as_tree(chosen)]
    return question(name, "select", label, options=options, **more)


def lines_of(office: Office | None) -> list[Question]:
    """The lines of an office's particulars."""
    return [
        question("name", "text", _("Tên cơ quan"), max_length=200),
        question("name_en", "text", _("Tên tiếng Anh"), max_length=200),
        offices_to_choose(_("Trực thuộc"), "parent_code", but=office.code if office else "", optional=True),
        question("parent_name", "text", _("Cơ quan cấp trên, in ở đầu giấy tờ"), max_length=200),
        question("unit_name", "text", _("Nơi tiếp nhận, in ở đầu giấy tờ"), max_length=200),
        question("place_name", "text", _("Địa danh ghi trước ngày tháng"), max_length=200),
        question("signatory", "textarea", _("Quyền hạn, chức vụ người ký"), help=_("Mỗi dòng một dòng trên giấy tờ."), rows=2),
        question("symbol", "text", _("Ký hiệu văn bản"), max_length=200),
        question("province_code", "text", _("Mã tỉnh, thành phố"), help=_("Hai chữ số, ví dụ 01."), inputmode="numeric"),
        question("address", "text", _("Địa chỉ"), max_length=200),
        question("phone", "text", _("Điện thoại"), max_length=200),
    ]


def wards_question() -> Question:
    """The wards that a form is about."""
    return question(
        "wards", "textarea", _("Mã phường, xã"), help=_("Năm chữ số mỗi mã; cách nhau bằng dấu phẩy hoặc xuống dòng.")
    )
