"""Proving a result from outside: the words say what the case says, every way of verifying agrees, a changed byte is found out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import segno

from tests.journeys.office import paper_of, words_of
from tests.journeys.walker import Walker

TITLES = {"grant": "Giấy xác nhận tình trạng hôn nhân", "refuse": "Thông báo từ chối giải quyết hồ sơ"}


def holds_what_the_case_says(citizen: Walker, case: Mapping[str, Any], folder: Path) -> None:
    """On the dossier's page: its result says what it must, and verifies by its QR code, by its code and as a file."""
    paper = paper_of(citizen, TITLES[case["decision"]], folder)
    words = words_of(paper)
    assert [said for said in case["result_says"] if said not in words] == []
    address = citizen.page.locator(".mc-document__code a").first.get_attribute("href") or ""
    assert address.rsplit("/", 1)[1] in words.replace(" ", "")
    drawn = citizen.page.locator(".mc-document__qr svg path").first.get_attribute("d") or "nothing"
    whole = segno.make(citizen.world.portal + address, error="m").svg_inline(border=2, scale=4, omitsize=True)
    assert drawn in whole, "the QR code leads to the address"
    citizen.go(address)
    assert _verdict(citizen) == "valid"
    _send(citizen, paper)
    assert _verdict(citizen) == "valid"
    content = paper.read_bytes()
    place = content.index(b"/ByteRange") - 300
    paper.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
    _send(citizen, paper)
    assert _verdict(citizen) == "altered"


def _send(walker: Walker, paper: Path) -> None:
    walker.go("/verify")
    walker.page.locator("input[type=file]").set_input_files(paper)
    walker.follow(walker.page.locator("main button[name=check]"))


def _verdict(walker: Walker) -> str:
    return walker.page.locator("[data-verdict]").get_attribute("data-verdict") or ""
