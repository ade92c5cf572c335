"""Logins under way, kept in a signed cookie of the browser that began them: no row is written for a passer-by."""

from __future__ import annotations

from dataclasses import asdict

from flask import Request, Response
from itsdangerous import BadData, URLSafeTimedSerializer

from portal.auth.oidc import ATTEMPT_LIVES_SECONDS, Attempt
from portal.config import settings

COOKIE = "portal_login"
MOST = 4


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(settings().secret("flask-secret"), salt="login-attempts")


def attempts_of(request: Request) -> list[Attempt]:
    """The browser's logins under way, oldest first; a cookie that somebody changed holds none."""
    try:
        kept = _serializer().loads(request.cookies.get(COOKIE, ""), max_age=ATTEMPT_LIVES_SECONDS)
        return [Attempt(**one) for one in kept]
    except (BadData, TypeError):
        return []


def keep_attempts(response: Response, attempts: list[Attempt]) -> None:
    """Let the browser keep these, and only these."""
    is_secure = settings().base_url.startswith("https:")
    if not attempts:
        response.delete_cookie(COOKIE, path="/", secure=is_secure, httponly=True, samesite="Lax")
        return
    value = _serializer().dumps([asdict(attempt) for attempt in attempts[-MOST:]])
    response.set_cookie(COOKIE, value, max_age=ATTEMPT_LIVES_SECONDS, path="/", secure=is_secure, httponly=True, samesite="Lax")
