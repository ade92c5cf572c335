"""What tests of several rooms share: one installation, its database, its sandbox, and a session that leaves no trace."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
import time_machine
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from portal import db
from portal.config import settings
from portal.postgres import EmbeddedServer
from portal.services.organisation.offices import seed_offices
from portal.services.organisation.working_days import seed_calendar
from portal.services.publishing.shipped import publish_shipped
from tests.emptying import empty_database
from tests.waiting import wait_for

LONG_AGO = datetime(2026, 1, 5, tzinfo=UTC)  # what ships is in force on every day on which a test may live


def free_port() -> int:
    """A port of this machine that nobody uses now."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.fixture(scope="session", autouse=True)
def installation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation of the tests' own: its folder, its ports, its keys."""
    folder = tmp_path_factory.mktemp("installation")
    sandbox_port = free_port()
    os.environ.update(
        PORTAL_ENV="demo",
        PORTAL_INSTANCE=str(folder),
        PORTAL_PORT=str(free_port()),
        SANDBOX_PORT=str(sandbox_port),
        SANDBOX_SMTP_PORT=str(free_port()),
    )
    os.environ["PORTAL_SMTP_URL"] = f"smtp://127.0.0.1:{os.environ['SANDBOX_SMTP_PORT']}"
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "PORTAL_BASE_URL", "SANDBOX_STATE"):
        os.environ.pop(name, None)
    settings.cache_clear()
    return folder


@pytest.fixture(scope="session")
def server(installation: Path) -> Iterator[EmbeddedServer]:
    """The installation's database server."""
    running = EmbeddedServer(settings())
    running.start()
    yield running
    running.destroy()


@pytest.fixture(scope="session")
def database(server: EmbeddedServer) -> Iterator[EmbeddedServer]:
    """The database, migrated and with what ships with the portal, and the process pointed at it under the web role."""
    db.migrate(server.url("owner"))
    os.environ["DATABASE_URL"] = server.url("web")
    os.environ["DATABASE_OWNER_URL"] = server.url("owner")
    settings.cache_clear()
    db.engine.cache_clear()
    with db.transaction() as session:
        seed_calendar(session)
        seed_offices(session)
        with time_machine.travel(LONG_AGO):
            publish_shipped(session)
    yield server
    db.engine().dispose()


@pytest.fixture(scope="session")
def outside(installation: Path) -> Iterator[str]:
    """The outside world: the sandbox's own process on the installation's ports; gives its address."""
    process = subprocess.Popen([sys.executable, "-m", "portal.sandbox"], env=dict(os.environ))
    address = f"http://127.0.0.1:{settings().sandbox_port}"
    wait_for(lambda: _answers(f"{address}/healthz"))
    yield address
    process.terminate()
    process.wait(10)


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=2).ok
    except requests.RequestException:
        return False


@pytest.fixture
def session(database: EmbeddedServer) -> Iterator[Session]:
    """A session whose every change is undone at the end, whatever the test commits."""
    with db.engine().connect() as connection:
        outer = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
            yield session
        outer.rollback()


@pytest.fixture
def owner_engine(database: EmbeddedServer) -> Iterator[Engine]:
    """An engine under the owner's role, which may do what the portal may not."""
    engine = db.make_engine(database.url("owner"), pool_size=2)
    yield engine
    engine.dispose()


@pytest.fixture
def committed(database: EmbeddedServer, owner_engine: Engine) -> Iterator[EmbeddedServer]:
    """The database for tests that really commit; emptied afterwards of all but what ships."""
    yield database
    db.engine().dispose()
    empty_database(owner_engine)
