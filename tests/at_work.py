"""The portal at work, for tests over HTTP: the sandbox beside it, the app over a database that really commits, staff in post."""

from __future__ import annotations

import io
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
import requests
from flask import Flask
from werkzeug.serving import make_server

from portal import create_app, db
from portal.auth.oidc import provider
from portal.config import settings
from portal.demo import enrol_seals, load_staff
from portal.logs import set_up_logs
from portal.postgres import EmbeddedServer
from portal.web.limits import limiter
from tests.emptying import empty_database
from tests.visitors import Visitor

TIMEOUT = 10


@pytest.fixture(scope="session")
def portal_app(database: EmbeddedServer, outside: str) -> Flask:
    """The whole application, made once."""
    return create_app()


@pytest.fixture(scope="module")
def town(database: EmbeddedServer, outside: str) -> Iterator[EmbeddedServer]:
    """The database with the sandbox's staff in post and every office's seal; emptied when the module is done."""
    owner = db.make_engine(database.url("owner"), pool_size=1)
    with db.transaction() as session:
        load_staff(session)
        enrol_seals(session)
    yield database
    db.engine().dispose()
    empty_database(owner)
    owner.dispose()


@pytest.fixture
def app(portal_app: Flask, town: EmbeddedServer) -> Flask:
    """The application in a town at work, with no brakes on from the test before."""
    limiter.reset()
    return portal_app


@pytest.fixture
def visitor(app: Flask) -> Callable[..., Visitor]:
    """Makes browsers, each with cookies of its own."""
    return lambda **more: Visitor(app, **more)


@dataclass(frozen=True)
class Faults:
    """The misdeeds of one room of the sandbox."""

    address: str

    def on(self, name: str, **more: object) -> None:
        """Switch one on: once, unless `count` says otherwise (None: until the test ends)."""
        body = {"fault": name, "count": 1} | more
        requests.post(f"{self.address}/faults", json=body, timeout=TIMEOUT).raise_for_status()

    def off(self) -> None:
        """Everything works again."""
        requests.delete(f"{self.address}/faults", timeout=TIMEOUT).raise_for_status()


@pytest.fixture
def eid_faults(outside: str) -> Iterator[Faults]:
    """The identity provider's misdeeds; the portal meets it anew before and after."""
    provider.cache_clear()
    faults = Faults(f"{outside}/eid")
    yield faults
    faults.off()
    requests.post(f"{outside}/eid/admin/clock", json={"seconds": 0}, timeout=TIMEOUT).raise_for_status()
    provider.cache_clear()


@pytest.fixture
def written(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What the portal and its libraries write into the log."""
    paper = io.StringIO()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", paper)
        set_up_logs()
    yield paper
    set_up_logs()


@pytest.fixture
def served(app: Flask) -> Iterator[str]:
    """The application on its own port, answering several at once; gives its address."""
    own = settings()
    server = make_server(own.host, own.port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield own.base_url
    server.shutdown()
    thread.join(10)
    server.server_close()
