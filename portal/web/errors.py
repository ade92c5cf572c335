"""From errors to pages: one table; every page says what happened, what to do, and that nothing is lost."""

from __future__ import annotations

from http import HTTPStatus

import structlog
from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError
from werkzeug.exceptions import HTTPException

from portal.auth.session import DATABASE_FAULTS, session_of_request
from portal.auth.unsent import Unsent, keep_unsent
from portal.config import settings
from portal.services.errors import (
    EditedMeanwhile,
    Forbidden,
    GuardRefused,
    IllegalMove,
    InvalidInput,
    LevelTooLow,
    NotFound,
    PortalError,
    Stale,
)
from portal.web.access import SessionEnded, WhoIsUnknown
from portal.web.security_headers import origin as origin_of
from portal.web.words import tell

log = structlog.get_logger()
RETRY_AFTER_SECONDS = 30
PAGES: dict[type[PortalError], tuple[HTTPStatus, str]] = {
    NotFound: (HTTPStatus.NOT_FOUND, "errors/404.html"),
    Forbidden: (HTTPStatus.FORBIDDEN, "errors/403.html"),
    IllegalMove: (HTTPStatus.CONFLICT, "errors/409.html"),
    Stale: (HTTPStatus.CONFLICT, "errors/409.html"),
    EditedMeanwhile: (HTTPStatus.CONFLICT, "errors/409.html"),
    GuardRefused: (HTTPStatus.CONFLICT, "errors/409.html"),
    InvalidInput: (HTTPStatus.UNPROCESSABLE_ENTITY, "errors/409.html"),
    LevelTooLow: (HTTPStatus.FORBIDDEN, "errors/level.html"),
}


def page_of_portal_error(error: PortalError) -> ResponseReturnValue:
    """The page of a refusal that a service raised."""
    status, template = PAGES.get(type(error), (HTTPStatus.CONFLICT, "errors/409.html"))
    if status is HTTPStatus.NOT_FOUND:
        return render_template(template), status
    if isinstance(error, LevelTooLow) and request.method == "POST":
        keep_unsent(Unsent(request.path, _typed_fields()))
    return render_template(template, text=tell(error.message), error=error), status


def page_of_http_error(error: HTTPException) -> ResponseReturnValue:
    """The page of an error that the web itself knows; one that has no page of its own gets the nearest."""
    code = error.code or 500
    template = f"errors/{code if code in (403, 404, 405, 413, 429, 503) else 400 if code < 500 else 500}.html"
    response = error.get_response()
    headers = {name: value for name, value in response.headers.items() if name in ("Allow", "Retry-After", "Location")}
    if 300 <= code < 400:
        return error
    limit = request.max_content_length if code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE else None
    return render_template(template, limit_bytes=limit), code, headers


def page_of_form_error(error: CSRFError) -> ResponseReturnValue:
    """A form that is too old: what was typed stands in a fresh one, if it came from a page of ours."""
    if session_of_request().is_unreadable:
        return page_of_database_error(error)
    return render_template("errors/resend.html", fields=_typed_fields()), HTTPStatus.BAD_REQUEST


def page_of_ended_session(error: SessionEnded) -> ResponseReturnValue:
    """Something was sent after the session ended: what was typed waits until the same person has logged in again."""
    is_kept = keep_unsent(Unsent(request.path, _typed_fields()))
    minutes = settings().session_idle_minutes
    return render_template("errors/session_ended.html", is_kept=is_kept, minutes=minutes), HTTPStatus.UNAUTHORIZED


def _typed_fields() -> list[tuple[str, str]]:
    if origin_of(request.headers.get("Origin") or request.headers.get("Referer", "")) != origin_of(settings().base_url):
        return []
    return [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"][:500]


def page_of_database_error(error: Exception) -> ResponseReturnValue:
    """The database does not answer: a page that needs none."""
    log.error("database_unavailable", fault=type(error).__name__)
    page = render_template("errors/503.html", what=_("Cơ sở dữ liệu của cổng"), retry_after_seconds=RETRY_AFTER_SECONDS)
    return page, HTTPStatus.SERVICE_UNAVAILABLE, {"Retry-After": str(RETRY_AFTER_SECONDS)}


def page_of_unkeepable_value(error: DataError) -> ResponseReturnValue:
    """Something was sent that no column can hold."""
    log.warning("value_not_kept", endpoint=request.endpoint)
    return render_template("errors/400.html"), HTTPStatus.BAD_REQUEST


def page_of_full_disk(error: OSError) -> ResponseReturnValue:
    """The disk refused to write."""
    log.error("disk_unavailable", fault=type(error).__name__, errno=error.errno)
    page = render_template("errors/503.html", what=_("Kho tệp của cổng"), retry_after_seconds=RETRY_AFTER_SECONDS)
    return page, HTTPStatus.SERVICE_UNAVAILABLE, {"Retry-After": str(RETRY_AFTER_SECONDS)}


def page_of_defect(error: Exception) -> ResponseReturnValue:
    """A fault of ours: logged by its kind, told without detail."""
    log.exception("defect", endpoint=request.endpoint)
    return render_template("errors/500.html"), HTTPStatus.INTERNAL_SERVER_ERROR


def init_app(app: Flask) -> None:
    """Register the table; an address with too many slashes has a page too, where the router would have sent the browser to
    whatever host the request claimed."""
    app.url_map.merge_slashes = False
    app.register_error_handler(PortalError, page_of_portal_error)
    app.register_error_handler(CSRFError, page_of_form_error)
    app.register_error_handler(SessionEnded, page_of_ended_session)
    app.register_error_handler(HTTPException, page_of_http_error)
    for fault in (*DATABASE_FAULTS, WhoIsUnknown):
        app.register_error_handler(fault, page_of_database_error)
    app.register_error_handler(DataError, page_of_unkeepable_value)
    app.register_error_handler(OSError, page_of_full_disk)
    app.register_error_handler(Exception, page_of_defect)
