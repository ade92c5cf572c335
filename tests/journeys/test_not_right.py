"""What a register says is not right, and what it did not say: from the person's telephone to the register and back."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from portal import registry_work
from tests.desks.test_corrections import NAME, NEW, THAO, back_again, come_due, follow
from tests.journeys.office import at_desk
from tests.journeys.walker import RUN_AXE, Walker, axe_source
from tests.journeys.world import CODE, PHONE, World, cases
from tests.services.dossiers.test_ask_again import TYPED
from tests.services.vault import papers
from tests.waiting import wait_for

pytestmark = pytest.mark.browser
ANSWERS = cases()["single"]["answers"]
TYPED_ONE_BY_ONE = {key: value for key, value in TYPED.items() if key.count(".") < 2}
TYPED_ALL = {**TYPED_ONE_BY_ONE, "subject.residence_from": "2010-01-01", "subject.sex": "male", **ANSWERS}


def test_wrong_name_is_filed_beside_the_right_one_and_the_register_changes(world: World, tmp_path: Path) -> None:
    paper = tmp_path / "khai sinh.pdf"
    paper.write_bytes(papers.pdf())
    citizen = Walker(world, world.logged_in(THAO, PHONE), looks_closely=True)
    citizen.go(f"/procedures/{CODE}/apply")
    citizen.press()
    citizen.page.locator('[data-element="subject.full_name"] a').click()
    expect(citizen.page.locator(".mc-row__form form")).to_be_visible()
    assert citizen.here == "citizen.facts", "in its place, where there are scripts"
    citizen.page.evaluate(axe_source())
    assert citizen.page.evaluate(RUN_AXE) == []
    citizen.press()
    expect(citizen.page.locator("[data-error-summary]")).to_be_visible()
    citizen.answer({"subject.full_name": NEW, "reason": "Giấy khai sinh ghi là Thao."})
    citizen.page.locator("input[type=file]").set_input_files(paper)
    citizen.press()
    assert citizen.here == "citizen.facts"
    fact = citizen.page.locator('[data-element="subject.full_name"]')
    expect(fact).to_contain_text(NAME)
    expect(fact).to_contain_text(f"Ông/bà ghi: {NEW}")
    code = citizen.go_on_filing(ANSWERS)
    clerk = at_desk(world, "clerk", code, looks_closely=True)
    assert clerk.says(f"Người nộp ghi: {NEW}")
    wait_for(lambda: _register(world, citizen.page, code))
    citizen.page.locator("section", has_text=code).filter(has_text=NEW).first.get_by_role("button", name="Chấp nhận").click()
    follow(code)
    citizen.go("/my/notices")
    assert citizen.says("dữ liệu ông/bà báo sai đã được sửa")
    citizen.go(f"/my/dossiers/{code}")
    expect(citizen.page.locator("[data-renewed]")).to_contain_text(NEW)
    citizen.go("/my/corrections")
    assert citizen.says("Đã sửa")
    clerk.go(f"/counter/dossiers/{code}")
    expect(clerk.page.locator("[data-renewed]")).to_contain_text(NEW)
    assert citizen.said == clerk.said == []
    clerk.page.close()
    citizen.context.close()
    back_again(world.sandbox)


def _register(world: World, page: Page, code: str) -> bool:
    """The desk of the register's officer, once the case has come."""
    page.goto(f"{world.sandbox}/registries/corrections")
    newest = page.locator("section").first.inner_text()
    return code in newest and NEW in newest and "chưa có" in newest


def test_registry_that_was_down_at_filing_answers_later_and_the_desk_sees_it(world: World) -> None:
    citizen = Walker(world, world.logged_in(THAO, PHONE))
    with world.registries_down():
        citizen.go(f"/procedures/{CODE}/apply")
        citizen.press()
        code = citizen.go_on_filing(TYPED_ALL)
    clerk = at_desk(world, "clerk", code)
    assert clerk.says("Cổng đang hỏi lại")
    come_due()
    registry_work.ask_silent_again()
    clerk.go(f"/counter/dossiers/{code}")
    expect(clerk.page.locator('[data-element="subject.nationality"] [data-check]')).to_have_attribute("data-check", "confirmed")
    expect(clerk.page.locator('[data-element="subject.sex"] [data-check]')).to_contain_text("ghi: Nữ")
    citizen.go(f"/my/dossiers/{code}")
    assert citizen.says("Cơ sở dữ liệu xác nhận")
    clerk.page.close()
    citizen.context.close()
