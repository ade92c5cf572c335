"""In words: what of a result went to which register, and which offices have adjusted; one tone for the desk, one for citizens."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from portal.models import WriteBack
from portal.web.questions import registry_name


def desk_rows(rows: Iterable[WriteBack]) -> list[dict[str, Any]]:
    """What the desk is told of each write-back; what was refused before printing is tried again by approving again."""
    return [
        {
            "id": row.id,
            "register": registry_name(row.register),
            "state": _state(row),
            "detail": _detail(row),
            "is_stuck": row.escalated_at is not None,
            "holds_printing": row.before_printing and row.state == "waiting",
            "may_be_tried": row.state == "waiting" or row.escalated_at is not None,
            "subscribers": [(registry_name(name), _adjusting(state)) for name, state in sorted(row.adjusting.items())],
        }
        for row in rows
    ]


def waits_for_number(rows: Iterable[WriteBack]) -> bool:
    """Whether the paper is not drawn yet because a register has yet to give what it prints, and is still asked."""
    return any(row.before_printing and row.state == "waiting" for row in rows)


def _state(row: WriteBack) -> str:
    if row.state == "written":
        return _("Đã ghi")
    if row.state == "refused":
        return _("Bị từ chối")
    if row.before_printing:
        return _("Chờ số định danh")
    return _("Đang thử lại") if row.attempts else _("Đang ghi")


def _detail(row: WriteBack) -> str:
    said = row.answer or {"words": "", "field": "", "given": {}}
    if row.state == "refused":
        return _("%(words)s (trường %(field)s)", words=said["words"], field=said["field"]) if said["field"] else said["words"]
    if row.state == "waiting" and row.attempts:
        return ngettext("Đã thử %(num)s lần, chưa được trả lời.", "Đã thử %(num)s lần, chưa được trả lời.", row.attempts)
    if said["given"].get("number"):
        return _("Số %(number)s, quyển %(book)s", number=said["given"]["number"], book=said["given"].get("book", "–"))
    return ""


def _adjusting(state: str) -> str:
    return {
        "adjusted": _("đã cập nhật"),
        "waiting": _("đang chờ thay đổi trước đó"),
        "not_received": _("chưa nhận được"),
    }.get(state, state)


def citizen_lines(rows: Iterable[WriteBack]) -> list[str]:
    """What the owner is told: who knows by now, without anybody having to be told."""
    lines: list[str] = []
    for row in rows:
        if row.state != "written":
            lines.append(_waiting_line(row))
            continue
        lines.append(_("%(office)s đã ghi nhận.", office=_office(row.register)))
        for name, state in sorted(row.adjusting.items()):
            words = (
                _("%(office)s đã nhận, ông/bà không phải báo.", office=_office(name))
                if state == "adjusted"
                else _("%(office)s chưa nhận được; cổng đang theo dõi và tự gửi lại.", office=_office(name))
            )
            lines.append(words)
    return lines


def _waiting_line(row: WriteBack) -> str:
    if row.before_printing and row.state == "waiting":
        return _("Đang chờ cơ sở dữ liệu cấp số định danh. Cổng tự làm tiếp, ông/bà không phải làm gì.")
    if row.escalated_at is not None or row.before_printing:
        return _("%(office)s chưa ghi nhận; cơ quan giải quyết đã biết và đang xử lý.", office=_office(row.register))
    return _("%(office)s chưa ghi nhận; cổng đang tự gửi lại.", office=_office(row.register))


def _office(register: str) -> str:
    return {
        "population": _("Cơ sở dữ liệu dân cư"),
        "civil-status": _("Sổ hộ tịch"),
        "residence": _("Cơ quan đăng ký cư trú"),
        "social-insurance": _("Cơ quan bảo hiểm"),
        "tax": _("Cơ quan thuế"),
        "driving-licences": _("Cơ quan cấp giấy phép lái xe"),
    }.get(register, registry_name(register))
