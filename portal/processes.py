"""Child processes of the installation: start, stop, watch, leave nothing behind; which ones run is not known here."""

from __future__ import annotations

import ctypes
import json
import os
import platform
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from select import select
from types import FrameType, TracebackType
from typing import Self

LOG_KEPT_BYTES = 5_000_000
TOLD_TO_STOP = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36

_is_linux = platform.system() == "Linux"
_libc = ctypes.CDLL(None) if _is_linux else None


def adopt_orphans() -> None:
    """Grandchildren whose parent dies become our children, so that we can collect them (Linux)."""
    if _libc is not None:
        _libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def collect_orphans(own: set[int]) -> None:
    """Collect every ended child that nobody waits for; `own` are the pids that somebody does."""
    if not hasattr(os, "waitid"):
        return
    with suppress(ChildProcessError):
        while ended := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            if ended.si_pid in own:
                return
            os.waitpid(ended.si_pid, os.WNOHANG)


def is_alive(pid: int) -> bool:
    """Whether the process runs; one that ended and was not yet collected by its parent does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    fields = _proc_stat(pid)
    return not fields or fields[0] not in "ZX"


def command_of(pid: int) -> str:
    """The command line of a process, empty when there is none."""
    with suppress(OSError):
        return os.fsdecode(Path(f"/proc/{pid}/cmdline").read_bytes())
    return _ps(pid, "args=")


def birth_of(pid: int) -> str:
    """A mark that tells this process from a later one with the same number, empty when there is none."""
    fields = _proc_stat(pid)
    return fields[19] if fields else _ps(pid, "lstart=")


def _proc_stat(pid: int) -> list[str]:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    return []


def _ps(pid: int, column: str) -> str:
    if _is_linux:
        return ""
    command = ["ps", "-p", str(pid), "-o", column]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def wait_until(condition: Callable[[], bool], seconds: float, pause: float = 0.05) -> bool:
    """Ask `condition` until it holds; False when it does not within `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
    return True


class Signals:
    """Turns the signals of a supervisor into something to wait for; handlers run no code of ours."""

    def __init__(self) -> None:
        self.stops = 0
        self._before: dict[int, object] = {}
        self._reader, self._writer = socket.socketpair()
        self._reader.setblocking(False)
        self._writer.setblocking(False)

    def __enter__(self) -> Self:
        for number in (*TOLD_TO_STOP, signal.SIGCHLD):
            self._before[number] = signal.signal(number, self._note)
        self._wakeup = signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        signal.set_wakeup_fd(self._wakeup)
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]
        self._reader.close()
        self._writer.close()

    def _note(self, number: int, _frame: FrameType | None) -> None:
        if number != signal.SIGCHLD:
            self.stops += 1

    def wait(self, seconds: float) -> None:
        """Sleep until a signal comes, at most `seconds`."""
        if select([self._reader], [], [], max(0.0, seconds))[0]:
            with suppress(BlockingIOError):
                self._reader.recv(4096)


@dataclass
class Part:
    """One process of the installation, in a process group of its own so that all it starts can be ended with it."""

    name: str
    label: str
    command: Sequence[str]
    log: Path
    is_ready: Callable[[], bool] = lambda: True
    ready_seconds: float = 60.0
    stop_seconds: float = 15.0
    environment: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    started_at: float = field(default=0.0, init=False)
    _log_begins: int = field(default=0, init=False)

    def start(self) -> int:
        """Start it and return its pid, which is also its group."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_KEPT_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as log:
            self._log_begins = log.tell()
            self.process = subprocess.Popen(
                list(self.command), stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                env={**os.environ, "PYTHONUNBUFFERED": "1", **self.environment},
                preexec_fn=_end_with(os.getpid()),
            )  # fmt: skip
        self.started_at = time.monotonic()
        return self.process.pid

    def exit_code(self) -> int | None:
        """None while it runs; else how it ended, and by then nothing of its group is left."""
        if self.process is None:
            return 0
        if self.process.returncode is None and self.process.poll() is not None:
            end_group(self.process.pid)
        return self.process.returncode

    def ask_to_stop(self) -> None:
        if self.process and self.exit_code() is None:
            self.process.terminate()

    def kill(self) -> None:
        if self.process and self.exit_code() is None:
            end_group(self.process.pid)
            self.process.wait()

    def last_lines(self, count: int = 15) -> list[str]:
        """The end of its log, since its last start."""
        if not self.log.exists():
            return []
        with self.log.open("rb") as log:
            log.seek(max(self._log_begins, self.log.stat().st_size - 8192))
            return log.read().decode("utf-8", "replace").splitlines()[-count:]


def end_group(group: int) -> None:
    """Kill whatever is left of a process group."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def _end_with(parent: int) -> Callable[[], None] | None:
    """In a new child: be told to stop when the supervisor dies, however it dies (Linux)."""
    if _libc is None:
        return None

    def prepare() -> None:
        _libc.prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return prepare


class Register:
    """The processes of a run, noted in a file, so that the next start recognises what a crash left behind."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._groups: dict[str, dict[str, object]] = {}

    def note(self, name: str, pid: int) -> None:
        self._groups[name] = {"pid": pid, "birth": birth_of(pid)}
        self._path.write_text(json.dumps(self._groups), encoding="utf-8")

    def clear(self) -> None:
        self._groups = {}
        self._path.unlink(missing_ok=True)

    def end_leftovers(self, patience_seconds: float = 10.0) -> list[str]:
        """End what an earlier run left; returns the names. Somebody else's process with a reused number is not touched."""
        try:
            noted = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return []
        ours = {name: entry["pid"] for name, entry in noted.items() if _is_leftover(entry["pid"], entry["birth"])}
        for group in ours.values():
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(group, signal.SIGTERM)
        wait_until(lambda: not any(map(_group_exists, ours.values())), patience_seconds)
        for group in ours.values():
            end_group(group)
        self.clear()
        return list(ours)


def _is_leftover(pid: int, birth: str) -> bool:
    """Ours when its leader is the noted process; or when the leader is gone and its group is not.

    While a group has members its number is not given to a new process, so such a group cannot be anybody else's.
    """
    if is_alive(pid):
        return birth_of(pid) == birth
    return _group_exists(pid)


def _group_exists(group: int) -> bool:
    """Whether a member of the group still runs; members that nobody has collected yet do not count where that is seen."""
    if _is_linux:
        stats = (_proc_stat(int(entry.name)) for entry in Path("/proc").iterdir() if entry.name.isdigit())
        return any(fields and fields[2] == str(group) and fields[0] not in "ZX" for fields in stats)
    try:
        os.killpg(group, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True
