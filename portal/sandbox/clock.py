"""The sandbox's clock; the identity provider's may be shifted to try what a portal does when clocks disagree."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone

VIET_NAM_TIME = timezone(timedelta(hours=7))


class Clock:
    """Real time plus a shift that an administrator may set."""

    def __init__(self) -> None:
        self.shift_seconds = 0

    def seconds(self) -> int:
        """Seconds since the epoch, shifted."""
        return int(time.time()) + self.shift_seconds

    def iso(self) -> str:
        """Local time with its offset, to the second."""
        return datetime.fromtimestamp(self.seconds(), VIET_NAM_TIME).isoformat()


REAL = Clock()  # never shifted
