from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select, update

from portal import clock, db
from portal.auth import attempts, session
from portal.auth.oidc import Provider
from portal.auth.session import forget_what_ended
from portal.blind_index import personal_id_hash
from portal.config import settings
from portal.models import Account, LoginSession, SpentToken, StaffDuty, StaffMember
from tests.visitors import CLERK, HA, Visitor, ask_provider, error_of

PLANTED = "A" * 43


def copy_of(browser: Visitor, other: Visitor) -> Visitor:
    """Another browser into which somebody put the first one's session cookie."""
    other.session_cookie = browser.session_cookie
    return other


def test_session_planted_before_the_login_is_not_taken_over(visitor) -> None:
    browser, attacker = visitor(), visitor()
    browser.session_cookie = attacker.session_cookie = PLANTED
    browser.log_in(HA)
    assert browser.session_cookie != PLANTED
    assert not attacker.is_logged_in


def test_passer_by_leaves_no_row_whatever_page_they_open_or_form_they_send(visitor) -> None:
    with db.transaction() as database:
        before = database.scalar(select(func.count()).select_from(LoginSession))
    browser = visitor()
    for path in ("/", "/procedures/1.004873", "/track", "/verify", "/login", "/nothing", "/my/dossiers"):
        browser.get(path)
    for path in ("/logout", "/track", "/procedures/1.004873/apply", "/counter/dossiers/x/receive"):
        browser.post(path, {"typed": "something"}, token="")
    assert browser.session_cookie is None
    with db.transaction() as database:
        assert database.scalar(select(func.count()).select_from(LoginSession)) == before


def test_logout_pressed_after_the_session_ran_out_leads_to_the_first_page(visitor) -> None:
    browser = visitor()
    browser.log_in(HA)
    token = browser.token()
    with time_machine.travel(clock.now() + timedelta(hours=1)):
        assert browser.post("/logout", token=token).headers["Location"] == "/"
    assert browser.is_logged_in, "the clock went back, and nothing was undone by a form without its session's token"
    assert browser.post("/logout", token="").status_code == 400


def test_step_up_gives_a_new_session_and_ends_the_old_one(visitor) -> None:
    browser = visitor()
    browser.log_in(HA, level=1)
    assert error_of(browser.get("/procedures/1.004873/apply")) == "403"
    before = copy_of(browser, visitor())
    browser.log_in(HA, level=2, next_url="/procedures/1.004873/apply")
    assert browser.get("/procedures/1.004873/apply").status_code == 200
    assert browser.session_cookie != before.session_cookie
    assert not before.is_logged_in


def test_way_to_a_higher_level_leads_back_to_the_page(visitor) -> None:
    browser = visitor()
    browser.log_in(HA, level=1)
    page = browser.get("/procedures/1.004873/apply")
    assert 'href="/login?level=2&amp;next=%2Fprocedures%2F1.004873%2Fapply"' in page.text


@pytest.mark.parametrize("cookie", ["", "x", "é", "\x7f", PLANTED + "=", "A" * 5000, "../x", "A" * 42 + "é", "null"])
def test_cookie_that_is_no_session_is_nobody(visitor, cookie: str) -> None:
    browser = visitor()
    answer = browser.get("/my/dossiers", headers={"Cookie": f"portal_session={cookie}"})
    assert answer.status_code == 302
    assert (
        browser.get("/track", headers={"Cookie": f"portal_session={cookie}; lang={cookie}; portal_login={cookie}"}).status_code
        == 200
    )


def test_session_cookie_is_out_of_reach_of_scripts_and_of_other_sites(visitor) -> None:
    answer = visitor().log_in(HA)
    set_cookie = next(line for line in answer.headers.getlist("Set-Cookie") if line.startswith("portal_session="))
    assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= set(set_cookie.split("; "))
    assert "Domain" not in set_cookie
    assert "Expires" not in set_cookie
    assert len(set_cookie.split("=")[1].split(";")[0]) == 43, "256 bits"


def test_over_https_every_cookie_is_secure_and_bound_to_the_host(visitor, monkeypatch) -> None:
    public = settings().model_copy(update={"base_url": "https://portal.example"})
    for module in (session, attempts):
        monkeypatch.setattr(module, "settings", lambda: public)
    browser = visitor(base_url=public.base_url)
    door = browser.get("/login?level=2")
    home = browser.come_back(ask_provider(door.headers["Location"], HA))
    set_cookies = [*door.headers.getlist("Set-Cookie"), *home.headers.getlist("Set-Cookie")]
    assert {line.split("=")[0] for line in set_cookies} == {"__Host-portal", "__Host-portal-login"}
    for line in set_cookies:
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(line.split("; "))
        assert "Domain" not in line
    assert "max-age=" in home.headers["Strict-Transport-Security"]
    assert browser.get("/my/dossiers").status_code == 200


