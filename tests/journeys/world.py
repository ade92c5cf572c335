"""The real portal for journeys: its web server and worker as processes, the sandbox beside them, one browser before them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import requests
from playwright.sync_api import Browser, BrowserContext

from portal import db
from portal.config import settings
from portal.demo import enrol_seals, load_staff
from portal.postgres import EmbeddedServer
from tests.emptying import empty_database
from tests.faults.running import web, worker
from tests.look.stage import open_browser
from tests.procedures import the_procedure

CODE = "1.004873"
PEOPLE = {
    "single": "001198900001",
    "married": "001088900002",
    "divorced": "034185900004",
    "widowed": "030058900006",
    "refused": "001092900008",
}
STAFF = {
    "H26.31": {"clerk": "001189900101", "officer": "001086900103", "leader": "001074900105"},
    "H26.32": {"clerk": "001192900111", "officer": "001190900113", "leader": "001076900115"},
}
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
WITHIN = 15


@lru_cache(maxsize=1)
def cases() -> dict[str, dict[str, Any]]:
    """What must happen to people of the shipped procedure, by the name of the rehearsal."""
    return {case.name: case.model_dump() for case in the_procedure().definition.rehearsals}


@dataclass
class World:
    """A portal at work and whoever is logged in to it."""

    browser: Browser
    portal: str
    sandbox: str
    kept: dict[str, BrowserContext] = field(default_factory=dict)
    looked_at: set[str] = field(default_factory=set)

    def context(self, viewport: dict[str, int], language: str = "vi", **more: Any) -> BrowserContext:
        """A browser of somebody's own."""
        context = self.browser.new_context(viewport=viewport, reduced_motion="reduce", **more)  # type: ignore[arg-type]
        context.add_cookies([{"name": "lang", "value": language, "url": self.portal}])
        context.set_default_timeout(WITHIN * 1000)
        return context

    def logged_in(self, personal_id: str, viewport: dict[str, int], language: str = "vi", **more: Any) -> BrowserContext:
        """A browser of a person who logged in at level 2, by the provider's door for machines."""
        context = self.context(viewport, language, **more)
        answer = context.request.get(f"{self.portal}/login?level=2&next=/", max_redirects=0)
        page = context.new_page()
        page.goto(f"{answer.headers['location']}&auto={personal_id}")
        assert page.url == f"{self.portal}/", page.content()[:2000]
        page.close()
        return context

    def desk(self, role: str, office: str, language: str = "vi") -> BrowserContext:
        """The browser of the office's clerk, officer or leader: one for all journeys, as on a working day."""
        name = f"{role} {office} {language}"
        if name not in self.kept:
            self.kept[name] = self.logged_in(STAFF[office][role], DESK, language)
        return self.kept[name]

    def messages(self, to: str) -> list[dict[str, Any]]:
        """What was sent to a telephone or a mail address, newest first."""
        answer = requests.get(f"{self.sandbox}/messages.json", params={"to": to}, timeout=WITHIN)
        found: list[dict[str, Any]] = json.loads(answer.text)
        return found

    @contextmanager
    def registries_down(self) -> Iterator[None]:
        """No registry answers."""
        faults = f"{self.sandbox}/registries/faults"
        requests.post(faults, json={"fault": "down"}, timeout=WITHIN).raise_for_status()
        try:
            yield
        finally:
            requests.delete(faults, timeout=WITHIN).raise_for_status()


@contextmanager
def a_working_day(database: EmbeddedServer, outside: str) -> Iterator[World]:
    """The portal's processes over a database with staff and seals; everything is gone afterwards."""
    owner = db.make_engine(database.url("owner"), pool_size=1)
    with db.transaction() as session:
        load_staff(session)
        enrol_seals(session)
    processes = [web(), worker()]
    try:
        for process in processes:
            process.start()
        with open_browser() as browser:
            yield World(browser, settings().base_url, outside)
    finally:
        for process in processes:
            process.kill()
        db.engine().dispose()
        empty_database(owner)
        owner.dispose()
