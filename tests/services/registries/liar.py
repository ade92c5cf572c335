"""An exchange of the tests' own that answers whatever a test wants it to answer, byte for byte."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SECRET = "bí mật của bài thử"
Answer = Callable[[dict[str, Any]], bytes]


def honest(body: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The agreed answer about the very person who was asked for."""
    return {
        "status": "00",
        "status_text": "Thành công",
        "request_id": body["request_id"],
        "response_id": "R-1",
        "as_of": "2026-11-20T08:00:00+07:00",
        "record_version": 3,
        "subject": {"personal_id": body["subject"]["personal_id"]},
        "fields": {"full_name": body["subject"]["full_name"], "date_of_birth": body["subject"]["date_of_birth"]},
        "refused_fields": [],
        "flags": [],
        **changes,
    }


def says(**changes: Any) -> Answer:
    """An honest answer but for the changes."""
    return lambda body: json.dumps(honest(body, **changes)).encode()


@dataclass
class Liar:
    """What it will answer, and what it was asked."""

    url: str = ""
    answer: Answer = field(default_factory=lambda: says())
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    token: bytes = b'{"access_token": "T", "token_type": "Bearer", "expires_in": 3600}'
    trickle: int = 0
    asked: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def lookups(self) -> list[dict[str, Any]]:
        """The bodies of the look-ups, in their order."""
        return [json.loads(raw) for path, _headers, raw in self.asked if path.endswith("/lookup")]

    def tokens_asked(self) -> int:
        """How many times a token was asked for."""
        return sum(path == "/token" for path, _headers, _raw in self.asked)

    def signatures_hold(self) -> bool:
        """Whether every look-up was signed over its very bytes."""
        return all(
            hmac.compare_digest(headers["x-signature"], hmac.new(SECRET.encode(), raw, hashlib.sha256).hexdigest())
            for path, headers, raw in self.asked
            if path.endswith("/lookup")
        )


@contextmanager
def lying() -> Iterator[Liar]:
    """A liar at work on a port of its own."""
    liar = Liar()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            liar.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}, raw))
            if self.path == "/token":
                self._send(200, liar.token, {})
            else:
                self._send(liar.status, liar.answer(json.loads(raw)), liar.headers)

        def _send(self, status: int, content: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in ({"Content-Type": "application/json", "Content-Length": str(len(content))} | headers).items():
                self.send_header(name, value)
            self.end_headers()
            step = liar.trickle or len(content) or 1
            for start in range(0, len(content), step):
                self.wfile.write(content[start : start + step])
                if liar.trickle:
                    self.wfile.flush()
                    liar.over.wait(0.1)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # whoever hangs up on it is what is tried here
    liar.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield liar
    finally:
        liar.over.set()
        server.shutdown()
        thread.join(5)
        server.server_close()
