"""Faults that can be switched on and off while the sandbox runs; what each of them does is said in the rooms."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass


class UnknownFault(ValueError):
    """A fault or a target that the room does not know."""


@dataclass(slots=True)
class Fault:
    """One fault that is on: for whom, how slow, and for how many more requests (None: until cleared)."""

    name: str
    target: str
    seconds: float
    count: int | None


class Switchboard:
    """The faults of one room."""

    def __init__(self, names: Mapping[str, str], targets: tuple[str, ...] = ()) -> None:
        self.names = names
        self.targets = targets
        self._on: list[Fault] = []
        self._lock = threading.Lock()

    def turn_on(self, name: str, target: str = "*", seconds: float = 5.0, count: int | None = None) -> Fault:
        """Switches a fault on.

        Raises: UnknownFault, when the room has no such fault or target, or a number makes no sense.
        """
        if name not in self.names or target not in (*self.targets, "*"):
            raise UnknownFault(f"{name!r} for {target!r}")
        if not 0 <= seconds <= 300 or (count is not None and count < 1):
            raise UnknownFault("seconds must be 0–300 and count at least 1")
        fault = Fault(name, target, seconds, count)
        with self._lock:
            self._on.append(fault)
        return fault

    def take(self, *names: str, target: str = "*") -> Fault | None:
        """The first fault that is on among `names` (all when none are given), spending one of its count."""
        with self._lock:
            for fault in self._on:
                if (not names or fault.name in names) and fault.target in ("*", target):
                    if fault.count is not None:
                        fault.count -= 1
                        if fault.count == 0:
                            self._on.remove(fault)
                    return fault
        return None

    def clear(self) -> None:
        """Everything works again."""
        with self._lock:
            self._on.clear()

    def as_json(self) -> list[dict[str, object]]:
        """The faults that are on."""
        with self._lock:
            return [asdict(fault) for fault in self._on]


def turn_on_from(board: Switchboard, body: object, target_key: str = "target") -> Fault:
    """Switches on what a JSON body or a form asks for.

    Raises: UnknownFault, when the body is not understood.
    """
    if not isinstance(body, Mapping):
        raise UnknownFault("the body must be an object")
    try:
        count = body.get("count")
        return board.turn_on(
            str(body.get("fault", "")),
            str(body.get(target_key) or "*"),
            float(body.get("seconds") or 5.0),
            None if count in (None, "") else int(str(count)),
        )
    except (TypeError, ValueError) as error:
        raise UnknownFault(str(error)) from error
