"""One crowd for the tests of this folder; nothing of it is ever committed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from portal import db
from portal.crowd.fill import fill
from tests.filings import received
from tests.people import citizen, clerk

COUNT = 1_200


def quiet(_line: str) -> None: ...


@pytest.fixture(scope="package")
def filled(database) -> Iterator[Session]:
    """One crowd for the tests of this folder, behind a dossier that a citizen filed; undone at the end."""
    with db.engine().connect() as connection:
        outer = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
            received(session, citizen(session), clerk(session))
            fill(session, COUNT, 7, quiet)
            yield session
        outer.rollback()
