"""A dump without the master key tells nothing; a new master key touches no content; a destroyed key ends it everywhere."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from sqlalchemy import text

from portal import db
from portal.config import settings
from portal.crypto import KeyDestroyed, SealError, keyring, keyring_path, replace_keyring
from portal.models import DataKey, Dossier
from portal.postgres import EmbeddedServer
from portal.services.dossiers.queries import at_counter, documents_of, evidence_of, latest_answers, owned, owned_dossiers
from portal.services.dossiers.queues import QueueFilter, queue
from portal.services.errors import NotFound
from portal.services.oversight.audit import verify
from portal.services.vault.keys import destroy, rewrap, wrapped_by
from portal.services.vault.store import read_file, store_file
from tests.filings import approved, submitted
from tests.people import citizen, clerk, leader, officer

NAME = "Trịnh Thị Canh Gác"
PLANTED = [NAME, "Canh Gác", "001190007777", "+84900000077", "0900000077", "canhgac@thu.example", "Số 77 ngõ Canh Gác"]


def plant(database: EmbeddedServer) -> Dossier:
    """A dossier up to its ordered result, full of the planted values, with a file."""
    residence = {"province_code": "01", "ward_code": "00004", "ward_name": "Phường Ba Đình", "detail": "Số 77 ngõ Canh Gác"}
    with db.transaction() as session:
        owner = citizen(session, NAME, personal_id="001190007777")
        submitted(
            session, owner, {"contact.email": "canhgac@thu.example", "contact.phone": "0900000077"},
            full_name=NAME, personal_id="001190007777", permanent_residence=residence,
        )  # fmt: skip
        dossier = approved(session, citizen(session, NAME), clerk(session), officer(session), leader(session))
        store_file(session, dossier.data_key, f"{NAME} 001190007777".encode(), "application/pdf")
    return dossier


def dump(database: EmbeddedServer, *options: str) -> bytes:
    """A real dump of the database, by the server's own tool."""
    command = [str(database.binary("pg_dump")), "--dbname", database.url("owner"), *options]
    return subprocess.run(command, check=True, capture_output=True).stdout


def test_dump_of_database_and_files_shows_no_planted_value(committed: EmbeddedServer) -> None:
    plant(committed)
    dumped = dump(committed)
    assert b"H26.31-" in dumped
    files = b"".join(path.read_bytes() for path in Path(settings().files).rglob("*") if path.is_file())
    assert files
    for value in PLANTED:
        for form in (value.encode(), value.upper().encode(), value.encode().hex().encode(), value.encode("unicode_escape")):
            assert form not in dumped, value
            assert form not in files, value


def test_new_master_key_rewraps_keys_and_touches_no_content(committed: EmbeddedServer) -> None:
    dossier = plant(committed)
    before = _content()
    replace_keyring(keyring_path(), keyring().with_new_master())
    with db.transaction() as session:
        assert rewrap(session, keyring()) > 0
        assert wrapped_by(session, keyring().old) == 0
    assert _content() == before
    replace_keyring(keyring_path(), keyring().without_old_masters())
    with db.transaction() as session:
        assert session.get_one(Dossier, dossier.id).parties["subject"]["full_name"] == "Nguyễn Thị Mẫu"


def _content() -> list[tuple[object, ...]]:
    with db.transaction() as session:
        rows = session.execute(text("SELECT id, sealed_parties, sealed_proposal FROM dossiers ORDER BY id"))
        return [tuple(row) for row in rows]


def test_destroyed_key_ends_answers_evidence_papers_and_files(committed: EmbeddedServer) -> None:
    dossier = plant(committed)
    with db.transaction() as session:
        stored = store_file(session, session.get_one(DataKey, dossier.data_key_id), b"content", "application/pdf")
        session.flush()
        destroy(session, dossier.data_key_id)
    with db.transaction() as session:
        again = session.get_one(Dossier, dossier.id)
        for read in (
            lambda: again.parties,
            lambda: latest_answers(session, again).content,
            lambda: evidence_of(session, again)[0].content,
            lambda: documents_of(session, again)[0].facts,
            lambda: read_file(session.get_one(type(stored), stored.id)),
        ):
            with pytest.raises(KeyDestroyed):
                read()


def test_backup_taken_before_the_destruction_opens_nothing_afterwards(committed: EmbeddedServer) -> None:
    dossier = plant(committed)
    backup = dump(committed, "--exclude-schema=keyring", "--format=custom")
    with db.transaction() as session:
        destroy(session, dossier.data_key_id)
        kept = session.get_one(DataKey, dossier.data_key_id)
        assert kept.wrapped is None
    committed.create_database("restored")
    try:
        target = committed.url("owner", "restored")
        restore = [str(committed.binary("pg_restore")), "--no-owner", "--no-privileges", "--dbname", target]
        subprocess.run(restore, input=backup, capture_output=True, check=False)
        engine = db.make_engine(target, pool_size=1)
        with engine.connect() as connection:
            sealed = connection.execute(
                text("SELECT sealed_parties FROM dossiers WHERE id = :id"), {"id": dossier.id}
            ).scalar_one()
            keys = connection.execute(text("SELECT count(*) FROM pg_tables WHERE tablename = 'data_keys'")).scalar_one()
        engine.dispose()
    finally:
        committed.drop_database("restored")
    assert (sealed is not None, keys) == (True, 0)


def test_changed_file_on_disk_is_found_out(committed: EmbeddedServer) -> None:
    dossier = plant(committed)
    with db.transaction() as session:
        row = store_file(session, session.get_one(DataKey, dossier.data_key_id), b"content", "application/pdf")
    path = settings().files / row.sealed_sha256.hex()[:2] / row.sealed_sha256.hex()
    changed = bytearray(path.read_bytes())
    changed[-1] ^= 1
    path.chmod(0o600)
    path.write_bytes(bytes(changed))
    with db.transaction() as session, pytest.raises(SealError):
        read_file(session.get_one(type(row), row.id))


def test_destroyed_dossier_is_found_by_nobody_and_breaks_no_list(committed: EmbeddedServer) -> None:
    with db.transaction() as session:
        owner, taker = citizen(session), clerk(session)
        gone, stays = submitted(session, owner), submitted(session, owner)
        destroy(session, gone.data_key_id)
    with db.transaction() as session:
        assert [dossier.code for dossier in queue(session, taker, QueueFilter())] == [stays.code]
        assert [dossier.code for dossier in owned_dossiers(session, owner)] == [stays.code]
        for find in (lambda: owned(session, owner, str(gone.code)), lambda: at_counter(session, taker, str(gone.code))):
            with pytest.raises(NotFound):
                find()
        assert verify(session).findings == ()
