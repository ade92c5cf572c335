"""Logging out at both ends: from here to the provider, and from the provider to here."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from typing import Any

import pytest
import requests
from joserfc import jwt
from joserfc.jwk import ECKey
from sqlalchemy import select

from portal import clock, db
from portal.auth.oidc import provider
from portal.blind_index import personal_id_hash
from portal.config import settings
from portal.models import Account, LoginSession
from tests.auth.forge import LOGOUT_EVENT
from tests.visitors import HA, QUAN, Visitor, ask_provider, query_of
from tests.waiting import wait_for

TIMEOUT = 10


@pytest.fixture
def logout_token(outside: str) -> Callable[..., str]:
    """Makes logout tokens in the provider's name, with the key it signs with now."""
    kept = json.loads((settings().instance / "sandbox" / "eid-keys.json").read_text(encoding="ascii"))
    key = ECKey.import_key(kept[0])
    now = int(clock.now().timestamp())

    def make(**changes: Any) -> str:
        claims = {
            "iss": settings().eid_issuer, "aud": settings().eid_client_id, "iat": now, "exp": now + 120,
            "jti": secrets.token_urlsafe(12), "events": {LOGOUT_EVENT: {}},
        } | changes  # fmt: skip
        return jwt.encode({"alg": "ES256", "kid": key.kid, "typ": "logout+jwt"}, claims, key, ["ES256"])

    return make


def tell(browser: Visitor, token: str) -> Any:
    """The provider's call: no cookie, no form token, no page of ours."""
    return browser.client.post("/auth/backchannel-logout", data={"logout_token": token}, base_url=settings().base_url)


def names_of(personal_id: str) -> tuple[str, list[str]]:
    """The person's subject here, and the provider's session ids, newest last."""
    with db.transaction() as database:
        account = database.scalars(select(Account).where(Account.subject_hash == personal_id_hash(personal_id))).one()
        sids = select(LoginSession.idp_sid).where(LoginSession.account_id == account.id).order_by(LoginSession.id)
        return account.subject, [str(sid) for sid in database.scalars(sids)]


def test_logout_here_ends_the_session_with_the_provider_and_comes_back(visitor) -> None:
    at_provider = requests.Session()
    browser = visitor()
    location = browser.begin_login()
    browser.come_back(at_provider.get(f"{location}&auto={HA}", allow_redirects=False, timeout=TIMEOUT).headers["Location"])
    onward = browser.post("/logout").headers["Location"]
    asked = query_of(onward)
    assert onward.startswith(f"{settings().eid_issuer}/")
    assert asked["post_logout_redirect_uri"] == f"{settings().base_url}/"
    back = at_provider.get(onward, allow_redirects=False, timeout=TIMEOUT)
    assert back.headers["Location"] == f"{settings().base_url}/"
    silent = at_provider.get(f"{browser.begin_login()}&prompt=none", allow_redirects=False, timeout=TIMEOUT)
    assert query_of(silent.headers["Location"])["error"] == "login_required"


def test_logout_here_holds_although_the_provider_is_down(visitor, eid_faults) -> None:
    browser, kept = visitor(), visitor()
    browser.log_in(HA)
    kept.session_cookie = browser.session_cookie
    provider.cache_clear()
    eid_faults.on("down", count=None)
    assert browser.post("/logout").headers["Location"] == "/"
    assert not kept.is_logged_in


def test_session_that_the_provider_ended_is_over_here_without_any_page(served: str, visitor, outside: str) -> None:
    browser, other = visitor(), visitor()
    browser.log_in(HA)
    other.log_in(QUAN)
    requests.post(f"{outside}/eid/admin/end-sessions", json={"personal_id": HA}, timeout=TIMEOUT).raise_for_status()
    wait_for(lambda: not browser.is_logged_in, 10)
    assert other.is_logged_in


def test_session_named_by_its_id_ends_and_the_persons_other_one_goes_on(visitor, logout_token) -> None:
    first, second = visitor(), visitor()
    first.log_in(HA)
    second.log_in(HA)
    _, sids = names_of(HA)
    answer = tell(visitor(), logout_token(sid=sids[-1]))
    assert (answer.status_code, answer.data, answer.headers["Cache-Control"]) == (200, b"", "no-store")
    assert first.is_logged_in
    assert not second.is_logged_in


def test_every_session_of_a_named_person_ends_and_nobody_elses(visitor, logout_token) -> None:
    first, second, other = visitor(), visitor(), visitor()
    first.log_in(HA)
    second.log_in(HA)
    other.log_in(QUAN)
    subject, _ = names_of(HA)
    assert tell(visitor(), logout_token(sub=subject)).status_code == 200
    assert not first.is_logged_in
    assert not second.is_logged_in
    assert other.is_logged_in


def test_session_of_one_person_named_with_anothers_subject_goes_on(visitor, logout_token) -> None:
    ha, quan = visitor(), visitor()
    ha.log_in(HA)
    quan.log_in(QUAN)
    subject, _ = names_of(QUAN)
    _, sids = names_of(HA)
    assert tell(visitor(), logout_token(sub=subject, sid=sids[-1])).status_code == 200
    assert ha.is_logged_in
    assert quan.is_logged_in


def test_logout_token_sent_again_ends_no_later_session(visitor, logout_token) -> None:
    browser = visitor()
    browser.log_in(HA)
    token = logout_token(sub=names_of(HA)[0])
    assert tell(visitor(), token).status_code == 200
    browser.log_in(HA)
    assert tell(visitor(), token).status_code == 200
    assert browser.is_logged_in


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "x" * 30_000])
def test_what_is_no_logout_token_is_refused(visitor, token: str) -> None:
    answer = tell(visitor(), token)
    assert (answer.status_code, answer.json, answer.headers["Cache-Control"]) == (400, {"error": "invalid_request"}, "no-store")


def test_id_token_of_a_login_ends_no_session(visitor) -> None:
    browser = visitor()
    browser.log_in(HA)
    hint = query_of(browser.post("/logout").headers["Location"])["id_token_hint"]
    browser.log_in(HA)
    assert tell(visitor(), hint).status_code == 400
    assert browser.is_logged_in


def test_logout_token_is_taken_from_a_form_alone(visitor, logout_token) -> None:
    browser = visitor()
    browser.log_in(HA)
    token = logout_token(sub=names_of(HA)[0])
    address, base = "/auth/backchannel-logout", settings().base_url
    assert browser.client.get(address, query_string={"logout_token": token}, base_url=base).status_code == 405
    assert browser.client.post(address, query_string={"logout_token": token}, base_url=base).status_code == 400
    assert browser.client.post(address, json={"logout_token": token}, base_url=base).status_code == 400
    assert browser.is_logged_in


def test_provider_without_keys_is_asked_to_tell_us_again(visitor, logout_token, eid_faults) -> None:
    browser = visitor()
    browser.log_in(HA)
    token = logout_token(sub=names_of(HA)[0])
    provider.cache_clear()
    eid_faults.on("down", count=None)
    assert tell(visitor(), token).status_code == 503
    eid_faults.off()
    assert tell(visitor(), token).status_code == 200
    assert not browser.is_logged_in


def test_second_login_in_one_browser_is_the_second_persons_alone(visitor) -> None:
    browser = visitor()
    browser.log_in(HA, level=1)
    browser.come_back(ask_provider(browser.begin_login(level=2), QUAN))
    page = browser.get("/my/dossiers").text
    assert "Trần Minh Quân" in page
    assert "Nguyễn Thu Hà" not in page
