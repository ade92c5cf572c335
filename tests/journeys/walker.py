"""A person before a browser: goes from page to page by what stands on it, and may look closely at each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page

from tests.journeys.world import CODE, World

WIDTHS = (1280, 390)
NARROWEST = 320
RUN_AXE = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations
    .map(v => [v.id, v.nodes.map(n => n.html.slice(0, 160))])"""


@lru_cache(maxsize=1)
def axe_source() -> str:
    """The program that finds barriers."""
    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


@dataclass
class Walker:
    """Somebody on the way; with `looks_closely`, no page may bar anybody, at any width."""

    world: World
    context: BrowserContext
    looks_closely: bool = False
    page: Page = field(init=False)
    seen: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page = self.context.new_page()
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.said.append(str(error)))

    def _hear(self, message: ConsoleMessage) -> None:
        if not message.text.startswith("Failed to load resource"):  # a page that is rightly a refusal
            self.said.append(f"{message.text} ({self.page.url})")

    @property
    def here(self) -> str:
        """The page, by the name of its endpoint."""
        return self.page.locator("main").get_attribute("data-page") or ""

    def go(self, path: str) -> None:
        self.page.goto(self.world.portal + path)
        self.arrived()

    def follow(self, place: Locator) -> None:
        """Click what leads to another page."""
        place.click()
        self.arrived()

    def press(self) -> None:
        """The page's one primary button."""
        self.follow(self.page.locator("main button[name=continue]").first)

    def arrived(self) -> None:
        """Look at the page."""
        self.seen.append(self.here)
        if self.looks_closely and self._is_new():
            self._look()

    def _is_new(self) -> bool:
        """Whether nobody of this name looked at a page of this name and title today."""
        who = self.page.locator(".mc-viewer strong").all_inner_texts()
        sight = f"{who} {self.here} {self.page.title()}"
        is_new = sight not in self.world.looked_at
        self.world.looked_at.add(sight)
        return is_new

    def _look(self) -> None:
        usual = self.page.viewport_size
        assert usual
        self.page.evaluate(axe_source())
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 844})
            assert self.page.evaluate("document.documentElement.scrollWidth") <= width, self.page.url
            found = self.page.evaluate(RUN_AXE)
            assert found == [], f"{self.page.url} at {width}: {found}"
        self.page.set_viewport_size({"width": NARROWEST, "height": 844})
        assert self.page.evaluate("document.documentElement.scrollWidth") <= NARROWEST, self.page.url
        self.page.set_viewport_size(usual)

    def says(self, words: str) -> bool:
        """Whether the page's main part shows the words."""
        return words in " ".join(self.page.locator("main").inner_text().split())

    def answer(self, answers: Mapping[str, Any]) -> None:
        """Answer every question of this page that there is an answer to."""
        for key, value in answers.items():
            question = self.page.locator(f'[data-field="{key}"]')
            if question.count():
                _answer(question, key, str(value))

    def file(self, answers: Mapping[str, Any], office: str = "", procedure: str = CODE) -> str:
        """From consent to the receipt; gives the dossier's code."""
        self.go(f"/procedures/{procedure}/apply")
        self.press()
        return self.go_on_filing({**answers, "office": office})

    def go_on_filing(self, answers: Mapping[str, Any]) -> str:
        """From the page of facts to the receipt; gives the dossier's code."""
        assert self.here == "citizen.facts"
        self.answer(answers)
        self.press()
        while self.here == "citizen.page":
            before = self.page.url
            self.answer(answers)
            self.press()
            errors = self.page.locator(".govuk-error-summary").all_inner_texts()
            assert self.page.url != before or not errors, errors  # else it would answer the same for ever
        assert self.here == "citizen.review", self.page.locator("main").inner_text()
        self.page.locator("main input[type=checkbox]").check()
        self.press()
        assert self.here == "citizen.receipt", self.page.locator("main").inner_text()
        return self.page.locator("main").get_attribute("data-dossier-code") or ""


def _answer(question: Locator, key: str, value: str) -> None:
    choice = question.locator(f'input[type=radio][value="{value}"]')
    if choice.count():
        choice.check()
    elif question.locator(".govuk-date-input").count():
        for part, text in zip(("year", "month", "day"), value.split("-"), strict=True):
            question.locator(f'[name="{key}.{part}"]').fill(text)
    elif question.locator("select").count():
        question.locator("select").select_option(value)
    else:
        question.locator(f'[name="{key}"]').fill(value)
