from __future__ import annotations

import subprocess
import time

import pytest

from portal.services.errors import GuardRefused
from portal.services.results import draw_apart as apart
from portal.services.results.draw_apart import draw_apart

PAGE = '<!DOCTYPE html><html lang="vi"><title>Thử</title><body>{}</body></html>'


def test_paper_of_a_rehearsal_is_a_pdf_that_nobody_signed() -> None:
    drawn = draw_apart(PAGE.format("<p>Xin chào Việt Nam</p>"), title="Thử")
    assert drawn.startswith(b"%PDF-")
    assert b"/ByteRange" not in drawn


@pytest.mark.parametrize("body", ["<table><tr><td>" * 8_000, "<div>" * 20_000], ids=["tables in tables", "boxes in boxes"])
def test_template_that_would_take_the_machine_is_ended_within_its_limits(body: str) -> None:
    began = time.monotonic()
    with pytest.raises(GuardRefused, match="giới hạn"):
        draw_apart(PAGE.format(body), title="Bom")
    assert time.monotonic() - began < apart.WITHIN_SECONDS


def test_paper_that_reaches_outside_is_not_drawn() -> None:
    with pytest.raises(GuardRefused):
        draw_apart(PAGE.format('<img alt="" src="file:///etc/passwd">'), title="Thử")


def test_process_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "ENTRANCE", "import time; time.sleep(60)")
    monkeypatch.setattr(apart, "WITHIN_SECONDS", 0.5)
    with pytest.raises(GuardRefused):
        draw_apart(PAGE, title="Thử")
    assert "time.sleep(60)" not in subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
