"""The language of the interface: the cookie's, else what the browser asks for, else Vietnamese."""

from __future__ import annotations

from flask import Flask, g, has_request_context, request
from flask_babel import Babel

LANGUAGES = ("vi", "en")
COOKIE = "lang"


def current_language() -> str:
    """The language in which this request is answered."""
    if not has_request_context():
        return "vi"
    if "language" not in g:
        kept = request.cookies.get(COOKIE, "")
        g.language = kept if kept in LANGUAGES else request.accept_languages.best_match(LANGUAGES, default="vi")
    language: str = g.language
    return language


def init_app(app: Flask) -> None:
    """Let every page speak the language of its request, on Vietnam's clock."""
    Babel(app, locale_selector=current_language, timezone_selector=lambda: "Asia/Ho_Chi_Minh")
    app.jinja_env.globals["current_language"] = current_language
