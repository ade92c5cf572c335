"""What a request says of itself is believed only from a front that the installation trusts; links name our own address."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from flask import Flask

import portal
from portal import create_app
from portal.config import settings
from tests.desks.addresses import addresses
from tests.desks.cast import Cast, Filed
from tests.visitors import HA, Visitor

EVIL = "evil.example"
FORWARDED = {
    "X-Forwarded-For": "203.0.113.9", "X-Forwarded-Host": EVIL, "X-Forwarded-Proto": "https", "X-Forwarded-Port": "444",
    "X-Forwarded-Prefix": "/evil", "Forwarded": f"for=203.0.113.9;host={EVIL};proto=https", "X-Original-URL": "/counter/queue",
    "X-Rewrite-URL": "/counter/queue", "X-Host": EVIL,
}  # fmt: skip


@pytest.fixture(scope="module")
def filed(cast: Cast) -> Filed:
    return cast.file("submitted")


@pytest.fixture
def behind(monkeypatch: pytest.MonkeyPatch, app: Flask) -> Callable[[int], Visitor]:
    """A browser at an application that trusts so many fronts."""

    def made(hops: int) -> Visitor:
        monkeypatch.setattr(portal, "settings", lambda: settings().model_copy(update={"trusted_proxies": hops}))
        return Visitor(create_app())

    return made


def test_no_page_repeats_the_host_that_a_request_claims(app: Flask, cast: Cast, filed: Filed) -> None:
    for name in ("nobody", "clerk"):
        cast[name].take_cookies_to(EVIL)
        for address in addresses(app, filed):
            if address.method == "GET":
                answer = cast[name].get(address.path, headers=FORWARDED | {"Host": EVIL})
                assert EVIL not in str(answer.headers), str(address)
                assert EVIL.encode() not in answer.data, str(address)


@pytest.mark.parametrize("path", ["//procedures", "/my//dossiers", "//counter///queue", "/login/", "//"])
def test_mended_address_stays_on_this_host(visitor, path: str) -> None:
    environ = {"PATH_INFO": path}  # as a server hands it on; the test client would take two slashes for a host
    answer = visitor().client.get("/", headers={"Host": EVIL}, base_url=settings().base_url, environ_overrides=environ)
    assert answer.status_code < 500
    assert EVIL not in answer.headers.get("Location", "")
    assert answer.headers.get("Location", "/").startswith("/")
    assert not answer.headers.get("Location", "/").startswith("//")


def test_forwarded_headers_of_a_stranger_change_nothing(visitor) -> None:
    plain, told = visitor().get("/track"), visitor().get("/track", headers=FORWARDED)
    assert set(told.headers.keys()) == set(plain.headers.keys())
    assert "Strict-Transport-Security" not in told.headers
    assert "upgrade-insecure-requests" not in told.headers["Content-Security-Policy"]
    assert visitor().get("/", headers=FORWARDED).status_code == 200


def test_trusted_front_is_believed_for_as_many_hops_as_it_has(behind) -> None:
    browser = behind(1)
    answer = browser.get("/track", headers={"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"})
    assert "Strict-Transport-Security" in answer.headers
    form = {"code": "H26.31-20261125-0000001", "secret": "ABCDEFGH"}
    for number in range(31):
        headers = {"X-Forwarded-For": f"192.0.2.{number}, 203.0.113.9"}  # the front adds the last one; the rest is hearsay
        last = browser.client.post("/track", data=form, headers=headers, base_url=browser.base_url)
    assert last.status_code == 429
    others = {"X-Forwarded-For": "203.0.113.10"}
    assert browser.client.post("/track", data=form, headers=others, base_url=browser.base_url).status_code == 404


def test_figures_are_for_this_machine_alone(visitor) -> None:
    browser = visitor()
    assert "portal_requests_total" in browser.get("/metrics").text
    stranger = browser.client.get("/metrics", base_url=browser.base_url, environ_overrides={"REMOTE_ADDR": "192.0.2.1"})
    assert stranger.status_code == 404


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "Via", "X-Forwarded-Host"])
@pytest.mark.parametrize("value", ["203.0.113.9", "127.0.0.1", ""])
def test_figures_are_hidden_behind_a_front_on_this_machine(visitor, header: str, value: str) -> None:
    assert visitor().get("/metrics", headers={header: value}).status_code == 404


def test_figures_are_hidden_from_who_claims_to_be_here_through_a_trusted_front(behind) -> None:
    browser = behind(1)
    for claim in ("127.0.0.1", "::1", "203.0.113.9"):
        assert browser.get("/metrics", headers={"X-Forwarded-For": claim}).status_code == 404


def test_figures_name_nobody(visitor) -> None:
    browser = visitor()
    browser.log_in(HA)
    browser.get("/my/dossiers/H26.31-20261125-0000001")
    text = browser.get("/metrics").text
    for private in (HA, "H26.31-20261125-0000001", "Nguyễn", "/my/dossiers/"):
        assert private not in text


def test_login_comes_back_to_our_own_address_whatever_the_request_claims(visitor) -> None:
    browser = visitor()
    for headers in ({"Host": EVIL}, FORWARDED):
        assert EVIL not in browser.get("/login", headers=headers).headers["Location"]


def test_log_line_cannot_be_broken_or_forged(visitor, written: io.StringIO) -> None:
    browser = visitor()
    forged = '{"event": "forged", "level": "info"}'
    query = {"state": f"x\r\n{forged}", "error": f"\x1b[31m\n{forged}", "code": f"\u2028{forged}"}
    answer = browser.get("/auth/callback", query_string=query)
    assert answer.status_code == 400
    browser.get("/my/dossiers", headers={"User-Agent": "x" * 100_000, "Referer": f"a{forged}"})
    lines = written.getvalue().splitlines()
    assert len(lines) >= 2
    for line in lines:
        assert line.startswith("{"), line[:200]
        assert line.endswith("}"), line[-200:]
        assert len(line) < 2_000
        assert "forged" not in line
        assert "\x1b" not in line
