"""The first page of the desk: its rooms, each in one line."""

from __future__ import annotations

from flask import current_app, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.admin import blueprint
from portal.auth.permissions import Permission
from portal.auth.session import current_actor
from portal.web.access import staff

Room = tuple[str, Permission, str, str]


def _rooms() -> list[Room]:
    """Endpoint, who may enter, name, and what one does there."""
    return [
        (
            "admin.procedures",
            Permission.EDIT_CATALOGUE,
            _("Thủ tục"),
            _("Soạn, kiểm tra, chạy thử và công bố thủ tục hành chính."),
        ),
        (
            "admin.offices",
            Permission.MANAGE_OFFICES,
            _("Cơ quan"),
            _("Cơ quan nào phục vụ phường, xã nào, từ ngày nào đến ngày nào."),
        ),
        (
            "admin.people",
            Permission.MANAGE_STAFF,
            _("Cán bộ và vai trò"),
            _("Ai làm việc gì, ở cơ quan nào, với thủ tục nào."),
        ),
        (
            "admin.working_days",
            Permission.EDIT_CALENDAR,
            _("Lịch làm việc"),
            _("Ngày nghỉ, ngày làm bù và ngày hoán đổi của từng năm."),
        ),
        (
            "admin.announcements",
            Permission.EDIT_ANNOUNCEMENTS,
            _("Thông báo tạm ngừng"),
            _("Báo trước khi cổng tạm ngừng, và báo ngay khi có sự cố."),
        ),
        (
            "admin.data_quality",
            Permission.SEE_DATA_QUALITY,
            _("Làm sạch dữ liệu"),
            _("Mỗi cơ sở dữ liệu khớp với dân cư đến đâu, sai vì sao, ở tỉnh nào; bên cạnh số liệu đã công bố."),
        ),
        (
            "admin.changes",
            Permission.SEE_CHANGES,
            _("Nhật ký thay đổi"),
            _("Ai đã đổi gì, lúc nào, trước và sau ra sao."),
        ),
    ]


@blueprint.get("/")
@staff(Permission.SEE_CHANGES)
def home() -> ResponseReturnValue:
    actor = current_actor()
    rooms = [
        {"label": name, "text": text, "href": url_for(endpoint)}
        for endpoint, permission, name, text in _rooms()
        if endpoint in current_app.view_functions and actor.holds_anywhere(permission)
    ]
    return render_template("admin/home.html", rooms=rooms)
