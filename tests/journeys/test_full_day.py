"""One whole day of one office: ten dossiers by every channel, each to its own end, and a bundle signed at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.journeys.editor import picture
from tests.journeys.office import (
    act,
    at_desk,
    confirm_and_wait,
    file_at_counter,
    many_at_once,
    paper_of,
    propose,
    wait_for_paper,
    wait_for_status,
    words_of,
)
from tests.journeys.walker import Walker
from tests.journeys.world import PEOPLE, PHONE, STAFF, World, cases

pytestmark = pytest.mark.browser
CASE = cases()["single"]
HERE, ELSEWHERE = "H26.31", "H26.32"
LIVE_HERE = (PEOPLE["single"], PEOPLE["married"], PEOPLE["refused"], "066199900019")
TY = "017050900014||Bùi Văn Tý|00001950|Nam|Số 19, phố Lá Bàng Đỏ, Phường Ba Đình, Thành phố Hà Nội|14032023"
HA = "001198900001||Nguyễn Thu Hà|14031998|Nữ|Số 12, ngõ 5, phố Diều Sáo|14032023"
PURPOSE = "certificate.purpose"
UNCLEAR = "Mục đích ghi chưa khớp với hồ sơ đã nộp trước đây."
GROUNDLESS = "Nơi thường trú của ông/bà không thuộc phường này."
LIVES_THERE = "Ông/bà cư trú ở phường Hoàn Kiếm nên phường ấy giải quyết."
LATE = "Phải chờ nơi cư trú cũ trả lời xác minh."
QUESTION = "Người này đã từng cư trú tại phường của quý cơ quan chưa?"
ANSWER = "Người này chưa từng cư trú tại phường chúng tôi."
REQUEST = "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ"
REFUSAL = "Phiếu từ chối tiếp nhận giải quyết hồ sơ"
APOLOGY = "Phiếu xin lỗi và hẹn lại ngày trả kết quả"


def test_ten_dossiers_of_one_day_come_each_to_its_own_end(world: World, tmp_path: Path) -> None:
    thu_ha, quan, viet, hlinh = everybody = [Walker(world, world.logged_in(number, PHONE)) for number in LIVE_HERE]
    bundle = {file(citizen): citizen for citizen in (thu_ha, quan, hlinh)}
    supplemented, late, withdrawn, transferred, refused = (file(citizen) for citizen in (viet, viet, thu_ha, quan, hlinh))
    at_counter = file_at_counter(Walker(world, world.desk("clerk", HERE)), TY, CASE["answers"])
    far_away = file_at_counter(Walker(world, world.desk("clerk", ELSEWHERE)), HA, CASE["answers"] | {"office": HERE})

    take_back(thu_ha, withdrawn)
    send_where_it_belongs(world, quan, transferred)
    refuse(world, hlinh, refused, tmp_path)
    ask_and_supply(world, viet, supplemented, tmp_path)
    apologise(world, viet, late, tmp_path)

    clerk = Walker(world, world.desk("clerk", HERE), looks_closely=True)
    together(clerk, "submitted", [*bundle, supplemented, far_away])
    together(clerk, "received", [*bundle, supplemented, far_away, at_counter])
    together(Walker(world, world.desk("officer", HERE), looks_closely=True), "unassigned", [*bundle, far_away])
    ask_the_neighbours(world, far_away)
    for code in (*bundle, far_away):
        propose(world, code, CASE)
    leader = Walker(world, world.logged_in(STAFF[HERE]["leader"], PHONE), looks_closely=True)
    together(leader, "signature", [*bundle, far_away])

    for code, citizen in bundle.items():
        wait_for_status(citizen, code, 10)
    clerk.go("/counter/queue?tab=processing")
    assert all(clerk.says(code) for code in (supplemented, at_counter))
    clerk.go("/counter/queue?tab=received")
    assert clerk.says(late)
    clerk.go("/counter/register")
    received = (*bundle, supplemented, late, at_counter, far_away)
    assert all(clerk.says(code) for code in received)
    assert not any(clerk.says(code) for code in (withdrawn, transferred, refused)), "what was not received has no line"
    clerk.go("/counter/handover")
    assert all(clerk.says(code) for code in (*bundle, supplemented, far_away, at_counter))
    assert not clerk.says(late), "it lies at the counter still"
    for walker in (*everybody, clerk, leader):
        assert walker.said == []
        walker.page.close()


def file(citizen: Walker) -> str:
    """One more dossier of the person's."""
    citizen.go("/procedures/1.004873/apply?again=1")
    citizen.press()
    return citizen.go_on_filing(CASE["answers"])


def take_back(citizen: Walker, code: str) -> None:
    citizen.looks_closely = True
    citizen.go(f"/my/dossiers/{code}")
    citizen.follow(citizen.page.get_by_role("link", name="Rút hồ sơ"))
    assert citizen.says("rút là hồ sơ kết thúc ngay")
    citizen.press()
    citizen.looks_closely = False
    assert citizen.says("Công dân yêu cầu rút hồ sơ")
    assert not citizen.says("Rút hồ sơ này"), "what is withdrawn is not withdrawn again"
    clerk = at_desk(citizen.world, "clerk", code)
    assert clerk.page.locator(".mc-acts a").count() == 0
    clerk.page.close()


