"""What `make run` does: every part of an installation, in order, with a line for each; restarts are the supervisor's."""

from __future__ import annotations

import fcntl
import http.client
import json
import os
import socket
import sys
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager

import click
import psycopg

from portal.config import Settings
from portal.postgres import EmbeddedServer, database_urls
from portal.postgres_place import NoServer
from portal.processes import Part, Register, Signals
from portal.supervisor import PartFailed, Stopped, Supervisor

CITIZENS_SHOWN = 12
ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  (compared, not bound)


class CannotRun(RuntimeError):
    """The installation cannot start; the message is one sentence that says what to do."""


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
            _say("\n".join(_welcome(self._settings)))
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
        _refuse_taken_ports(self._settings)
        self._started = True
        if self._server:
            with _told("Kho dữ liệu (database)"):
                self._server.start()
        sandbox = self._part("sandbox", "Thế giới giả lập (sandbox)", [sys.executable, "-m", "portal.sandbox"])
        if self._settings.is_demo:
            sandbox.is_ready = _answers(
                self._settings.sandbox_host, self._settings.sandbox_port, "/eid/.well-known/openid-configuration"
            )
            sandbox.ready_seconds = 300.0
            self._supervisor.start(sandbox)
        self._step("migrate", "Cấu trúc dữ liệu (migrations)", "database", "migrate")
        if self._settings.is_demo:
            self._wait(sandbox)
        if "load-shipped" in commands:
            self._step("load-shipped", "Thủ tục và lịch đi kèm (shipped data)", "load-shipped")
        worker = self._part("worker", "Người làm nền (worker)", _portal("worker"))
        worker.is_ready = _beats(database_urls(self._settings).owner)
        worker.stop_seconds = 25.0
        web = self._part("web", "Cổng dịch vụ công (portal)", _portal("serve"))
        web.is_ready = _answers(self._settings.host, self._settings.port, "/readyz")
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


def _refuse_taken_ports(settings: Settings) -> None:
    """Raises CannotRun with one sentence when an address that we need cannot be had."""
    wanted = [("PORTAL_PORT", settings.host, settings.port)]
    if settings.is_demo:
        wanted.append(("SANDBOX_PORT", settings.sandbox_host, settings.sandbox_port))
    for name, host, port in wanted:
        try:
            family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
            with closing(socket.socket(family, kind, protocol)) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(address)
        except OSError as error:
            raise CannotRun(
                f"Địa chỉ {host}:{port} không dùng được ({error.strerror}); đặt cổng khác, ví dụ (choose another): "
                f"{name}={port + 1000} make run"
            ) from error


def _answers(host: str, port: int, path: str) -> Callable[[], bool]:
    """A probe that holds when the address answers 200; a proxy of the environment is not asked."""

    def probe() -> bool:
        try:
            return _get(host, port, path)[0] == 200
        except (OSError, http.client.HTTPException):
            return False

    return probe


def _beats(database_url: str) -> Callable[[], bool]:
    """A probe that holds when a worker has told the database that it lives, after this moment."""
    with psycopg.connect(database_url, connect_timeout=5) as connection:
        begun = connection.execute("SELECT now()").fetchone()

    def probe() -> bool:
        try:
            with psycopg.connect(database_url, connect_timeout=5) as connection:
                workers = "SELECT EXISTS (SELECT FROM procrastinate_workers WHERE last_heartbeat >= %s)"
                return bool((connection.execute(workers, begun).fetchone() or [False])[0])
        except psycopg.Error:
            return False

    return probe


def _get(host: str, port: int, path: str) -> tuple[int, bytes]:
    with closing(http.client.HTTPConnection(ANYWHERE.get(host, host), port, timeout=5)) as connection:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read()


def _welcome(settings: Settings) -> list[str]:
    lines = ["", "Một Cửa đang chạy (running). Ctrl-C để dừng (to stop).", ""]
    addresses = {"Cổng dịch vụ công (portal)": settings.base_url}
    if settings.is_demo:
        sandbox = f"http://{settings.sandbox_host}:{settings.sandbox_port}"
        addresses |= {
            "Ai đăng nhập được (people)": f"{sandbox}/people",
            "Thư, tin nhắn, mã OTP (messages)": f"{sandbox}/messages",
        }
    addresses["Nhật ký (logs)"] = str(settings.instance / "log")
    lines += [f"  {label:<34}{address}" for label, address in addresses.items()]
    if settings.is_demo:
        lines += ["", *_people(_get(settings.sandbox_host, settings.sandbox_port, "/people.json")[1])]
    return lines


def _people(answer: bytes) -> list[str]:
    """A short table: people with a story, and one of the staff for each role."""
    people = json.loads(answer)
    citizens = [person for person in people if person.get("story") and person["roles"] == ["citizen"]]
    staff = {role: person for person in reversed(people) for role in person["roles"] if role != "citizen"}
    rows = [("citizen", person) for person in citizens[:CITIZENS_SHOWN]]
    rows += [(role, person) for role, person in reversed(staff.items())]
    lines = [f"  {person['personal_id']}  {role:<14}{_about(person)}"[:140] for role, person in rows]
    return ["  Đăng nhập bằng (log in as), tất cả ở trang /people:", *lines]


def _about(person: dict[str, str]) -> str:
    return ": ".join(filter(None, (person["full_name"], person.get("story"))))
