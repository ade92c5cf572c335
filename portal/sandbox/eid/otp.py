"""One-time passwords for level 2: sent to the person's inbox, short-lived, few tries, then a pause."""

from __future__ import annotations

import hmac
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

VALID_SECONDS = 180
MAX_TRIES = 3
PAUSE_SECONDS = 300


class Verdict(Enum):
    """What became of a try."""

    RIGHT = "right"
    WRONG = "wrong"
    EXPIRED = "expired"
    PAUSED = "paused"


@dataclass
class _Sent:
    code: str
    at: int
    tries: int = 0


class OneTimePasswords:
    """One password a person at a time, and the people who tried too often."""

    def __init__(self, now: Callable[[], int]) -> None:
        self.now = now
        self._lock = threading.Lock()
        self._sent: dict[str, _Sent] = {}
        self._paused_until: dict[str, int] = {}

    def send(self, personal_id: str) -> str | None:
        """A fresh password that replaces the last one; None during a pause."""
        with self._lock:
            if self.now() < self._paused_until.get(personal_id, 0):
                return None
            code = f"{secrets.randbelow(1_000_000):06d}"
            tries = self._sent[personal_id].tries if personal_id in self._sent else 0
            self._sent[personal_id] = _Sent(code, self.now(), tries)
            return code

    def check(self, personal_id: str, typed: str) -> Verdict:
        """Judges a try; the third wrong one begins a pause."""
        with self._lock:
            if self.now() < self._paused_until.get(personal_id, 0):
                return Verdict.PAUSED
            sent = self._sent.get(personal_id)
            if sent is None or self.now() >= sent.at + VALID_SECONDS:
                return Verdict.EXPIRED
            if hmac.compare_digest(sent.code.encode(), typed.strip().encode()):
                del self._sent[personal_id]
                return Verdict.RIGHT
            sent.tries += 1
            if sent.tries < MAX_TRIES:
                return Verdict.WRONG
            del self._sent[personal_id]
            self._paused_until[personal_id] = self.now() + PAUSE_SECONDS
            return Verdict.PAUSED
