"""What `make run` does: every part of an installation, in order, with a line for each; restarts are the supervisor's."""

from __future__ import annotations

import fcntl
import os
import sys
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager

import click

from portal.config import Settings
from portal.postgres import EmbeddedServer, database_urls
from portal.postgres_place import NoServer
from portal.processes import Part, Register, Signals
from portal.readiness import CannotRun, answers, beats, refuse_taken_ports
from portal.supervisor import PartFailed, Stopped, Supervisor
from portal.welcome import welcome

SANDBOX_SIGN_OF_LIFE = "/eid/.well-known/openid-configuration"


def run(settings: Settings, commands: Collection[str]) -> int:
    """Start everything, keep it, stop it when told; `commands` are the names of the portal's own commands.

    Returns the exit code: 0 when stopped on request.
    """
    settings.instance.mkdir(parents=True, exist_ok=True)
    with Signals() as signals, _only_run(settings):
        return _Installation(settings, signals).run(commands)


class _Installation:
    def __init__(self, settings: Settings, signals: Signals) -> None:
        self._settings = settings
        self._register = Register(settings.instance / "run.json")
        self._supervisor = Supervisor(signals, self._register, _say)
        self._started = False
        self._server = None if settings.database_url else EmbeddedServer(settings)

    def run(self, commands: Collection[str]) -> int:
        try:
            self._start(commands)
            _say("\n".join(welcome(self._settings)))
            self._supervisor.keep(self._look_after_database)
        except Stopped:
            _say("Được yêu cầu dừng (told to stop).")
        except (PartFailed, NoServer, CannotRun) as error:
            _say(f"✗ {error}")
            return 1
        finally:
            self._stop()
        return 0

    def _start(self, commands: Collection[str]) -> None:
        if left := self._register.end_leftovers():
            _say(f"  Đã dọn phần còn lại của lần chạy trước (leftovers ended): {', '.join(left)}")
        refuse_taken_ports(self._settings)
        self._started = True
        if self._server:
            with _told("Kho dữ liệu (database)"):
                self._server.start()
        sandbox = self._start_sandbox() if self._settings.is_demo else None
        self._step("migrate", "Cấu trúc dữ liệu (migrations)", "database", "migrate")
        if sandbox:
            self._wait(sandbox)
        if "load-shipped" in commands:
            self._step("load-shipped", "Thủ tục và lịch đi kèm (shipped data)", "load-shipped")
        self._start_own_parts()

    def _start_sandbox(self) -> Part:
        sandbox = self._part("sandbox", "Thế giới giả lập (sandbox)", [sys.executable, "-m", "portal.sandbox"])
        sandbox.is_ready = answers(self._settings.sandbox_host, self._settings.sandbox_port, SANDBOX_SIGN_OF_LIFE)
        sandbox.ready_seconds = 300.0  # it makes its people the first time
        self._supervisor.start(sandbox)
        return sandbox

    def _start_own_parts(self) -> None:
        worker = self._part("worker", "Người làm nền (worker)", _portal("worker"))
        worker.is_ready = beats(database_urls(self._settings).owner)
        worker.stop_seconds = 25.0  # it finishes the job in hand
        web = self._part("web", "Cổng dịch vụ công (portal)", _portal("serve"))
        web.is_ready = answers(self._settings.host, self._settings.port, "/readyz")
        for part in (worker, web):
            self._supervisor.start(part)
        for part in (worker, web):
            self._wait(part)

    def _part(self, name: str, label: str, command: list[str]) -> Part:
        return Part(name, label, command, self._settings.instance / "log" / f"{name}.log")

    def _wait(self, part: Part) -> None:
        with _told(part.label):
            self._supervisor.wait_ready(part)

    def _step(self, name: str, label: str, *arguments: str) -> None:
        step = self._part(name, label, _portal(*arguments))
        step.ready_seconds = 1800.0
        with _told(label):
            self._supervisor.finish(step)

    def _look_after_database(self) -> None:
        if self._server and not self._server.is_running():
            _say("! Kho dữ liệu đã dừng, đang khởi động lại (database restarting).")
            try:
                self._server.start()
            except NoServer as error:
                _say(f"✗ {error}")

    def _stop(self) -> None:
        if not self._started:
            return
        _say("Đang dừng (stopping) …")
        self._supervisor.stop_all()
        if self._server:
            self._server.stop()
        _say("Đã dừng hẳn (stopped).")


def _portal(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "portal.cli", *arguments]


def _say(line: str) -> None:
    click.echo(line)
    sys.stdout.flush()


@contextmanager
def _told(label: str) -> Iterator[None]:
    begun = time.monotonic()
    yield
    seconds = f"{time.monotonic() - begun:.1f}".replace(".", ",")
    _say(f"✓ {label}: {seconds} giây")


@contextmanager
def _only_run(settings: Settings) -> Iterator[None]:
    """One run per instance folder; the lock ends with its process, however it ends."""
    path = settings.instance / "run.lock"
    with path.open("a+", encoding="utf-8") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.seek(0)
            raise CannotRun(
                f"Một Cửa đang chạy từ thư mục {settings.instance} (already running, process {handle.read().strip()}). "
                "Dừng lần chạy đó trước (stop it first)."
            ) from None
        handle.truncate(0)
        handle.write(str(os.getpid()))
        handle.flush()
        yield
