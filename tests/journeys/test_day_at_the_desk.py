"""A day at the desks beyond the straight way: taken back, sent elsewhere, late, asked about, paid for, stopped, checked."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from portal import clock, db
from tests import people
from tests.desks.cast import actor_of
from tests.filings import proposed, submitted
from tests.journeys.editor import picture
from tests.journeys.office import (
    act,
    at_desk,
    decide_held,
    paper_of,
    receive_and_forward,
    wait_for_paper,
    wait_for_status,
    words_of,
)
from tests.journeys.walker import Walker
from tests.journeys.world import PEOPLE, PHONE, STAFF, World, cases

pytestmark = pytest.mark.browser
CASE = cases()["single"]
HERE, ELSEWHERE = "H26.31", "H26.32"
LATE = "Phải chờ nơi cư trú cũ trả lời xác minh."
QUESTION = "Người này đã từng cư trú tại phường của quý cơ quan chưa?"
ANSWER = "Người này chưa từng cư trú tại phường chúng tôi."
FOUND = "Đã xem nơi ở, đúng như lời khai."
APOLOGY = "Phiếu xin lỗi và hẹn lại ngày trả kết quả"


@pytest.fixture
def citizen(world: World) -> Walker:
    return Walker(world, world.logged_in(PEOPLE["single"], PHONE))


def elsewhere(world: World, role: str, code: str) -> Walker:
    """A member of staff of the other office, before the dossier."""
    walker = Walker(world, world.desk(role, ELSEWHERE), looks_closely=True)
    walker.go(f"/counter/dossiers/{code}")
    return walker


def test_dossier_is_taken_back_at_once_before_it_is_received(world: World, citizen: Walker) -> None:
    code = citizen.file(CASE["answers"])
    citizen.looks_closely = True
    citizen.go(f"/my/dossiers/{code}")
    citizen.follow(citizen.page.get_by_role("link", name="Rút hồ sơ"))
    assert citizen.says("rút là hồ sơ kết thúc ngay")
    citizen.press()
    assert citizen.says("Công dân yêu cầu rút hồ sơ")
    assert not citizen.says("Rút hồ sơ này"), "what is withdrawn is not withdrawn again"
    clerk = at_desk(world, "clerk", code)
    assert clerk.page.locator(".mc-acts a").count() == 0


def test_dossier_at_the_wrong_office_goes_to_the_right_one_and_the_citizen_reads_why(world: World, citizen: Walker) -> None:
    code = citizen.file(CASE["answers"])
    clerk = at_desk(world, "clerk", code, looks_closely=True)
    clerk.follow(clerk.page.locator('.mc-acts a[href$="/transfer"]'))
    clerk.answer({"to_office": ELSEWHERE, "reason": "Ông/bà cư trú ở phường Hoàn Kiếm nên phường ấy giải quyết."})
    clerk.press()
    assert clerk.here == "counter.queue_list", "it is another office's now"
    assert not clerk.says(code)
    there = elsewhere(world, "clerk", code)
    act(there, "receive")
    citizen.go(f"/my/dossiers/{code}")
    assert citizen.says("Đã chuyển đúng cơ quan")
    assert citizen.says("phường ấy giải quyết")


def test_late_office_apologises_on_a_signed_paper_and_appoints_another_day_once(
    world: World, citizen: Walker, tmp_path: Path
) -> None:
    code = citizen.file(CASE["answers"])
    act(at_desk(world, "clerk", code), "receive")
    leader = at_desk(world, "leader", code, looks_closely=True)
    leader.follow(leader.page.locator('.mc-acts a[href$="/extend-deadline"]'))
    leader.answer({"reason": LATE})
    picture(leader, "clerk-late")
    leader.press()
    assert leader.page.locator('.mc-acts a[href$="/extend-deadline"]').count() == 0
    wait_for_paper(citizen, code, APOLOGY)
    words = words_of(paper_of(citizen, APOLOGY, tmp_path))
    assert LATE in words
    assert "xin lỗi ông/bà" in words
    assert citizen.says("Đã xin lỗi và hẹn lại")


def test_dossier_that_is_asked_about_checked_paid_for_and_stopped_ends_well_with_its_control_sheet(
    world: World, citizen: Walker, tmp_path: Path
) -> None:
    code = citizen.file(CASE["answers"])
    receive_and_forward(world, code)
    officer = at_desk(world, "officer", code, looks_closely=True)
    act(officer, "assign")
    picture(officer, "clerk-dossier")
    act(officer, "ask-opinion", {"office_code": ELSEWHERE, "question": QUESTION, "days": "2"})
    assert officer.page.locator('.mc-acts a[href$="/propose"]').count() == 0, "an opinion is awaited"
    colleague = elsewhere(world, "officer", code)
    assert colleague.says("Nguyễn Thu Hà")
    colleague.follow(colleague.page.locator('.mc-acts a[href$="/give-opinion"]'))
    assert colleague.says(QUESTION)
    picture(colleague, "clerk-opinion")
    colleague.answer({"answer": ANSWER})
    colleague.press()
    yesterday = clock.today() - timedelta(days=1)
    officer.go(f"/counter/dossiers/{code}")
    assert officer.says(ANSWER)
    check = {
        "held_on": yesterday.isoformat(),
        "held_at": "09:30",
        "place": "Số 9 phố Mẫu",
        "participants": "Người nộp",
    }
    act(officer, "record-verification", {**check, "content": FOUND})
    act(officer, "request-payment")
    citizen.go(f"/my/dossiers/{code}")
    assert citizen.says("Yêu cầu thực hiện nghĩa vụ tài chính")
    act(at_desk(world, "clerk", code, looks_closely=True), "record-payment", {"receipt": "BL-0001/26"})
    leader = at_desk(world, "leader", code, looks_closely=True)
    act(leader, "stop", {"reason": "Chờ Tòa án trả lời về bản án ly hôn."})
    act(leader, "resume")
    decide_held(world, code, CASE)
    wait_for_status(citizen, code, 10)
    sheet = officer.context.request.get(f"{world.portal}/counter/dossiers/{code}/control-sheet")
    path = tmp_path / "sheet.pdf"
    path.write_bytes(sheet.body())
    words = words_of(path)
    assert code in words
    assert "Giao: Bộ phận chuyên môn Nhận: Cơ quan phối hợp" in words
    officer.go("/counter/register")
    assert officer.says(code)
    picture(officer, "clerk-register")
    officer.go("/counter/queue?tab=issued")
    assert officer.says(code)
    picture(officer, "clerk-queue")


def many_at_once(walker: Walker, codes: list[str], what: str) -> None:
    """Tick these in the list by the keys, and go to the page that tells what becomes of each."""
    for code in codes:
        walker.page.get_by_role("link", name=code).focus()
        walker.page.keyboard.press("x")
    assert walker.page.locator("[data-tick-count]").inner_text() == str(len(codes))
    walker.page.keyboard.press("m")
    walker.page.wait_for_url("**/counter/bulk/**")
    walker.arrived()
    assert walker.says(what)


def confirm_and_wait(walker: Walker, words: str) -> None:
    """Confirm; the page of what came of it looks again by itself until all is done."""
    walker.looks_closely = False
    walker.press()
    walker.page.get_by_text(words).wait_for()
    walker.looks_closely = True
    walker.arrived()
    assert walker.here == "counter.bulk_run"


def test_many_are_received_and_signed_at_once_and_the_one_that_cannot_be_is_named(world: World) -> None:
    clerk = Walker(world, world.desk("clerk", HERE), looks_closely=True)
    world.desk("officer", HERE)
    leader = Walker(world, world.logged_in(STAFF[HERE]["leader"], PHONE), looks_closely=True)
    with db.transaction() as session:
        taker, officer = (actor_of(session, STAFF[HERE][role]) for role in ("clerk", "officer"))
        own = str(submitted(session, taker).code)
        codes = [str(submitted(session, people.citizen(session)).code) for _ in range(3)]
        signed = [str(proposed(session, people.citizen(session), taker, officer).code) for _ in range(2)]
    clerk.go("/counter/queue?tab=submitted")
    many_at_once(clerk, [codes[0], own, *codes[1:]], "Đã chọn 4 hồ sơ, làm được 3.")
    assert clerk.says("Ông/bà không được giải quyết hồ sơ của chính mình")
    picture(clerk, "clerk-bulk")
    confirm_and_wait(clerk, "Đã làm 3 hồ sơ")
    assert clerk.says(own), "what was not done is named"
    clerk.go("/counter/bulk")
    clerk.go("/counter/queue?tab=received")
    assert all(clerk.says(code) for code in codes)
    leader.go("/counter/queue?tab=signature")
    many_at_once(leader, signed, "Đã chọn 2 hồ sơ, làm được 2.")
    leader.page.locator("details summary").first.click()
    assert leader.says("XÁC NHẬN"), "what is signed can be read first"
    confirm_and_wait(leader, "Đã làm 2 hồ sơ")
    for walker in (clerk, leader):
        walker.page.close()
        assert walker.said == []
