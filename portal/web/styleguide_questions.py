"""The questions of `/styleguide`: one of each kind of field, right and wrong, as plain data in the page's language."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _


def _question(name: str, kind: str, label: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "kind": kind, "label": label, "value": "", "errors": [], "options": [], **more}


def _purposes() -> list[dict[str, str]]:
    return [
        {"value": "marriage", "label": _("Đăng ký kết hôn tại Việt Nam"), "hint": ""},
        {
            "value": "marriage_abroad",
            "label": _("Đăng ký kết hôn ở nước ngoài"),
            "hint": _("Cần ghi thêm người dự định kết hôn."),
        },
        {"value": "other", "label": _("Việc khác"), "hint": _("Ví dụ: vay vốn, mua bán nhà đất.")},
    ]


def questions() -> list[dict[str, Any]]:
    """One of each kind of field, filled or empty."""
    return [
        _question(
            "purpose",
            "radios",
            _("Ông/bà cần giấy để làm gì?"),
            options=_purposes(),
            value="marriage",
            why=_("Mục đích được in trên giấy và giấy chỉ có giá trị cho mục đích đó."),
        ),
        _question("partner", "text", _("Họ, chữ đệm và tên"), value="H'Mông Ê-ban Đặng Thị Huyền", max_length=200),
        _question("copies", "integer", _("Số bản cần cấp"), help=_("Mỗi bản 3.000 đồng."), value=2),
        _question("phone", "phone", _("Số điện thoại"), optional=True, value="0900 000 012", autocomplete="tel"),
        _question("email", "email", _("Thư điện tử"), optional=True, autocomplete="email"),
        _question("id_number", "personal_id", _("Số định danh cá nhân"), help=_("Gồm 12 chữ số, in trên thẻ căn cước.")),
        _question("from", "date", _("Từ ngày"), help=_("Ví dụ: 27 3 2024"), value={"day": "27", "month": "3"}),
        _question("birth", "partial_date", _("Ngày sinh của người ấy"), value="1965-05"),
        _question("country", "select", _("Quốc tịch"), options=[{"value": "VN", "label": _("Việt Nam")}], value="VN"),
        _question(
            "notify",
            "checkboxes",
            _("Báo tin qua"),
            value=["email"],
            options=[{"value": "email", "label": _("Thư điện tử")}, {"value": "sms", "label": _("Tin nhắn")}],
        ),
        _question("proof", "file", _("Ảnh chụp giấy tờ"), help=_("Tệp PDF hoặc ảnh, không quá 10 MB."), accept=".pdf,image/*"),
        _question("note", "textarea", _("Điều cần nói thêm"), optional=True, max_length=500),
    ]


def wrong_questions() -> list[dict[str, Any]]:
    """Fields with something to mend."""
    return [
        _question(
            "wrong_date",
            "date",
            _("Đến ngày"),
            value={"day": "31", "month": "4", "year": "2026"},
            errors=[_("Không có ngày này trong lịch.")],
        ),
        _question("wrong_id", "personal_id", _("Số định danh"), value="00109", errors=[_("Số định danh gồm đúng 12 chữ số.")]),
        _question(
            "wrong_way",
            "radios",
            _("Ông/bà nhận kết quả ở đâu?"),
            errors=[_("Hãy chọn một trong các mục đã nêu.")],
            options=[
                {"value": "online", "label": _("Bản điện tử, trên cổng này")},
                {"value": "counter", "label": _("Bản giấy, tại bộ phận một cửa")},
            ],
        ),
    ]


def wrong_lines() -> list[dict[str, str]]:
    """The same errors for the summary."""
    return [{"name": q["name"], "text": f"{q['label']}: {q['errors'][0]}"} for q in wrong_questions()]
