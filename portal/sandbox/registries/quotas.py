"""How much a client may ask of a registry: so many look-ups in each minute, and how long to wait when they are used up."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable

MINUTE = 60.0


class Quotas:
    """The look-ups of the running minute, by client and registry."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._minutes: dict[tuple[str, str], tuple[float, int]] = {}

    def wait(self, client_id: str, registry: str, per_minute: int) -> int:
        """Counts a look-up; the whole seconds to wait where it is one too many, else 0."""
        with self._lock:
            now = self._monotonic()
            began, count = self._minutes.get((client_id, registry), (now, 0))
            if now - began >= MINUTE:
                began, count = now, 0
            if count >= per_minute:
                return max(1, math.ceil(began + MINUTE - now))
            self._minutes[client_id, registry] = (began, count + 1)
            return 0
