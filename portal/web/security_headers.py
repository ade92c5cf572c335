"""The headers that tell a browser what a page of ours may do, and what it may keep; set on every answer of the app."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from flask import Flask, Response, g, request

STRICT_TRANSPORT = "max-age=63072000; includeSubDomains"
PERMISSIONS = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"
FIXED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS,
    "X-Frame-Options": "DENY",
}


def csp_nonce() -> str:
    """The word by which this page's own scripts are known; another at every request."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def content_security_policy(nonce: str, form_targets: Sequence[str] = (), *, is_secure: bool = False) -> str:
    """The policy of a page: nothing but our own files, scripts only with the nonce, forms only to us.

    `form_targets` are the origins to which an answer to one of our forms may lead, such as the identity provider's.
    """
    rules = {
        "default-src": "'none'",
        "script-src": f"'nonce-{nonce}'",
        "style-src": "'self'",
        "font-src": "'self'",
        "connect-src": "'self'",
        "img-src": "'self'",
        "manifest-src": "'self'",
        "form-action": " ".join(["'self'", *form_targets]),
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }
    policy = "; ".join(f"{name} {sources}" for name, sources in rules.items())
    return policy + ("; upgrade-insecure-requests" if is_secure else "")


def origin(address: str) -> str:
    """The scheme, host and port of an address."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def init_app(app: Flask, is_logged_in: Callable[[], bool], form_targets: Sequence[str] = ()) -> None:
    """Set the headers after each request; a page for a logged-in person is never kept by anyone.

    A view may set a stricter or different policy, or how long an open page is kept: what it set stands, except that
    nothing for a logged-in person is stored.
    """
    origins = [origin(address) for address in form_targets]
    app.jinja_env.globals["csp_nonce"] = csp_nonce

    @app.after_request
    def add(response: Response) -> Response:
        for name, value in FIXED.items():
            response.headers.setdefault(name, value)
        policy = content_security_policy(csp_nonce(), origins, is_secure=request.is_secure)
        response.headers.setdefault("Content-Security-Policy", policy)
        if request.is_secure:
            response.headers.setdefault("Strict-Transport-Security", STRICT_TRANSPORT)
        if is_logged_in():
            response.headers["Cache-Control"] = "no-store"
        else:
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response
