"""The looks in a real browser: no barrier, no sideways scroll, targets that a thumb can hit, and a working keyboard."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
PAGES = ["/styleguide?in=1", "/styleguide?in=1&lang=en", "/?lang=en", "/", "/refusal/503?in=1", "/refusal/resend"]
WIDTHS = [320, 390, 1280]
COUNT_SENT = """window.sent = 0
document.addEventListener("submit", e => { if (!e.defaultPrevented) window.sent += 1; e.preventDefault() })"""
SMALL_TARGETS = """[...document.querySelectorAll("a, button, input:not([type=hidden]), select, textarea, summary")]
    .filter(e => getComputedStyle(e).display !== "inline" && !e.matches(".govuk-skip-link"))
    .filter(e => { const r = e.getBoundingClientRect(); return r.width && r.height < 43.5 })
    .map(e => e.outerHTML.slice(0, 100))"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.route("**/*", lambda route: route.continue_() if "127.0.0.1" in route.request.url else route.abort())
    yield page
    page.close()


@pytest.mark.parametrize("path", PAGES)
def test_nothing_bars_anybody(page: Page, address: str, path: str) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        page.goto(address + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(SMALL_TARGETS) == []
        found = Axe().run(page).response["violations"]
        assert [(item["id"], [node["html"] for node in item["nodes"]]) for item in found] == []
    assert said == []


def test_text_twice_as_large_still_fits(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 640, "height": 844})
    page.goto(f"{address}/styleguide?in=1")
    page.evaluate("document.documentElement.setAttribute('class', 'twice')")
    page.evaluate("document.styleSheets[0].insertRule('.twice { font-size: 200% }')")
    assert page.evaluate("document.documentElement.scrollWidth") <= 640


def test_our_own_face_is_shown(page: Page, address: str) -> None:
    page.goto(f"{address}/styleguide")
    page.evaluate("document.fonts.ready")
    assert page.evaluate("[...document.fonts].filter(f => f.status === 'loaded').map(f => f.weight).sort()") == ["400", "700"]


def test_errors_take_the_focus_and_lead_to_their_field(page: Page, address: str) -> None:
    page.goto(f"{address}/styleguide")
    assert page.evaluate("document.activeElement.hasAttribute('data-error-summary')")
    page.get_by_role("link", name="Đến ngày: Không có ngày này trong lịch.").click()
    assert page.evaluate("document.activeElement.name") == "wrong_date.day"
    assert page.get_by_text("Đến ngày", exact=True).is_visible()


def test_a_form_pressed_twice_is_sent_once(page: Page, address: str) -> None:
    page.goto(f"{address}/styleguide")
    page.evaluate(COUNT_SENT)
    button = page.get_by_role("button", name="Tiếp tục")
    button.click()
    button.click(force=True)
    assert page.evaluate("window.sent") == 1
    assert button.get_attribute("aria-disabled") == "true"


def test_words_not_kept_yet_are_told(page: Page, address: str) -> None:
    page.goto(f"{address}/styleguide")
    hint = page.locator("[data-saving-hint]")
    assert "Đã lưu nháp" in hint.inner_text()
    page.get_by_label("Họ, chữ đệm và tên").fill("Lò Thị Ỷ")
    assert "chưa lưu" in hint.inner_text()


def test_keys_work_but_never_while_typing(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 844})
    page.goto(f"{address}/styleguide")
    keys = page.locator("details.mc-keys")
    page.get_by_label("Họ, chữ đệm và tên").focus()
    page.keyboard.type("?")
    assert keys.get_attribute("open") is None
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    assert keys.get_attribute("open") is not None
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.textContent") == "H26.31-20261125-0000001"
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.textContent") == "H26.31-20261125-0000002"


def test_everything_is_there_without_the_script(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{address}/styleguide?in=1")
    page.locator("details.mc-keys summary").click()
    assert page.get_by_text("mở bảng phím tắt").is_visible()
    assert page.get_by_role("button", name="Tiếp tục").is_enabled()
    context.close()


def test_the_skip_link_is_the_first_stop_and_leads_past_the_header(page: Page, address: str) -> None:
    page.goto(f"{address}/?in=1")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main-content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main-content"


def test_on_paper_nothing_asks_to_be_pressed(page: Page, address: str) -> None:
    page.goto(f"{address}/styleguide?in=1")
    page.emulate_media(media="print")
    assert not page.get_by_role("button", name="Tiếp tục").is_visible()
    assert not page.locator(".mc-header__navigation").is_visible()
    assert page.get_by_text("H26.31-20261125-0000001").first.is_visible()
