"""Scanned pages joined into one paper: their order, which way up they are, and nothing of the files but their pages."""

from __future__ import annotations

import io

import pikepdf
import pytest
from PIL import Image

from portal.services.vault.uploads import Reason, UnfitFile, check, join
from tests.services.vault import papers

LANDSCAPE = papers.image(size=(80, 40))


def pages_of(pdf: bytes) -> list[tuple[float, float, int]]:
    """Each page: width, height and turn, in points and degrees."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return [(float(one.mediabox[2]), float(one.mediabox[3]), int(one.obj.get("/Rotate", 0))) for one in opened.pages]


def test_pictures_and_pages_stand_in_the_order_that_was_wanted() -> None:
    parts = [papers.pdf(3, size=(300, 400)), papers.image("PNG", size=(40, 80)), papers.pdf(1, size=(200, 250))]
    joined = join(parts, [(2, 1, 0), (0, 3, 90), (1, 1, 0), (0, 1, 180)], "giấy.pdf")
    assert (joined.media_type, joined.pages, joined.name, joined.is_signed) == ("application/pdf", 4, "giấy.pdf", False)
    assert pages_of(joined.content) == [(200, 250, 0), (300, 400, 90), (595.276, 841.89, 0), (300, 400, 180)]


@pytest.mark.parametrize(("turn", "is_wide"), [(0, True), (90, False), (180, True), (270, False)])
def test_picture_on_its_side_is_turned_upright(turn: int, is_wide: bool) -> None:
    width, height, _turn = pages_of(join([LANDSCAPE], [(0, 1, turn)], "a.pdf").content)[0]
    assert (width > height) is is_wide


def test_a_quarter_to_the_right_brings_the_left_edge_to_the_top() -> None:
    picture = Image.new("RGB", (80, 40), "white")
    picture.paste((200, 0, 0), (0, 0, 20, 40))
    out = io.BytesIO()
    picture.save(out, "PNG")
    with pikepdf.open(io.BytesIO(join([out.getvalue()], [(0, 1, 90)], "a.pdf").content)) as opened:
        scan = pikepdf.PdfImage(opened.pages[0].get_images()["/Scan"]).as_pil_image()
    assert scan.size == (40, 80)
    assert scan.getpixel((20, 8))[0] > 150 > scan.getpixel((20, 8))[1]
    assert min(scan.getpixel((20, 70))) > 200


def test_nothing_comes_along_but_the_pages() -> None:
    joined = join([papers.pdf(change=papers.with_link), papers.image_with_place()], [(0, 1, 0), (1, 1, 0)], "a.pdf").content
    assert b"/URI" not in joined
    assert b"Exif" not in joined
    assert b"GPS" not in joined
    assert check(joined, "a.pdf").pages == 2


@pytest.mark.parametrize("pages", [[(0, 4, 0)], [(0, 0, 0)], [(3, 1, 0)], [(0, 1, 45)]])
def test_page_that_is_not_there_joins_nothing(pages: list[tuple[int, int, int]]) -> None:
    with pytest.raises(UnfitFile) as unfit:
        join([papers.pdf(3)], pages, "a.pdf")
    assert unfit.value.reason is Reason.DAMAGED


def test_damaged_part_joins_nothing() -> None:
    with pytest.raises(UnfitFile):
        join([papers.pdf(40)[:3000]], [(0, 1, 0)], "a.pdf")
