"""A person at the counter without a telephone: from the card's QR code to the printed slip, and on at home by their own login."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.journeys.office import file_at_counter, words_of
from tests.journeys.walker import Walker
from tests.journeys.world import PHONE, World, cases
from tests.waiting import wait_for

pytestmark = pytest.mark.browser
TY = "017050900014"  # seventy-six, and nobody knows the day of his birth
QR = f"{TY}||Bùi Văn Tý|00001950|Nam|Số 19, phố Lá Bàng Đỏ, Phường Ba Đình, Thành phố Hà Nội|14032023"
A5_POINTS = "419.528 x 595.276 pts"


def test_from_the_card_to_the_slip_and_on_at_home(world: World, tmp_path: Path) -> None:
    clerk = Walker(world, world.desk("clerk", "H26.31"), looks_closely=True)
    code = file_at_counter(clerk, QR, cases()["single"]["answers"])
    assert clerk.says("Đã tiếp nhận hồ sơ")
    slip = _slip(clerk, tmp_path)
    assert code in words_of(slip)
    assert "Bùi Văn Tý" in words_of(slip)
    assert A5_POINTS in subprocess.run(["pdfinfo", str(slip)], check=True, capture_output=True, text=True).stdout
    assert clerk.said == []
    clerk.page.close()
    _go_on_at_home(world, code)
    _come_back(world, code)


def _slip(clerk: Walker, folder: Path) -> Path:
    """The receipt, as soon as it is signed."""
    wait_for(lambda: "Mở để in" in clerk.context.request.get(clerk.page.url).text(), 30)
    clerk.go(clerk.page.url.removeprefix(clerk.world.portal))
    href = clerk.page.get_by_role("link", name="Mở để in").get_attribute("href")
    path = folder / "slip.pdf"
    path.write_bytes(clerk.context.request.get(f"{clerk.world.portal}{href}").body())
    return path


def _go_on_at_home(world: World, code: str) -> None:
    """The person's first login finds the dossier, and it is theirs to follow."""
    at_home = Walker(world, world.logged_in(TY, PHONE))
    at_home.go("/my/dossiers")
    at_home.follow(at_home.page.get_by_role("link", name=code))
    assert at_home.here == "citizen.dossier"
    assert at_home.says("Hẹn trả kết quả")
    assert at_home.said == []
    at_home.context.close()


def _come_back(world: World, code: str) -> None:
    """The same person at another counter, with slip and card: the clerk there withdraws the dossier at their word alone."""
    clerk = Walker(world, world.desk("clerk", "H26.32"), looks_closely=True)
    clerk.go("/counter")
    clerk.follow(clerk.page.get_by_role("link", name="Giúp người nộp"))
    clerk.page.locator("#field-code").fill(code)
    clerk.page.locator("#field-card").fill(QR)
    clerk.page.locator("#field-is_present").check()
    clerk.press()
    assert clerk.says("Bùi Văn Tý"), clerk.page.locator("main").inner_text()
    clerk.follow(clerk.page.get_by_role("link", name="Rút hồ sơ"))
    clerk.press()
    assert clerk.says("Cần ghi người nộp đã xác nhận bằng cách nào")
    clerk.page.locator("input[value=read_back]").check()
    clerk.press()
    assert clerk.says("Đã ghi nhận việc rút hồ sơ"), clerk.page.locator("main").inner_text()
    assert clerk.said == []
    clerk.page.close()
