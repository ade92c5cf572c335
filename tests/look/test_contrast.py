"""Every pair of colours that meets on a page, measured from the style sheet's own values."""

from __future__ import annotations

import re

import pytest

from portal.web.assets import STATIC
from portal.web.styleguide import COLOURS

SETTINGS = STATIC.parent.parent / "tools" / "assets" / "src" / "scss" / "_settings.scss"
TEXT = 4.5
LARGE_OR_CONTROL = 3.0
PAIRS = [
    ("text", "paper", TEXT),
    ("text", "sand", TEXT),
    ("ink", "paper", TEXT),
    ("ink", "sand", TEXT),
    ("ink", "ink-tint", TEXT),
    ("ink", "gold-tint", TEXT),
    ("ink", "link-tint", TEXT),
    ("ink", "red-tint", TEXT),
    ("ink", "jade-tint", TEXT),
    ("ink", "gold", TEXT),
    ("ink-soft", "paper", TEXT),
    ("ink-soft", "sand", TEXT),
    ("ink-soft", "ink-tint", TEXT),
    ("ink-soft", "gold-tint", TEXT),
    ("paper", "ink", TEXT),
    ("paper", "jade", TEXT),
    ("paper", "jade-deep", TEXT),
    ("paper", "red", TEXT),
    ("paper", "red-deep", TEXT),
    ("link", "paper", TEXT),
    ("link", "sand", TEXT),
    ("link", "ink-tint", TEXT),
    ("link", "gold-tint", TEXT),
    ("link-deep", "link-tint", TEXT),
    ("link-deep", "ink-tint", TEXT),
    ("jade-deep", "jade-tint", TEXT),
    ("red", "paper", TEXT),
    ("amber-text", "amber", TEXT),
    ("amber-text", "gold-tint", TEXT),
    ("control", "paper", LARGE_OR_CONTROL),
    ("control", "sand", LARGE_OR_CONTROL),
    ("gold", "ink", LARGE_OR_CONTROL),
    ("jade", "paper", LARGE_OR_CONTROL),
    ("jade", "jade-tint", LARGE_OR_CONTROL),
    ("red", "red-tint", LARGE_OR_CONTROL),
]


def colours() -> dict[str, str]:
    return dict(re.findall(r"^\$([a-z-]+): (#[0-9a-f]{6});", SETTINGS.read_text(encoding="utf-8"), re.MULTILINE))


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_the_measure_itself_is_right() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(("above", "below", "least"), PAIRS)
def test_what_stands_on_a_ground_can_be_read(above: str, below: str, least: float) -> None:
    assert contrast(colours()[above], colours()[below]) >= least


def test_the_styleguide_shows_the_colours_that_are_used() -> None:
    used = colours()
    assert {name: used[name].upper() for name in COLOURS} == COLOURS


def test_no_colour_hides_outside_the_settings() -> None:
    strays = {
        path.name: found
        for path in SETTINGS.parent.glob("_*.scss")
        if path != SETTINGS and (found := re.findall(r"#[0-9a-fA-F]{3,8}\b(?! *{)", path.read_text(encoding="utf-8")))
    }
    assert strays.keys() <= {"_print.scss"}
