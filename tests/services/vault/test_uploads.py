"""What is taken of what people send, and what is refused, by its content alone."""

from __future__ import annotations

import io
import unicodedata

import pytest
from PIL import Image

from portal.config import settings
from portal.services.vault import uploads
from portal.services.vault.uploads import LONGEST_NAME, Reason, UnfitFile, check, preview, shown_name
from tests.services.vault import papers

SOUND = {
    "pdf of one page": (papers.pdf(), "application/pdf", 1),
    "pdf of as many pages as may be": (papers.pdf(200), "application/pdf", 200),
    "pdf with object streams": (papers.pdf(object_stream_mode=papers.PACKED), "application/pdf", 1),
    "pdf that links to a page of the web": (papers.pdf(change=papers.with_link), "application/pdf", 1),
    "pdf that only its owner may change": (papers.locked_pdf(""), "application/pdf", 1),
    "pdf with the data behind its pages": (papers.pdf(change=papers.with_associated_data), "application/pdf", 1),
    "pdf of a plan on A0": (papers.pdf(size=(2384, 3370)), "application/pdf", 1),
    "photograph": (papers.image(), "image/jpeg", 1),
    "progressive photograph": (papers.image(progressive=True), "image/jpeg", 1),
    "photograph with place and maker": (papers.image_with_place(), "image/jpeg", 1),
    "photograph with a second one behind it": (papers.image() + papers.image(), "image/jpeg", 1),
    "photograph with its camera's notes": (papers.image() + b"\0\0\x01SEFH....SEFT", "image/jpeg", 1),
    "picture": (papers.image("PNG"), "image/png", 1),
}
UNSOUND = {
    "nothing": (b"", Reason.EMPTY),
    "text": (b"xin chao", Reason.KIND),
    "program named as a paper": (b"MZ\x90\0" * 50, Reason.KIND),
    "web page": (b"<!DOCTYPE html><script>alert(1)</script>", Reason.KIND),
    "drawing with a script": (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', Reason.KIND),
    "office document or archive": (papers.archive(), Reason.KIND),
    "archive bomb": (b"PK\x03\x04" + b"\0" * 1000, Reason.KIND),
    "animation": (papers.image("GIF"), Reason.KIND),
    "photograph as some phones keep them": (b"\0\0\0\x18ftypheic" + b"\0" * 100, Reason.HEIC),
    "pdf cut in half": (papers.pdf(40)[:3000], Reason.DAMAGED),
    "pdf with its end cut off": (papers.pdf()[:-30], Reason.DAMAGED),
    "pdf in name only": (b"%PDF-1.7\nnothing at all\n%%EOF", Reason.DAMAGED),
    "pdf with a wrong table": (papers.pdf().replace(b"startxref\n", b"startxref\n9"), Reason.DAMAGED),
    "pdf without pages": (papers.pdf(0), Reason.DAMAGED),
    "pdf under a password": (papers.locked_pdf("secret"), Reason.LOCKED),
    "pdf with a script": (papers.pdf(change=papers.with_script), Reason.ACTIVE),
    "pdf with a script on a page": (papers.pdf(change=papers.with_script_on_a_page), Reason.ACTIVE),
    "pdf with a hidden script": (
        papers.pdf(change=papers.with_script_on_a_page, object_stream_mode=papers.PACKED), Reason.ACTIVE,
    ),
    "pdf that starts a program": (papers.pdf(change=papers.with_launch), Reason.ACTIVE),
    "pdf with a dynamic form": (papers.pdf(change=papers.with_xfa), Reason.ACTIVE),
    "pdf with a file inside": (papers.pdf(change=papers.with_embedded()), Reason.EMBEDDED),
    "pdf of too many pages": (papers.pdf(201), Reason.PAGES),
    "pdf of pages nobody prints": (papers.pdf(size=(20_000, 100)), Reason.PAGE_SIZE),
    "pdf of pages nobody sees": (papers.pdf(size=(3, 3)), Reason.PAGE_SIZE),
    "pdf and archive in one": (papers.pdf() + papers.archive(), Reason.TWO_IN_ONE),
    "photograph and archive in one": (papers.image() + papers.archive(), Reason.TWO_IN_ONE),
    "photograph and pdf in one": (papers.image() + papers.pdf(), Reason.TWO_IN_ONE),
    "photograph with a pdf in its notes": (papers.image(comment=papers.pdf()), Reason.TWO_IN_ONE),
    "photograph with a script in its notes": (papers.image(comment=b"<SCRIPT>alert(1)</SCRIPT>"), Reason.TWO_IN_ONE),
    "picture and archive in one": (papers.image("PNG") + papers.archive(), Reason.TWO_IN_ONE),
    "picture with something behind it": (papers.image("PNG") + b"#!/bin/sh", Reason.TWO_IN_ONE),
    "photograph cut in half": (papers.image(size=(640, 480))[:4000], Reason.DAMAGED),
    "picture cut in half": (papers.image("PNG", (640, 480))[:4000], Reason.DAMAGED),
    "photograph of noise": (b"\xff\xd8\xff\xe0" + b"\0" * 500 + b"\xff\xd9", Reason.DAMAGED),
    "picture of more points than there are": (papers.pixel_flood(), Reason.PIXELS),
}  # fmt: skip


@pytest.mark.parametrize("what", SOUND)
def test_sound_file_is_taken_as_it_is(what: str) -> None:
    content, media_type, pages = SOUND[what]
    taken = check(content, "giấy.tờ")
    assert (taken.content, taken.media_type, taken.pages) == (content, media_type, pages)


@pytest.mark.parametrize("what", UNSOUND)
def test_unsound_file_is_refused_with_its_reason(what: str) -> None:
    content, reason = UNSOUND[what]
    for name in ("giấy.pdf", "ảnh.jpg", "x.exe"):
        with pytest.raises(UnfitFile) as refused:
            check(content, name)
        assert refused.value.reason is reason, refused.value.reason


def test_pdf_that_swells_dies_alone() -> None:
    bomb = papers.pdf_bomb()
    assert len(bomb) < 400_000
    with pytest.raises(UnfitFile) as refused:
        check(bomb, "a.pdf")
    assert refused.value.reason in (Reason.DAMAGED, Reason.TOO_HEAVY)


def test_file_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "CPU_SECONDS", 0)
    monkeypatch.setattr(uploads, "WAIT_SECONDS", 0.01)
    with pytest.raises(UnfitFile) as refused:
        check(papers.pdf(200), "a.pdf")
    assert refused.value.reason is Reason.TOO_HEAVY


