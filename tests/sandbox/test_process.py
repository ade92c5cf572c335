"""The process: where it refuses to run, how it stops, and what survives when it is killed."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from portal.sandbox.app import create_sandbox
from portal.sandbox.config import SandboxRefused, load_sandbox_settings

from .process import CHECKOUT, Running, command, environment, start


def run(state: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(), env=environment(state, **settings), cwd=CHECKOUT, capture_output=True, text=True, timeout=20,
        check=False,
    )  # fmt: skip


def test_it_refuses_to_start_in_production(tmp_path: Path) -> None:
    ended = run(tmp_path, PORTAL_ENV="production")
    assert ended.returncode == 2
    assert "production" in ended.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.7", "::"])  # noqa: S104
def test_it_refuses_an_address_that_others_can_reach(tmp_path: Path, host: str) -> None:
    with pytest.raises(SandboxRefused, match="loopback"):
        create_sandbox(load_sandbox_settings(host=host, state=tmp_path))
    load_sandbox_settings(host=host, state=tmp_path, allow_remote=True).refuse_unsafe()


def test_it_says_so_when_its_port_is_taken(tmp_path: Path, sandbox: Running) -> None:
    ended = run(tmp_path, SANDBOX_PORT=sandbox.base.rsplit(":", 1)[1])
    assert ended.returncode == 2
    assert "sandbox:" in ended.stderr


def remembered(running: Running) -> tuple[object, ...]:
    """What must be the same after a crash."""
    keys = requests.get(f"{running.issuer}/jwks.json", timeout=5).json()
    root = requests.get(f"{running.base}/trust/root.pem", timeout=5).text
    messages = requests.get(f"{running.base}/messages.json", timeout=5).json()
    return keys, root, messages


@pytest.fixture
def starting(tmp_path: Path) -> Iterator[Callable[[], Running]]:
    """Starts sandboxes on one state folder; none of them outlives the test."""
    started: list[Running] = []

    def begin() -> Running:
        started.append(start(tmp_path))
        return started[-1]

    yield begin
    for running in started:
        running.process.kill()
        running.process.wait(5)


@pytest.mark.slow
def test_keys_authority_and_messages_survive_a_kill(tmp_path: Path, starting: Callable[[], Running]) -> None:
    running = starting()
    body = {"to": "0900000001", "text": "Còn đây sau khi bị tắt ngang"}
    requests.post(f"{running.base}/messages/sms", json=body, timeout=5).raise_for_status()
    before = remembered(running)
    assert before[2]
    running.process.send_signal(signal.SIGKILL)
    running.process.wait(5)
    with (tmp_path / "messages.jsonl").open("a", encoding="utf-8") as torn:
        torn.write('{"channel": "sms", "to": "09000')
    again = starting()
    assert remembered(again) == before
    requests.post(f"{again.base}/messages/sms", json=body, timeout=5).raise_for_status()
    assert again.stop() == 0
    third = starting()
    assert len(remembered(third)[2]) == len(before[2]) + 1  # type: ignore[arg-type]
    assert third.stop() == 0
