"""Who has looked at my data: a person sees the clerk's look, asks why, is answered, and takes everything away."""

from __future__ import annotations

import pytest

from tests.journeys.office import at_desk
from tests.journeys.walker import Walker
from tests.journeys.world import PEOPLE, PHONE, World, cases

pytestmark = pytest.mark.browser
WHY = "Vì sao quầy xem phần được che trong hồ sơ của tôi?"
BECAUSE = "Cán bộ so dân tộc với giấy khai sinh mà ông/bà mang đến."


def test_person_sees_a_look_asks_why_and_takes_everything_away(world: World) -> None:
    owner = Walker(world, world.logged_in(PEOPLE["single"], PHONE), looks_closely=True)
    owner.looks_closely = False  # others look at the pages of filing
    code = owner.file(cases()["single"]["answers"])
    owner.looks_closely = True
    clerk = at_desk(world, "clerk", code, looks_closely=True)
    clerk.page.get_by_text("Xem phần được che").click()
    clerk.answer({"reveal_reason": "So với giấy khai sinh mang đến quầy."})
    clerk.follow(clerk.page.get_by_role("button", name="Hiện", exact=True))
    assert clerk.says("Kinh")
    clerk.page.close()
    _ask(owner)
    _answer(world)
    owner.page.reload()
    assert owner.says(BECAUSE)
    owner.go("/my/data/consents")
    owner.follow(owner.page.locator("main .mc-tile").first)
    assert owner.says("Hồ sơ này đã nộp nên vẫn được giải quyết")
    owner.go("/my/data/download")
    with owner.page.expect_download() as taken:
        owner.page.get_by_role("button", name="Tải bản cho máy (JSON)").click()
    assert code in taken.value.path().read_text(encoding="utf-8")
    assert owner.said == clerk.said == []
    owner.context.close()


def _ask(owner: Walker) -> None:
    owner.go("/my/data")
    assert owner.says("Xem phần được che trong hồ sơ")
    owner.follow(owner.page.get_by_role("link", name="Xem tất cả các lần xem"))
    owner.follow(owner.page.get_by_role("link", name="Người khác", exact=True))
    owner.follow(owner.page.locator("main .mc-tile", has_text="Xem phần được che").first)
    assert owner.says("Dân tộc")
    owner.answer({"question": WHY})
    owner.press()
    assert owner.says("Đã gửi câu hỏi")


def _answer(world: World) -> None:
    leader = Walker(world, world.desk("leader", "H26.31"), looks_closely=True)
    leader.go("/counter")
    leader.follow(leader.page.get_by_role("link", name="Câu hỏi về việc xem dữ liệu"))
    leader.follow(leader.page.locator("main .mc-tile").first)
    assert leader.says(WHY)
    leader.answer({"answer": BECAUSE})
    leader.press()
    assert leader.says("Đã trả lời")
    leader.page.close()