def test_size_is_bounded_to_the_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    content = papers.pdf()
    monkeypatch.setattr(settings(), "upload_file_bytes", len(content))
    check(content, "a.pdf")
    monkeypatch.setattr(settings(), "upload_file_bytes", len(content) - 1)
    with pytest.raises(UnfitFile) as refused:
        check(content, "a.pdf")
    assert refused.value.reason is Reason.TOO_LARGE


def test_signed_paper_is_known_as_such() -> None:
    def sign(made: papers.Pdf) -> None:
        made.Root.Field = made.make_indirect(
            papers.Dictionary(Type=papers.Name.Sig, ByteRange=papers.Array([0, 1, 2, 3]), Contents=papers.String("x"))
        )

    assert check(papers.pdf(change=sign), "a.pdf").is_signed
    assert not check(papers.pdf(), "a.pdf").is_signed


NAMES = {
    "../../etc/passwd": "passwd.pdf",
    "C:\\Users\\Mẫu\\giấy.PDF": "giấy.PDF",
    "a\0b\r\nc.pdf": "abc.pdf",
    "anh\u202egpj.pdf": "anhgpj.pdf",
    "con.pdf": "con.pdf",
    "giay.pdf.exe": "giay.pdf.exe.pdf",
    "": "tep.pdf",
    "...": "tep.pdf",
    ".pdf": "pdf.pdf",
    "đơn 😀 'của' \"tôi\".pdf": "đơn 😀 'của' \"tôi\".pdf",
    unicodedata.normalize("NFD", "giấy xác nhận.pdf"): "giấy xác nhận.pdf",
    "x" * 300 + ".pdf": "x" * (LONGEST_NAME - 4) + ".pdf",
    "\ud800giấy.pdf": "giấy.pdf",
}


@pytest.mark.parametrize("raw", NAMES)
def test_name_is_one_line_that_hides_nothing_and_names_no_folder(raw: str) -> None:
    assert shown_name(raw, "application/pdf") == NAMES[raw]


def test_preview_is_drawn_anew_upright_and_without_notes() -> None:
    drawn = Image.open(io.BytesIO(preview(papers.image_with_place())))
    assert drawn.size == (48, 64)
    assert not drawn.getexif()
    assert b"M\xc3\xa1y" not in preview(papers.image_with_place())


def test_preview_of_a_large_picture_fits_a_screen() -> None:
    assert max(Image.open(io.BytesIO(preview(papers.image("PNG", (4000, 3000))))).size) == 1600


def test_pdf_has_no_preview() -> None:
    with pytest.raises(UnfitFile):
        preview(papers.pdf())
