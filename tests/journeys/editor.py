"""An administrator before the procedure editor: fills in the form of a part by the names of its boxes, as a person would."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator

from tests.journeys.walker import Walker

PICTURES = os.environ.get("PICTURES_OF_THE_GUIDE", "")  # noqa: TID251 (no setting of the portal: where the guide's pictures go)


def fill(walker: Walker, boxes: Mapping[str, Any]) -> None:
    """Fill in the boxes of the form on this page: text, an ISO day, a word to choose, words to tick, yes or no."""
    for name, value in boxes.items():
        _fill(walker, name, value)


def _fill(walker: Walker, name: str, value: Any) -> None:
    ticks = walker.page.locator(f'main input[type=checkbox][name="{name}"]')
    if ticks.count():
        wanted = ["yes"] if value is True else value or []
        for tick in ticks.all():
            tick.set_checked(tick.get_attribute("value") in wanted)
        return
    if walker.page.locator(f'main input[type=radio][name="{name}"]').count():
        walker.page.locator(f'main input[type=radio][name="{name}"][value="{value}"]').check()
        return
    if walker.page.locator(f'main [name="{name}.year"]').count():
        for box, text in zip(("year", "month", "day"), str(value).split("-"), strict=True):
            walker.page.locator(f'main [name="{name}.{box}"]').fill(text)
        return
    _type(walker.page.locator(f'main [name="{name}"]'), str(value))


def _type(box: Locator, value: str) -> None:
    if box.evaluate("one => one.tagName") == "SELECT":
        box.select_option(value)
    else:
        box.fill(value)


def save(walker: Walker, code: str, place: str, boxes: Mapping[str, Any]) -> None:
    """Open a part of the draft, fill it in and save it."""
    walker.go(f"/admin/procedures/{code}/draft/part/{place}")
    fill(walker, boxes)
    _sent(walker)


def add(walker: Walker, code: str, place: str, boxes: Mapping[str, Any]) -> None:
    """Add an item to a list of the draft."""
    walker.go(f"/admin/procedures/{code}/draft/add/{place}")
    fill(walker, boxes)
    _sent(walker)


def _sent(walker: Walker) -> None:
    walker.follow(walker.page.locator("main button[name=continue]").last)
    told = walker.page.locator("[data-error-summary]")
    assert not told.count(), told.inner_text()


def when(element: str, comparison: str, value: str = "") -> dict[str, str]:
    """A condition of one row."""
    return {"when.0.element": element, "when.0.comparison": comparison, "when.0.value": value}


def picture(walker: Walker, name: str) -> None:
    """A picture for the guide, if pictures are wanted."""
    if PICTURES:
        walker.page.screenshot(path=Path(PICTURES) / f"{name}.png")
