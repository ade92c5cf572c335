"""A circuit breaker: after several failures in a row a registry is left alone, longer each time that it fails again."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable

FAILURES_TO_OPEN = 5
OPEN_SECONDS = 10.0
LONGEST_OPEN_SECONDS = 80.0
JITTER = 0.1  # so that the processes of an installation do not all try again at one moment


def _jitter() -> float:
    return 1 + JITTER * (2 * secrets.randbelow(1001) / 1000 - 1)


class Breaker:
    """Closed while calls succeed; open after `FAILURES_TO_OPEN` failures in a row; then one trial call at a time.

    A trial that fails doubles the time until the next, up to `LONGEST_OPEN_SECONDS`.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic, jitter: Callable[[], float] = _jitter) -> None:
        self._monotonic = monotonic
        self._jitter = jitter
        self._lock = threading.Lock()
        self._failures = 0
        self._open_seconds = OPEN_SECONDS
        self._is_trial_out = False
        self._closed_until = 0.0
        self._rests_until = 0.0

    def allows(self) -> bool:
        """Whether a call may go out now."""
        with self._lock:
            now = self._monotonic()
            if now < self._rests_until:
                return False
            if self._failures < FAILURES_TO_OPEN:
                return True
            if now < self._closed_until:
                return False
            self._closed_until = now + self._open_seconds * self._jitter()  # nobody else goes while the trial is out
            self._is_trial_out = True
            return True

    def succeeded(self) -> None:
        """A call was answered."""
        with self._lock:
            self._failures = 0
            self._open_seconds = OPEN_SECONDS
            self._is_trial_out = False

    def failed(self) -> None:
        """A call was not answered, or its answer could not be believed."""
        with self._lock:
            if self._is_trial_out:  # not for each of those that were under way when it opened
                self._open_seconds = min(2 * self._open_seconds, LONGEST_OPEN_SECONDS)
                self._is_trial_out = False
            self._failures += 1
            if self._failures >= FAILURES_TO_OPEN:
                self._closed_until = self._monotonic() + self._open_seconds * self._jitter()

    def rest(self, seconds: float) -> None:
        """The registry asked to be left alone so long; that is no failure, and no success either."""
        with self._lock:
            self._rests_until = max(self._rests_until, self._monotonic() + seconds)
