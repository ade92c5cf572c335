"""Papers as people and machines read them: the state's layout, archivable, open to everybody, sealed by their office."""

from __future__ import annotations

import json
import re
import subprocess
import unicodedata
import zlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from threading import Semaphore
from typing import Any

import page as page_validation
import pikepdf
import pytest

from portal import clock
from portal.services.results import render
from portal.services.results.finish import finish
from portal.services.results.render import draw
from tests.services.results.papers import DRAWING, KINDS, facts_of, signed_paper

pytestmark = [pytest.mark.usefixtures("sealed_office"), DRAWING]
LONGEST = "Nguyễn Phước Bảo Ngọc Tôn Nữ Hoàng Thị Thanh Huyền Trang Công Tằng"
ONE_WORD = "Ỷ"
MINORITY = "H'Linh Niê"


def run(*command: str | Path) -> str:
    """What a tool of poppler says."""
    return subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True).stdout


@pytest.fixture
def kept(tmp_path: Path) -> Any:
    """Keeps a PDF as a file and gives its path."""

    def keep(pdf: bytes) -> Path:
        path = tmp_path / "paper.pdf"
        path.write_bytes(pdf)
        return path

    return keep


def text_of(path: Path) -> str:
    """The words of the paper in reading order, on one line."""
    return unicodedata.normalize("NFC", re.sub(r"\s+", " ", run("pdftotext", "-q", path, "-")))


@pytest.mark.parametrize("kind", KINDS)
def test_every_paper_lasts_and_is_open_to_everybody_after_it_is_signed(kept: Any, kind: str) -> None:
    path = kept(signed_paper(kind, LONGEST))
    for profile in ("3a", "ua1"):
        said = str(page_validation.validate_pdf(str(path), profile=profile))
        assert "Checks: 0 failed" in said, said
    fonts = run("pdffonts", path).splitlines()[2:]
    assert fonts
    assert all(line.split()[-5] == "yes" for line in fonts), fonts


def test_a_stream_that_ends_like_a_line_does_not_confuse_a_strict_reader(kept: Any) -> None:
    """The last byte of what is compressed is a sum of its bytes; one paper in some fifty had a carriage return there."""
    texts = ({"số": number} for number in range(10_000))
    unlucky = next(f for f in texts if zlib.compress(json.dumps(f, ensure_ascii=False, indent=1).encode()).endswith(b"\r"))
    drawn = draw(
        "<html lang='vi'><title>x</title><p>x</p></html>", unlucky, title="x", made_at=datetime(2026, 11, 25, tzinfo=UTC)
    )
    assert b"\r\nendstream" in drawn
    path = kept(finish(drawn))
    assert b"\r\nendstream" not in path.read_bytes()
    assert "Checks: 0 failed" in str(page_validation.validate_pdf(str(path), profile="3a"))
    with pikepdf.open(path) as document:
        assert json.loads(document.attachments["ket-qua.json"].get_file().read_bytes()) == unlucky


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", [LONGEST, ONE_WORD, MINORITY])
def test_a_name_of_any_length_is_whole_and_leaves_one_page(kept: Any, kind: str, name: str) -> None:
    path = kept(signed_paper(kind, name))
    assert name in text_of(path).replace("’", "'")
    assert re.search(r"^Pages:\s+1$", run("pdfinfo", path), re.MULTILINE), "one sheet of paper in the hand"


def test_the_heading_follows_the_decree(kept: Any) -> None:
    lines = run("pdftotext", "-q", "-layout", kept(signed_paper("result")), "-").splitlines()
    said = [re.sub(r"\s+", " ", line).strip() for line in lines if line.strip()]
    assert any(line.endswith("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM") for line in said), "never broken over two lines"
    assert any(line.endswith("Độc lập - Tự do - Hạnh phúc") for line in said)
    text = " ".join(said)
    for words in (
        "THÀNH PHỐ HÀ NỘI",
        "PHƯỜNG BA ĐÌNH",
        "Số: 105/UBND-XNTTHN",
        "Ba Đình, ngày 25 tháng 11 năm 2026",
        "GIẤY XÁC NHẬN TÌNH TRẠNG HÔN NHÂN",
        "TM. ỦY BAN NHÂN DÂN",
        "Trần Đình Phong",
        "25-11-2026 08:56:02 +07:00",
        "8XV7-Z64Z-NVEZ-TAK6",
        "DỮ LIỆU GIẢ LẬP – KHÔNG CÓ GIÁ TRỊ PHÁP LÝ",
    ):
        assert words in text, words


