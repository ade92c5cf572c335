from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy.exc import InterfaceError, OperationalError

from portal import db
from portal.auth import session as sessions
from portal.web import database as of_request
from tests.visitors import CLERK, HA, ask_provider, error_of

NEEDS_NONE = ["/track", "/verify", "/healthz", "/logout", "/language/en"]
NEEDS_ONE = ["/", "/procedures", "/procedures/1.004873", "/verify/ABCDEFGHJKLMNPQR", "/verify.json?code=ABCDEFGHJKLMNPQR"]
NEEDS_ONE_TO_KNOW_WHO = [
    "/my/dossiers",
    "/my/dossiers/H26.31-20261125-0000001",
    "/procedures/1.004873/apply",
    "/counter/queue",
    "/login",
]


@pytest.fixture
def outage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], object]]:
    """Within it nobody listens where the database was."""
    dead = db.make_engine("postgresql://portal@127.0.0.1:1/portal")

    @contextmanager
    def down() -> Iterator[None]:
        with monkeypatch.context() as patch:
            patch.setattr(db, "engine", lambda: dead)
            yield

    yield down
    dead.dispose()


def assert_told_to_come_again(answer) -> None:
    assert (answer.status_code, error_of(answer)) == (503, "503")
    assert answer.headers["Retry-After"].isdigit()
    assert "còn nguyên" in answer.text


@pytest.mark.parametrize("path", NEEDS_NONE)
@pytest.mark.parametrize("is_known", [False, True])
def test_page_that_needs_no_database_still_answers(visitor, outage, path: str, is_known: bool) -> None:
    browser = visitor()
    if is_known:
        browser.log_in(HA)
    with outage():
        assert browser.get(path).status_code in (200, 302)
    assert browser.is_logged_in is is_known, "nobody was logged out by it"


@pytest.mark.parametrize("path", NEEDS_ONE)
def test_page_that_needs_the_database_says_when_to_come_again(visitor, outage, path: str) -> None:
    with outage():
        assert_told_to_come_again(visitor().get(path))


@pytest.mark.parametrize("path", NEEDS_ONE_TO_KNOW_WHO)
def test_person_who_cannot_be_known_now_is_not_sent_to_log_in_again(visitor, outage, path: str) -> None:
    browser = visitor()
    browser.log_in(CLERK)
    with outage():
        assert_told_to_come_again(browser.get(path))
    assert browser.is_logged_in


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/track", {"code": "H26.31-20261125-0000001", "secret": "ABCDEFGH"}),
        ("/logout", {}),
        ("/procedures/1.004873/apply/purpose", {"certificate.copies": "1"}),
    ],
)
def test_form_that_needs_the_database_says_when_to_come_again(visitor, outage, path: str, form: dict[str, str]) -> None:
    browser = visitor()
    browser.log_in(HA)
    token = browser.token()
    with outage():
        assert_told_to_come_again(browser.post(path, form, token=token))
    assert browser.is_logged_in


def test_login_can_be_finished_when_the_database_is_back(visitor, outage) -> None:
    browser = visitor()
    with outage():
        back = ask_provider(browser.begin_login(), HA)
        assert_told_to_come_again(browser.come_back(back))
    assert browser.come_back(back).status_code == 302
    assert browser.is_logged_in


def test_provider_is_told_to_tell_us_again(visitor, outage) -> None:
    with outage():
        assert visitor().client.post("/auth/backchannel-logout", data={"logout_token": "x"}).status_code == 400
        assert visitor().get("/readyz").status_code == 503


def test_database_that_goes_away_within_a_request_gets_the_same_page(visitor, monkeypatch) -> None:
    browser = visitor()
    browser.log_in(HA)
    dead = db.make_engine("postgresql://portal@127.0.0.1:1/portal")
    monkeypatch.setattr(of_request, "new_session", lambda: db.sessionmaker(dead)())
    answer = browser.get("/my/dossiers")
    assert_told_to_come_again(answer)
    assert "Nguyễn Thu Hà" in answer.text
    dead.dispose()


@pytest.mark.parametrize("fault", [OperationalError, InterfaceError])
def test_page_is_sent_although_the_session_could_not_be_kept(visitor, monkeypatch, fault: type[Exception]) -> None:
    def fails(_: object) -> None:
        raise fault("", {}, Exception())

    browser = visitor()
    browser.log_in(HA)
    monkeypatch.setattr(sessions, "_keep", fails)
    answer = browser.get("/my/dossiers")  # the token of its forms is new, and cannot be remembered
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
