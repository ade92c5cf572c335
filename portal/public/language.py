"""Choosing the language of the interface."""

from __future__ import annotations

from flask import abort, redirect, request
from flask.typing import ResponseReturnValue

from portal.config import settings
from portal.public import blueprint
from portal.web.access import public
from portal.web.language import COOKIE, LANGUAGES
from portal.web.safe_next import safe_next

A_YEAR_SECONDS = 365 * 24 * 3600


@blueprint.get("/language/<language>")
@public
def choose_language(language: str) -> ResponseReturnValue:
    if language not in LANGUAGES:
        abort(404)
    response = redirect(safe_next(request.args.get("next")))
    response.set_cookie(
        COOKIE, language, max_age=A_YEAR_SECONDS, samesite="Lax", httponly=True, secure=settings().base_url.startswith("https:")
    )
    return response
