"""A form sent after its session had run out waits for the same person, and for nobody else."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal import clock, db
from portal.config import settings
from portal.models import LoginSession
from tests.visitors import HA, QUAN, Visitor, error_of

STEP = "/procedures/1.004873/apply/facts"
TYPED = {"subject.permanent_residence": "Số 9 phố <Mẫu>", "office": "H26.31"}


def left_alone(browser: Visitor) -> None:
    """Make the browser's session look as if nobody had used it for too long."""
    long_ago = clock.now() - timedelta(minutes=settings().session_idle_minutes, seconds=1)
    with db.transaction() as session:
        for row in session.scalars(select(LoginSession).where(LoginSession.account_id.is_not(None))):
            row.seen_at = long_ago


def hidden(page: TestResponse) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.text))


@pytest.fixture
def too_late(visitor) -> Visitor:
    """A browser whose form came after its session had run out."""
    browser = visitor()
    browser.log_in(HA)
    browser.post("/procedures/1.004873/apply", {"decline": "1"})
    token = browser.token()
    left_alone(browser)
    answer = browser.post(STEP, {**TYPED, "continue": "1"}, token=token)
    assert answer.status_code == 401
    assert f"giữ {settings().session_idle_minutes} phút" in answer.text
    return browser


def test_person_finds_their_words_again_after_the_login_and_sends_them(too_late: Visitor) -> None:
    assert too_late.log_in(HA, next_url=STEP).headers["Location"] == "/my/unsent"
    page = too_late.get("/my/unsent")
    assert f'action="{STEP}"' in page.text
    fields = hidden(page)
    assert fields["subject.permanent_residence"] == "Số 9 phố &lt;Mẫu&gt;"
    assert "continue" not in fields
    answer = too_late.post(STEP, {**TYPED, "continue": "1"}, token=fields["csrf_token"])
    assert answer.status_code in (302, 422)


def test_somebody_else_at_the_same_browser_finds_nothing(too_late: Visitor) -> None:
    assert too_late.log_in(QUAN, next_url="/track").headers["Location"] == "/track"
    assert too_late.get("/my/unsent").headers["Location"] == "/"
    assert "phố" not in too_late.get("/my/dossiers").text


def test_same_person_in_another_browser_finds_nothing(too_late: Visitor, visitor) -> None:
    other = visitor()
    assert other.log_in(HA, next_url="/track").headers["Location"] == "/track"
    assert other.get("/my/unsent").headers["Location"] == "/"


def test_words_do_not_wait_for_ever(too_late: Visitor) -> None:
    too_late.log_in(HA)
    token = too_late.session_cookie
    with time_machine.travel(clock.now() + timedelta(minutes=settings().session_idle_minutes - 1)) as traveller:
        assert too_late.get("/my/unsent").status_code == 200
        traveller.shift(timedelta(minutes=2))
        assert too_late.get("/my/unsent").headers["Location"] == "/"
    assert too_late.session_cookie == token


def test_login_ends_the_session_in_which_the_words_waited(too_late: Visitor, visitor) -> None:
    before = visitor()
    before.session_cookie = too_late.session_cookie
    too_late.log_in(HA)
    assert too_late.session_cookie != before.session_cookie
    assert not before.is_logged_in
    assert before.get("/my/unsent").headers["Location"].startswith("/login?")


def test_words_are_sealed_while_they_wait(too_late: Visitor) -> None:
    with db.transaction() as session:
        kept = [row.data["unsent"] for row in session.scalars(select(LoginSession)) if "unsent" in row.data]
    assert kept
    for one in kept:
        assert set(one) == {"account", "at", "form"}
        assert "phố" not in str(one)
        assert "subject." not in str(one)


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}])
def test_form_of_another_site_is_not_kept(visitor, headers: dict[str, str]) -> None:
    browser = visitor()
    browser.log_in(HA)
    left_alone(browser)
    answer = browser.post(STEP, TYPED, token="", headers=headers)
    assert answer.status_code == 401
    assert "chưa được lưu" in answer.text
    assert browser.log_in(HA).headers["Location"] == "/"


def test_form_sent_after_a_logout_is_not_kept(visitor) -> None:
    browser, kept = visitor(), visitor()
    browser.log_in(HA)
    kept.session_cookie = browser.session_cookie
    browser.post("/logout")
    answer = kept.post(STEP, TYPED, token="")
    assert (answer.status_code, error_of(answer)) == (401, "401")
    assert "chưa được lưu" in answer.text


def test_form_that_is_too_large_is_not_kept(visitor) -> None:
    browser = visitor()
    browser.log_in(HA)
    left_alone(browser)
    assert "chưa được lưu" in browser.post(STEP, {"x": "y" * 70_000}, token="").text
