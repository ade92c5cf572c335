"""A register that is told of what others have accepted, and adjusts by itself: by version, whatever comes late or twice."""

from __future__ import annotations

from portal.sandbox.people.changes import Change, apply
from portal.sandbox.people.overlay import Overlay
from portal.sandbox.people.population import Population

NOT_RECEIVED, WAITING, ADJUSTED = "not_received", "waiting", "adjusted"


class Subscriber:
    """What one register knows, and of each record the last change that it has made."""

    def __init__(self, name: str, base: Population) -> None:
        self.name = name
        self.knows = Overlay(base)
        self._made: dict[str, int] = {}
        self._done: set[str] = set()
        self._waiting: dict[str, Change] = {}

    def receive(self, change: Change) -> list[Change]:
        """Take an announcement; gives the changes that could now be made, those that waited for this one among them.

        A change is made when of every record that it touches the one before it has been made; one that was made is no news.
        """
        if change.id not in self._done:
            self._waiting[change.id] = change
        made = []
        while ready := next((one for one in self._waiting.values() if self._is_next(one)), None):
            del self._waiting[ready.id]
            apply(self.knows, ready)
            self._made.update(ready.touches)
            self._done.add(ready.id)
            made.append(ready)
        return made

    def state_of(self, change_id: str) -> str:
        """Whether it has adjusted to a change, waits for an earlier one, or never heard of it."""
        if change_id in self._done:
            return ADJUSTED
        return WAITING if change_id in self._waiting else NOT_RECEIVED

    def has_made(self, count: int) -> bool:
        """Whether it has made so many changes: all that there are."""
        return len(self._done) >= count

    def forget(self) -> None:
        """It was never told of anything."""
        self.knows.forget()
        self._made.clear()
        self._done.clear()
        self._waiting.clear()

    def _is_next(self, change: Change) -> bool:
        return all(self._made.get(key, 0) == place - 1 for key, place in change.touches.items())
