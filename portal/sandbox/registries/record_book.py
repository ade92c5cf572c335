"""What the country's registers have accepted since it was drawn: kept in one file, announced, and made by every subscriber.

The file holds a line for each answer that a write was given and each change that a register made; it is read at the start.
"""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from portal.sandbox.clock import REAL
from portal.sandbox.faults import Switchboard
from portal.sandbox.people.changes import Change
from portal.sandbox.people.overlay import Overlay
from portal.sandbox.people.population import Population
from portal.sandbox.registries.subscriber import ADJUSTED, NOT_RECEIVED, Subscriber
from portal.sandbox.state import append_line, whole_lines, write_whole

POPULATION = "population"
SUBSCRIBERS = (POPULATION, "civil-status", "residence", "social-insurance", "tax", "driving-licences")
# Whose adjusting matters to whoever made the change; all are told of all, for a record has one row of changes.
CONCERNED: dict[str, tuple[str, ...]] = {
    "birth": (POPULATION, "residence", "social-insurance", "tax"),
    "marriage": (POPULATION, "residence", "social-insurance"),
    "divorce": (POPULATION, "residence", "social-insurance"),
    "death": (POPULATION, "residence", "social-insurance", "tax", "driving-licences"),
    "permanent_residence": (POPULATION, "social-insurance", "tax"),
    "temporary_residence": (POPULATION, "social-insurance"),
    "absence": (POPULATION,),
    "licence": (POPULATION,),
}
LATE, LOST, TWICE, SWAPPED = "announced_late", "announced_never", "announced_twice", "announced_out_of_order"
FAULTS = {
    LATE: "báo tin thay đổi cho cơ sở dữ liệu này chậm",
    LOST: "tin báo thay đổi bị mất, phải yêu cầu gửi lại",
    TWICE: "báo tin thay đổi hai lần",
    SWAPPED: "giữ tin lại cho tới khi có tin sau, rồi báo ngược thứ tự",
}
ALL_LINES = 10_000_000


@dataclass(frozen=True)
class Accepted:
    """What a register decided to put down: the kind of act, what it says, and whose records it touches."""

    kind: str
    facts: dict[str, Any]
    touches: list[str]


Decide = Callable[[Overlay], tuple[dict[str, Any], Accepted | None]]


@dataclass
class _Delivery:
    due: float
    to: Subscriber
    change: Change


@dataclass
class _Row:
    change: Change
    by: dict[str, str] = field(default_factory=dict)  # who has adjusted, and when


