"""Downtime is told on every page, in both languages, until it is over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.exc import OperationalError

from portal import clock, db
from portal.models import Announcement
from portal.web import announcements
from tests.desks.admin_forms import day_boxes, fill, typed
from tests.desks.cast import Cast

WORDS = {
    "unavailable": "Nộp hồ sơ và tra cứu", "unavailable_en": "Filing and following", "elsewhere": "Mời đến bộ phận một cửa",
    "elsewhere_en": "Please come to the counter",
}  # fmt: skip
REASON = {"urgent_reason": "Máy chủ hỏng ổ đĩa", "urgent_reason_en": "A disk of the server broke"}
PAGES = {
    "nobody": ["/", "/procedures", "/track", "/verify", "/khong-co-trang-nay"],
    "citizen A": ["/my/dossiers", "/my/notices"],
    "clerk": ["/counter/queue"],
    "administrator": ["/admin/", "/admin/announcements"],
}


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    """Each test begins and leaves without what another one announced."""
    announcements.forget()
    yield
    with db.transaction() as session:
        session.execute(update(Announcement).values(ended_at=clock.now()))
    announcements.forget()
    announcements.banners()


def form(begins: datetime, hours: int = 3, **more: str) -> dict[str, str]:
    begins, ends = clock.to_local(begins), clock.to_local(begins + timedelta(hours=hours))
    days = {**day_boxes("begins_on", f"{begins:%Y-%m-%d}"), **day_boxes("ends_on", f"{ends:%Y-%m-%d}")}
    return {**WORDS, **days, "begins_time": f"{begins:%H:%M}", "ends_time": f"{ends:%H:%M}", "kind": "planned", **more}


def newest() -> Announcement:
    with db.transaction() as session:
        return session.scalars(select(Announcement).order_by(Announcement.created_at.desc()).limit(1)).one()


def publish(cast: Cast, begins: datetime, **more: str) -> Announcement:
    """As an administrator does it, from form to form."""
    browser = cast["administrator"]
    saved = browser.post("/admin/announcements/new", form(begins, **more))
    assert saved.status_code == 302, saved.text[:3000]
    assert saved.headers["Location"] == f"/admin/announcements/{newest().id}/publish"
    assert fill(browser, saved.headers["Location"], {}).status_code == 302
    return newest()


def test_announcement_stands_on_every_page_in_the_readers_language_until_it_ends(cast: Cast) -> None:
    begins = clock.now() + timedelta(days=30)
    one = publish(cast, begins)
    day = f"{clock.to_local(begins):%d/%m/%Y}"
    for name, pages in PAGES.items():
        for page in pages:
            vietnamese = cast[name].get(page).text
            assert f"ngày {day} đến" in vietnamese, page
            assert "Không dùng được: Nộp hồ sơ và tra cứu" in vietnamese, page
            assert "Trong lúc ấy: Mời đến bộ phận một cửa" in vietnamese, page
    cast["nobody"].get("/language/en?next=/")
    english = cast["nobody"].get("/").text
    cast["nobody"].get("/language/vi?next=/")
    assert f"on {day} until" in english
    assert "Not available: Filing and following" in english
    assert "Meanwhile: Please come to the counter" in english
    assert "Nộp hồ sơ và tra cứu" not in english
    assert fill(cast["administrator"], f"/admin/announcements/{one.id}/end", {}).status_code == 302
    assert "data-announcement" not in cast["nobody"].get("/").text


def test_preview_is_in_both_languages_and_nobody_sees_a_draft(cast: Cast) -> None:
    saved = cast["administrator"].post("/admin/announcements/new", form(clock.now() + timedelta(days=30)))
    preview = cast["administrator"].get(saved.headers["Location"]).text
    assert "Nộp hồ sơ và tra cứu" in preview
    assert "Not available: Filing and following" in preview
    announcements.forget()
    assert "data-announcement" not in cast["nobody"].get("/").text


def test_urgent_fault_says_why_it_came_so_late_and_goes_by_itself(cast: Cast) -> None:
    one = publish(cast, clock.now() - timedelta(hours=1), kind="urgent", **REASON)
    assert "Máy chủ hỏng ổ đĩa" in cast["citizen A"].get("/my/dossiers").text
    with clock.standing_at(one.ends_at):  # what the process keeps is still there, and is over
        assert "data-announcement" not in cast["citizen A"].get("/my/dossiers").text


def test_too_late_an_announcement_is_refused_beside_its_box_and_nothing_typed_is_lost(cast: Cast) -> None:
    answer = cast["administrator"].post("/admin/announcements/new", form(clock.now() + timedelta(days=5)))
    assert answer.status_code == 422
    assert "ít nhất bảy ngày làm việc" in answer.text
    assert 'href="#field-begins_on"' in answer.text
    assert {name: typed(answer)[name] for name in WORDS} == WORDS


def test_draft_that_two_change_at_once_is_overwritten_by_nobody(cast: Cast) -> None:
    begins = clock.now() + timedelta(days=30)
    cast["administrator"].post("/admin/announcements/new", form(begins))
    page = f"/admin/announcements/{newest().id}/change"
    other = cast["other administrator"]
    assert fill(cast["administrator"], page, form(begins, unavailable="Của người khác")).status_code == 302
    stale = other.post(page, {**form(begins, unavailable="Của tôi"), "version": "1"})
    assert stale.status_code == 409
    assert "Của người khác" in stale.text
    assert typed(stale)["unavailable"] == "Của tôi"
    assert fill(other, page, form(begins, unavailable="Của tôi")).status_code == 302


def test_pages_ask_once_a_minute_and_go_on_when_the_database_is_silent(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(cast, clock.now() + timedelta(days=30))
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.extend([statement] if "FROM announcements" in statement else [])

    event.listen(db.engine(), "before_cursor_execute", note)
    for _time in range(3):
        assert "data-announcement" in cast["nobody"].get("/track").text
    event.remove(db.engine(), "before_cursor_execute", note)
    assert len(asked) == 1

    def silent(*_names: object) -> None:
        raise OperationalError("", {}, Exception())

    announcements.forget()
    monkeypatch.setattr(announcements, "announced", silent)
    assert "data-announcement" in cast["nobody"].get("/track").text


def test_change_is_told_in_the_record_of_changes(cast: Cast) -> None:
    publish(cast, clock.now() + timedelta(days=30))
    page = cast["auditor"].get("/admin/changes?kind=announcement").text
    assert "Thông báo tạm ngừng" in page
    assert "Nộp hồ sơ và tra cứu" in page
