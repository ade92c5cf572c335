"""Killed at any moment, nothing that was acknowledged is lost and nothing is issued twice."""

from __future__ import annotations

import os
import re
import secrets
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from sqlalchemy import Engine, func, select, text

from portal import clock, db
from portal.auth.permissions import Actor
from portal.auth.session import cookie_name
from portal.config import settings
from portal.crypto import sha256
from portal.models import Dossier, IssuedDocument, LoginSession, OutboxItem
from portal.postgres import EmbeddedServer
from portal.services.dossiers.approve import approve
from portal.services.oversight.audit import verify
from portal.services.registries.exchange import Ask, Requester, Subject
from portal.services.registries.prefill import registries
from portal.services.results.seals import enrol
from portal.services.vault.store import read_file
from tests.births import BIRTH, MOTHER, birth_approved, parents
from tests.faults.running import Process, web, worker
from tests.filings import CODE, filled_draft, proposed
from tests.people import OFFICE, citizen, clerk, leader, officer
from tests.waiting import wait_for

pytestmark = pytest.mark.slow


@pytest.fixture
def portal_web(committed: EmbeddedServer) -> Iterator[Process]:
    process = web()
    process.start()
    yield process
    process.kill()


class Browser:
    """A citizen's browser, logged in, with one draft ready to be sent."""

    def __init__(self) -> None:
        self.http = requests.Session()
        with db.transaction() as session:
            self.actor: Actor = citizen(session)
            self.draft_id = filled_draft(session, self.actor).id
            token = secrets.token_urlsafe(32)
            now = clock.now()
            session.add(
                LoginSession(
                    token_hash=sha256(token.encode()), account_id=self.actor.account_id, level=2,
                    authenticated_at=now, created_at=now, seen_at=now, data={},
                )
            )  # fmt: skip
        self.http.cookies.set(cookie_name(), token)
        self.code = ""
        self.url = f"http://127.0.0.1:{settings().port}/procedures/{CODE}/apply/review"
        self.open_review()

    def open_review(self) -> None:
        """Open the last step, where the button is."""
        page = self.http.get(self.url, timeout=10)
        guard = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        assert guard
        self.form = {"draft_id": str(self.draft_id), "declare": "yes", "continue": "1", "csrf_token": guard[1]}

    def send(self) -> None:
        """Press the button until the portal acknowledges, however often the line drops."""
        wait_for(self._press, 60)

    def _press(self) -> bool:
        try:
            answer = self.http.post(self.url, data=self.form, timeout=5, headers={"Referer": self.url})
        except requests.RequestException:
            return False
        found = re.search(r'data-dossier-code="([^"]+)"', answer.text)
        if answer.status_code == 200 and found:
            self.code = found[1]
        return bool(self.code)


def _send_all_while(browsers: list[Browser], disturb) -> None:
    with ThreadPoolExecutor(len(browsers)) as pool:
        sent = [pool.submit(browser.send) for browser in browsers]
        disturb()
        for one in sent:
            one.result(timeout=90)


def _check_each_filed_once(browsers: list[Browser]) -> None:
    codes = [browser.code for browser in browsers]
    assert len(set(codes)) == len(browsers)
    with db.transaction() as session:
        for browser in browsers:
            owned = session.scalars(select(Dossier).where(Dossier.owner_id == browser.actor.account_id)).all()
            assert [(dossier.code, dossier.state, dossier.version) for dossier in owned] == [(browser.code, "submitted", 1)]
        assert verify(session).findings == ()


def test_web_killed_while_citizens_send_loses_and_doubles_nothing(portal_web: Process) -> None:
    browsers = [Browser() for _ in range(6)]

    def kill_and_restart() -> None:
        for _ in range(2):
            portal_web.kill()
            portal_web.start()

    _send_all_while(browsers, kill_and_restart)
    _check_each_filed_once(browsers)


def test_database_killed_while_citizens_send_loses_and_doubles_nothing(portal_web: Process, committed: EmbeddedServer) -> None:
    browsers = [Browser() for _ in range(6)]

    def kill_postmaster() -> None:
        with open(committed.place.data / "postmaster.pid", encoding="ascii") as pid_file:
            os.kill(int(pid_file.readline()), signal.SIGKILL)
        committed.start()

    _send_all_while(browsers, kill_postmaster)
    db.engine().dispose()
    _check_each_filed_once(browsers)


