"""English is complete: whatever a page can say in Vietnamese has its English, with the same blanks to fill."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from portal.config import CHECKOUT
from tools.english import lacking, read

CATALOGUE = CHECKOUT / "portal" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
BLANK = re.compile(r"%\((\w+)\)[sd]")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("words") / "messages.pot"
    command = [
        Path(sys.executable).parent / "pybabel",
        "--quiet",
        "extract",
        "--mapping",
        "tools/babel.cfg",
        "--output",
        path,
        ".",
    ]
    subprocess.run(command, cwd=CHECKOUT, env={"PYTHONPATH": str(CHECKOUT)}, check=True)
    return path


def test_every_sentence_has_its_english(template: Path) -> None:
    catalogue = read(CATALOGUE)
    catalogue.update(read(template), no_fuzzy_matching=True)
    assert lacking(catalogue) == [], "run tools/translations.sh and translate what it lists"


def test_the_sentences_of_rules_and_of_pages_are_found(template: Path) -> None:
    found = {message.id for message in read(template)}
    assert "Ông/bà không được giải quyết hồ sơ của chính mình hoặc của người cùng hộ." in found
    assert "Tiếp tục" in found


def test_english_fills_the_same_blanks() -> None:
    for message in read(CATALOGUE):
        asked, answered = (" ".join([side] if isinstance(side, str) else side) for side in (message.id, message.string))
        if message.id:
            assert set(BLANK.findall(asked)) == set(BLANK.findall(answered)), message.id


def test_english_is_english() -> None:
    proper = re.compile(r"Một Cửa|Ba Đình|«|»|đ\b")
    strays = [
        m.id for m in read(CATALOGUE) if m.id and isinstance(m.string, str) and re.search(r"[ạ-ỹđĐơƯư]", proper.sub("", m.string))
    ]
    assert strays == []
