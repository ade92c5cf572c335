"""The story once more, slowly: nothing on any page bars anybody, in either language, as anybody, on a phone or at a desk."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.office import act, at_desk, wait_for_status
from tests.journeys.proof import holds_what_the_case_says
from tests.journeys.walker import Walker
from tests.journeys.world import CODE, DESK, PEOPLE, World, cases

pytestmark = pytest.mark.browser
EVERYBODYS = ("/", "/procedures?q=doc%20than", "/procedures?q=xyzabc", f"/procedures/{CODE}", "/track", "/verify", "/styleguide")
REFUSALS = ("/khong-co-trang-nay", "/verify/ABCDEFGHJKMNPQRS")
STORY = {
    "citizen.home", "citizen.procedures", "citizen.procedure", "citizen.consent", "citizen.facts", "citizen.page",
    "citizen.review", "citizen.receipt", "citizen.dossiers", "citizen.dossier", "citizen.notices",
    "public.track", "public.look_up", "public.verify", "public.verify_code", "public.verify_file", "public.styleguide",
    "counter.queue_home", "counter.dossier", "counter.act",
    "auth.callback", "errors",
}  # fmt: skip


def test_the_divorced_sign_in_by_hand_and_meet_no_bar(world: World, tmp_path: Path) -> None:
    walk_slowly(world, "vi", "divorced", tmp_path)


def test_the_widowed_read_english_and_meet_no_bar(world: World, tmp_path: Path) -> None:
    walk_slowly(world, "en", "widowed", tmp_path)


def walk_slowly(world: World, language: str, story: str, folder: Path) -> None:
    case = cases()[story]
    citizen = Walker(world, world.context(DESK, language), looks_closely=True)
    for path in (*EVERYBODYS, *REFUSALS):
        citizen.go(path)
    change_ones_mind(citizen)
    citizen.go(f"/procedures/{CODE}")
    sign_in_by_hand(citizen, PEOPLE[story])
    citizen.go("/my/dossiers")
    citizen.go("/my/notices")
    code = file_with_every_mistake(citizen, case["answers"])
    look_it_up(citizen, code)
    walk_the_desks(world, citizen, code, language)
    wait_for_status(citizen, code, 10)
    citizen.go("/my/dossiers")
    citizen.follow(citizen.page.locator("a.mc-tile", has_text=code))
    holds_what_the_case_says(citizen, case, folder)
    assert set(citizen.seen) >= STORY, STORY - set(citizen.seen)
    assert citizen.said == []
    citizen.context.close()


def change_ones_mind(citizen: Walker) -> None:
    """To the provider's door, and back without having signed in."""
    citizen.page.locator("a.mc-header__button").click()
    citizen.page.get_by_role("button", name="Không đăng nhập nữa").click()
    citizen.arrived()
    assert citizen.here == "auth.callback"


def sign_in_by_hand(citizen: Walker, personal_id: str) -> None:
    """Through the provider's own pages: choose oneself, read the code where messages arrive, agree."""
    page = citizen.page
    page.locator("main a.mc-button").click()
    page.locator(f'button[name=personal_id][value="{personal_id}"]').click()
    with page.expect_popup() as opened:
        page.get_by_role("link", name="hộp tin nhắn mô phỏng").click()
    newest = re.search(r"\b\d{6}\b", opened.value.locator("main").inner_text())
    assert newest
    opened.value.close()
    page.get_by_label("Mã một lần").fill(newest[0])
    page.get_by_role("button", name="Tiếp tục").click()
    page.get_by_role("button", name="Đồng ý").click()
    citizen.arrived()
    assert citizen.here == "citizen.consent"


def file_with_every_mistake(citizen: Walker, answers: Mapping[str, Any]) -> str:
    """To the receipt, seeing each page empty, wrong and right."""
    citizen.go(f"/procedures/{CODE}/apply")
    citizen.press()
    citizen.press()
    while citizen.here == "citizen.page":
        citizen.press()
        citizen.answer(answers)
        citizen.press()
    citizen.press()
    assert citizen.page.locator("[data-error-summary]").is_visible(), "nothing is sent without the declaration"
    citizen.page.locator("main input[type=checkbox]").check()
    citizen.press()
    assert citizen.here == "citizen.receipt"
    return citizen.page.locator("main").get_attribute("data-dossier-code") or ""


def look_it_up(citizen: Walker, code: str) -> None:
    secret = citizen.page.locator(".mc-point__value").first.inner_text()
    citizen.go("/track")
    citizen.press()
    citizen.page.locator("[name=code]").fill(code)
    citizen.page.locator("[name=secret]").fill(secret)
    citizen.press()


def walk_the_desks(world: World, citizen: Walker, code: str, language: str) -> None:
    """Clerk, officer and leader, with an act opened and left, and one given back."""
    looks = {"language": language, "looks_closely": True}
    clerk = at_desk(world, "clerk", code, **looks)
    clerk.follow(clerk.page.locator('.mc-acts a[href$="/refuse"]'))
    clerk.press()
    clerk.go("/counter/queue?q=khong-co-ai")
    clerk.go(f"/counter/dossiers/{code}")
    act(clerk, "receive")
    act(clerk, "forward")
    clerk.page.close()
    officer = at_desk(world, "officer", code, **looks)
    act(officer, "assign")
    act(officer, "propose", {"decision": "grant"})
    officer.page.close()
    leader = at_desk(world, "leader", code, **looks)
    act(leader, "send-back", {"reason": "Xem lại ngày ly hôn."})
    leader.page.close()
    citizen.go(f"/my/dossiers/{code}")
    officer = at_desk(world, "officer", code, **looks)
    act(officer, "propose", {"decision": "grant"})
    officer.page.close()
    leader = at_desk(world, "leader", code, **looks)
    act(leader, "approve")
    for member in (clerk, officer, leader):
        citizen.seen += member.seen
        citizen.said += member.said
    leader.page.close()