def test_one_draft_sent_from_many_tabs_at_once_is_one_dossier(portal_web: Process) -> None:
    browser = Browser()
    tabs = [browser] * 8
    _send_all_while(tabs, lambda: None)
    _check_each_filed_once([browser])


def test_worker_killed_at_random_issues_each_result_exactly_once(committed: EmbeddedServer, outside: str) -> None:
    enrol(OFFICE, "Ủy ban nhân dân phường Ba Đình")
    with db.transaction() as session:
        taker, appraiser, signer = clerk(session), officer(session), leader(session)
        dossiers = [proposed(session, citizen(session), taker, appraiser) for _ in range(6)]
        for dossier in dossiers:
            approve(session, signer, str(dossier.code), expected_version=dossier.version)
    process = worker()
    for _ in range(3):
        process.start()
        _wait_for_some_progress()
        process.kill()
    process.start()
    try:
        wait_for(_all_returned, 240)
    finally:
        process.kill()
    with db.transaction() as session:
        results = session.scalars(select(IssuedDocument).where(IssuedDocument.kind == "result")).all()
        assert sorted(result.number for result in results if result.number) == [1, 2, 3, 4, 5, 6]
        assert all(sha256(read_file(result.file)) == result.sha256 for result in results if result.file)
        assert len({result.dossier_id for result in results if result.issued_at}) == 6
        assert verify(session).findings == ()


def test_worker_killed_at_random_registers_each_child_exactly_once(committed: EmbeddedServer, outside: str) -> None:
    enrol(OFFICE, "Ủy ban nhân dân phường Ba Đình")
    children = [f"Trần Gia {name}" for name in ("Ất", "Bính")]
    with db.transaction() as session:
        for child in children:
            birth_approved(session, parents(session), child)
    lost = {"fault": "answer_lost", "registry": "civil-status", "count": 2}
    requests.post(f"{outside}/registries/faults", json=lost, timeout=5).raise_for_status()
    process = worker()
    try:
        for _ in range(2):
            process.start()
            _wait_for_some_progress()
            process.kill()
        process.start()
        wait_for(_all_returned, 240)
        members = _household_of_the_mother()
    finally:
        process.kill()
        for room in ("faults", "records"):
            requests.delete(f"{outside}/registries/{room}", timeout=5).raise_for_status()
    with db.transaction() as session:
        results = session.scalars(select(IssuedDocument).where(IssuedDocument.kind == "result")).all()
        said = [result.facts["fields"] for result in results]
        printed = {fields["full_name"]["text"]: fields["personal_id"]["value"] for fields in said}
        assert verify(session).findings == ()
    registered = [(one["full_name"], one["personal_id"]) for one in members if one["full_name"] in children]
    assert sorted(registered) == sorted(printed.items()), "each child once, and under the number on its certificate"


def _household_of_the_mother() -> list[dict[str, str]]:
    subject = Subject(MOTHER["personal_id"], MOTHER["full_name"], MOTHER["date_of_birth"])
    asker = Requester("officer", "test", OFFICE)
    ask = Ask(subject, asker, BIRTH, "KT", "Luật", ("household",), "law", "Luật")
    members: list[dict[str, str]] = registries()["population"].look_up(ask).fields["household"]["members"]
    return members


def test_worker_that_is_taken_for_dead_begins_again(committed: EmbeddedServer, outside: str, owner_engine: Engine) -> None:
    enrol(OFFICE, "Ủy ban nhân dân phường Ba Đình")
    process = worker()
    process.start()
    try:
        wait_for(lambda: _strike_the_worker_off(owner_engine), 30)
        with db.transaction() as session:
            taker, appraiser, signer = clerk(session), officer(session), leader(session)
            dossier = proposed(session, citizen(session), taker, appraiser)
            approve(session, signer, str(dossier.code), expected_version=dossier.version)
        wait_for(_all_returned, 120)
    finally:
        process.kill()


def _strike_the_worker_off(owner: Engine) -> bool:
    """Take the worker's own row away, as another worker does that has not heard of it for long."""
    with owner.begin() as connection:
        return connection.execute(text("DELETE FROM procrastinate_workers")).rowcount > 0


def _wait_for_some_progress() -> None:
    before = _done()
    wait_for(lambda: _done() > before or _all_returned(), 30)


def _done() -> int:
    with db.transaction() as session:
        return int(session.scalar(select(func.count()).where(OutboxItem.done_at.is_not(None))) or 0)


def _all_returned() -> bool:
    with db.transaction() as session:
        return not session.scalar(select(func.count()).where(Dossier.state != "returned"))
