"""Something is missing: the officer points at it, the counter asks, a telephone answers, and the time begins anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal import db
from portal.services.dossiers.assign import assign
from portal.services.dossiers.forward import forward
from portal.services.dossiers.receive import receive
from portal.services.dossiers.submit import submit
from tests import carrying
from tests.carrying import EARLIER, PAPER, attached, publish_carrying
from tests.desks.cast import actor_of
from tests.journeys.office import at_desk, paper_of, wait_for_paper, words_of
from tests.journeys.walker import Walker
from tests.journeys.world import PHONE, STAFF, World
from tests.services.vault import papers

pytestmark = pytest.mark.browser
OFFICE, PERSON, PURPOSE = "H26.31", "001191900104", "certificate.purpose"
BLURRED, UNCLEAR, CLEARER = "Trang 2 mờ, không đọc được.", "Mục đích ghi chưa rõ ràng.", "Xin ghi rõ ông/bà vay vốn hay mua nhà."
LETTER = "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ"


def in_the_officers_hands(world: World) -> str:
    """A dossier with two papers that was received, passed on and taken; gives its code."""
    for role in ("clerk", "officer"):
        world.desk(role, OFFICE)
    with db.transaction() as session:
        publish_carrying(session)
        owner = actor_of(session, PERSON)
        clerk, officer = (actor_of(session, STAFF[OFFICE][role]) for role in ("clerk", "officer"))
        draft = carrying.draft(session, owner)
        attached(session, owner, draft, PAPER, carrying.upload("giấy chứng sinh.pdf", papers.pdf(2)))
        attached(session, owner, draft, EARLIER, carrying.upload("giấy cũ.pdf", papers.pdf(3)))
        code = str(submit(session, owner, draft.id, is_declared=True).code)
        receive(session, clerk, code, expected_version=1)
        forward(session, clerk, code, expected_version=2)
        assign(session, officer, code, expected_version=3)
    return code


def test_what_is_missing_comes_from_a_telephone(world: World, tmp_path: Path) -> None:
    citizen = Walker(world, world.logged_in(PERSON, PHONE))
    code = in_the_officers_hands(world)
    the_officer_points(world, code)
    the_counter_asks(world, code)
    (tmp_path / "chứng sinh rõ.jpg").write_bytes(papers.image("JPEG", (640, 480)))
    the_citizen_supplies(citizen, code, tmp_path / "chứng sinh rõ.jpg")
    the_counter_takes(world, code)
    wait_for_paper(citizen, code, LETTER)
    words = words_of(paper_of(citizen, LETTER, tmp_path))
    for said in ("NGƯỜI HƯỚNG DẪN", CLEARER, BLURRED, "giấy chứng sinh.pdf, trang 2", "không ấn định"):
        assert said in words
    assert citizen.said == []
    citizen.context.close()


def the_officer_points(world: World, code: str) -> None:
    officer = at_desk(world, "officer", code)
    officer.follow(officer.page.locator('.mc-acts a[href$="/propose-supplements"]'))
    for section in officer.page.locator("details.govuk-details summary").all():
        section.click()
    officer.page.get_by_label("Ông/bà dùng giấy này để làm gì?", exact=True).check()
    officer.page.locator(f'[name="reason.question.{PURPOSE}"]').fill(UNCLEAR)
    file = officer.page.locator('[data-field^="reason.pages."]', has_text="giấy chứng sinh.pdf")
    file.locator("input[type=checkbox]").check()
    file.locator("input[type=text]").fill("2")
    file.locator("textarea").fill(BLURRED)
    officer.press()
    assert officer.here == "counter.dossier", officer.page.locator("main").inner_text()
    officer.page.close()


def the_counter_asks(world: World, code: str) -> None:
    clerk = at_desk(world, "clerk", code)
    clerk.looks_closely = True
    clerk.follow(clerk.page.locator('.mc-acts a[href$="/request-supplements"]'))
    clerk.page.locator(f'[name="reason.question.{PURPOSE}"]').fill(CLEARER)
    clerk.looks_closely = False
    clerk.press()
    assert clerk.says("Đã yêu cầu người nộp bổ sung")
    assert clerk.said == []
    clerk.page.close()


def the_citizen_supplies(citizen: Walker, code: str, file: Path) -> None:
    citizen.go(f"/my/dossiers/{code}")
    assert citizen.says("Cần ông/bà bổ sung")
    citizen.looks_closely = True
    citizen.follow(citizen.page.locator("main").get_by_role("link", name="Bổ sung hồ sơ"))
    assert citizen.says(CLEARER)
    citizen.press()
    assert citizen.page.locator("[data-error-summary] li").count() == 2
    citizen.looks_closely = False
    citizen.answer({PURPOSE: "loan"})
    citizen.page.locator(f'[name="file.{PAPER}"]').set_input_files(file)
    citizen.follow(citizen.page.locator('main button.mc-button[name="save"]'))
    assert citizen.says("Nội dung bổ sung chưa được gửi")
    assert citizen.says("chứng sinh rõ.jpg")
    citizen.press()
    assert citizen.here == "citizen.dossier", citizen.page.locator("main").inner_text()
    assert citizen.says("Đã gửi bổ sung")
    assert citizen.page.locator("[data-status]").get_attribute("data-status") == "5"


def the_counter_takes(world: World, code: str) -> None:
    clerk = at_desk(world, "clerk", code)
    clerk.follow(clerk.page.locator('.mc-acts a[href$="/accept-supplements"]'))
    row = clerk.page.locator("[data-supplement] tr", has_text="Ông/bà dùng giấy này để làm gì?")
    assert row.locator("td").all_inner_texts() == ["Mua bán, tặng cho, thế chấp nhà đất hoặc tài sản", "Vay vốn ngân hàng"]
    assert clerk.page.locator("[data-supplement]").get_by_role("link", name="chứng sinh rõ.jpg").count() == 1
    clerk.press()
    assert clerk.says("Đã nhận bổ sung")
    clerk.page.close()
