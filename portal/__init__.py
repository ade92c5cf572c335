"""Một Cửa: wiring of the web application, and nothing else."""

from __future__ import annotations

from flask import Flask
from flask_compress import Compress
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from portal.config import settings

LARGEST_REQUEST_BYTES = 12 * 1024 * 1024
LARGEST_FORM_PARTS = 1_000


def create_app() -> Flask:
    """The web application over the settings of this process.

    Raises:
        UnmarkedView: a view says nothing of who may enter.
        UnsafeSettings: production was asked for with demo settings.
        UnknownSource: the settings name a registry that nobody knows.
    """
    from portal.auth.session import TableSessions, is_somebody_logged_in
    from portal.logs import set_up_logs
    from portal.services.registries.prefill import connected
    from portal.web import (
        database,
        errors,
        language,
        limits,
        look,
        metrics,
        page_context,
        security_headers,
        uploads,
        word_filters,
    )
    from portal.web.access import check_access, refuse_unmarked

    set_up_logs()
    connected()  # a wrong name stops the start, not the first citizen
    app = Flask(__name__, static_folder=None)
    app.config.update(
        SECRET_KEY=settings().secret("flask-secret"),
        MAX_CONTENT_LENGTH=LARGEST_REQUEST_BYTES,
        MAX_FORM_PARTS=LARGEST_FORM_PARTS,
        MAX_FORM_MEMORY_SIZE=LARGEST_REQUEST_BYTES,
        WTF_CSRF_TIME_LIMIT=None,
        BABEL_DEFAULT_LOCALE="vi",
    )
    app.session_interface = TableSessions()
    for part in (metrics, look, language, database, errors, limits, page_context, word_filters):
        part.init_app(app)
    security_headers.init_app(app, is_somebody_logged_in, [settings().eid_issuer])
    app.before_request(check_access)
    uploads.init_app(app)  # before the forms' guard reads the form
    csrf = CSRFProtect(app)
    _register_desks(app, csrf)
    refuse_unmarked(app)
    Compress(app)
    if settings().trusted_proxies:
        hops = settings().trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app


def _register_desks(app: Flask, csrf: CSRFProtect) -> None:
    from portal import admin, citizen, counter, public
    from portal.auth import views as auth
    from portal.counter.act_table import register_converter

    register_converter(app)
    for desk in (auth, citizen, counter, admin, public):
        app.register_blueprint(desk.blueprint)
    for view in (auth.backchannel_logout, public.track.look_up, public.verify.verify_file):
        csrf.exempt(view)  # a machine's call, and two look-ups that change nothing
