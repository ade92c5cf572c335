"""The numbered steps run both ways, name their head, and leave nothing that the tables do not say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.script import ScriptDirectory

from portal import db
from portal.postgres import EmbeddedServer

NAME = "migrations_test"


@pytest.fixture
def empty_database(server: EmbeddedServer) -> Iterator[str]:
    server.create_database(NAME)
    yield server.url("owner", NAME)
    server.drop_database(NAME)


def test_steps_run_up_down_and_up_again_and_match_the_tables(empty_database: str) -> None:
    config = db.migration_config(empty_database)
    db.migrate(empty_database)
    command.check(config)
    command.downgrade(config, "base")
    with psycopg.connect(empty_database) as connection:
        left = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname IN ('public', 'keyring') AND tablename <> 'alembic_version'"
        ).fetchall()
        functions = connection.execute("SELECT proname FROM pg_proc WHERE proname LIKE 'procrastinate%'").fetchall()
    assert (left, functions) == ([], [])
    db.migrate(empty_database)


def test_head_file_names_the_newest_step() -> None:
    head = ScriptDirectory.from_config(db.migration_config("")).get_current_head()
    assert (Path(db.MIGRATIONS) / "HEAD").read_text(encoding="ascii").strip() == head


def test_steps_do_not_import_services() -> None:
    for path in (db.MIGRATIONS / "versions").glob("*.py"):
        assert "portal.services" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("table", ["events", "answers_documents", "evidence", "stored_files"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}"])
def test_web_role_cannot_change_what_is_written_once(database: EmbeddedServer, table: str, statement: str) -> None:
    with psycopg.connect(database.url("web")) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement.format(table))


def test_web_role_cannot_delete_a_dossier(database: EmbeddedServer) -> None:
    with psycopg.connect(database.url("web")) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("DELETE FROM dossiers")
