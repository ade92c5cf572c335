"""At the desks beyond the straight way: asked about, checked, paid for, stopped; and many dossiers with one press."""

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
    confirm_and_wait,
    decide_held,
    many_at_once,
    receive_and_forward,
    wait_for_status,
    words_of,
)
from tests.journeys.walker import Walker
from tests.journeys.world import PEOPLE, PHONE, STAFF, World, cases

pytestmark = pytest.mark.browser
CASE = cases()["single"]
HERE, ELSEWHERE = "H26.31", "H26.32"
QUESTION = "Người này đã từng cư trú tại phường của quý cơ quan chưa?"
ANSWER = "Người này chưa từng cư trú tại phường chúng tôi."
FOUND = "Đã xem nơi ở, đúng như lời khai."


@pytest.fixture
def citizen(world: World) -> Walker:
    return Walker(world, world.logged_in(PEOPLE["single"], PHONE))


def elsewhere(world: World, role: str, code: str) -> Walker:
    """A member of staff of the other office, before the dossier."""
    walker = Walker(world, world.desk(role, ELSEWHERE), looks_closely=True)
    walker.go(f"/counter/dossiers/{code}")
    return walker


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
