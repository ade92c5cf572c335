"""The registries' door: access tokens for known clients, the signature of a request, and no request twice."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from collections import OrderedDict

from portal.sandbox.registries.scopes import CLIENTS

LIFETIME_SECONDS = 600
WINDOW_SECONDS = 300


class Door:
    """Tokens and request ids of the last minutes, in memory."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tokens: dict[str, tuple[str, float]] = {}
        self._seen: OrderedDict[tuple[str, str], float] = OrderedDict()

    def issue(self, client_id: str, client_secret: str) -> str | None:
        """A token, when the secret is right."""
        known = CLIENTS.get(client_id)
        if known is None or not hmac.compare_digest(known.secret.encode(), client_secret.encode()):
            return None
        token = secrets.token_urlsafe(32)
        now = time.monotonic()
        with self._lock:
            self._tokens = {key: value for key, value in self._tokens.items() if value[1] > now}
            self._tokens[token] = (client_id, now + LIFETIME_SECONDS)
        return token

    def client_of(self, token: str) -> str | None:
        """The client a token was given to, while it lasts."""
        with self._lock:
            client_id, until = self._tokens.get(token, ("", 0.0))
        return client_id if until > time.monotonic() else None

    def is_new(self, client_id: str, request_id: str) -> bool:
        """Whether this request id is seen for the first time within the window; remembers it."""
        now = time.monotonic()
        with self._lock:
            while self._seen and next(iter(self._seen.values())) < now - 2 * WINDOW_SECONDS:
                self._seen.popitem(last=False)
            if (client_id, request_id) in self._seen:
                return False
            self._seen[client_id, request_id] = now
            return True


def signature_is_right(client_id: str, body: bytes, signature: str) -> bool:
    """Whether the body was signed with the client's secret."""
    expected = hmac.new(CLIENTS[client_id].secret.encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), signature.lower().encode("utf-8", "replace"))
