"""The record of changes as a page: filters in the address, before and after in words, line by line."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from flask import current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.admin import blueprint
from portal.admin.forms import option
from portal.admin.office_questions import level_names
from portal.admin.offices import day_asked
from portal.admin.part_words import section_names
from portal.admin.working_days import kind_names
from portal.auth.permissions import Permission
from portal.auth.session import current_actor
from portal.models import Account, AdministratorChange, StaffMember
from portal.services.oversight.changes import PAGE_SIZE, ChangeFilter, actors_of, change_count, changes_of
from portal.web.access import staff
from portal.web.database import db
from portal.web.filters import write_date, write_short_moment
from portal.web.page_context import role_names
from portal.web.questions import registry_name

MOST_LINES = 40
LONGEST_VALUE = 400
LAST_PAGE = 100_000
DAYS = frozenset({"valid_from", "valid_to", "first_day", "last_day", "day", "swapped_with", "published_on"})
MOMENTS = frozenset({"begins_at", "ends_at", "published_at", "ended_at"})
Line = dict[str, Any]


def subject_names() -> dict[str, str]:
    """What a change is about, in words; a kind that is not named here is told as it is."""
    return {
        "office": _("Cơ quan"),
        "staff_member": _("Cán bộ"),
        "duty": _("Nhiệm vụ"),
        "absence": _("Vắng mặt"),
        "calendar_day": _("Ngày trong lịch"),
        "announcement": _("Thông báo tạm ngừng"),
        "published_figure": _("Số liệu đã công bố"),
        "procedure": _("Thủ tục"),
        "catalogue": _("Danh mục"),
    }


def _verbs() -> dict[str, str]:
    return {
        "opened": _("Thêm"),
        "edited": _("Sửa"),
        "wards_taken_on": _("Nhận phường, xã"),
        "wards_given_up": _("Chuyển phường, xã đi"),
        "merged": _("Sáp nhập"),
        "closed": _("Giải thể"),
        "assignment_chosen": _("Đổi cách phân công"),
        "added": _("Thêm"),
        "given": _("Giao"),
        "changed": _("Sửa"),
        "ended": _("Kết thúc"),
        "entered": _("Ghi"),
        "removed": _("Bỏ"),
        "draft_started": _("Lập bản nháp"),
        "draft_dropped": _("Bỏ bản nháp"),
        "handed_in": _("Trình duyệt"),
        "sent_back": _("Trả lại để sửa"),
        "called_off": _("Hủy lịch công bố"),
        "approved": _("Duyệt"),
        "published": _("Công bố"),
        "retired": _("Bãi bỏ"),
        "taken_in": _("Nạp hàng loạt"),
        "taken_back": _("Thu hồi"),
    }


def _labels() -> dict[str, str]:
    return {
        "code": _("Mã"),
        "level": _("Cấp"),
        "name": _("Tên"),
        "name_en": _("Tên tiếng Anh"),
        "parent_code": _("Trực thuộc"),
        "parent_name": _("Cơ quan cấp trên, in ở đầu giấy tờ"),
        "unit_name": _("Nơi tiếp nhận, in ở đầu giấy tờ"),
        "place_name": _("Địa danh ghi trước ngày tháng"),
        "signatory": _("Quyền hạn, chức vụ người ký"),
        "symbol": _("Ký hiệu văn bản"),
        "province_code": _("Mã tỉnh, thành phố"),
        "address": _("Địa chỉ"),
        "phone": _("Điện thoại"),
        "successor_code": _("Kế thừa"),
        "valid_from": _("Từ ngày"),
        "valid_to": _("Đến hết ngày"),
        "wards": _("Phường, xã"),
        "subject_hash": _("Mã băm của số định danh"),
        "role": _("Vai trò"),
        "office_code": _("Cơ quan"),
        "procedure_codes": _("Thủ tục"),
        "ward_codes": _("Địa bàn phụ trách"),
        "assigns_automatically": _("Cổng tự phân công"),
        "ended_at": _("Kết thúc lúc"),
        "first_day": _("Từ ngày"),
        "last_day": _("Đến hết ngày"),
        "stand_in_id": _("Người thay"),
        "day": _("Ngày"),
        "kind": _("Loại"),
        "source": _("Căn cứ"),
        "swapped_with": _("Hoán đổi với ngày"),
        "begins_at": _("Bắt đầu lúc"),
        "ends_at": _("Hoạt động lại lúc"),
        "published_at": _("Công bố lúc"),
        "unavailable": _("Không dùng được"),
        "unavailable_en": _("Không dùng được (tiếng Anh)"),
        "elsewhere": _("Trong lúc ấy có thể"),
        "elsewhere_en": _("Trong lúc ấy có thể (tiếng Anh)"),
        "urgent_reason": _("Lý do không báo trước được"),
        "urgent_reason_en": _("Lý do không báo trước được (tiếng Anh)"),
        "registry_name": _("Cơ sở dữ liệu"),
        "about": _("Số liệu nói về"),
        "about_en": _("Số liệu nói về (tiếng Anh)"),
        "value": _("Số liệu"),
        "published_on": _("Ngày công bố"),
        "is_taken_back": _("Đã gỡ"),
    }


@blueprint.get("/changes")
@staff(Permission.SEE_CHANGES)
def changes() -> ResponseReturnValue:
    wanted = ChangeFilter(
        subject_kind=request.args.get("kind", "")[:60],
        subject_id=request.args.get("subject", "")[:100],
        actor_id=request.args.get("by", "")[:60],
        member_id=request.args.get("member", "")[:60],
        first_day=day_asked("from"),
        last_day=day_asked("to"),
        page=min(max(request.args.get("page", 1, type=int) or 1, 1), LAST_PAGE),
    )
    found = changes_of(db(), wanted)
    asked: dict[str, Any] = {name: value for name, value in request.args.items() if name != "page"}
    people = {str(actor_id): _name_of_account(actor_id) for actor_id in actors_of(db())}
    return render_template(
        "admin/changes.html",
        wanted=wanted,
        first_day=write_date(wanted.first_day),
        last_day=write_date(wanted.last_day),
        kinds=[option(kind, name) for kind, name in subject_names().items()],
        actors=[option(actor_id, name) for actor_id, name in people.items()],
        changes=[_shown(change, people) for change in found[:PAGE_SIZE]],
        total=change_count(db(), wanted),
        previous_href=url_for("admin.changes", **asked, page=wanted.page - 1) if wanted.page > 1 else None,
        next_href=url_for("admin.changes", **asked, page=wanted.page + 1) if len(found) > PAGE_SIZE else None,
    )


def _name_of_account(actor_id: str) -> str:
    account = db().get(Account, uuid.UUID(actor_id)) if _is_uuid(actor_id) else None
    return account.profile["full_name"] if account else actor_id


def _is_uuid(text: str) -> bool:
    try:
        return bool(uuid.UUID(text))
    except ValueError:
        return False


def _shown(change: AdministratorChange, people: Mapping[str, str]) -> dict[str, Any]:
    lines = list(_lines(change.before, change.after))
    subject, href = _subject(change)
    return {
        "number": change.number,
        "verb": _verb_of(change),
        "subject": f"{subject_names().get(change.subject_kind, change.subject_kind)} {subject}",
        "href": href,
        "when": write_short_moment(change.happened_at),
        "who": people.get(change.actor_id, change.actor_id),
        "lines": lines[:MOST_LINES],
        "more": max(0, len(lines) - MOST_LINES),
    }


def _verb_of(change: AdministratorChange) -> str:
    """What was done; of a procedure's draft also at which of its places."""
    verb, _colon, place = change.verb.partition(":")
    section = place if place in section_names() else place.partition("/")[0]
    words = _verbs().get(verb, verb)
    return f"{words}: {section_names().get(section, section)}" if place else words


