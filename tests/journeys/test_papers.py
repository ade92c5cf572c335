"""A citizen whose procedure wants papers, on a phone and at the desk: chosen, refused, taken away, filed, seen and compared."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from portal import db
from tests import carrying
from tests.carrying import CARRYING, EARLIER, PAPER, PHOTOS, publish_carrying
from tests.desks.cast import actor_of
from tests.journeys.office import at_desk
from tests.journeys.walker import Walker
from tests.journeys.world import PHONE, World
from tests.services.vault import papers

pytestmark = pytest.mark.browser
NOBODY_YET = "001191900104"  # has no result of any procedure, which would satisfy a paper by itself
STEP = f"/procedures/{CARRYING}/apply/attachments"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the citizen has on the telephone."""
    made = tmp_path_factory.mktemp("telephone")
    (made / "giấy chứng sinh.pdf").write_bytes(papers.pdf(2))
    (made / "nhà tôi.jpg").write_bytes(papers.image_with_place())
    (made / "giấy độc thân.pdf").write_bytes(papers.pdf(3))
    (made / "bài hát.mp3").write_bytes(b"ID3" + b"\0" * 500)
    return made


@pytest.fixture
def citizen(world: World) -> Iterator[Walker]:
    """Somebody with a draft that has come as far as its papers."""
    walker = Walker(world, world.logged_in(NOBODY_YET, PHONE), looks_closely=True)
    with db.transaction() as session:
        publish_carrying(session)
        carrying.draft(session, actor_of(session, NOBODY_YET))
    yield walker
    walker.context.close()


def choose(citizen: Walker, component: str, *files: Path) -> None:
    citizen.page.locator(f'[name="file.{component}"]').set_input_files(list(files))


def test_papers_go_from_a_telephone_to_the_desk(citizen: Walker, world: World, folder: Path) -> None:
    citizen.go(STEP)
    assert citizen.here == "citizen.attachments"
    citizen.press()
    assert citizen.page.locator(".govuk-error-summary").count() == 1
    choose(citizen, PHOTOS, folder / "bài hát.mp3", folder / "nhà tôi.jpg")
    citizen.follow(citizen.page.locator('main button.mc-button[name="add"]'))
    assert citizen.says("bài hát.mp3: Cổng chỉ nhận tệp PDF, JPG hoặc PNG")
    assert citizen.page.locator(".mc-attached__name").all_inner_texts() == ["nhà tôi.jpg"]
    citizen.follow(citizen.page.locator('main button[name="remove"]'))
    assert citizen.page.locator(".mc-attached__name").count() == 0
    choose(citizen, PHOTOS, folder / "nhà tôi.jpg")
    choose(citizen, PAPER, folder / "giấy chứng sinh.pdf")
    choose(citizen, EARLIER, folder / "giấy độc thân.pdf")
    citizen.press()
    assert citizen.here == "citizen.review"
    assert citizen.says("giấy chứng sinh.pdf")
    citizen.page.locator("main input[type=checkbox]").check()
    citizen.press()
    code = citizen.page.locator("main").get_attribute("data-dossier-code") or ""
    citizen.go(f"/my/dossiers/{code}")
    assert citizen.page.locator(".mc-attached__name").all_inner_texts()[0].endswith(".pdf")
    assert citizen.said == []
    the_desk_compares(world, code)


def the_desk_compares(world: World, code: str) -> None:
    clerk = at_desk(world, "clerk", code, looks_closely=True)
    with clerk.page.expect_download() as kept:
        clerk.page.get_by_role("link", name="Tải về – giấy chứng sinh.pdf").click()
    assert kept.value.suggested_filename == "giấy chứng sinh.pdf"
    clerk.page.get_by_role("link", name="Xem ảnh – nhà tôi.jpg").click()
    assert clerk.page.locator("img").count() == 1, "a picture alone, without a page of ours"
    clerk.go(f"/counter/dossiers/{code}/receive")
    clerk.page.get_by_label("Giấy chứng sinh: giấy chứng sinh.pdf").check()
    clerk.press()
    assert clerk.here == "counter.dossier"
    assert clerk.says("Đã đối chiếu bản chính: ")
    assert clerk.said == []
    clerk.page.close()
