"""One crowd for the tests of this folder; nothing of it is ever committed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from portal import db
from portal.crowd.fill import fill
from portal.postgres import EmbeddedServer
from tests.filings import received
from tests.people import citizen, clerk

COUNT = 1_200
TAKEN_FOR_LARGE = (  # so many rows on so few pages, that those which are there stand for a million
    "SELECT pg_restore_relation_stats('schemaname', CAST(:schema AS text), 'relname', CAST(:name AS text),"
    " 'relpages', 100, 'reltuples', CAST(1e6 AS real))"
)
LARGE_TABLES = (
    ("public", "dossiers"), ("public", "events"), ("public", "accounts"), ("public", "answers_documents"),
    ("keyring", "data_keys"),
)  # fmt: skip


def quiet(_line: str) -> None: ...


@pytest.fixture(scope="package")
def filled(database: EmbeddedServer) -> Iterator[Session]:
    """One crowd for the tests of this folder, behind a dossier that a citizen filed; undone at the end.

    As the owner, who may tell the database how large its tables are: it plans by what it takes them for, and these stand for
    a million.
    """
    owner = db.make_engine(database.url("owner"), pool_size=1)
    with owner.connect() as connection:
        outer = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
            received(session, citizen(session), clerk(session))
            fill(session, COUNT, 7, quiet)
            session.execute(text(f"ANALYZE {', '.join('.'.join(table) for table in LARGE_TABLES)}"))
            for schema, table in LARGE_TABLES:
                session.execute(text(TAKEN_FOR_LARGE), {"schema": schema, "name": table})
            yield session
        outer.rollback()
    owner.dispose()