def _subject(change: AdministratorChange) -> tuple[str, str | None]:
    """What was changed, in words, and its page where the viewer may enter it."""
    kind, subject_id = change.subject_kind, change.subject_id
    if kind == "office":
        return subject_id, _page("admin.office", Permission.MANAGE_OFFICES, office_code=subject_id)
    if kind == "calendar_day":
        return write_date(subject_id), _page("admin.working_days", Permission.EDIT_CALENDAR, year=subject_id[:4])
    if kind in ("duty", "staff_member", "absence"):
        member = _member(_member_id_of(change))
        name = member.profile["full_name"] if member else subject_id
        return name, _page("admin.person", Permission.MANAGE_STAFF, member_id=member.id) if member else None
    if kind == "announcement":
        begins_at = (change.after or change.before or {}).get("begins_at")
        return write_short_moment(begins_at), _page("admin.announcements", Permission.EDIT_ANNOUNCEMENTS)
    if kind == "published_figure":
        registry = str((change.after or {}).get("registry_name", ""))
        return registry_name(registry), _page("admin.data_quality", Permission.SEE_DATA_QUALITY)
    if kind == "procedure":
        return subject_id, _page("admin.procedure", Permission.EDIT_CATALOGUE, code=subject_id)
    return subject_id, None


def _member_id_of(change: AdministratorChange) -> str:
    if change.subject_kind == "staff_member":
        return change.subject_id
    return str((change.after or change.before or {}).get("member_id", ""))


def _member(member_id: str) -> StaffMember | None:
    return db().get(StaffMember, uuid.UUID(member_id)) if _is_uuid(member_id) else None


def _page(endpoint: str, permission: Permission, **names: Any) -> str | None:
    may_enter = endpoint in current_app.view_functions and current_actor().holds_anywhere(permission)
    return url_for(endpoint, **names) if may_enter else None


def _lines(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> Iterator[Line]:
    """What differs, one line a field; what was not there before, or is not any more, on one side alone."""
    old, new = dict(_flat(before or {})), dict(_flat(after or {}))
    labels = _labels()
    for key in dict.fromkeys([*old, *new]):
        if key != "member_id" and old.get(key) != new.get(key):
            yield {"label": labels.get(key, key), "before": _words(key, old.get(key)), "after": _words(key, new.get(key))}


def _flat(content: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in content.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", value


def _words(key: str, value: Any) -> str | None:
    if value is None or value == []:
        return None
    if isinstance(value, bool):
        return _("Có") if value else _("Không")
    if isinstance(value, list):
        return ", ".join(one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in value)[:LONGEST_VALUE]
    known = {"role": {role.value: name for role, name in role_names().items()}, "level": level_names(), "kind": kind_names()}
    text = str(known.get(key, {}).get(str(value), value))
    if key == "stand_in_id":
        stand_in = _member(text)
        return str(stand_in.profile["full_name"]) if stand_in else text
    if key in DAYS:
        return write_date(text)
    return write_short_moment(text) if key in MOMENTS else text[:LONGEST_VALUE]
