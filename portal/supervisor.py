"""Keeps the parts of an installation running and stops them in order; which parts there are is `portal/run.py`'s."""

from __future__ import annotations

import time
from collections.abc import Callable

from portal.processes import Part, Register, Signals, adopt_orphans, collect_orphans

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
STEADY_SECONDS = 60.0
LOOK_SECONDS = 2.0
TELL_SECONDS = 5.0


class Stopped(Exception):
    """Somebody asked the supervisor to stop."""


class PartFailed(RuntimeError):
    """A part ended, or did not become ready, while the installation was starting."""


class Supervisor:
    """Starts parts one after another, restarts those that die, stops all in reverse order.

    `say` tells the operator one line; `look_after` is called every few seconds and after every death of a process.
    """

    def __init__(self, signals: Signals, register: Register, say: Callable[[str], None]) -> None:
        self._signals = signals
        self._register = register
        self._say = say
        self._parts: list[Part] = []
        self._pauses: dict[str, float] = {}
        self._due: dict[str, float] = {}
        adopt_orphans()

    def start(self, part: Part) -> None:
        """Start a part and keep it from now on."""
        self._refuse_when_told_to_stop()
        self._parts.append(part)
        self._register.note(part.name, part.start())

    def wait_ready(self, part: Part) -> None:
        """Wait until the part answers, telling from time to time that it still works.

        Raises: PartFailed, Stopped.
        """
        told_at = part.started_at
        while not part.is_ready():
            self._refuse_when_told_to_stop()
            if (code := part.exit_code()) is not None:
                raise PartFailed(_ended(part, code))
            now = time.monotonic()
            if now - part.started_at > part.ready_seconds:
                raise PartFailed(f"{part.label}: không sẵn sàng sau {part.ready_seconds:.0f} giây (not ready).\n{_tail(part)}")
            if now - told_at > TELL_SECONDS:
                told_at = now
                self._say(f"  … {part.label}: {now - part.started_at:.0f} giây. {' '.join(part.last_lines(1))}")
            self._signals.wait(0.1)

    def finish(self, step: Part) -> None:
        """Run a part that ends by itself, and wait for its end.

        Raises: PartFailed, Stopped.
        """
        self.start(step)
        try:
            step.is_ready = lambda: step.exit_code() == 0
            self.wait_ready(step)
        finally:
            self._stop(step)
            self._parts.remove(step)

    def keep(self, look_after: Callable[[], None]) -> None:
        """Keep everything running until told to stop."""
        while not self._signals.stops:
            self._signals.wait(self._seconds_to_next_look())
            look_after()
            for part in self._parts:
                self._restart_if_dead(part)
            collect_orphans({part.process.pid for part in self._parts if part.process})

    def stop_all(self) -> None:
        """Stop the parts, last started first; a second signal ends the patience."""
        for part in reversed(self._parts):
            self._stop(part)
        collect_orphans(set())
        self._register.clear()

    def _stop(self, part: Part) -> None:
        part.ask_to_stop()
        deadline = time.monotonic() + part.stop_seconds
        while part.exit_code() is None and time.monotonic() < deadline and self._signals.stops < 2:
            self._signals.wait(0.1)
        part.kill()

    def _restart_if_dead(self, part: Part) -> None:
        now = time.monotonic()
        if part.name in self._due:
            if now >= self._due[part.name]:
                del self._due[part.name]
                self._register.note(part.name, part.start())
            return
        code = part.exit_code()
        if code is None:
            return
        steady = now - part.started_at > STEADY_SECONDS
        pause = FIRST_PAUSE_SECONDS if steady else self._pauses.get(part.name, FIRST_PAUSE_SECONDS)
        self._pauses[part.name] = min(pause * 2, LONGEST_PAUSE_SECONDS)
        self._due[part.name] = now + pause
        self._say(f"! {_ended(part, code)}\n  Chạy lại sau {pause:g} giây (restarting).")

    def _seconds_to_next_look(self) -> float:
        return min([LOOK_SECONDS, *(due - time.monotonic() for due in self._due.values())])

    def _refuse_when_told_to_stop(self) -> None:
        if self._signals.stops:
            raise Stopped


def _ended(part: Part, code: int) -> str:
    how = f"bởi tín hiệu {-code} (signal)" if code < 0 else f"với mã {code} (exit code)"
    return f"{part.label} đã dừng {how}.\n{_tail(part)}"


def _tail(part: Part) -> str:
    return "\n".join(f"    | {line}" for line in part.last_lines()) + f"\n    Nhật ký (log): {part.log}"
