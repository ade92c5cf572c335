"""The database: engine, sessions and migrations; no table and no query lives here."""

from __future__ import annotations

import secrets
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, create_engine, make_url
from sqlalchemy.orm import Session, sessionmaker

from portal.config import settings

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


def make_engine(url: str, *, pool_size: int = 8) -> Engine:
    """An engine for one process; a connection that died with the server is replaced at the next use."""
    return create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        pool_size=pool_size,
        max_overflow=4,
        pool_pre_ping=True,
        pool_timeout=5,
        connect_args={"connect_timeout": 3, "application_name": "mot-cua"},
    )


@lru_cache(maxsize=1)
def engine() -> Engine:
    """The engine of this process, under the web role."""
    return make_engine(settings().database_url)


def new_session() -> Session:
    """A session whose caller commits, once."""
    return sessionmaker(engine(), expire_on_commit=False)()


@contextmanager
def transaction() -> Iterator[Session]:
    """One transaction for an entrance that has no request: committed at the end, rolled back on an error."""
    with new_session() as session, session.begin():
        yield session


def migration_config(owner_url: str) -> Config:
    """Alembic's configuration, pointed at one database."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["url"] = owner_url
    return config


def migrate(owner_url: str, revision: str = "head") -> None:
    """Bring the database at `owner_url` up to `revision`."""
    command.upgrade(migration_config(owner_url), revision)


def new_id() -> uuid.UUID:
    """A row identifier that sorts by the time it was made (UUID version 7)."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & (2**48 - 1)) << 80 | 0x7 << 76 | secrets.randbits(12) << 64 | 0b10 << 62 | secrets.randbits(62)
    return uuid.UUID(int=value)
