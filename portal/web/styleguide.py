"""What `/styleguide` shows: every component and state with real text, as plain data in the page's language."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup

from portal.web.styleguide_questions import questions, wrong_lines, wrong_questions

COLOURS = {
    "ink": "#14213D",
    "gold": "#F2B705",
    "jade": "#0A6C52",
    "link": "#0B57D0",
    "red": "#B3261E",
    "amber": "#FFD466",
    "sand": "#F6F3EC",
    "paper": "#FFFFFF",
}
QR_EXAMPLE = Markup(
    '<svg viewBox="0 0 9 9" width="136" height="136" shape-rendering="crispEdges"><rect width="9" height="9" fill="#fff"/>'
    '<path d="M1 1h3v3H1zM5 1h3v3H5zM1 5h3v3H1zM5 5h1v1H5zM7 5h1v2H7zM5 7h1v1H5z" fill="#14213D"/></svg>'
)
DOSSIER_CODE = "H26.31-20261125-0000001"


def styleguide_context() -> dict[str, Any]:
    """All the data of the page."""
    return {
        "colours": COLOURS,
        "questions": questions(),
        "wrong_questions": wrong_questions(),
        "wrong_lines": wrong_lines(),
        "facts_rows": facts_rows(),
        "answers_rows": answers_rows(),
        "unverified_rows": unverified_rows(),
        "comparison_rows": comparison_rows(),
        "timeline_items": timeline_items(),
        "statuses": statuses(),
        "dues": dues(),
        "table": table(),
        "pages": [{"number": n, "href": f"?page={n}", "current": n == 2} for n in (1, 2, 3)],
        "notices": notices(),
        "documents": documents(),
        "tiles": life_events(),
        "points": points(),
        "needs": needs(),
        "held": held(),
        "heading": heading(),
        "acts": acts(),
        "keys": keys(),
        "dossier_number": DOSSIER_CODE,
    }


def _fact(element: str, label: str, value: str, source: str = "population", **more: Any) -> dict[str, Any]:
    names = {
        "population": _("Cơ sở dữ liệu quốc gia về dân cư"),
        "civil-status": _("Cơ sở dữ liệu hộ tịch điện tử"),
    }
    return {
        "element": element,
        "label": label,
        "value": value,
        "source": source,
        "source_label": names[source],
        "as_of": "2026-11-25T08:30:00+07:00",
        **more,
    }


def facts_rows() -> list[dict[str, Any]]:
    """Settled facts, one of them said to be wrong."""
    return [
        _fact("subject.full_name", _("Họ, chữ đệm và tên"), "Nguyễn Thị Hồng Nhung"),
        _fact("subject.date_of_birth", _("Ngày sinh"), "05/01/1996"),
        _fact(
            "subject.permanent_residence",
            _("Nơi thường trú"),
            "Số 12 ngõ 34 phố Đội Cấn, phường Ba Đình, Hà Nội",
            change_href="#facts",
            disputed="Số 14 ngõ 34 phố Đội Cấn",
        ),
        _fact("subject.marital_status", _("Tình trạng hôn nhân"), _("Chưa đăng ký kết hôn"), "civil-status"),
    ]


def answers_rows() -> list[dict[str, Any]]:
    """What the person told us."""
    return [
        {
            "label": _("Mục đích"),
            "value": _("Đăng ký kết hôn tại Việt Nam"),
            "element": "certificate.purpose",
            "change_href": "#facts",
        },
        {"label": _("Số bản"), "value": "2", "element": "certificate.copies", "change_href": "#facts"},
        {"label": _("Thư điện tử"), "value": "", "element": "contact.email", "change_href": "#facts"},
    ]


def unverified_rows() -> list[dict[str, Any]]:
    """Typed because a registry was silent."""
    row = {"label": _("Dân tộc"), "value": "Tày", "element": "subject.ethnicity", "change_href": "#facts"}
    return [{**row, "source_label": _("Cơ sở dữ liệu quốc gia về dân cư")}]


def comparison_rows() -> list[dict[str, Any]]:
    """The desk's view of filed against now."""
    married = _fact("subject.marital_status", _("Tình trạng hôn nhân"), "", "civil-status", differs=True)
    married |= {"filed": _("Chưa đăng ký kết hôn"), "now": _("Đã ly hôn")}
    residence = _fact("subject.permanent_residence", _("Nơi thường trú"), "")
    residence |= {"filed": "Phường Ba Đình, Hà Nội", "now": "Phường Ba Đình, Hà Nội"}
    return [married, residence]


