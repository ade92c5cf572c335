"""A change of look is seen: the styleguide is compared with the pictures that were looked at and kept."""

from __future__ import annotations

import pytest
from PIL import Image
from playwright.sync_api import Browser

from tests.look.pictures import POSES, Pose, changed_places, take

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("pose", POSES, ids=lambda pose: pose.path.stem)
def test_the_styleguide_looks_as_it_was_approved(browser: Browser, address: str, pose: Pose) -> None:
    with Image.open(pose.path) as kept:
        places = changed_places(kept, take(browser, address, pose))
    assert places == [], f"{pose.path.stem} changed: look, then run .venv/bin/python -m tests.look.pictures"


def test_a_small_change_of_colour_is_seen() -> None:
    button = Image.new("RGB", (48, 48), "#0A6C52")
    assert changed_places(button, Image.new("RGB", (48, 48), "#0B57D0"))
    assert not changed_places(button, Image.new("RGB", (48, 48), "#0A6A50"))


def test_a_page_of_another_height_is_seen() -> None:
    assert changed_places(Image.new("RGB", (48, 48)), Image.new("RGB", (48, 56)))
