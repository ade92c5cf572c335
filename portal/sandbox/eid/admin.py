"""The provider's back room: rotate keys, end sessions, shift the clock, read the request log, switch misdeeds."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as WerkzeugResponse

from portal.sandbox.bodies import json_object
from portal.sandbox.eid.backchannel import tell_clients
from portal.sandbox.eid.provider import Provider
from portal.sandbox.fault_views import add_fault_views

MAX_SHIFT_SECONDS = 10 * 86_400


def add_admin(room: Blueprint, provider: Provider) -> None:
    """Adds the back room's addresses to the room."""
    add_fault_views(room, provider.faults, "Hành vi sai của bên cung cấp định danh")

    @room.get("/admin")
    def admin() -> str:
        return render_template("sandbox/eid_admin.html", provider=provider, entries=provider.log.entries()[:100])

    @room.get("/admin/log.json")
    def log() -> Response:
        return jsonify([{name: getattr(seen, name) for name in seen.__slots__} for seen in provider.log.entries()])

    @room.post("/admin/rotate")
    def rotate() -> Response | WerkzeugResponse:
        return _done({"kid": provider.keys.rotate()})

    @room.post("/admin/end-sessions")
    def end_sessions() -> Response | WerkzeugResponse:
        personal_id = _given("personal_id")
        ended = provider.sessions.find(personal_id=personal_id) if personal_id else provider.sessions.all()
        for session in ended:
            tell_clients(provider, session)
        return _done({"ended": len(ended)})

    @room.post("/admin/clock")
    def clock() -> Response | WerkzeugResponse | tuple[Response, int]:
        try:
            shift = int(_given("seconds") or "0")
        except ValueError:
            return jsonify({"error": "seconds must be a whole number"}), 400
        if abs(shift) > MAX_SHIFT_SECONDS:
            return jsonify({"error": "at most ten days"}), 400
        provider.clock.shift_seconds = shift
        return _done({"shift_seconds": shift})

    @room.post("/admin/forget-consents")
    def forget_consents() -> Response | WerkzeugResponse:
        provider.sessions.forget_consents()
        return _done({"forgotten": True})


def _given(name: str) -> str:
    return str((json_object() if request.is_json else request.form).get(name, ""))


def _done(result: dict[str, object]) -> Response | WerkzeugResponse:
    wants_page = request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html"
    return redirect("/eid/admin", 303) if wants_page else jsonify(result)
