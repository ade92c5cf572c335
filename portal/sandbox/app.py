"""Wiring of the sandbox: one Flask application with its rooms; no room's rules are here."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Flask, Response, jsonify, redirect, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as WerkzeugResponse

from portal.sandbox.config import LOOPBACK, SandboxSettings, load_sandbox_settings
from portal.sandbox.eid.clients import registered
from portal.sandbox.eid.provider import Provider
from portal.sandbox.eid.room import create_room as create_eid
from portal.sandbox.faults import Switchboard
from portal.sandbox.messages.inbox import Inbox
from portal.sandbox.messages.smtp import SMTP_FAULTS
from portal.sandbox.messages.views import create_room as create_messages
from portal.sandbox.people.population import population
from portal.sandbox.people.views import room as people_room
from portal.sandbox.registries.access import AccessLog
from portal.sandbox.registries.corrections import CorrectionBook
from portal.sandbox.registries.record_book import POPULATION, RecordBook
from portal.sandbox.registries.views import Registries, switchboard
from portal.sandbox.registries.views import create_room as create_registries
from portal.sandbox.trust.authority import Authority
from portal.sandbox.trust.views import create_room as create_trust

MAX_REQUEST_BYTES = 1024 * 1024
# A relying party's own page may send the browser here with POST; everything else is posted from our own pages.
CROSS_SITE_POSTS = frozenset({"/eid/authorize", "/eid/logout"})


@dataclass
class Kept:
    """What `__main__` needs of the application besides answering requests."""

    inbox: Inbox
    message_faults: Switchboard


def create_sandbox(settings: SandboxSettings | None = None) -> Flask:
    """The sandbox as a WSGI application.

    Raises: SandboxRefused, in production or on an address that others can reach.
    """
    settings = settings or load_sandbox_settings()
    settings.refuse_unsafe()
    app = Flask(__name__, static_folder="static", static_url_path="/static", template_folder="templates")
    app.config["MAX_CONTENT_LENGTH"] = MAX_REQUEST_BYTES
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.json.sort_keys = False  # type: ignore[attr-defined]
    faults = switchboard()
    book = RecordBook(settings.folder / "registry-records.jsonl", population(settings.seed), faults)
    people = book.knows(POPULATION)
    inbox = Inbox(settings.folder / "messages.jsonl")
    message_faults = Switchboard(SMTP_FAULTS)
    provider = Provider(settings.issuer, settings.folder, registered(settings.portal_base_url))
    corrections = CorrectionBook(settings.folder / "registry-corrections.jsonl", book)
    registries = Registries(AccessLog(settings.folder / "registry-access.jsonl"), book, corrections, faults)
    app.extensions["population"] = people
    app.extensions["sandbox"] = Kept(inbox, message_faults)
    app.register_blueprint(people_room)
    app.register_blueprint(create_eid(provider, people, inbox))
    app.register_blueprint(create_registries(registries))
    app.register_blueprint(create_messages(inbox, message_faults))
    app.register_blueprint(create_trust(Authority(settings.folder / "trust", settings.base_url)))
    app.before_request(book.deliver)
    _add_guards(app, settings, provider)
    _add_error_pages(app)

    @app.get("/")
    def home() -> WerkzeugResponse:
        return redirect("/people", 302)

    @app.get("/favicon.ico")
    def favicon() -> tuple[str, int]:
        return "", 204

    @app.get("/healthz")
    def healthz() -> Response:
        return jsonify({"status": "ok", "people": len(people.people)})

    return app


def _add_error_pages(app: Flask) -> None:
    @app.errorhandler(HTTPException)
    def told(error: HTTPException) -> tuple[str | Response, int]:
        status = error.code or 500
        if request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html":
            return render_template("sandbox/error.html", status=status), status
        return jsonify({"error": error.name}), status


def _add_guards(app: Flask, settings: SandboxSettings, provider: Provider) -> None:
    origins = {_origin(uri) for client in provider.clients.values() for uri in client.redirect_uris}
    # `form-action` covers the redirect after a form as well, so the clients' own addresses must be in it.
    policy = (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
        f"form-action 'self' {' '.join(sorted(origins))}"
    )
    own_hosts = {f"{name}:{settings.port}" for name in ("127.0.0.1", "localhost", "[::1]")}
    own_hosts.add(urlsplit(settings.base_url).netloc)

    @app.before_request
    def only_from_here() -> tuple[Response, int] | None:
        if settings.host in LOOPBACK and request.host not in own_hosts:
            return jsonify({"error": "unknown host"}), 421
        origin = request.headers.get("Origin")
        is_change = request.method in ("POST", "DELETE") and request.path not in CROSS_SITE_POSTS
        if is_change and origin and urlsplit(origin).netloc not in own_hosts:
            return jsonify({"error": "cross-site request"}), 403
        return None

    @app.after_request
    def secure(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        # Not `no-referrer`: browsers would then send `Origin: null` with our own forms, which the guard refuses.
        response.headers.setdefault("Referrer-Policy", "same-origin")
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
