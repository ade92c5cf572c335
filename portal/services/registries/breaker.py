"""A circuit breaker: after several failures in a row a registry is left alone for a while."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

FAILURES_TO_OPEN = 5
OPEN_SECONDS = 10.0


class Breaker:
    """Closed while calls succeed; open after `FAILURES_TO_OPEN` failures in a row; then one trial call at a time."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._failures = 0
        self._closed_from = 0.0

    def allows(self) -> bool:
        """Whether a call may go out now."""
        with self._lock:
            if self._failures < FAILURES_TO_OPEN:
                return True
            if self._monotonic() < self._closed_from:
                return False
            self._closed_from = self._monotonic() + OPEN_SECONDS
            return True

    def succeeded(self) -> None:
        """A call was answered."""
        with self._lock:
            self._failures = 0

    def failed(self) -> None:
        """A call was not answered, or its answer could not be believed."""
        with self._lock:
            self._failures += 1
            if self._failures >= FAILURES_TO_OPEN:
                self._closed_from = self._monotonic() + OPEN_SECONDS
