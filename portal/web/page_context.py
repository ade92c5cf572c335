"""What every page shows around its content: who is here, for whom, and where one can go."""

from __future__ import annotations

from typing import Any

from flask import Flask, request, url_for
from flask_babel import gettext as _

from portal.auth.permissions import Permission, Role
from portal.auth.session import current_actor
from portal.config import settings
from portal.web.announcements import banners
from portal.web.language import current_language

DESKS = frozenset({"admin", "counter"})  # where one acts for an office, not for oneself


def role_names() -> dict[Role, str]:
    """The duties in words."""
    return {
        Role.CLERK: _("Cán bộ một cửa"),
        Role.OFFICER: _("Chuyên viên thụ lý"),
        Role.LEADER: _("Lãnh đạo ký"),
        Role.ADMINISTRATOR: _("Quản trị danh mục"),
        Role.AUDITOR: _("Thanh tra"),
    }


def _viewer() -> dict[str, str] | None:
    actor = current_actor()
    if actor.account_id is None:
        return None
    names = role_names()
    duties = sorted((duty for duty in actor.duties if not duty.handed_over_from), key=lambda duty: (duty.office_code, duty.role))
    return {
        "display_name": actor.display_name,
        "acting_for_label": "" if request.blueprint in DESKS else _("làm thủ tục cho chính mình"),
        "roles_label": ", ".join(f"{names[duty.role]} ({duty.office_code})" for duty in duties),
    }


def _navigation() -> list[dict[str, Any]]:
    actor = current_actor()
    items = [("citizen.home", _("Trang chủ")), ("citizen.procedures", _("Thủ tục"))]
    if actor.account_id is not None:
        items += [("citizen.dossiers", _("Hồ sơ của tôi")), ("citizen.notices", _("Tin báo"))]
        items.append(("citizen.my_data", _("Dữ liệu của tôi")))
    if actor.holds_anywhere(Permission.SEE_QUEUE):
        items.append(("counter.queue_list", _("Một cửa")))
    if actor.holds_anywhere(Permission.SEE_CHANGES):
        items.append(("admin.home", _("Quản trị")))
    items += [("public.track", _("Tra cứu hồ sơ")), ("public.verify", _("Kiểm tra giấy tờ"))]
    return [{"label": label, "href": url_for(endpoint), "current": _is_here(endpoint)} for endpoint, label in items]


def _is_here(endpoint: str) -> bool:
    """Whether this page stands under the item: the page itself, or any page of a desk."""
    desk = endpoint.partition(".")[0]
    return request.endpoint == endpoint or (desk in DESKS and request.blueprint == desk)


def page_context() -> dict[str, Any]:
    """The variables of `base.html`."""
    return {
        "viewer": _viewer(),
        "navigation": _navigation(),
        "language": current_language(),
        "is_demo": settings().is_demo,
        "announcements": banners(),
    }


def init_app(app: Flask) -> None:
    """Give every template its surroundings."""
    app.context_processor(page_context)
