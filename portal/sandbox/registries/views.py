"""The registries' addresses: token, look-up, access log, faults; the contract itself is in `exchange`."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, render_template, request

from portal.sandbox.clock import REAL
from portal.sandbox.fault_views import add_fault_views
from portal.sandbox.faults import Fault, Switchboard
from portal.sandbox.people.model import Person
from portal.sandbox.people.population import Population
from portal.sandbox.registries import civil_status, population
from portal.sandbox.registries.access import AccessLog
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
from portal.sandbox.registries.lying import FAULTS, LIES, TRANSPORT, broken_transport, distorted, told_as
from portal.sandbox.registries.scopes import CIVIL_STATUS, FIELDS, POPULATION, REGISTRIES
from portal.sandbox.registries.tokens import LIFETIME_SECONDS, Door, signature_is_right

RECORDS: dict[str, Callable[[Person, Population], dict[str, Any]]] = {
    POPULATION: population.record,
    CIVIL_STATUS: civil_status.record,
}


@dataclass
class Registries:
    """What the registries keep while the process runs."""

    log: AccessLog
    door: Door = field(default_factory=Door)
    faults: Switchboard = field(default_factory=lambda: Switchboard(FAULTS, REGISTRIES))


def create_room(registries: Registries) -> Blueprint:
    """The room with its addresses."""
    room = Blueprint("registries", __name__, url_prefix="/registries")
    add_fault_views(room, registries.faults, "Lỗi của các cơ sở dữ liệu", "registry")

    @room.get("")
    def home() -> str:
        return render_template("sandbox/registries.html", entries=registries.log.entries()[:100], fields=FIELDS)

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

    @room.post("/population/lookup")
    def population_lookup() -> Response | tuple[Response, int]:
        return _answer_lookup(registries, POPULATION)

    @room.post("/civil-status/lookup")
    def civil_status_lookup() -> Response | tuple[Response, int]:
        return _answer_lookup(registries, CIVIL_STATUS)

    return room


def _answer_lookup(registries: Registries, registry: str) -> Response | tuple[Response, int]:
    client_id = _client(registries)
    if client_id is None:
        return jsonify({"error": "invalid_token"}), 401
    body = request.get_data()
    if not signature_is_right(client_id, body, request.headers.get("X-Signature", "")):
        return jsonify({"error": "invalid_signature"}), 401
    broken = registries.faults.take(*TRANSPORT, target=registry)
    if broken is not None:
        response = broken_transport(broken)
        if response is not None:
            return response
    lie = registries.faults.take(*LIES, target=registry)
    reply = _reply(registries, client_id, registry, body, lie)
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
    reply = (
        answer(SCOPE_REFUSED, request_id, refused_fields=refused)
        if refused
        else _look_up(registry, ask, current_app.extensions["population"], lie)
    )
    registries.log.write(_entry(client_id, registry, ask, reply))
    return reply


def _look_up(registry: str, ask: LookUp, people: Population, lie: Fault | None) -> dict[str, Any]:
    request_id = str(ask.request_id)
    found = find(ask.subject, people)
    if len(found) != 1:
        return answer(NOT_FOUND, request_id, flags=["several"] if found else [])
    person = told_as(lie, found[0], people)
    held = RECORDS[registry](person, people)
    reply = answer(
        FOUND,
        request_id,
        record_version=person.record_version,
        subject={"personal_id": person.personal_id},
        fields={name: held[name] for name in ask.scope},
        flags=[] if person.is_alive else ["deceased"],
    )
    return distorted(lie, reply, ask.scope)


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