def test_session_ends_when_nobody_uses_it(visitor) -> None:
    browser = visitor()
    browser.log_in(HA)
    idle = timedelta(minutes=settings().session_idle_minutes)
    with time_machine.travel(clock.now() + idle - timedelta(seconds=30)) as traveller:
        assert browser.is_logged_in
        traveller.shift(idle - timedelta(seconds=30))
        assert browser.is_logged_in, "use made it live on"
        traveller.shift(idle + timedelta(seconds=30))
        assert not browser.is_logged_in


def test_session_ends_after_a_working_day_however_much_it_is_used(visitor) -> None:
    browser = visitor()
    browser.log_in(HA)
    minutes = settings().session_absolute_hours * 60
    with time_machine.travel(clock.now()) as traveller:
        for _ in range(minutes // 14):
            traveller.shift(timedelta(minutes=14))
            assert browser.is_logged_in
        traveller.shift(timedelta(minutes=minutes % 14, seconds=5))
        assert not browser.is_logged_in


def test_cookie_kept_from_before_the_logout_opens_nothing(visitor) -> None:
    browser = visitor()
    browser.log_in(HA)
    kept = copy_of(browser, visitor())
    assert kept.is_logged_in
    answer = browser.post("/logout")
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert "no-store" in answer.headers["Cache-Control"]
    assert browser.session_cookie is None
    assert not kept.is_logged_in


def test_looking_at_the_logout_address_logs_nobody_out(visitor) -> None:
    browser = visitor()
    browser.log_in(HA)
    assert browser.get("/logout").status_code == 302
    assert browser.is_logged_in


def test_pages_of_a_person_are_kept_by_no_cache(visitor) -> None:
    browser = visitor()
    browser.log_in(HA)
    for path in ("/", "/my/dossiers", "/procedures/1.004873/apply", "/track", "/nothing-here"):
        assert browser.get(path).headers["Cache-Control"] == "no-store"


def test_form_sent_after_the_session_ended_says_so_and_shows_the_way_back(visitor) -> None:
    browser = visitor()
    answer = browser.post("/procedures/1.004873/apply/purpose", {"certificate.copies": "1"}, token="")
    assert answer.status_code == 401
    assert "Phiên đăng nhập đã hết" in answer.text
    assert "/login?next=%2Fprocedures%2F1.004873%2Fapply%2Fpurpose" in answer.text


def test_account_locked_in_mid_session_is_out_at_the_next_request(visitor) -> None:
    browser = visitor()
    browser.log_in(HA)
    with db.transaction() as database:
        account = database.scalars(select(Account).where(Account.subject_hash == personal_id_hash(HA))).one()
        account.locked_at = clock.now()
    assert not browser.is_logged_in
    with db.transaction() as database:
        database.get_one(Account, account.id).locked_at = None


@pytest.mark.parametrize("change", [{"valid_to": timedelta(days=-1)}, {"valid_from": timedelta(days=1)}])
def test_role_that_ended_or_has_not_begun_opens_no_desk(visitor, change: dict[str, timedelta]) -> None:
    browser = visitor()
    browser.log_in(CLERK)
    assert browser.get("/counter/queue").status_code == 200
    assert "Cán bộ một cửa (H26.31)" in browser.get("/").text
    changed = {"valid_from": clock.today() - timedelta(days=9), **{name: clock.today() + days for name, days in change.items()}}
    duties = select(StaffMember.id).where(StaffMember.subject_hash == personal_id_hash(CLERK))
    before = {"valid_from": clock.today(), "valid_to": None}
    with db.transaction() as database:
        database.execute(update(StaffDuty).where(StaffDuty.member_id.in_(duties)).values(**changed))
    assert browser.get("/counter/queue").status_code == 404
    assert browser.is_logged_in, "a citizen like any other"
    with db.transaction() as database:
        database.execute(update(StaffDuty).where(StaffDuty.member_id.in_(duties)).values(**before))
    assert browser.get("/counter/queue").status_code == 200


def test_role_is_never_the_providers_to_give(visitor, monkeypatch) -> None:
    honest = Provider._userinfo
    claims = {"roles": ["administrator", "leader"], "role": "leader", "office": "H26.31", "duties": [{"role": "leader"}]}
    monkeypatch.setattr(Provider, "_userinfo", lambda self, token: honest(self, token) | claims)
    browser = visitor()
    browser.log_in(HA)
    assert browser.get("/counter/queue").status_code == 404


def test_what_ended_is_forgotten_and_what_lives_is_kept(visitor) -> None:
    living, ended = visitor(), visitor()
    living.log_in(HA)
    ended.log_in(HA)
    ended.post("/logout")
    with db.transaction() as database:
        forget_what_ended(database, clock.now())
        assert database.scalars(select(LoginSession).where(LoginSession.revoked_at.is_not(None))).all() == []
        assert len(database.scalars(select(SpentToken)).all()) > 0
        forget_what_ended(database, clock.now() + timedelta(minutes=12))
        assert database.scalars(select(SpentToken)).all() == []
    assert living.is_logged_in
