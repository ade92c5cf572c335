"""Whatever is done to the ledger behind the portal's back, the first bad entry is named."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session

from portal import db
from portal.postgres import EmbeddedServer
from portal.services.oversight.ledger_audit import verify_ledger
from portal.services.registries.ledger import HANDLING, Seat, note_openings, note_reveal
from tests.emptying import empty_database
from tests.filings import submitted
from tests.people import citizen, clerk

CHANGES = {
    "kind": "'lookup'", "subject_hash": "'\\x00'", "owner_id": "NULL", "actor_id": "'system'", "actor_role": "'leader'",
    "office_code": "'H26.32'", "purpose": "'other'", "legal_ground": "'other'", "basis": "'consent'",
    "basis_reference": "'other'", "source": "'tax'", "fields": "fields || '{full_name}'", "outcome": "'found'",
    "request_id": "'other'", "dossier_id": "NULL", "dossier_code": "'other'", "procedure_code": "'other'",
    "data_key_id": "NULL", "happened_at": "happened_at - interval '1 microsecond'", "sealed_reason": "'\\x00'",
    "shown_from": "shown_from + interval '1 day'", "quarter": "NULL", "hash": "sha256('forged')",
    "id": "'00000000-0000-7000-8000-000000000001'", "previous_hash": "sha256('forged')",
}  # fmt: skip
SWAP = (
    "UPDATE access_entries SET number = CASE number WHEN 3 THEN -4 ELSE -3 END WHERE number IN (3, 4);"
    " UPDATE access_entries SET number = -number WHERE number < 0"
)
SLIP_IN = (
    "INSERT INTO access_entries SELECT (jsonb_populate_record(a, jsonb_build_object('id', gen_random_uuid(), 'number', 99,"
    " 'kind', 'lookup', 'quarter', NULL))).* FROM access_entries a WHERE number = 3"
)
TAMPERINGS = {
    "one removed": ("DELETE FROM access_entries WHERE number = 3", "entry 4"),
    "the first removed": ("DELETE FROM access_entries WHERE number = 1", "entry 2"),
    "two swapped": (SWAP, "entry 3"),
    "one slipped in": (SLIP_IN, "entry 99"),
}


@pytest.fixture(scope="module")
def ledger(database: EmbeddedServer) -> Iterator[Engine]:
    """Two look-ups, two openings and a reveal."""
    engine = db.make_engine(database.url("owner"), pool_size=1)
    with db.transaction() as session:
        dossier, seat = submitted(session, citizen(session)), Seat("clerk", "H26.31")
        for _time in range(2):
            note_openings(session, clerk(session), [dossier], seat, HANDLING)
        note_reveal(session, clerk(session), dossier, seat, HANDLING, ["subject.ethnicity"], "So với giấy khai sinh cũ.")
    yield engine
    db.engine().dispose()
    empty_database(engine)
    engine.dispose()


@pytest.fixture
def hand(ledger: Engine) -> Iterator[Connection]:
    """Somebody who has the tables for their own, and switched off whatever refuses; undone afterwards."""
    with ledger.connect() as connection:
        connection.execute(text("ALTER TABLE access_entries DISABLE TRIGGER USER"))
        rules = connection.execute(text("SELECT conname FROM pg_constraint WHERE conname LIKE 'ck_access_entries%'")).scalars()
        for rule in rules.all():
            connection.execute(text(f"ALTER TABLE access_entries DROP CONSTRAINT {rule}"))
        yield connection
        connection.rollback()


def first_bad(connection: Connection) -> str:
    with Session(connection, join_transaction_mode="create_savepoint") as session:
        return next((finding.where for finding in verify_ledger(session).findings), "")


def test_untouched_ledger_is_proven_to_its_head(ledger: Engine) -> None:
    with db.transaction() as session:
        report = verify_ledger(session)
    assert (report.entries, report.findings, len(report.head)) == (5, (), 64)


def test_every_column_is_covered(hand: Connection) -> None:
    columns = hand.execute(text("SELECT attname FROM pg_attribute WHERE attrelid = 'access_entries'::regclass AND attnum > 0"))
    assert {*columns.scalars()} == {*CHANGES, "number"}


@pytest.mark.parametrize("column", CHANGES)
def test_changed_column_is_found(hand: Connection, column: str) -> None:
    hand.execute(text(f"UPDATE access_entries SET {column} = {CHANGES[column]} WHERE number = 3"))  # noqa: S608 (names of our own columns)
    assert first_bad(hand) == "entry 3"


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_what_was_removed_reordered_or_slipped_in_is_named_first(hand: Connection, tampering: str) -> None:
    statements, bad = TAMPERINGS[tampering]
    for statement in statements.split(";"):
        hand.execute(text(statement))
    assert first_bad(hand) == bad


def test_entry_written_past_the_chain_is_found(hand: Connection) -> None:
    hand.execute(text("UPDATE access_entries SET number = NULL, hash = NULL, previous_hash = NULL WHERE number = 5"))
    assert first_bad(hand).startswith("entry ")


def test_words_of_every_alphabet_and_sign_hash_alike_here_and_in_the_database(ledger: Engine) -> None:
    with db.new_session() as session:
        for words in ('"\\/\b\f\n\r\t\x01\x1f\x7f', "Đắk Lắk €😀", "</script>", "\u2028\ufeff"):
            session.execute(
                text(
                    "INSERT INTO access_entries (id, kind, subject_hash, actor_id, actor_role, office_code, purpose,"
                    " legal_ground, basis, basis_reference, source, fields, outcome, request_id, dossier_code,"
                    " procedure_code, happened_at, shown_from) VALUES (gen_random_uuid(), 'lookup', '', '', '', '', :w, :w,"
                    " 'law', :w, :w, ARRAY[:w, :w], :w, :w, '', '', now(), now())"
                ),
                {"w": words},
            )
        session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
        assert verify_ledger(session).findings == ()
        session.rollback()
