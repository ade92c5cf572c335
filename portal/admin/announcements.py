"""Announcements of downtime: drafted, shown as everybody will read them, published, ended; the rules are in the services."""

from __future__ import annotations

import uuid
from datetime import datetime
from functools import partial
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from portal import clock
from portal.admin import blueprint
from portal.admin.forms import NONE, Question, Trouble, attempt, form_page, option, question, typed, version
from portal.auth.permissions import Permission
from portal.auth.session import current_actor
from portal.models import Announcement
from portal.services.dossiers import calendar
from portal.services.organisation.announcements import (
    LONGEST_TEXT,
    PLANNED,
    REASONS,
    TEXTS,
    URGENT,
    announcement_of,
    announcements,
    change_announcement,
    draft_announcement,
    end_announcement,
    publish_announcement,
    standing,
)
from portal.web.access import staff
from portal.web.announcements import banner, forget
from portal.web.database import db
from portal.web.filters import write_short_moment
from portal.web.language import LANGUAGES


def _working_days_after(moment: datetime, count: int) -> datetime:
    return calendar.working_days_after(db(), moment, count)


def _standing_names() -> dict[str, str]:
    return {
        "draft": _("Bản nháp"),
        "ahead": _("Đã công bố"),
        "running": _("Đang tạm ngừng"),
        "over": _("Đã hết"),
        "taken_back": _("Đã thu hồi"),
    }


def _to_list() -> str:
    forget()
    return url_for("admin.announcements")


def _around() -> dict[str, str]:
    return {"back_href": url_for("admin.announcements"), "back_label": _("Thông báo tạm ngừng")}


@blueprint.get("/announcements", endpoint="announcements")
@staff(Permission.EDIT_ANNOUNCEMENTS)
def list_page() -> ResponseReturnValue:
    return render_template("admin/announcements.html", rows=[_row(one) for one in announcements(db())])


def _row(one: Announcement) -> dict[str, Any]:
    stands = standing(one, clock.now())
    is_draft, is_open = stands == "draft", stands in ("draft", "ahead", "running")
    to = partial(url_for, announcement_id=one.id)
    return {
        "since": write_short_moment(one.begins_at),
        "until": write_short_moment(one.ends_at),
        "what": one.unavailable,
        "kind": _("Có kế hoạch") if one.urgent_reason is None else _("Sự cố khẩn cấp"),
        "standing": _standing_names()[stands],
        "change": _("Sửa") if is_draft else "–",
        "change_href": to("admin.change_announcement") if is_draft else None,
        "publish": _("Công bố") if is_draft else "–",
        "publish_href": to("admin.publish_announcement") if is_draft else None,
        "end": (_("Kết thúc") if stands == "running" else _("Thu hồi")) if is_open else "–",
        "end_href": to("admin.end_announcement") if is_open else None,
    }


@blueprint.get("/announcements/new")
@staff(Permission.EDIT_ANNOUNCEMENTS)
def new_announcement() -> ResponseReturnValue:
    return _form_page(NONE, {"kind": PLANNED})


@blueprint.post("/announcements/new")
@staff(Permission.EDIT_ANNOUNCEMENTS)
def save_new_announcement() -> ResponseReturnValue:
    form, made = typed("begins_on", "ends_on"), list[uuid.UUID]()

    def draft() -> None:
        made.append(draft_announcement(db(), current_actor(), form, working_days_after=_working_days_after).id)

    return attempt(
        draft,
        lambda trouble: _form_page(trouble, {"kind": PLANNED}, form),
        lambda: url_for("admin.publish_announcement", announcement_id=made[0]),
        lambda: _("Đã lưu bản nháp. Xin xem lại lời sẽ hiện trên mọi trang, rồi công bố."),
    )


@blueprint.get("/announcements/<uuid:announcement_id>/change", endpoint="change_announcement")
@staff(Permission.EDIT_ANNOUNCEMENTS)
def change_page(announcement_id: uuid.UUID) -> ResponseReturnValue:
    return _change_page(announcement_id, NONE)


@blueprint.post("/announcements/<uuid:announcement_id>/change")
@staff(Permission.EDIT_ANNOUNCEMENTS)
def do_change_announcement(announcement_id: uuid.UUID) -> ResponseReturnValue:
    form = typed("begins_on", "ends_on")
    return attempt(
        lambda: change_announcement(
            db(), current_actor(), announcement_id, form,
            expected_version=version(), working_days_after=_working_days_after,
        ),
        lambda trouble: _change_page(announcement_id, trouble, form),
        lambda: url_for("admin.publish_announcement", announcement_id=announcement_id),
        lambda: _("Đã lưu bản nháp. Xin xem lại lời sẽ hiện trên mọi trang, rồi công bố."),
    )  # fmt: skip


def _change_page(announcement_id: uuid.UUID, trouble: Trouble, form: dict[str, str] | None = None) -> str:
    one = announcement_of(db(), announcement_id)
    return _form_page(trouble, _said(one), form, version=one.version)