class RecordBook:
    """The registers' accepted changes, and how far each is known; safe for many threads."""

    def __init__(self, path: Path, base: Population, faults: Switchboard) -> None:
        self._path, self._base, self._faults = path, base, faults
        self._lock = threading.RLock()
        self._subscribers = {name: Subscriber(name, base) for name in SUBSCRIBERS}
        self._rows: dict[str, _Row] = {}
        self._last: dict[str, int] = {}
        self._answers: dict[tuple[str, str], tuple[str, dict[str, Any]]] = {}
        self._deliveries: list[_Delivery] = []
        self._kept_back: dict[str, list[Change]] = {}
        self._replay()

    def knows(self, registry: str) -> Overlay:
        """The population as a register knows it now; those that subscribe to nothing read the population registry's."""
        self.deliver()
        return self._subscribers.get(registry, self._subscribers[POPULATION]).knows

    def answered(self, client_id: str, request_id: str) -> tuple[str, dict[str, Any]] | None:
        """What this request was answered, with the digest of what it had asked."""
        with self._lock:
            return self._answers.get((client_id, request_id))

    def once(self, client_id: str, request_id: str, digest: str, registry: str, decide: Decide) -> dict[str, Any]:
        """The answer to a request: the same for ever. `decide` looks at what the register knows, and says what is to be kept.

        The register first makes whatever changes it has missed; the change and the answer are on the disk before anybody is
        told.
        """
        with self._lock:
            before = self._answers.get((client_id, request_id))
            if before is not None:
                return before[1]
            self._catch_up(self._subscribers.get(registry, self._subscribers[POPULATION]))
            reply, accepted = decide(self.knows(registry))
            line: dict[str, Any] = {"client": client_id, "request_id": request_id, "digest": digest, "answer": reply}
            if accepted is not None:
                line["change"] = self._numbered(registry, accepted).as_json()
                reply |= {"change_id": line["change"]["id"]}
            append_line(self._path, json.dumps(line, ensure_ascii=False))
            self._take(line)
            self.deliver()
            return reply

    def states(self, change_id: str) -> list[dict[str, Any]] | None:
        """How far each concerned subscriber is with a change; None for a change that nobody made."""
        with self._lock:
            self.deliver()
            row = self._rows.get(change_id)
            if row is None:
                return None
            names = [one for one in CONCERNED.get(row.change.kind, SUBSCRIBERS) if one != row.change.registry]
            return [
                {"registry": name, "state": self._subscribers[name].state_of(change_id), "at": row.by.get(name)} for name in names
            ]

    def change(self, change_id: str) -> Change | None:
        """The change of this id."""
        with self._lock:
            row = self._rows.get(change_id)
            return row.change if row else None

    def announce_again(self, change_id: str, to: str) -> str:
        """Tell a subscriber once more, and of whatever else it has missed; gives its state then."""
        with self._lock:
            subscriber = self._subscribers[to]
            self._catch_up(subscriber)
            return subscriber.state_of(change_id)

    def deliver(self) -> None:
        """Hand over the announcements that are due."""
        if not self._deliveries:
            return
        with self._lock:
            due = [one for one in self._deliveries if one.due <= time.monotonic()]
            self._deliveries = [one for one in self._deliveries if one not in due]
            for one in due:
                self._hand_over(one.to, one.change)

    def forget(self) -> None:
        """Take the country back to how it was drawn, for whoever wants to begin again."""
        with self._lock:
            write_whole(self._path, b"")
            for kept in (self._rows, self._last, self._answers, self._deliveries, self._kept_back):
                kept.clear()
            for subscriber in self._subscribers.values():
                subscriber.forget()

    def next_order(self) -> int:
        """The place in the fixed order for somebody who is born."""
        return len(self._base.people) + sum(1 for row in self._rows.values() if row.change.kind == "birth")

    def _catch_up(self, subscriber: Subscriber) -> None:
        if subscriber.has_made(len(self._rows)):
            return
        for row in self._rows.values():
            if subscriber.state_of(row.change.id) == NOT_RECEIVED:
                self._hand_over(subscriber, row.change)

    def _numbered(self, registry: str, accepted: Accepted) -> Change:
        places = {key: self._last.get(key, 0) + 1 for key in accepted.touches}
        return Change(str(uuid.uuid4()), registry, accepted.kind, REAL.iso(), accepted.facts, places)

    def _take(self, line: dict[str, Any]) -> None:
        self._answers[line["client"], line["request_id"]] = (line["digest"], line["answer"])
        if "change" not in line:
            return
        change = Change(**line["change"])
        self._rows[change.id] = _Row(change)
        self._last.update(change.touches)
        if change.registry in self._subscribers:
            self._subscribers[change.registry].receive(change)
        self._announce(change)

    def _announce(self, change: Change) -> None:
        for subscriber in self._subscribers.values():
            if subscriber.name == change.registry or self._faults.take(LOST, target=subscriber.name):
                continue
            if self._faults.take(SWAPPED, target=subscriber.name):
                self._kept_back.setdefault(subscriber.name, []).append(change)
                continue
            late = self._faults.take(LATE, target=subscriber.name)
            due = time.monotonic() + (late.seconds if late else 0)
            times = 2 if self._faults.take(TWICE, target=subscriber.name) else 1
            later = reversed(self._kept_back.pop(subscriber.name, []))
            self._deliveries += [_Delivery(due, subscriber, one) for one in [*[change] * times, *later]]

    def _hand_over(self, subscriber: Subscriber, change: Change) -> None:
        for made in subscriber.receive(change):
            line = {"adjusted": made.id, "by": subscriber.name, "at": REAL.iso()}
            append_line(self._path, json.dumps(line))
            self._rows[made.id].by[subscriber.name] = line["at"]

    def _replay(self) -> None:
        """Read what was kept; what a subscriber had not made is announced to it anew."""
        made = []
        for text in whole_lines(self._path, ALL_LINES):
            line = json.loads(text)
            if "adjusted" in line:
                made.append(line)
                subscriber, row = self._subscribers[line["by"]], self._rows[line["adjusted"]]
                subscriber.receive(row.change)
                row.by[line["by"]] = line["at"]
            else:
                self._take(line)
        self._deliveries = [one for one in self._deliveries if one.to.state_of(one.change.id) != ADJUSTED]
