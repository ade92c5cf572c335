"""Whether addresses are free and parts answer; what is started and in which order is `portal/run.py`'s."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Callable
from contextlib import closing

import psycopg

from portal.config import Settings

ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  (compared, not bound)


class CannotRun(RuntimeError):
    """The installation cannot start; the message is one sentence that says what to do."""


def refuse_taken_ports(settings: Settings) -> None:
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


def answers(host: str, port: int, path: str) -> Callable[[], bool]:
    """A probe that holds when the address answers 200; a proxy of the environment is not asked."""

    def probe() -> bool:
        try:
            return get(host, port, path)[0] == 200
        except (OSError, http.client.HTTPException):
            return False

    return probe


def beats(database_url: str) -> Callable[[], bool]:
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


def get(host: str, port: int, path: str) -> tuple[int, bytes]:
    with closing(http.client.HTTPConnection(ANYWHERE.get(host, host), port, timeout=5)) as connection:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read()
