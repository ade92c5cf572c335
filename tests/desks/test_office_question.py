"""The question which office decides: asked of the place that counts, which is not always where the citizen lives."""

from __future__ import annotations

import html

import pytest
from flask import Flask

from tests.visitors import Visitor

SONG = "045090900021"  # lives in another province
PERMANENTLY_HERE = "Ông/bà thường trú ở đâu?"


@pytest.fixture
def newcomer(app: Flask) -> Visitor:
    """Somebody who lives in another province."""
    browser = Visitor(app)
    browser.log_in(SONG)
    return browser


def facts_of(browser: Visitor, code: str) -> str:
    assert browser.post(f"/procedures/{code}/apply", {"agree": "1"}).status_code == 302
    return html.unescape(browser.get(f"/procedures/{code}/apply/facts").text)


@pytest.mark.parametrize(
    ("code", "place"),
    [("1.004222", "địa chỉ chỗ ở mới"), ("1.004194", "địa chỉ chỗ ở mới"), ("2.001159", "địa chỉ nơi khách ở lại")],
)
def test_office_is_asked_for_the_place_of_the_dossier_and_not_for_the_home(newcomer: Visitor, code: str, place: str) -> None:
    page = facts_of(newcomer, code)
    assert "Cơ quan nào giải quyết hồ sơ này?" in page
    assert f"nơi có {place}" in page
    assert PERMANENTLY_HERE not in page


def test_office_that_anybody_may_choose_is_asked_without_an_address(newcomer: Visitor) -> None:
    assert "Thủ tục này nộp ở cơ quan nào cũng được." in facts_of(newcomer, "3.000348")