def _said(one: Announcement) -> dict[str, str]:
    begins, ends = clock.to_local(one.begins_at), clock.to_local(one.ends_at)
    moments = {"begins_on": begins.date().isoformat(), "begins_time": f"{begins:%H:%M}"}
    moments |= {"ends_on": ends.date().isoformat(), "ends_time": f"{ends:%H:%M}"}
    texts = {name: getattr(one, name) or "" for name in (*TEXTS, *REASONS)}
    return {**moments, **texts, "kind": PLANNED if one.urgent_reason is None else URGENT}


def _questions() -> list[Question]:
    hour = _("Ví dụ 08:00.")
    kinds = [option(PLANNED, _("Có kế hoạch: báo trước ít nhất bảy ngày làm việc")), option(URGENT, _("Sự cố khẩn cấp"))]
    why = _("Chỉ ghi khi là sự cố khẩn cấp. Mọi người đọc được.")
    long: dict[str, Any] = {"max_length": LONGEST_TEXT, "rows": 2}
    return [
        question("kind", "radios", _("Loại"), options=kinds),
        question("begins_on", "date", _("Tạm ngừng từ ngày")),
        question("begins_time", "text", _("Từ giờ"), help=hour, max_length=5),
        question("ends_on", "date", _("Hoạt động lại vào ngày")),
        question("ends_time", "text", _("Hoạt động lại lúc"), help=hour, max_length=5),
        question("unavailable", "textarea", _("Không dùng được"), help=_("Ví dụ: nộp hồ sơ và tra cứu hồ sơ."), **long),
        question("unavailable_en", "textarea", _("Không dùng được (tiếng Anh)"), lang="en", **long),
        question(
            "elsewhere", "textarea", _("Trong lúc ấy có thể"),
            help=_("Ví dụ: đến bộ phận một cửa nơi ở, trong giờ làm việc."), **long,
        ),
        question("elsewhere_en", "textarea", _("Trong lúc ấy có thể (tiếng Anh)"), lang="en", **long),
        question("urgent_reason", "textarea", _("Lý do không báo trước được"), help=why, optional=True, **long),
        question(
            "urgent_reason_en", "textarea", _("Lý do không báo trước được (tiếng Anh)"), optional=True, lang="en", **long
        ),
    ]  # fmt: skip


def _form_page(trouble: Trouble, now: dict[str, str], form: dict[str, str] | None = None, **more: Any) -> str:
    lead = _("Thông báo không làm ngừng thời hạn của hồ sơ. Ngày nghỉ của cơ quan thì ghi vào lịch làm việc.")
    heading = _("Soạn thông báo tạm ngừng")
    return form_page(
        "admin/form.html", _questions(), now, form or {}, trouble,
        heading=heading, lead=lead, button=_("Lưu và xem trước"), **_around(), **more,
    )  # fmt: skip


@blueprint.get("/announcements/<uuid:announcement_id>/publish", endpoint="publish_announcement")
@staff(Permission.EDIT_ANNOUNCEMENTS)
def publish_page(announcement_id: uuid.UUID) -> ResponseReturnValue:
    return _publish_page(announcement_id, NONE)


@blueprint.post("/announcements/<uuid:announcement_id>/publish")
@staff(Permission.EDIT_ANNOUNCEMENTS)
def do_publish_announcement(announcement_id: uuid.UUID) -> ResponseReturnValue:
    return attempt(
        lambda: publish_announcement(
            db(), current_actor(), announcement_id, expected_version=version(), working_days_after=_working_days_after
        ),
        lambda trouble: _publish_page(announcement_id, trouble),
        _to_list,
        lambda: _("Đã công bố. Chậm nhất một phút nữa mọi trang đều có thông báo này."),
    )


def _publish_page(announcement_id: uuid.UUID, trouble: Trouble) -> str:
    return _deed_page(announcement_id, trouble, heading=_("Công bố thông báo"), button=_("Công bố"))


def _deed_page(announcement_id: uuid.UUID, trouble: Trouble, **more: Any) -> str:
    """A page that shows the announcement in both languages, as everybody reads it, above its one button."""
    one = announcement_of(db(), announcement_id)
    shown = []
    for language in LANGUAGES:
        with force_locale(language):
            shown.append(banner(one))
    return form_page("admin/announcement.html", [], {}, {}, trouble, shown=shown, version=one.version, **_around(), **more)


@blueprint.get("/announcements/<uuid:announcement_id>/end", endpoint="end_announcement")
@staff(Permission.EDIT_ANNOUNCEMENTS)
def end_page(announcement_id: uuid.UUID) -> ResponseReturnValue:
    return _end_page(announcement_id, NONE)


@blueprint.post("/announcements/<uuid:announcement_id>/end")
@staff(Permission.EDIT_ANNOUNCEMENTS)
def do_end_announcement(announcement_id: uuid.UUID) -> ResponseReturnValue:
    return attempt(
        lambda: end_announcement(db(), current_actor(), announcement_id, expected_version=version()),
        lambda trouble: _end_page(announcement_id, trouble),
        _to_list,
        lambda: _("Đã xong. Chậm nhất một phút nữa không trang nào còn thông báo này."),
    )


def _end_page(announcement_id: uuid.UUID, trouble: Trouble) -> str:
    is_running = standing(announcement_of(db(), announcement_id), clock.now()) == "running"
    button = _("Kết thúc sớm") if is_running else _("Thu hồi thông báo")
    return _deed_page(announcement_id, trouble, heading=button, button=button, is_danger=True)
