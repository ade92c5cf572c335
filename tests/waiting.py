"""Waiting in tests: for something to hold, never for time to pass."""

from __future__ import annotations

import time
from collections.abc import Callable

READY_WITHIN_SECONDS = 40.0


def wait_for(holds: Callable[[], object], seconds: float = READY_WITHIN_SECONDS) -> None:
    """Look until it holds, briefly resting between looks.

    Raises:
        TimeoutError: it did not hold in time.
    """
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            raise TimeoutError("it did not come to hold")
        time.sleep(0.05)
