"""What several test files of the sandbox share: the running process, and a clean slate of faults for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from .process import Running, start


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    running = start(tmp_path_factory.mktemp("sandbox"))
    yield running
    assert running.stop() == 0


@pytest.fixture
def no_faults(sandbox: Running) -> Iterator[None]:
    yield
    for room in ("eid", "registries", "messages"):
        requests.delete(f"{sandbox.base}/{room}/faults", timeout=5).raise_for_status()
    requests.post(f"{sandbox.base}/eid/admin/clock", json={"seconds": 0}, timeout=5).raise_for_status()