@pytest.mark.parametrize(
    ("kind", "labels"),
    [
        (
            "form_01",
            [
                "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ",
                "Mã hồ sơ:",
                "Tiếp nhận hồ sơ của:",
                "Địa chỉ:",
                "Số điện thoại:",
                "Email:",
                "Nội dung yêu cầu giải quyết:",
                "1. Thành phần hồ sơ nộp gồm:",
                "2. Số lượng hồ sơ: 01 (bộ)",
                "3. Thời gian giải quyết hồ sơ theo quy định là: 03 ngày làm việc",
                "4. Thời gian nhận hồ sơ: 08 giờ 55 phút, ngày 25 tháng 11 năm 2026",
                "5. Thời gian trả kết quả giải quyết hồ sơ: 08 giờ 55 phút, ngày 30 tháng 11 năm 2026",
                "6. Đăng ký nhận kết quả tại:",
                "Vào Sổ theo dõi hồ sơ, Quyển số 2026, Số thứ tự 1",
                "NGƯỜI NỘP HỒ SƠ",
                "NGƯỜI TIẾP NHẬN HỒ SƠ",
            ],
        ),
        (
            "form_03",
            [
                "PHIẾU TỪ CHỐI TIẾP NHẬN GIẢI QUYẾT HỒ SƠ",
                "Tiếp nhận hồ sơ của:",
                "Nội dung yêu cầu giải quyết:",
                "với lý do cụ thể như sau: Thông tin khai không khớp",
                "Căn cứ: Không thuộc thẩm quyền",
                "NGƯỜI TIẾP NHẬN HỒ SƠ",
            ],
        ),
    ],
)
def test_a_slip_has_the_labels_of_its_form(kept: Any, kind: str, labels: list[str]) -> None:
    path = kept(signed_paper(kind))
    text = text_of(path)
    assert [label for label in labels if label not in text] == []
    assert "419.5" in run("pdfinfo", path), "A5"


def test_a_marriage_abroad_names_the_partner(kept: Any) -> None:
    text = text_of(kept(signed_paper("result")))
    assert "kết hôn với ông/bà Anna Maria Kowalska, sinh ngày 14/03/1990, quốc tịch Ba Lan, giấy tờ số EX0000012" in text


def test_a_refusal_tells_its_reason_and_the_way_to_complain(kept: Any) -> None:
    text = text_of(kept(signed_paper("refusal_result")))
    assert "Thông tin khai không khớp với cơ sở dữ liệu hộ tịch." in text
    assert "quyền khiếu nại" in text


def test_a_long_reason_runs_on_to_a_second_sheet_and_stays_signed(kept: Any) -> None:
    reason = "Giấy tờ kèm theo không đọc được. " * 30
    path = kept(signed_paper("form_03", LONGEST, reason=reason))
    assert reason.strip() in text_of(path)
    assert "Total document signed" in run("pdfsig", "-nocert", path)


def test_machines_read_the_facts_and_nothing_that_the_paper_does_not_show(kept: Any, tmp_path: Path) -> None:
    path = kept(signed_paper("result"))
    run("pdfdetach", "-saveall", "-o", tmp_path, path)
    facts = json.loads((tmp_path / "ket-qua.json").read_text(encoding="utf-8"))
    assert facts["verification_code"] == "8XV7Z64ZNVEZTAK6"
    text = text_of(path)
    assert [said for said in facts["fields"].values() if said not in text and said not in HIDDEN_BEHIND_WORDS] == []
    assert "mau@thu.example" not in json.dumps(facts), "contact details are the office's, not the bearer's"


HIDDEN_BEHIND_WORDS = {
    facts_of("result")["fields"][name]["text"] for name in ("purpose", "period", "conclusion")
}  # they choose a sentence


def test_papers_are_drawn_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two threads that draw at once break the memory of the libraries below, and now and then one of them never ends."""
    drawing = Semaphore(1)
    really = render.HTML.write_pdf

    def watched(*given: Any, **options: Any) -> Any:
        assert drawing.acquire(blocking=False), "a second thread draws"
        try:
            return really(*given, **options)
        finally:
            drawing.release()

    monkeypatch.setattr(render.HTML, "write_pdf", watched)
    with ThreadPoolExecutor(2) as threads:
        papers = list(threads.map(lambda number: draw(f"<p>{number}</p>", {}, title="Thử", made_at=clock.now()), range(8)))
    assert len(papers) == 8