def send_where_it_belongs(world: World, citizen: Walker, code: str) -> None:
    clerk = at_desk(world, "clerk", code, looks_closely=True)
    clerk.follow(clerk.page.locator('.mc-acts a[href$="/transfer"]'))
    clerk.answer({"to_office": ELSEWHERE, "reason": LIVES_THERE})
    clerk.press()
    assert clerk.here == "counter.queue_list", "it is another office's now"
    assert not clerk.says(code)
    clerk.page.close()
    there = Walker(world, world.desk("clerk", ELSEWHERE))
    there.go(f"/counter/dossiers/{code}")
    act(there, "receive")
    there.page.close()
    citizen.go(f"/my/dossiers/{code}")
    assert citizen.says("Đã chuyển đúng cơ quan")
    assert citizen.says(LIVES_THERE)


def refuse(world: World, citizen: Walker, code: str, folder: Path) -> None:
    clerk = at_desk(world, "clerk", code)
    clerk.follow(clerk.page.locator('.mc-acts a[href$="/refuse"]'))
    clerk.page.locator("main input[type=radio]").first.check()
    clerk.answer({"reason": GROUNDLESS})
    clerk.press()
    clerk.page.close()
    says(citizen, code, REFUSAL, folder, GROUNDLESS, "Không thuộc thẩm quyền")


def ask_and_supply(world: World, citizen: Walker, code: str, folder: Path) -> None:
    clerk = at_desk(world, "clerk", code)
    clerk.follow(clerk.page.locator('.mc-acts a[href$="/request-supplements"]'))
    for section in clerk.page.locator("details.govuk-details summary").all():
        section.click()
    clerk.page.get_by_label("Ông/bà dùng giấy này để làm gì?", exact=True).check()
    clerk.page.locator(f'[name="reason.question.{PURPOSE}"]').fill(UNCLEAR)
    clerk.press()
    assert clerk.says("Đã yêu cầu người nộp bổ sung"), clerk.page.locator("main").inner_text()
    clerk.page.close()
    citizen.go(f"/my/dossiers/{code}")
    citizen.follow(citizen.page.locator("main").get_by_role("link", name="Bổ sung hồ sơ"))
    assert citizen.says(UNCLEAR)
    citizen.answer({PURPOSE: "loan"})
    citizen.press()
    assert citizen.says("Đã gửi bổ sung"), citizen.page.locator("main").inner_text()
    says(citizen, code, REQUEST, folder, UNCLEAR, "NGƯỜI HƯỚNG DẪN")


def apologise(world: World, citizen: Walker, code: str, folder: Path) -> None:
    clerk = at_desk(world, "clerk", code)
    act(clerk, "receive")
    clerk.page.close()
    leader = at_desk(world, "leader", code, looks_closely=True)
    leader.follow(leader.page.locator('.mc-acts a[href$="/extend-deadline"]'))
    leader.answer({"reason": LATE})
    picture(leader, "clerk-late")
    leader.press()
    assert leader.page.locator('.mc-acts a[href$="/extend-deadline"]').count() == 0, "once"
    leader.page.close()
    says(citizen, code, APOLOGY, folder, LATE, "xin lỗi ông/bà")
    assert citizen.says("Đã xin lỗi và hẹn lại")


def ask_the_neighbours(world: World, code: str) -> None:
    officer = at_desk(world, "officer", code)
    act(officer, "ask-opinion", {"office_code": ELSEWHERE, "question": QUESTION, "days": "2"})
    assert officer.page.locator('.mc-acts a[href$="/propose"]').count() == 0, "an opinion is awaited"
    officer.page.close()
    colleague = Walker(world, world.desk("officer", ELSEWHERE))
    colleague.go(f"/counter/dossiers/{code}")
    colleague.follow(colleague.page.locator('.mc-acts a[href$="/give-opinion"]'))
    colleague.answer({"answer": ANSWER})
    colleague.press()
    colleague.page.close()


def together(walker: Walker, tab: str, codes: list[str]) -> None:
    """One act on all of these in a list of the desk."""
    walker.go(f"/counter/queue?tab={tab}")
    many_at_once(walker, codes, f"Đã chọn {len(codes)} hồ sơ, làm được {len(codes)}.")
    confirm_and_wait(walker, f"Đã làm {len(codes)} hồ sơ")


def says(citizen: Walker, code: str, title: str, folder: Path, *words: Any) -> None:
    """The paper of this title, once it is signed, says these words."""
    wait_for_paper(citizen, code, title)
    paper = words_of(paper_of(citizen, title, folder))
    assert [said for said in words if said not in paper] == [], paper
