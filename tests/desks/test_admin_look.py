"""The administrator's desk in a real browser: nothing bars anybody at either width, and it all works without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from portal import clock
from tests import visitors
from tests.desks.admin_forms import duty_of, member_of
from tests.desks.cast import Cast
from tests.journeys.walker import RUN_AXE, axe_source
from tests.look.stage import open_browser
from tests.visitors import Visitor

pytestmark = pytest.mark.browser
WIDTHS = (320, 390, 1280)
PAGES = [
    "/admin/", "/admin/offices", "/admin/offices?ward=00004", "/admin/offices/new", "/admin/offices/H26.31",
    "/admin/offices/H26.31/edit", "/admin/offices/H26.31/move-wards", "/admin/offices/H26.31/close", "/admin/staff",
    "/admin/staff/new", "/admin/staff/{member}", "/admin/staff/{member}/duties/new",
    "/admin/staff/{member}/duties/{duty}/change", "/admin/staff/{member}/duties/{duty}/end", "/admin/calendar",
    "/admin/calendar/day", "/admin/calendar/import", "/admin/announcements", "/admin/announcements/new", "/admin/changes",
    "/admin/data-quality", "/admin/data-quality/tax", "/admin/data-quality/figures/new",
]  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as browser:
        yield browser


def seated(browser: Browser, address: str, visitor: Visitor, *, scripts: bool = True) -> BrowserContext:
    """A window of the browser in which the visitor is logged in."""
    context = browser.new_context(locale="vi-VN", java_script_enabled=scripts, viewport={"width": 1280, "height": 900})
    context.add_cookies([{"name": "portal_session", "value": str(visitor.session_cookie), "url": address}])
    return context


@pytest.fixture
def page(browser: Browser, served: str, cast: Cast) -> Iterator[Page]:
    context = seated(browser, served, cast["administrator"])
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("path", PAGES)
def test_nothing_bars_an_administrator(page: Page, served: str, path: str) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(served + path.format(member=member_of(visitors.CLERK), duty=duty_of(visitors.CLERK)))
    page.evaluate(axe_source())
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert page.evaluate(RUN_AXE) == [], f"{path} at {width}"
    assert said == []


def test_refusals_previews_and_stale_forms_bar_nobody_either(page: Page, served: str) -> None:
    page.goto(f"{served}/admin/offices/new")
    page.get_by_role("button", name="Thêm cơ quan").click()
    look(page)
    page.goto(f"{served}/admin/offices/H26.31/edit")
    page.evaluate("document.querySelector('[name=version]').value = 7")
    page.get_by_label("Điện thoại").fill("0900 000 999")
    page.get_by_role("button", name="Lưu thay đổi").click()
    assert "Người khác vừa lưu trước ông/bà" in page.locator("main").inner_text()
    look(page)
    page.goto(f"{served}/admin/calendar/import?year=2026")
    page.get_by_role("button", name="Xem trước").click()
    look(page)


def test_announcement_bars_nobody_on_a_page_of_the_desk_or_before_the_door(page: Page, served: str) -> None:
    page.goto(f"{served}/admin/announcements/new")
    page.get_by_label("Sự cố khẩn cấp").check()
    yesterday, tomorrow = (clock.today() + timedelta(days=days) for days in (-1, 1))
    for name, day in (("begins", yesterday), ("ends", tomorrow)):
        for label, value in (("Ngày", day.day), ("Tháng", day.month), ("Năm", day.year)):
            page.locator(f'[data-field="{name}_on"]').get_by_label(label, exact=True).fill(str(value))
        page.locator(f"[name={name}_time]").fill("8:00")
    for area in page.locator("main textarea").all():
        area.fill("Words that say what is not available and what to do. " * 3)
    page.get_by_role("button", name="Lưu và xem trước").click()
    look(page)
    page.get_by_role("button", name="Công bố").click()
    assert page.locator("[data-announcement]").count() == 1
    for path in ("/admin/announcements", "/", "/my/dossiers"):
        page.goto(served + path)
        assert "Sự cố khẩn cấp" in page.locator("[data-announcement]").inner_text()
        look(page)
    page.goto(f"{served}/admin/announcements")
    page.get_by_role("link", name="Kết thúc", exact=True).click()
    page.get_by_role("button", name="Kết thúc sớm").click()
    assert page.locator("[data-announcement]").count() == 0


def look(page: Page) -> None:
    page.evaluate(axe_source())
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(RUN_AXE) == []


def test_day_is_added_without_javascript(browser: Browser, served: str, cast: Cast) -> None:
    context = seated(browser, served, cast["administrator"], scripts=False)
    page = context.new_page()
    page.goto(f"{served}/admin/calendar")
    page.get_by_role("link", name="Thêm ngày").click()
    for label, value in (("Ngày", "17"), ("Tháng", "12"), ("Năm", "2026")):
        page.locator('[data-field="day"]').get_by_label(label, exact=True).fill(value)
    page.get_by_label("Ngày nghỉ").check()
    page.get_by_label("Tên").fill("Ngày hội không kịch bản")
    page.get_by_label("Căn cứ").fill("QĐ 3/2026")
    page.get_by_role("button", name="Xem trước").click()
    page.get_by_role("button", name="Lưu vào lịch").click()
    assert "Ngày hội không kịch bản" in page.locator("main").inner_text()
    context.close()
