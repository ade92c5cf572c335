"""A browser of the tests: walks the portal by its own links and forms, and logs in through the real provider."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from flask import Flask
from werkzeug.test import TestResponse

from portal.config import settings

TIMEOUT = 15
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')

HA = "001198900001"  # never married, Ba Đình
QUAN = "001088900002"  # married, Ba Đình
THOM = "019175900013"  # an account of level 1 only
CUONG = "001079900011"  # an account that the provider locked
CLERK, OTHER_CLERK = "001189900101", "001194900102"
OFFICER, LEADER = "001086900103", "001074900105"
CLERK_ELSEWHERE, OFFICER_ELSEWHERE, LEADER_ELSEWHERE = "001192900111", "001190900113", "001076900115"
ADMINISTRATOR, OTHER_ADMINISTRATOR, AUDITOR = "001088900124", "001189900126", "001182900125"


def path_of(location: str) -> str:
    """The path and query of an address of the portal."""
    parts = urlsplit(location)
    assert f"{parts.scheme}://{parts.netloc}" in ("://", settings().base_url), location
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def query_of(location: str) -> dict[str, str]:
    """The query of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


def ask_provider(location: str, personal_id: str) -> str:
    """What the provider sends the browser back with, for a person who says yes to everything."""
    answer = requests.get(f"{location}&auto={personal_id}", allow_redirects=False, timeout=TIMEOUT)
    assert answer.is_redirect, answer.text[:500]
    return answer.headers["Location"]


class Visitor:
    """One browser with its cookies."""

    def __init__(self, app: Flask, base_url: str = "") -> None:
        self.client = app.test_client()
        self.base_url = base_url or settings().base_url

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.client.get(path, base_url=self.base_url, **more)

    def post(self, path: str, form: dict[str, Any] | None = None, *, token: str | None = None, **more: Any) -> TestResponse:
        """Send a form as a page of ours would: with its token, unless another is given ("" for none)."""
        token = self.token() if token is None else token
        data = {**(form or {}), **({"csrf_token": token} if token else {})}
        headers = {"Origin": self.base_url, **more.pop("headers", {})}
        return self.client.post(path, data=data, headers=headers, base_url=self.base_url, **more)

    def token(self) -> str:
        """The token in the forms of this browser's pages; empty where nobody is logged in."""
        found = TOKEN.search(self.get("/track").text)
        return found[1] if found else ""

    def begin_login(self, level: int = 2, next_url: str = "/") -> str:
        """To the provider's door; gives its address."""
        answer = self.get("/login", query_string={"level": level, "next": next_url})
        assert answer.status_code == 302, answer.text[:2000]
        return answer.headers["Location"]

    def come_back(self, location: str, **changes: str | None) -> TestResponse:
        """Back from the provider, with its answer or with what somebody made of it (None leaves a parameter out)."""
        query = {name: value for name, value in (query_of(location) | changes).items() if value is not None}
        return self.get("/auth/callback", query_string=query)

    def try_to_log_in(self, personal_id: str, level: int = 2, next_url: str = "/") -> TestResponse:
        """The whole way there and back; gives the portal's answer."""
        return self.come_back(ask_provider(self.begin_login(level, next_url), personal_id))

    def log_in(self, personal_id: str, level: int = 2, next_url: str = "/") -> TestResponse:
        """The same, for a login that must succeed."""
        answer = self.try_to_log_in(personal_id, level, next_url)
        assert answer.status_code == 302, answer.text[:3000]
        return answer

    @property
    def session_cookie(self) -> str | None:
        found = self.client.get_cookie("portal_session", domain="127.0.0.1")
        return found.value if found else None

    @session_cookie.setter
    def session_cookie(self, value: str) -> None:
        self.client.set_cookie("portal_session", value, domain="127.0.0.1")

    def take_cookies_to(self, host: str) -> None:
        """Let requests that claim another host carry the session too."""
        if self.session_cookie:
            self.client.set_cookie("portal_session", self.session_cookie, domain=host)

    @property
    def is_logged_in(self) -> bool:
        answer = self.get("/my/dossiers")
        assert answer.status_code in (200, 302)
        return answer.status_code == 200


def error_of(answer: TestResponse) -> str:
    """Which of our error pages this is."""
    found = re.search(r'data-error="([^"]*)"', answer.text)
    return unescape(found[1]) if found else ""
