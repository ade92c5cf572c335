"""What every page says of downtime, in the page's language; each process asks the database once a minute at most."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import structlog
from flask_babel import gettext as _
from sqlalchemy.exc import SQLAlchemyError

from portal import clock
from portal.db import transaction
from portal.models import Announcement
from portal.services.organisation.announcements import announced
from portal.web.filters import language, write_moment

log = structlog.get_logger()
KEPT_SECONDS = 60
SILENT_SECONDS = 15  # how long a database that did not answer is not asked again for this


@dataclass
class _Kept:
    """What this process read last, and until when that is good enough."""

    rows: tuple[Announcement, ...] = field(default=())
    until: float = 0.0


_kept = _Kept()


def forget() -> None:
    """Let the next page of this process ask again: somebody has just changed something."""
    _kept.until = 0.0


def banners() -> list[dict[str, Any]]:
    """What stands above this page: nothing that is over, even if it was read a moment before it ended."""
    if time.monotonic() >= _kept.until:
        _read_again()
    now = clock.now()
    return [banner(one) for one in _kept.rows if one.ends_at > now]


def _read_again() -> None:
    _kept.until = time.monotonic() + SILENT_SECONDS  # before asking, so that one page waits and not all of them
    try:
        with transaction() as session:
            rows: Iterable[Announcement] = announced(session, clock.now())
        _kept.rows = tuple(rows)
    except SQLAlchemyError as fault:
        log.warning("announcements_not_read", fault=type(fault).__name__)
        return
    _kept.until = time.monotonic() + KEPT_SECONDS


def banner(announcement: Announcement) -> dict[str, Any]:
    """One announcement in the language of now: when, what, what to do, and of an urgent one why it came so late."""
    lang = language()
    since, until = (write_moment(moment, lang) for moment in (announcement.begins_at, announcement.ends_at))
    is_english = lang == "en"
    unavailable, elsewhere, reason = (
        (announcement.unavailable_en, announcement.elsewhere_en, announcement.urgent_reason_en)
        if is_english
        else (announcement.unavailable, announcement.elsewhere, announcement.urgent_reason)
    )
    lines = [_("Không dùng được: %(what)s", what=unavailable), _("Trong lúc ấy: %(what)s", what=elsewhere)]
    if reason is not None:
        lines.append(_("Sự cố khẩn cấp, không báo trước được bảy ngày làm việc: %(reason)s", reason=reason))
    title = _("Cổng tạm ngừng một phần hoặc toàn bộ từ %(since)s đến %(until)s", since=since, until=until)
    return {"lang": lang, "title": title, "lines": lines}
