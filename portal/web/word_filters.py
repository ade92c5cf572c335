"""Template filters that put the portal's own things into words: terms, channels, days of a promise, steps of a story."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.services.dossiers.deadlines import DayKind, Term, Unit
from portal.web.filters import write_moment
from portal.web.language import current_language
from portal.web.words import role_name


def term_words(text: str) -> str:
    """A term such as `3wd` in words."""
    term = Term.parse(text)
    if term.unit is Unit.SAME_DAY:
        return _("trong ngày")
    return {
        Unit.WORKING_DAYS: ngettext("%(num)s ngày làm việc", "%(num)s ngày làm việc", term.count),
        Unit.CALENDAR_DAYS: ngettext("%(num)s ngày", "%(num)s ngày", term.count),
        Unit.OFFICE_HOURS: ngettext("%(num)s giờ làm việc", "%(num)s giờ làm việc", term.count),
    }[term.unit]


def channel_words(channel: str) -> str:
    """A way of filing in words."""
    return {"online": _("Trực tuyến"), "counter": _("Trực tiếp"), "post": _("Bưu chính công ích")}[channel]


def day_words(line: tuple[str, int, str]) -> str:
    """What one day did for a promised date."""
    kind, number, name = line
    if kind == DayKind.RECEIVED:
        return _("ngày tiếp nhận, không tính")
    if kind == DayKind.STARTED:
        return _("ngày bắt đầu tính giờ, chưa tính vào thời hạn")
    if kind == DayKind.COUNTED:
        return _("ngày thứ %(number)s", number=number) + (f" ({name})" if name else "")
    if kind == DayKind.MOVED_TO:
        return _("ngày làm việc đầu tiên sau ngày nghỉ")
    if kind == DayKind.PAUSED:
        return _("thời hạn ngừng tính")
    return _("nghỉ: %(name)s", name=name) if kind == DayKind.DAY_OFF else _("nghỉ cuối tuần")


def timeline_words(item: Mapping[str, Any]) -> dict[str, Any]:
    """An item of a story with its moment written out."""
    return {**item, "when": write_moment(item["when"], current_language())}


def component_words(component: Any, say: Callable[[str], str]) -> dict[str, str]:
    """A component of a procedure as a line of a check list."""
    return {"name": say(component.name), "note": say(component.note)}


def outcome_words(outcome: str) -> str:
    """How a look-up ended, in words."""
    return {
        "found": _("có kết quả"),
        "not_matched": _("không khớp"),
        "refused": _("bị từ chối phạm vi"),
        "unavailable": _("chưa trả lời"),
        "deceased": _("đã mất"),
    }[outcome]


def init_app(app: Flask) -> None:
    """Give the templates these filters."""
    app.jinja_env.filters.update(
        term=term_words,
        channel=channel_words,
        day_words=day_words,
        timeline_words=timeline_words,
        component_words=component_words,
        role_words=role_name,
        outcome=outcome_words,
        translated=lambda message: _(message),
    )
