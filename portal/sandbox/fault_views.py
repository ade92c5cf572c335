"""The page and the JSON door to a room's faults, the same for every room."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as WerkzeugResponse

from portal.sandbox.bodies import json_body
from portal.sandbox.faults import Switchboard, UnknownFault, turn_on_from


def add_fault_views(room: Blueprint, board: Switchboard, title: str, target_key: str = "target") -> None:
    """Adds `/faults` to a room: GET page or JSON, POST JSON or form, DELETE."""

    def listed(status: int = 200) -> tuple[Response, int]:
        faults = [{**fault, target_key: fault["target"], "fault": fault["name"]} for fault in board.as_json()]
        return jsonify({"faults": faults, "known": dict(board.names)}), status

    @room.get("/faults")
    def faults() -> str | tuple[Response, int]:
        if request.accept_mimetypes.best_match(["application/json", "text/html"]) == "application/json":
            return listed()
        return render_template("sandbox/faults.html", board=board, title=title, target_key=target_key)

    @room.post("/faults")
    def switch() -> tuple[Response, int] | WerkzeugResponse:
        if not request.is_json:
            if request.form.get("clear"):
                board.clear()
            else:
                turn_on_from(board, request.form, target_key)
            return redirect(request.path, 303)
        body = json_body()
        for one in body if isinstance(body, list) else [body]:
            turn_on_from(board, one, target_key)
        return listed(201)

    @room.delete("/faults")
    def clear() -> tuple[Response, int]:
        board.clear()
        return listed()

    @room.errorhandler(UnknownFault)
    def unknown(error: UnknownFault) -> tuple[Response, int]:
        return jsonify({"error": "unknown_fault", "detail": str(error), "known": dict(board.names)}), 400
