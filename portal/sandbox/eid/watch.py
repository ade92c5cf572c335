"""The provider's request log: what came and how it was answered, without personal numbers, codes, tokens or secrets."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass

KEPT = 500


@dataclass(frozen=True, slots=True)
class Seen:
    """One request, redacted."""

    at: str
    method: str
    path: str
    client_id: str
    parameters: str
    status: int


class RequestLog:
    """The last requests, newest first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: deque[Seen] = deque(maxlen=KEPT)

    def write(self, seen: Seen) -> None:
        with self._lock:
            self._seen.appendleft(seen)

    def entries(self) -> list[Seen]:
        with self._lock:
            return list(self._seen)


# Parameters whose values say nothing about a person and open no door.
HARMLESS = frozenset(
    {"response_type", "scope", "acr_values", "prompt", "max_age", "code_challenge_method", "grant_type", "ui_locales"}
)


def redacted(parameters: dict[str, str]) -> str:
    """The names of all parameters, and the values of the harmless ones."""
    return " ".join(f"{name}={value[:80] if name in HARMLESS else '…'}" for name, value in sorted(parameters.items()))
