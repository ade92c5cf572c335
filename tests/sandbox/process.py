"""Starts the real sandbox process on free ports of its own range and stops it; knows nothing of its rooms."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import requests

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0")  # noqa: TID251 (no setting of the portal: which process of the tests)
OWN = 30 * int(WORKER.removeprefix("gw"))
PORTS = range(9400 + OWN, 9430 + OWN)
CHECKOUT = Path(__file__).resolve().parents[2]


def free_port(taken: tuple[int, ...] = ()) -> int:
    """A port of the range that nobody listens on."""
    for port in PORTS:
        if port in taken:
            continue
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError(f"no free port between {PORTS[0]} and {PORTS[-1]}")


@dataclass
class Running:
    """A sandbox that runs."""

    process: subprocess.Popen[bytes]
    base: str
    smtp_port: int
    portal_base_url: str
    state: Path

    @property
    def issuer(self) -> str:
        return f"{self.base}/eid"

    def stop(self) -> int:
        """Asks it to stop and returns its exit code."""
        self.process.terminate()
        return self.process.wait(10)


def environment(state: Path, **more: str) -> dict[str, str]:
    """The environment of a sandbox, without the settings of whoever runs the tests."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PORTAL_", "SANDBOX_", "DATABASE_"))}
    return kept | {"SANDBOX_STATE": str(state), "PORTAL_INSTANCE": str(state / "instance")} | more


def command(*, warnings_are_errors: bool = True) -> list[str]:
    """The command that runs the sandbox."""
    return [sys.executable, *(["-W", "error"] if warnings_are_errors else []), "-m", "portal.sandbox"]


def start(state: Path, settings: Mapping[str, str] | None = None) -> Running:
    """Starts a sandbox and waits until it answers."""
    port = free_port()
    smtp_port = free_port((port,))
    portal_base_url = f"http://127.0.0.1:{free_port((port, smtp_port))}"
    given = {
        "SANDBOX_PORT": str(port),
        "SANDBOX_SMTP_PORT": str(smtp_port),
        "PORTAL_BASE_URL": portal_base_url,
    } | dict(settings or {})
    process = subprocess.Popen(command(), env=environment(state, **given), cwd=CHECKOUT)
    running = Running(process, f"http://127.0.0.1:{given['SANDBOX_PORT']}", smtp_port, given["PORTAL_BASE_URL"], state)
    _wait(running)
    return running


def _wait(running: Running) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if running.process.poll() is not None:
            raise RuntimeError(f"the sandbox ended with {running.process.returncode}")
        try:
            if requests.get(f"{running.base}/healthz", timeout=1).ok:
                return
        except requests.RequestException:
            time.sleep(0.05)
    running.process.kill()
    raise RuntimeError("the sandbox did not answer within 20 seconds")
