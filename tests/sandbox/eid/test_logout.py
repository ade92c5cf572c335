"""Logout from both sides: the client ends the session, and the provider tells the clients."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from joserfc import jwt

from ..process import Running
from .relying_party import Browser, RelyingParty

PERSON, OTHER = "001190900003", "030058900006"
EVENT = "http://schemas.openid.net/event/backchannel-logout"


@pytest.fixture
def told(sandbox: Running) -> Iterator[queue.Queue[tuple[str, str]]]:
    """What the portal is told at its back-channel address."""
    received: queue.Queue[tuple[str, str]] = queue.Queue()

    class Portal(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()
            received.put((self.path, parse_qs(body)["logout_token"][0]))

        def log_message(self, format: str, *args: object) -> None:
            pass

    parts = urlsplit(sandbox.portal_base_url)
    server = ThreadingHTTPServer((str(parts.hostname), int(parts.port or 0)), Portal)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield received
    server.shutdown()
    server.server_close()
    thread.join()


def test_the_client_logs_out_and_the_browser_comes_back(portal: RelyingParty, sandbox: Running) -> None:
    browser = Browser()
    tokens, _ = portal.sign_in(PERSON, browser)
    back = browser.get(
        portal.meta["end_session_endpoint"],
        {
            "id_token_hint": tokens["id_token"],
            "post_logout_redirect_uri": f"{sandbox.portal_base_url}/",
            "state": "tam-biet",
        },
    )
    assert back.headers["Location"] == f"{sandbox.portal_base_url}/?state=tam-biet"
    assert portal.authorize(portal.ask(prompt="none"), browser)["error"] == "login_required"
    assert portal.userinfo(tokens["access_token"]).status_code == 401


def test_an_expired_hint_still_logs_out(portal: RelyingParty, sandbox: Running, no_faults: None) -> None:
    browser = Browser()
    tokens, _ = portal.sign_in(PERSON, browser)
    requests.post(f"{sandbox.issuer}/admin/clock", json={"seconds": 3600}, timeout=5).raise_for_status()
    params = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": f"{sandbox.portal_base_url}/"}
    assert browser.get(portal.meta["end_session_endpoint"], params).is_redirect


def test_logout_goes_to_registered_addresses_only(portal: RelyingParty) -> None:
    browser = Browser()
    tokens, _ = portal.sign_in(PERSON, browser)
    params = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": "http://evil.example/"}
    page = browser.get(portal.meta["end_session_endpoint"], params)
    assert page.status_code == 200
    assert "Đã đăng xuất" in page.text


def test_a_logout_without_a_hint_asks_first(portal: RelyingParty) -> None:
    browser = Browser()
    tokens, _ = portal.sign_in(PERSON, browser)
    page = browser.get(portal.meta["end_session_endpoint"])
    assert portal.userinfo(tokens["access_token"]).status_code == 200
    done = browser.submit(page, "/eid/logout", confirm="yes")
    assert "Đã đăng xuất" in done.text
    assert portal.userinfo(tokens["access_token"]).status_code == 401


def test_a_forged_hint_is_refused(portal: RelyingParty) -> None:
    tokens, _ = portal.sign_in(PERSON)
    head, claims, _ = tokens["id_token"].split(".")
    page = Browser().get(portal.meta["end_session_endpoint"], {"id_token_hint": f"{head}.{claims}.AAAA"})
    assert page.status_code == 400
    assert portal.userinfo(tokens["access_token"]).status_code == 200


def _check(portal: RelyingParty, token: str) -> dict[str, object]:
    decoded = jwt.decode(token, portal.keys(), algorithms=["ES256"])
    assert decoded.header["typ"] == "logout+jwt"
    claims = dict(decoded.claims)
    assert claims["iss"] == portal.issuer
    assert claims["aud"] == portal.client_id
    assert claims["events"] == {EVENT: {}}
    assert {"iat", "exp", "jti", "sub", "sid"} <= set(claims)
    assert "nonce" not in claims
    return claims


def told_of(portal: RelyingParty, told: queue.Queue[tuple[str, str]], sid: object) -> dict[str, object]:
    """The logout of this session; others may end at the same moment."""
    while True:
        path, token = told.get(timeout=5)
        assert path == "/auth/backchannel-logout"
        claims = _check(portal, token)
        if claims["sid"] == sid:
            return claims


def test_when_the_provider_ends_a_session_the_portal_is_told_by_a_signed_token(
    sandbox: Running, portal: RelyingParty, told: queue.Queue[tuple[str, str]]
) -> None:
    tokens, claims = portal.sign_in(OTHER)
    requests.post(f"{sandbox.issuer}/admin/end-sessions", json={"personal_id": OTHER}, timeout=5).raise_for_status()
    assert told_of(portal, told, claims["sid"])["sub"] == claims["sub"]
    assert portal.userinfo(tokens["access_token"]).status_code == 401


def test_when_somebody_else_signs_in_the_first_session_is_ended_everywhere(
    portal: RelyingParty, told: queue.Queue[tuple[str, str]]
) -> None:
    browser = Browser()
    _, first = portal.sign_in(OTHER, browser)
    _, second = portal.sign_in(PERSON, browser)
    assert told_of(portal, told, first["sid"])["sub"] == first["sub"]
    assert second["sid"] != first["sid"]
