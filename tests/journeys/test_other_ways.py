"""Other ways through the portal: refused at the counter, collected by hand, on two devices, no script, no mouse, no registry."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.journeys.office import act, at_desk, decide, paper_of, receive_and_forward, wait_for_paper, wait_for_status, words_of
from tests.journeys.walker import RUN_AXE, Walker, axe_source
from tests.journeys.world import CODE, DESK, PEOPLE, PHONE, WITHIN, World, cases
from tests.waiting import wait_for

pytestmark = pytest.mark.browser
SIMPLE = cases()["single"]["answers"]
REFUSAL = "Phiếu từ chối tiếp nhận giải quyết hồ sơ"
REASON = "Nơi thường trú của ông/bà không thuộc phường này."
JUNK = {
    "words": "không phải PDF".encode(),
    "a broken file": b"%PDF-1.7\n" + b"\x00\xff" * 2_000 + b"\nstartxref\n99999999999\n%%EOF",
    "nested without end": b"%PDF-1.7\n1 0 obj\n" + b"[" * 50_000 + b"\nendobj\nstartxref\n9\n%%EOF",
    "eleven megabytes": b"%PDF-1.7\n" + b"7" * 11_000_000,
    "more than a form may hold": b"%PDF-1.7\n" + b"7" * 14_000_000,
}


def test_a_dossier_refused_at_the_counter_tells_why_on_a_signed_slip(world: World, tmp_path: Path) -> None:
    citizen = Walker(world, world.logged_in(PEOPLE["married"], PHONE))
    code = citizen.file(SIMPLE | {"contact.email": "quan@thu.example"})
    clerk = at_desk(world, "clerk", code)
    clerk.follow(clerk.page.locator('.mc-acts a[href$="/refuse"]'))
    clerk.press()
    assert clerk.page.locator("[data-error-summary]").is_visible(), "a refusal without a reason is none"
    clerk.page.locator("main input[type=radio]").first.check()
    clerk.answer({"reason": REASON})
    clerk.press()
    clerk.page.close()
    wait_for_paper(citizen, code, REFUSAL)
    assert citizen.says("Không được tiếp nhận")
    words = words_of(paper_of(citizen, REFUSAL, tmp_path))
    assert REASON in words
    assert "Không thuộc thẩm quyền" in words
    wait_for(lambda: _letters_of_refusal(world))
    assert len(_letters_of_refusal(world)) == 1
    assert "Quân" not in _letters_of_refusal(world)[0]["text"], "a letter names nobody"
    citizen.context.close()


def test_a_result_on_paper_is_handed_over_at_the_counter(world: World) -> None:
    case = {**cases()["single"], "answers": SIMPLE | {"delivery.method": "counter"}}
    citizen = Walker(world, world.logged_in(PEOPLE["single"], PHONE))
    code = citizen.file(case["answers"])
    receive_and_forward(world, code)
    decide(world, code, case)
    wait_for_status(citizen, code, 9)
    assert citizen.says("Kết quả đã có, mời ông/bà đến nhận")
    clerk = at_desk(world, "clerk", code)
    act(clerk, "return-result")
    clerk.page.close()
    wait_for_status(citizen, code, 10)
    citizen.context.close()


def test_what_was_begun_on_the_phone_is_finished_at_the_desk(world: World) -> None:
    phone = Walker(world, world.logged_in(PEOPLE["widowed"], PHONE, java_script_enabled=False))
    phone.go(f"/procedures/{CODE}/apply")
    phone.press()
    phone.press()
    phone.answer(cases()["widowed"]["answers"])
    phone.press()
    assert phone.says("Cần hỏi thêm một chút"), "nobody is blamed for a question not yet seen"
    assert phone.page.locator("[data-error-summary]").count() == 0
    phone.answer(cases()["widowed"]["answers"])
    phone.press()
    phone.context.close()
    desk = Walker(world, world.logged_in(PEOPLE["widowed"], DESK))
    desk.go("/my/dossiers")
    desk.follow(desk.page.locator("a.mc-tile", has_text="Bản nháp"))
    assert desk.page.url.endswith("/apply/period"), "at the first page that still wants something"
    desk.answer(cases()["widowed"]["answers"])
    desk.press()
    while desk.here == "citizen.page":
        desk.answer(cases()["widowed"]["answers"])
        desk.press()
    assert desk.says("Bổ sung hồ sơ thừa kế")
    desk.page.locator("main input[type=checkbox]").check()
    desk.press()
    assert desk.here == "citizen.receipt"
    desk.context.close()


def test_question_appears_as_soon_as_an_answer_calls_for_it_and_nothing_typed_is_lost(world: World) -> None:
    citizen = Walker(world, world.logged_in(PEOPLE["divorced"], PHONE))
    citizen.go(f"/procedures/{CODE}/apply")
    citizen.press()
    citizen.press()
    detail = citizen.page.locator('[data-field="certificate.purpose_detail"]')
    copies = citizen.page.locator('[name="certificate.copies"]')
    expect(detail).to_have_count(0)
    citizen.page.locator('input[value="other"]').check()
    copies.fill("3")
    expect(detail).to_be_visible()
    expect(copies).to_have_value("3")
    expect(copies).to_be_focused()
    detail.locator("[name]").fill("Bổ sung hồ sơ")
    citizen.page.evaluate(axe_source())
    assert citizen.page.evaluate(RUN_AXE) == []
    citizen.page.locator('input[value="loan"]').check()
    expect(detail).to_have_count(0)
    citizen.press()
    assert "/pages/" not in citizen.page.url
    assert not citizen.says("Cần hỏi thêm một chút")
    assert citizen.said == []
    citizen.context.close()


def test_everything_works_without_a_script(world: World, tmp_path: Path) -> None:
    case = cases()["single"]
    citizen = Walker(world, world.logged_in(PEOPLE["single"], PHONE, java_script_enabled=False))
    code = citizen.file(case["answers"])
    clerk = Walker(world, world.logged_in("001194900102", DESK, java_script_enabled=False))
    clerk.go("/counter")
    clerk.follow(clerk.page.get_by_role("link", name=code))
    act(clerk, "receive")
    clerk.context.close()
    wait_for_paper(citizen, code, "Giấy tiếp nhận hồ sơ và hẹn trả kết quả")
    words = words_of(paper_of(citizen, "Giấy tiếp nhận hồ sơ và hẹn trả kết quả", tmp_path))
    assert code in words
    assert "5. Thời gian trả kết quả giải quyết hồ sơ:" in words
    citizen.context.close()


def _letters_of_refusal(world: World) -> list[dict[str, Any]]:
    return [letter for letter in world.messages("quan@thu.example") if "không được tiếp nhận" in letter["subject"]]


def test_a_dossier_is_filed_with_the_keyboard_alone(world: World) -> None:
    citizen = Walker(world, world.logged_in(PEOPLE["married"], DESK))
    page = citizen.page
    page.goto(f"{world.portal}/procedures/{CODE}")
    press_on(page, "Nộp hồ sơ")
    press_on(page, "Tôi đồng ý, tra cứu giúp tôi")
    press_on(page, "Tiếp tục")
    press_on(page, "Tiếp tục")
    assert page.evaluate("document.activeElement.hasAttribute('data-error-summary')"), "errors take the focus"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.name") == "certificate.purpose"
    choose(page, "certificate.purpose", "loan")
    go_to(page, "name", "certificate.copies")
    page.keyboard.type("1")
    press_on(page, "Tiếp tục")
    choose(page, "certificate.period", "until_now")
    press_on(page, "Tiếp tục")
    choose(page, "delivery.method", "electronic")
    press_on(page, "Tiếp tục")
    go_to(page, "type", "checkbox")
    page.keyboard.press("Space")
    press_on(page, "Nộp hồ sơ")
    page.wait_for_url("**/receipt")
    citizen.context.close()


def go_to(page: Page, attribute: str, value: str) -> None:
    """Tab on until the focus stands there."""
    for _step in range(60):
        if page.evaluate("name => document.activeElement[name]", attribute) == value:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no way by Tab to {attribute}={value} on {page.url}")


def choose(page: Page, name: str, value: str) -> None:
    """Into the group of radio buttons by Tab, along it by arrows."""
    go_to(page, "name", name)
    page.keyboard.press("Space")
    for _step in range(10):
        if page.evaluate("document.activeElement.value") == value:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"no way by arrows to {value}")


def press_on(page: Page, words: str) -> None:
    """Tab on to the button or link of these words, and Enter."""
    for _step in range(60):
        if page.evaluate("document.activeElement.innerText")[:60].strip() == words:
            before = page.evaluate("performance.timeOrigin")
            page.keyboard.press("Enter")
            page.wait_for_function("before => performance.timeOrigin !== before", arg=before)
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no way by Tab to {words} on {page.url}")


def test_no_file_dropped_on_verify_is_a_fault_of_ours(world: World) -> None:
    for name, junk in JUNK.items():
        answer = requests.post(f"{world.portal}/verify", files={"file": ("x.pdf", junk)}, timeout=WITHIN)
        assert 200 <= answer.status_code < 500, name
        assert "<h1" in answer.text, name


def test_with_the_registries_silent_a_person_goes_on_by_typing(world: World) -> None:
    citizen = Walker(world, world.logged_in(PEOPLE["single"], PHONE))
    with world.registries_down():
        citizen.go(f"/procedures/{CODE}/apply?again=1")
        citizen.press()
    assert citizen.says("chưa trả lời")
    assert citizen.says("Ông/bà cứ làm tiếp")
    code = citizen.go_on_filing(SIMPLE | TYPED)
    clerk = at_desk(world, "clerk", code)
    assert clerk.says("Người nộp tự ghi, cần xác minh")
    marked = clerk.page.locator("[data-unverified]").all_inner_texts()
    assert any("Số 12, ngõ 5, phố Diều Sáo" in text for text in marked)
    assert all("Chờ xác minh" in text for text in marked)
    assert clerk.says("chưa trả lời"), "each look-up is told with its outcome"
    clerk.page.close()
    citizen.context.close()


TYPED = {
    "office": "H26.31",
    "subject.sex": "female",
    "subject.ethnicity": "Kinh",
    "subject.nationality": "Việt Nam",
    "subject.identity_card": "số 001198900001, cấp ngày 01/03/2022",
    "subject.permanent_residence": "Số 12, ngõ 5, phố Diều Sáo, phường Ba Đình, Hà Nội",
    "subject.residence_from": "1998-03-14",
    "subject.marital_status": "never_married",
    "subject.marriages": "Không có",
}
