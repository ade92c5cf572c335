"""The sign-in in a real browser on a phone-sized screen: its guards let it through, and everybody can use its pages."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.look.stage import open_browser

from ..process import Running
from .relying_party import LEVEL_2, RelyingParty
from .test_sign_in import newest_otp

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}


def in_a_browser(walk: Callable[[Page], None]) -> None:
    """Walks in a thread of its own: another test's browser may hold this one."""

    def walked() -> None:
        with open_browser() as browser:
            context = browser.new_context(viewport=PHONE)
            walk(context.new_page())
            context.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(walked).result()


def check(page: Page) -> None:
    """Nothing that axe finds, and nothing to scroll sideways for."""
    found = Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], page.url


def test_a_person_signs_in_by_hand(sandbox: Running, portal: RelyingParty) -> None:
    asked = portal.ask(acr_values=LEVEL_2, prompt="consent")

    def walk(page: Page) -> None:
        page.route(f"{sandbox.portal_base_url}/**", lambda route: route.fulfill(body="đã về"))
        page.goto(f"{portal.meta['authorization_endpoint']}?{urlencode(asked.params)}")
        check(page)
        page.get_by_role("button", name="Lý Thị Thơm").click()
        check(page)
        page.get_by_role("link", name="Chọn người khác").click()
        page.get_by_role("button", name="Hoàng Văn Lâm").click()
        check(page)
        page.get_by_label("Mã một lần").fill(newest_otp(sandbox))
        page.get_by_role("button", name="Tiếp tục").click()
        check(page)
        page.get_by_role("button", name="Đồng ý").click()
        page.wait_for_url(f"{portal.redirect_uri}?**")
        assert f"state={asked.params['state']}" in page.url
        assert "code=" in page.url

    in_a_browser(walk)


def test_the_rooms_can_be_used_by_everybody_and_their_forms_work(sandbox: Running, no_faults: None) -> None:
    def walk(page: Page) -> None:
        for path in ("/people", "/messages", "/registries", "/trust", "/eid/admin", "/eid/faults", "/khong-co"):
            page.goto(sandbox.base + path)
            check(page)
        page.goto(f"{sandbox.base}/registries/faults")
        page.get_by_role("button", name="Bật").click()
        check(page)
        page.get_by_role("button", name="Tắt mọi lỗi").click()
        assert page.get_by_text("Không lỗi nào đang bật").is_visible()

    in_a_browser(walk)
