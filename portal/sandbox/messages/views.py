"""The page of messages, its JSON, and the door for SMS."""

from __future__ import annotations

from dataclasses import asdict

from flask import Blueprint, Response, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as WerkzeugResponse

from portal.sandbox.bodies import json_object
from portal.sandbox.fault_views import add_fault_views
from portal.sandbox.faults import Switchboard
from portal.sandbox.messages.inbox import Inbox

MAX_SMS_CHARACTERS = 1_000


def create_room(inbox: Inbox, faults: Switchboard) -> Blueprint:
    """The room with its addresses."""
    room = Blueprint("messages", __name__)
    faults_room = Blueprint("message_faults", __name__, url_prefix="/messages")
    add_fault_views(faults_room, faults, "Lỗi của thư và SMS")
    room.register_blueprint(faults_room)

    @room.get("/messages")
    def listing() -> str:
        to = request.args.get("to", "")
        return render_template("sandbox/messages.html", messages=inbox.messages(to, 200), to=to)

    @room.get("/messages.json")
    def listing_json() -> Response:
        limit = max(0, request.args.get("limit", 500, type=int))
        return jsonify([asdict(one) for one in inbox.messages(request.args.get("to"), limit)])

    @room.post("/messages/sms")
    def sms() -> Response | tuple[Response, int]:
        if faults.take("sms_down"):
            return jsonify({"error": "unavailable"}), 503
        body = json_object()
        to, text = body.get("to"), body.get("text")
        if not isinstance(to, str) or not isinstance(text, str) or not to or not 0 < len(text) <= MAX_SMS_CHARACTERS:
            return jsonify({"error": "to and text are needed"}), 400
        inbox.add("sms", to, "", text)
        return jsonify({"accepted": True}), 202

    @room.post("/messages/clear")
    def clear() -> WerkzeugResponse:
        inbox.clear()
        return redirect("/messages", 303)

    return room
