"""The portal's real processes, to be killed: web server and worker over the tests' own database."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field

import requests

from portal.config import settings
from tests.waiting import wait_for


@dataclass
class Process:
    """One process of the portal that can be killed and started again."""

    command: list[str]
    ready_url: str = ""
    child: subprocess.Popen[bytes] | None = field(default=None)

    def start(self) -> None:
        """Start it, in a group of its own, and wait until it answers."""
        self.child = subprocess.Popen(
            [sys.executable, "-m", "portal.cli", *self.command],
            env=dict(os.environ),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        if self.ready_url:
            wait_for(self._answers)

    def _answers(self) -> bool:
        try:
            return requests.get(self.ready_url, timeout=2).status_code == 200
        except requests.RequestException:
            return False

    def kill(self) -> None:
        """Kill -9 of it and all its children, as a power cut would."""
        if self.child is not None:
            os.killpg(self.child.pid, signal.SIGKILL)
            self.child.wait()
            self.child = None


def web() -> Process:
    """The web server on the installation's port."""
    return Process(["serve"], f"http://127.0.0.1:{settings().port}/readyz")


def worker() -> Process:
    """The background worker."""
    return Process(["worker"])
