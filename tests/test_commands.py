"""The commands that others rely on: what they print, and with which exit code they end."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, text

from portal import db
from portal.cli import main
from portal.models import Dossier
from portal.postgres import EmbeddedServer
from tests.filings import submitted
from tests.people import citizen


def portal(*words: str) -> Result:
    return CliRunner().invoke(main, words)


WORKED = [
    ("2026-11-16T09:00", "3wd", "2026-11-19T09:00"),
    ("2026-11-20T09:00", "1wd", "2026-11-23T09:00"),
    ("2026-11-23T09:00", "1wd", "2026-11-25T09:00"),
    ("2026-11-23T15:30", "0", "2026-11-25T17:00"),
    ("2026-02-13T10:00", "2wd", "2026-02-24T10:00"),
    ("2025-11-20T09:00", "5d", "2025-11-25T17:00"),
]


@pytest.mark.parametrize(("received", "term", "promised"), WORKED)
def test_deadline_prints_the_promise_and_its_days(database: EmbeddedServer, received: str, term: str, promised: str) -> None:
    told = portal("deadline", received, term)
    assert told.exit_code == 0
    assert told.output.splitlines()[0] == f"promised {promised}"
    as_json = json.loads(portal("deadline", received, term, "--json").output)
    assert as_json["promised"] == f"{promised}+07:00"
    assert as_json["days"][-1]["day"] == promised[:10]


def test_deadline_takes_the_term_of_a_procedure(database: EmbeddedServer) -> None:
    assert "promised 2026-11-19T09:00" in portal("deadline", "2026-11-16T09:00", "--procedure", "1.004873").output


@pytest.mark.parametrize("words", [("x", "3wd"), ("2026-11-16T09:00", "3 days"), ("2026-11-16T09:00", "--procedure", "1.000000")])
def test_deadline_of_nonsense_is_one_sentence_and_exit_1(database: EmbeddedServer, words: tuple[str, ...]) -> None:
    told = portal("deadline", *words)
    assert (told.exit_code, len(told.output.splitlines())) == (1, 1)


def test_audit_names_the_first_bad_row_and_exits_1(committed: EmbeddedServer, owner_engine: Engine) -> None:
    with db.transaction() as session:
        submitted(session, citizen(session))
        submitted(session, citizen(session))
    assert portal("audit", "verify").exit_code == 0
    with owner_engine.begin() as connection:
        connection.execute(text("UPDATE events SET actor_role = 'leader' WHERE number = 1"))
    told = portal("audit", "verify")
    assert told.exit_code == 1
    assert told.output.startswith("✗ event 1:")


def test_procedures_are_listed_with_their_counts(database: EmbeddedServer) -> None:
    rows = json.loads(portal("procedures", "list", "--json").output)
    (row,) = [row for row in rows if row["code"] == "1.004873"]
    assert (row["code"], row["agency"], row["level"]) == ("1.004873", "commune", "full")
    assert row["prefilled"] > row["typed"]


def test_keys_rotate_and_the_old_master_is_forgotten_only_when_it_wraps_nothing(committed: EmbeddedServer) -> None:
    with db.transaction() as session:
        dossier = submitted(session, citizen(session))
    assert portal("keys", "rotate").exit_code == 0
    assert portal("keys", "forget-old").exit_code == 0
    with db.transaction() as session:
        assert session.get_one(Dossier, dossier.id).parties["subject"]["full_name"] == "Nguyễn Thị Mẫu"
