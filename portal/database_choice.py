"""Which database this process uses: the settings', else the embedded server's of the instance folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from portal import db
from portal.config import settings
from portal.postgres import EmbeddedServer
from portal.postgres_place import NoServer


def use_database() -> None:
    """Settle the database of this process and of those it starts.

    Raises:
        NoServer: the embedded server is needed and does not run.
    """
    now = settings()
    if now.database_url:
        return
    server = EmbeddedServer(now)
    if not server.is_running():
        raise NoServer("Kho dữ liệu chưa chạy (the database is not running): portal database start")
    os.environ["DATABASE_URL"] = server.url("web")
    settings.cache_clear()


@contextmanager
def transaction() -> Iterator[Session]:
    """One transaction of a command, on the settled database."""
    use_database()
    with db.transaction() as session:
        yield session
