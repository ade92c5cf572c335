"""The registries' addresses: token, look-up, access log, faults; the contract itself is in `exchange`."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request

from portal.sandbox.clock import REAL
from portal.sandbox.fault_views import add_fault_views
from portal.sandbox.faults import Fault, Switchboard
from portal.sandbox.people.population import Population
from portal.sandbox.registries import correction_views, record_book, write_views
from portal.sandbox.registries.access import AccessLog
from portal.sandbox.registries.correction_views import Correcting, add_correction_views
from portal.sandbox.registries.corrections import CorrectionBook
from portal.sandbox.registries.disagreements import lives
from portal.sandbox.registries.exchange import (
    FOUND,
    INVALID,
    NOT_FOUND,
    SCOPE_REFUSED,
    LookUp,
    answer,
    find,
    is_fresh,
    read,
    scope_of,
)
from portal.sandbox.registries.known import KNOWN
from portal.sandbox.registries.lying import FAULTS, LIES, TRANSPORT, broken_transport, distorted, told_as, too_many
from portal.sandbox.registries.quality import quality
from portal.sandbox.registries.quotas import Quotas
from portal.sandbox.registries.record_book import RecordBook
from portal.sandbox.registries.scopes import CLIENTS
from portal.sandbox.registries.tokens import LIFETIME_SECONDS, Door, signature_is_right
from portal.sandbox.registries.write_views import Writing, add_write_views

ALL_FAULTS = {**FAULTS, **write_views.FAULTS, **record_book.FAULTS, **correction_views.FAULTS}


def switchboard() -> Switchboard:
    """The switches of everything that can go wrong here."""
    return Switchboard(ALL_FAULTS, tuple(KNOWN))


@dataclass
class Registries:
    """What the registries keep while the process runs."""

    log: AccessLog
    book: RecordBook
    corrections: CorrectionBook
    faults: Switchboard
    door: Door = field(default_factory=Door)
    quotas: Quotas = field(default_factory=Quotas)


def create_room(registries: Registries) -> Blueprint:
    """The room with its addresses."""
    room = Blueprint("registries", __name__, url_prefix="/registries")
    add_fault_views(room, registries.faults, "Lỗi của các cơ sở dữ liệu", "registry")
    add_write_views(room, Writing(registries.book, registries.faults, lambda: _client(registries)))
    add_correction_views(room, Correcting(registries.corrections, registries.faults, lambda: _client(registries)))

    @room.get("")
    def home() -> str:
        return render_template("sandbox/registries.html", entries=registries.log.entries()[:100], registries=KNOWN.values())

    @room.get("/access.json")
    def access() -> Response:
        return jsonify(registries.log.entries(request.args.get("personal_id")))

    @room.post("/token")
    def token() -> Response | tuple[Response, int]:
        form = request.form
        if form.get("grant_type") != "client_credentials":
            return jsonify({"error": "unsupported_grant_type"}), 400
        issued = registries.door.issue(form.get("client_id", ""), form.get("client_secret", ""))
        if issued is None:
            return jsonify({"error": "invalid_client"}), 401
        reply = jsonify({"access_token": issued, "token_type": "Bearer", "expires_in": LIFETIME_SECONDS})
        reply.headers["Cache-Control"] = "no-store"
        return reply

    @room.post("/<registry>/lookup")
    def lookup(registry: str) -> Response | tuple[Response, int]:
        if registry not in KNOWN:
            return jsonify({"error": "unknown_registry"}), 404
        return _answer_lookup(registries, registry)

    @room.post("/<registry>/quality")
    def counted(registry: str) -> Response | tuple[Response, int]:
        return _answer_quality(registries, registry)

    return room


def _answer_quality(registries: Registries, registry: str) -> Response | tuple[Response, int]:
    if registry not in KNOWN:
        return jsonify({"error": "unknown_registry"}), 404
    client_id, refused = _let_in(registries, registry)
    if client_id is None:
        return refused
    return jsonify({"registry": registry, "as_of": REAL.iso(), "places": quality(registry, registries.book.knows(registry))})


def _let_in(registries: Registries, registry: str) -> tuple[str | None, Any]:
    """Who asks; or, without them, the answer that they are given instead."""
    client_id = _client(registries)
    if client_id is None:
        return None, (jsonify({"error": "invalid_token"}), 401)
    if not signature_is_right(client_id, request.get_data(), request.headers.get("X-Signature", "")):
        return None, (jsonify({"error": "invalid_signature"}), 401)
    seconds = registries.quotas.wait(client_id, registry, CLIENTS[client_id].per_minute)
    if seconds:
        return None, too_many(seconds)
    broken = registries.faults.take(*TRANSPORT, target=registry)
    response = broken_transport(broken) if broken else None
    return (None, response) if response is not None else (client_id, None)


def _answer_lookup(registries: Registries, registry: str) -> Response | tuple[Response, int]:
    client_id, refused = _let_in(registries, registry)
    if client_id is None:
        return refused
    lie = registries.faults.take(*LIES, target=registry)
    reply = _reply(registries, client_id, registry, request.get_data(), lie)
    return Response(json.dumps(reply, ensure_ascii=False), mimetype="application/json")


def _client(registries: Registries) -> str | None:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return registries.door.client_of(token) if kind.lower() == "bearer" else None


def _reply(registries: Registries, client_id: str, registry: str, body: bytes, lie: Fault | None) -> dict[str, Any]:
    ask = read(body)
    if isinstance(ask, str):
        return answer(INVALID, _stated_id(body), text=f"Yêu cầu không hợp lệ: {ask}")
    request_id = str(ask.request_id)
    if not is_fresh(ask.timestamp):
        return answer(INVALID, request_id, text="Yêu cầu không hợp lệ: thời điểm gửi quá xa thời điểm hiện tại")
    if not registries.door.is_new(client_id, request_id):
        return answer(INVALID, request_id, text="Yêu cầu không hợp lệ: mã yêu cầu đã dùng")
    unknown, refused = scope_of(ask, client_id, registry)
    if unknown:
        return answer(INVALID, request_id, text=f"Yêu cầu không hợp lệ: không có trường {', '.join(unknown)}")
    granted = [name for name in ask.scope if name not in refused]
    reply = (
        _look_up(registry, ask, granted, registries.book.knows(registry), lie) | {"refused_fields": refused}
        if granted
        else answer(SCOPE_REFUSED, request_id, refused_fields=refused)
    )
    registries.log.write(_entry(client_id, registry, ask, reply))
    return reply


def _look_up(name: str, ask: LookUp, granted: list[str], people: Population, lie: Fault | None) -> dict[str, Any]:
    request_id, registry = str(ask.request_id), KNOWN[name]
    found = find(ask.subject, people, name)
    if len(found) != 1:
        return answer(NOT_FOUND, request_id, flags=["several"] if found else [])
    person = told_as(lie, found[0], people)
    reply = answer(
        FOUND,
        request_id,
        as_of=registry.as_of(),
        record_version=person.record_version,
        subject={"personal_id": person.personal_id},
        fields=registry.record(person, people, granted),
        flags=[] if lives(person, name) else ["deceased"],
    )
    return distorted(lie, reply, registry.stale)


def _entry(client_id: str, registry: str, ask: LookUp, reply: dict[str, Any]) -> dict[str, Any]:
    return {
        "at": REAL.iso(),
        "client_id": client_id,
        "registry": registry,
        "personal_id": ask.subject.personal_id,
        "procedure_code": ask.procedure_code,
        "dossier_code": ask.dossier_code,
        "purpose": ask.purpose.model_dump(),
        "basis": ask.basis.model_dump(),
        "requester": ask.requester.model_dump(),
        "scope": ask.scope,
        "status": reply["status"],
        "request_id": reply["request_id"],
        "response_id": reply["response_id"],
    }


def _stated_id(body: bytes) -> str | None:
    try:
        stated = json.loads(body)
    except (ValueError, RecursionError):
        return None
    request_id = stated.get("request_id") if isinstance(stated, dict) else None
    return request_id if isinstance(request_id, str) and request_id.isascii() and len(request_id) <= 64 else None