def timeline_items() -> list[dict[str, str]]:
    """A dossier in the middle of its story."""
    return [
        {
            "state": "done",
            "when": _("08 giờ 30 phút, ngày 25/11/2026"),
            "title": _("Đã nộp hồ sơ"),
            "text": _("Bộ phận một cửa kiểm tra trong 8 giờ làm việc."),
        },
        {
            "state": "done",
            "when": _("10 giờ 05 phút, ngày 25/11/2026"),
            "title": _("Đã tiếp nhận"),
            "text": _("Hồ sơ đủ. Thời hạn giải quyết bắt đầu tính."),
        },
        {
            "state": "now",
            "when": "",
            "title": _("Chuyên viên thẩm định"),
            "text": _("Chuyên viên đối chiếu với cơ sở dữ liệu hộ tịch."),
        },
        {"state": "next", "when": _("chậm nhất ngày 30/11/2026"), "title": _("Ký số và trả kết quả"), "text": ""},
    ]


def statuses() -> list[tuple[int, str]]:
    """The draft and the ten statuses of the national portal, by their exact names."""
    return [
        (0, _("Bản nháp")),
        (1, _("Mới đăng ký")),
        (2, _("Được tiếp nhận")),
        (3, _("Không được tiếp nhận")),
        (4, _("Đang xử lý")),
        (5, _("Yêu cầu bổ sung giấy tờ")),
        (6, _("Yêu cầu thực hiện nghĩa vụ tài chính")),
        (7, _("Công dân yêu cầu rút hồ sơ")),
        (8, _("Dừng xử lý")),
        (9, _("Đã xử lý xong")),
        (10, _("Đã trả kết quả")),
    ]


def dues() -> list[tuple[str, str]]:
    """Every way to stand against the promised moment."""
    return [
        ("in_time", _("Còn 3 ngày làm việc")),
        ("due_soon", _("Còn 4 giờ làm việc")),
        ("overdue", _("Quá hạn 1 ngày làm việc")),
        ("paused", _("Tạm dừng tính hạn")),
        ("none", _("Chưa tính thời hạn")),
    ]


def table() -> dict[str, Any]:
    """A queue of three."""
    names = ("Trần Văn Đức", "Nguyễn Thị Hồng Nhung", "H'Mông Ê-ban Đặng Thị Huyền")
    promised = ("24/11/2026 17:00", "26/11/2026 10:05", "30/11/2026 11:30")
    return {
        "columns": [
            {"key": "code", "label": _("Mã hồ sơ"), "href_key": "href"},
            {"key": "name", "label": _("Người nộp")},
            {"key": "due", "label": _("Thời hạn")},
            {"key": "promised", "label": _("Hẹn trả"), "numeric": True},
        ],
        "rows": [
            {
                "code": f"H26.31-20261125-000000{number}",
                "href": "#table",
                "name": name,
                "due_kind": kind,
                "due_text": text,
                "promised": moment,
                "is_marked": kind == "overdue",
            }
            for number, (name, moment, (kind, text)) in enumerate(zip(names, promised, reversed(dues()[:3]), strict=True), 1)
        ],
    }


def notices() -> list[tuple[str, str, str]]:
    """Each state that a page can be in."""
    return [
        (
            "sent",
            _("Hồ sơ đã được nộp"),
            _("Bộ phận một cửa trả lời trong 8 giờ làm việc. Ông/bà không phải làm gì thêm."),
        ),
        (
            "refused",
            _("Hồ sơ không được tiếp nhận"),
            _("Lý do và căn cứ pháp lý có trong phiếu từ chối. Ông/bà có thể sửa rồi nộp lại."),
        ),
        (
            "expired",
            _("Đường dẫn này đã hết hạn"),
            _("Giấy tờ vẫn còn trong kho của chủ giấy. Hãy xin chủ giấy một đường dẫn mới."),
        ),
        (
            "offline",
            _("Cơ sở dữ liệu dân cư chưa trả lời"),
            _("Ông/bà cứ ghi tiếp. Cơ quan sẽ đối chiếu sau; những gì đã ghi không mất."),
        ),
        ("empty", _("Ông/bà chưa có hồ sơ nào"), _("Hồ sơ xuất hiện ở đây ngay khi ông/bà bắt đầu ghi.")),
        ("nothing_found", _("Không có thủ tục nào khớp với «khai sin»"), _("Thử bớt chữ, hoặc chọn việc của ông/bà ở dưới.")),
        ("warning", _("Giấy này hết giá trị sau 6 ngày"), _("Sau ngày 01/12/2026, ông/bà cần xin giấy mới.")),
        (
            "information",
            _("Ông/bà không phải nộp giấy chứng minh nơi cư trú"),
            _("Cổng tra cứu thẳng từ cơ sở dữ liệu quốc gia về dân cư."),
        ),
    ]


