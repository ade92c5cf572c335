"""The addresses for writing: a record put down, how far a change is known, and announcing it again."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, jsonify, request
from pydantic import AwareDatetime, ValidationError

from portal.sandbox.faults import Switchboard
from portal.sandbox.registries.exchange import Part, is_fresh
from portal.sandbox.registries.known import KNOWN
from portal.sandbox.registries.lying import TRANSPORT, broken_transport
from portal.sandbox.registries.record_book import SUBSCRIBERS, RecordBook
from portal.sandbox.registries.tokens import signature_is_right
from portal.sandbox.registries.writing import put_down

ANSWER_LOST = "answer_lost"
FAULTS = {ANSWER_LOST: "ghi xong nhưng câu trả lời bị mất"}
Answer = Response | tuple[Response | str, int]


class _Again(Part):
    registry: str
    timestamp: AwareDatetime


@dataclass(frozen=True)
class Writing:
    """What the addresses need: the book, what can go wrong, and who asks."""

    book: RecordBook
    faults: Switchboard
    client_of: Callable[[], str | None]

    def write(self, registry: str) -> Answer:
        """A record put down."""
        client_id, refused = self._let_in()
        if refused:
            return refused
        if registry not in KNOWN:
            return jsonify({"error": "unknown_registry"}), 404
        broken = self.faults.take(*TRANSPORT, target=registry)
        response = broken_transport(broken) if broken else None
        if response is not None:
            return response
        reply = put_down(self.book, client_id, registry, request.get_data())
        lost = self.faults.take(ANSWER_LOST, target=registry)
        response = broken_transport(lost, "reset") if lost else None
        return response or _json(reply)

    def change(self, change_id: str) -> Answer:
        """How far a change is known."""
        if self.client_of() is None:
            return jsonify({"error": "invalid_token"}), 401
        states = self.book.states(change_id)
        if states is None:
            return jsonify({"error": "unknown_change"}), 404
        return _json({"change_id": change_id, "subscribers": states})

    def announce_again(self, change_id: str) -> Answer:
        """A change announced once more to one who missed it."""
        _, refused = self._let_in()
        if refused:
            return refused
        try:
            asked = _Again.model_validate_json(request.get_data())
        except ValidationError:
            return jsonify({"error": "invalid_request"}), 400
        if not is_fresh(asked.timestamp) or asked.registry not in SUBSCRIBERS:
            return jsonify({"error": "invalid_request"}), 400
        if self.book.change(change_id) is None:
            return jsonify({"error": "unknown_change"}), 404
        state = self.book.announce_again(change_id, asked.registry)
        return _json({"change_id": change_id, "registry": asked.registry, "state": state})

    def forget(self) -> Answer:
        """The country as it was drawn."""
        self.book.forget()
        return "", 204

    def _let_in(self) -> tuple[str, Answer | None]:
        client_id = self.client_of()
        if client_id is None:
            return "", (jsonify({"error": "invalid_token"}), 401)
        if not signature_is_right(client_id, request.get_data(), request.headers.get("X-Signature", "")):
            return "", (jsonify({"error": "invalid_signature"}), 401)
        return client_id, None


def add_write_views(room: Blueprint, writing: Writing) -> None:
    """Adds the addresses for writing to the registries' room."""
    room.post("/<registry>/records")(writing.write)
    room.delete("/records")(writing.forget)
    room.get("/changes/<change_id>")(writing.change)
    room.post("/changes/<change_id>/announce-again")(writing.announce_again)


def _json(reply: dict[str, Any]) -> Response:
    return Response(json.dumps(reply, ensure_ascii=False), mimetype="application/json")
