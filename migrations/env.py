"""Alembic's entrance: runs the numbered steps as the database's owner, giving up soon where a lock is held."""

from __future__ import annotations

from alembic import context
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool

from portal.models import Base

config = context.config


def include_name(name: str | None, kind: str, parents: dict[str, str | None]) -> bool:
    """The tables of the job queue belong to its own library."""
    if kind == "table":
        return not str(name).startswith("procrastinate_")
    return kind != "schema" or name in (None, "keyring")


def run() -> None:
    """Run the steps asked for in one transaction each."""
    url = make_url(config.attributes["url"]).set(drivername="postgresql+psycopg")
    with create_engine(url, poolclass=NullPool).connect() as connection:
        connection.execute(text("SET lock_timeout = '5s'"))
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            include_schemas=True,
            include_name=include_name,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