def documents() -> list[dict[str, Any]]:
    """A result in force, and one that was revoked."""
    good = {
        "title": _("Giấy xác nhận tình trạng hôn nhân"),
        "number": "105/UBND-XNTTHN",
        "issued_on": "2026-11-27",
        "issuer": _("Ủy ban nhân dân phường Ba Đình"),
        "signed_by": "Phạm Quang Vinh",
        "size_bytes": 148_300,
        "href": "#documents",
        "verify_code": "7KQM-4T2X-9DPA",
        "verify_href": "#documents",
        "qr_svg": QR_EXAMPLE,
        "state": "valid",
        "state_label": _("Còn giá trị"),
    }
    void = {"title": _("Giấy hẹn trả kết quả"), "number": "88", "state": "revoked", "state_label": _("Đã thu hồi")}
    return [good, void]


def life_events() -> list[dict[str, str]]:
    """Tiles of the home page."""
    labels = (_("Sinh con"), _("Kết hôn"), _("Chuyển nhà"), _("Mất giấy tờ"))
    texts = (_("Khai sinh, thường trú, thẻ bảo hiểm"), _("Xác nhận độc thân, đăng ký kết hôn"), "", "")
    return [{"label": label, "text": text, "href": "#layout"} for label, text in zip(labels, texts, strict=True)]


def points() -> list[dict[str, str]]:
    """What decides whether to file now."""
    return [
        {"label": _("Thời hạn"), "value": _("3 ngày làm việc"), "text": _("nộp bây giờ, có kết quả ngày 30/11/2026")},
        {"label": _("Lệ phí"), "value": _("3.000 đồng"), "text": _("mỗi bản, trả khi nhận")},
        {"label": _("Nơi giải quyết"), "value": _("Ủy ban nhân dân phường Ba Đình"), "text": ""},
    ]


def needs() -> list[dict[str, str]]:
    """What one must bring."""
    return [{"name": _("Tờ khai"), "note": _("Chính là biểu mẫu điện tử này.")}]


def held() -> list[dict[str, str]]:
    """What one need not bring."""
    return [
        {"name": _("Giấy tờ tùy thân, nơi cư trú"), "note": _("Cơ sở dữ liệu quốc gia về dân cư đã có.")},
        {"name": _("Giấy tờ ly hôn hoặc chứng tử"), "note": _("Cơ sở dữ liệu hộ tịch đã có.")},
    ]


def heading() -> dict[str, str]:
    """The head of a dossier's page on the desk."""
    return {
        "code": DOSSIER_CODE,
        "title": _("Giấy xác nhận tình trạng hôn nhân"),
        "text": "Nguyễn Thị Hồng Nhung, 05/01/1996",
        "promised": _("10 giờ 05 phút, ngày 30/11/2026"),
        "explanation": _("Nhận lúc 10 giờ 05 phút ngày 25/11/2026. Ba ngày làm việc: 26, 27 và 30/11; 28 và 29/11 là cuối tuần."),
    }


def acts() -> list[dict[str, Any]]:
    """What a clerk may do, and what not yet."""
    return [
        {"label": _("Tiếp nhận"), "href": "#desk", "key": "r", "is_primary": True},
        {"label": _("Từ chối"), "href": "#desk", "key": "x"},
        {"label": _("Chuyển xử lý"), "why_not": _("Hồ sơ phải được tiếp nhận trước.")},
    ]


def keys() -> list[dict[str, str]]:
    """The keys of the desk."""
    return [
        {"key": "j", "label": _("dòng sau")},
        {"key": "k", "label": _("dòng trước")},
        {"key": "d", "label": _("vì sao là ngày này")},
        {"key": "?", "label": _("mở bảng phím tắt")},
    ]
