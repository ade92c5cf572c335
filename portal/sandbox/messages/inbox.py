"""The messages, newest first, in a file that survives; how they come in is elsewhere."""

from __future__ import annotations

import json
import threading
from collections import deque
from dataclasses import asdict, dataclass
from pathlib import Path

from portal.sandbox.clock import REAL
from portal.sandbox.state import append_line, whole_lines

KEPT = 20_000


@dataclass(frozen=True, slots=True)
class Message:
    """One mail or SMS as it was received."""

    channel: str  # mail | sms
    to: str
    subject: str
    text: str
    received_at: str
    sender: str = ""


class Inbox:
    """All messages of this sandbox."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._messages: deque[Message] = deque(maxlen=KEPT)
        for line in whole_lines(path, KEPT):
            self._messages.appendleft(Message(**json.loads(line)))

    def add(self, channel: str, to: str, subject: str, text: str, sender: str = "") -> Message:
        """Keeps a message; it survives a kill of the process once this returns."""
        message = Message(channel, _sound(to), _sound(subject), _sound(text), REAL.iso(), _sound(sender))
        with self._lock:
            append_line(self._path, json.dumps(asdict(message)))
            self._messages.appendleft(message)
        return message

    def messages(self, to: str | None = None, limit: int = 500) -> list[Message]:
        """The newest messages, of one recipient when given."""
        with self._lock:
            chosen = [one for one in self._messages if to in (None, "") or to == one.to]
        return chosen[:limit]

    def clear(self) -> None:
        """Forgets everything."""
        with self._lock:
            self._messages.clear()
            self._path.unlink(missing_ok=True)


def _sound(text: str) -> str:
    # A mail can carry bytes that are no text in any character set; half of a surrogate pair breaks every writer.
    return text.encode("utf-8", "replace").decode("utf-8")
