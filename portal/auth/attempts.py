"""Logins under way, kept in a signed cookie of the browser that began them: no row is written for a passer-by."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from flask import Request, Response
from itsdangerous import BadData, URLSafeTimedSerializer

from portal.auth.oidc import ATTEMPT_LIVES_SECONDS, Attempt
from portal.config import settings

HOME = "/"
MOST = 4
LARGEST_COOKIE_BYTES = 3_500  # browsers drop a cookie of more than 4,096 bytes, name and flags included


def cookie_name() -> str:
    """The cookie of logins under way; over https it is bound to this host, so that no neighbour can plant one."""
    return "__Host-portal-login" if _is_secure() else "portal_login"


def _is_secure() -> bool:
    return settings().base_url.startswith("https:")


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(settings().secret("flask-secret"), salt="login-attempts")


def attempts_of(request: Request) -> list[Attempt]:
    """The browser's logins under way, oldest first; a cookie that somebody changed holds none."""
    try:
        kept = _serializer().loads(request.cookies.get(cookie_name(), ""), max_age=ATTEMPT_LIVES_SECONDS)
        return [Attempt(**one) for one in kept]
    except (BadData, TypeError, UnicodeEncodeError):
        return []


def keep_attempts(response: Response, attempts: list[Attempt]) -> None:
    """Let the browser keep these, and only these."""
    flags: dict[str, Any] = {"path": "/", "secure": _is_secure(), "httponly": True, "samesite": "Lax"}
    if attempts:
        response.set_cookie(cookie_name(), _value_of(attempts), max_age=ATTEMPT_LIVES_SECONDS, **flags)
    else:
        response.delete_cookie(cookie_name(), **flags)


def _value_of(attempts: list[Attempt]) -> str:
    """The newest attempts, as many as a browser will keep; one that is too long by itself leads to the first page."""
    for count in range(MOST, 0, -1):
        value = str(_serializer().dumps([asdict(attempt) for attempt in attempts[-count:]]))
        if len(value) <= LARGEST_COOKIE_BYTES:
            return value
    return str(_serializer().dumps([asdict(replace(attempts[-1], next=HOME))]))
