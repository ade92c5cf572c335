"""Five people and the same paper: from the login to a result that anybody can verify, as the procedure's own cases say."""

from __future__ import annotations

from pathlib import Path

import pytest
import segno

from tests.journeys.office import decide, paper_of, receive_and_forward, wait_for_status, words_of
from tests.journeys.walker import Walker
from tests.journeys.world import PEOPLE, PHONE, World, cases

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("story", PEOPLE)
def test_a_person_files_and_holds_a_result_that_verifies(world: World, tmp_path: Path, story: str) -> None:
    case = cases()[story]
    citizen = Walker(world, world.logged_in(PEOPLE[story], PHONE))
    code = citizen.file(case["answers"])
    receive_and_forward(world, code)
    decide(world, code, case)
    wait_for_status(citizen, code, 10)
    paper = paper_of(citizen, "Giấy xác nhận tình trạng hôn nhân" if case["decision"] == "grant" else REFUSED, tmp_path)
    words = words_of(paper)
    assert [said for said in case["result_says"] if said not in words] == []
    verifies(citizen, paper, words)
    assert citizen.said == []
    citizen.context.close()


REFUSED = "Thông báo từ chối giải quyết hồ sơ"


def verifies(citizen: Walker, paper: Path, words: str) -> None:
    """By its QR code, by its code, as a file; and one changed byte is found out."""
    address = citizen.page.locator(".mc-document__code a").first.get_attribute("href") or ""
    whole = citizen.world.portal + address
    assert address.rsplit("/", 1)[1] in words.replace(" ", "")
    drawn = citizen.page.locator(".mc-document__qr svg path").first.get_attribute("d")
    assert drawn in segno.make(whole, error="m").svg_inline(border=2, scale=4, omitsize=True), "the QR leads to the address"
    citizen.go(address)
    assert verdict(citizen) == "valid"
    send(citizen, paper)
    assert verdict(citizen) == "valid"
    content = paper.read_bytes()
    place = content.index(b"/ByteRange") - 300
    paper.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
    send(citizen, paper)
    assert verdict(citizen) == "altered"


def send(walker: Walker, paper: Path) -> None:
    walker.go("/verify")
    walker.page.locator("input[type=file]").set_input_files(paper)
    walker.follow(walker.page.get_by_role("button", name="Kiểm tra tệp"))


def verdict(walker: Walker) -> str:
    return walker.page.locator("[data-verdict]").get_attribute("data-verdict") or ""
