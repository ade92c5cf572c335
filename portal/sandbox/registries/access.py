"""Who has asked what and why: the registry's own log, kept on disk and shown newest first."""

from __future__ import annotations

import json
import threading
from collections import deque
from pathlib import Path
from typing import Any

from portal.sandbox.state import append_line, whole_lines

KEPT = 2_000


class AccessLog:
    """The last look-ups in memory, all of them in a file of one JSON object a line."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._recent: deque[dict[str, Any]] = deque(maxlen=KEPT)
        for line in whole_lines(path, KEPT):
            self._recent.appendleft(json.loads(line))

    def write(self, entry: dict[str, Any]) -> None:
        """Keeps one look-up."""
        with self._lock:
            self._recent.appendleft(entry)
            append_line(self._path, json.dumps(entry))

    def entries(self, personal_id: str | None = None) -> list[dict[str, Any]]:
        """The kept look-ups, newest first; of one person when a number is given."""
        with self._lock:
            return [entry for entry in self._recent if personal_id in (None, entry.get("personal_id"))]
