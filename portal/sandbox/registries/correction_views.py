"""The addresses for corrections: a request, what became of it, and the page where the register's officer decides."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as WerkzeugResponse

from portal.sandbox.bodies import json_object
from portal.sandbox.faults import Switchboard
from portal.sandbox.registries.corrections import CorrectionBook
from portal.sandbox.registries.known import KNOWN
from portal.sandbox.registries.lying import TRANSPORT, broken_transport
from portal.sandbox.registries.scopes import CLIENTS
from portal.sandbox.registries.tokens import signature_is_right

UNSIGNED, OTHER_CASE, ANSWER_LOST = "unsigned", "other_case", "answer_lost"
FAULTS = {
    UNSIGNED: "trả lời đề nghị sửa mà không ký",
    OTHER_CASE: "trả lời về một đề nghị sửa khác",
}
DECISIONS = ("accepted", "rejected", "more_asked")
Answer = Response | tuple[Response, int]


@dataclass(frozen=True)
class Correcting:
    """What the addresses need: the cases, what can go wrong, and who asks."""

    book: CorrectionBook
    faults: Switchboard
    client_of: Callable[[], str | None]

    def receive(self, registry: str) -> Answer:
        """A request to correct a value."""
        return self._answered(registry, self.book.receive)

    def state(self, registry: str) -> Answer:
        """What became of a case."""
        return self._answered(registry, self.book.state)

    def desk(self) -> str:
        """Every case, with what the register's officer may say of it."""
        return render_template("sandbox/corrections.html", cases=self.book.cases(), titles=KNOWN)

    def listed(self) -> Response:
        """Every case, for machines."""
        return jsonify([vars(case) for case in self.book.cases()])

    def decide(self, reference: str) -> Answer | WerkzeugResponse:
        """What the officer decided, by the page's form or as JSON."""
        said = json_object() if request.is_json else request.form
        decision, words = str(said.get("decision", "")), str(said.get("words", "")).strip()[:1000]
        if decision not in DECISIONS or (decision != "accepted" and not words):
            return jsonify({"error": "decision and words"}), 400
        case = self.book.decide(reference, decision, words, said.get("value") or None)  # type: ignore[arg-type]
        if case is None:
            return jsonify({"error": "no open case"}), 404
        return jsonify(vars(case)) if request.is_json else redirect("/registries/corrections", 303)

    def _answered(self, registry: str, make: Callable[[str, str, bytes], dict[str, Any] | None]) -> Answer:
        client_id, body = self.client_of(), request.get_data()
        if client_id is None:
            return jsonify({"error": "invalid_token"}), 401
        if not signature_is_right(client_id, body, request.headers.get("X-Signature", "")):
            return jsonify({"error": "invalid_signature"}), 401
        if registry not in KNOWN:
            return jsonify({"error": "unknown_registry"}), 404
        broken = self.faults.take(*TRANSPORT, target=registry)
        response = broken_transport(broken) if broken else None
        if response is not None:
            return response
        reply = make(client_id, registry, body)
        if reply is None:
            return jsonify({"error": "unknown_case"}), 404
        lost = self.faults.take(ANSWER_LOST, target=registry)
        response = broken_transport(lost, "reset") if lost else None
        return response or self._signed(client_id, registry, reply)

    def _signed(self, client_id: str, registry: str, reply: dict[str, Any]) -> Response:
        if self.faults.take(OTHER_CASE, target=registry):
            reply |= {"request_id": "00000000-0000-0000-0000-000000000000", "reference": "SUA-000000-000000"}
        if "subject" in reply and self.faults.take("other_person", target=registry):
            reply |= {"subject": {"personal_id": "001199900999"}}
        content = json.dumps(reply, ensure_ascii=False).encode()
        signature = hmac.new(CLIENTS[client_id].secret.encode(), content, "sha256").hexdigest()
        headers = {} if self.faults.take(UNSIGNED, target=registry) else {"X-Signature": signature}
        return Response(content, mimetype="application/json", headers=headers)


def add_correction_views(room: Blueprint, correcting: Correcting) -> None:
    """Adds the addresses for corrections to the registries' room."""
    room.post("/<registry>/corrections")(correcting.receive)
    room.post("/<registry>/corrections/state")(correcting.state)
    room.get("/corrections")(correcting.desk)
    room.get("/corrections.json")(correcting.listed)
    room.post("/corrections/<reference>")(correcting.decide)
