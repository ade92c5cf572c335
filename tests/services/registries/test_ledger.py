"""Every look-up is in the ledger with whose data, who, why and on which ground, whatever came of it."""

from __future__ import annotations

import json
from dataclasses import replace

import psycopg
import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from portal import db
from portal.models import AccessEntry, Dossier
from portal.postgres import EmbeddedServer
from portal.services.catalogue.versions import current
from portal.services.dossiers.lookups import asks_for
from portal.services.dossiers.open_draft import open_draft
from portal.services.dossiers.queries import evidence_of
from portal.services.registries.exchange import Outcome, Requester, Subject
from portal.services.registries.ledger import keep_lookups
from tests import intakes
from tests.filings import CODE, asks_of, filled_draft, replies, submitted, taken
from tests.people import citizen, clerk, officer

MAU = "001190000001"
CHANGES = ["UPDATE access_entries SET purpose = ''", "DELETE FROM access_entries"]


def entries(session: Session) -> list[AccessEntry]:
    return list(session.scalars(select(AccessEntry).order_by(AccessEntry.happened_at, AccessEntry.source)))


def test_own_look_up_says_who_asked_for_what_why_and_on_which_ground(session: Session) -> None:
    owner = citizen(session, personal_id=MAU)
    procedure = current(session, CODE)
    asks = asks_for(procedure, Subject(MAU, "Nguyễn Thị Mẫu", "1990-05-12"), Requester("citizen", owner.id), "consent:1")
    draft = open_draft(session, owner, procedure, language="vi")
    keep_lookups(session, owner, asks, replies(), dossier=draft)
    found = {entry.source: entry for entry in entries(session)}
    assert set(found) == {"population", "civil-status"}
    entry = found["civil-status"]
    assert (entry.subject_hash, entry.owner_id, entry.actor_id) == (owner.subject_hash, owner.account_id, owner.id)
    assert (entry.kind, entry.actor_role, entry.office_code, entry.outcome) == ("lookup", "owner", "", "found")
    assert (entry.purpose, entry.basis, entry.basis_reference) == ("XNTTHN-HONNHAN", "consent", "consent:1")
    assert entry.legal_ground == asks["civil-status"].legal_ground
    assert entry.fields == list(asks["civil-status"].scope)
    assert entry.shown_from == entry.happened_at
    assert {row.source for row in evidence_of(session, draft)} == set(found)


def test_no_value_stands_in_the_ledger(session: Session) -> None:
    submitted(session, citizen(session, personal_id=MAU))
    rows = session.execute(text("SELECT to_jsonb(a) FROM access_entries a")).scalars().all()
    said = json.dumps(rows, ensure_ascii=False)
    assert rows
    for planted in (MAU, "Nguyễn Thị Mẫu", "1990-05-12", "Số 9 phố Mẫu", "mau@thu.example", "0900000012"):
        assert planted not in said


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.UNAVAILABLE, Outcome.NOT_MATCHED])
def test_registry_that_refused_or_kept_silent_was_asked_all_the_same(session: Session, outcome: Outcome) -> None:
    owner = citizen(session)
    procedure = current(session, CODE)
    draft = open_draft(session, owner, procedure, language="vi")
    taken(session, owner, draft, procedure, {name: replace(one, outcome=outcome, fields={}) for name, one in replies().items()})
    assert {entry.outcome for entry in entries(session)} == {outcome.value}


def test_look_up_of_which_no_dossier_came_is_kept_without_one(session: Session) -> None:
    asker = clerk(session)
    asks = asks_of(replies(), Requester("officer", asker.id, "H26.31"))
    keep_lookups(session, asker, asks, replies(), dossier=None)
    found = entries(session)
    assert {(one.dossier_id, one.actor_role, one.office_code) for one in found} == {(None, "clerk", "H26.31")}
    assert {one.subject_hash for one in found} == {citizen(session, personal_id=MAU).subject_hash}


def test_reply_to_what_nobody_asked_is_kept_by_nobody(session: Session) -> None:
    with pytest.raises(KeyError):
        keep_lookups(session, officer(session), {}, replies(), dossier=None)


def test_counter_asks_in_the_name_of_clerk_and_office_about_whoever_stands_there(session: Session) -> None:
    draft = intakes.begun(session, who := clerk(session))
    found = entries(session)
    assert {(one.actor_id, one.actor_role, one.office_code, one.basis) for one in found} == {(who.id, "clerk", "H26.31", "law")}
    assert {one.owner_id for one in found} == {draft.owner_id}


def test_criminal_record_check_by_an_office_is_shown_later_and_an_own_one_at_once(session: Session) -> None:
    owner = citizen(session, personal_id=MAU)
    for requester in (Requester("officer", "x", "H26.31"), Requester("citizen", owner.id)):
        asks = {name: replace(ask, purpose="LLTP-ANTICH") for name, ask in asks_of(replies(), requester).items()}
        keep_lookups(session, owner, asks, replies(), dossier=None)
    waits = {one.office_code: (one.shown_from - one.happened_at).days for one in entries(session)}
    assert waits == {"H26.31": 30, "": 0}


def numbers(session: Session) -> list[int | None]:
    return list(session.scalars(select(AccessEntry.number).order_by(AccessEntry.number)))


def test_entries_are_numbered_without_gaps_in_the_order_of_their_commits(committed: EmbeddedServer) -> None:
    with db.transaction() as session:
        filled_draft(session, citizen(session))
    with db.new_session() as session:
        filled_draft(session, citizen(session))
        session.rollback()
    with db.transaction() as session:
        filled_draft(session, citizen(session))
        assert numbers(session)[2:] == [None, None]  # until the commit no lock is held and nobody waits
    with db.transaction() as session:
        assert numbers(session) == [1, 2, 3, 4]


@pytest.mark.parametrize(
    "statement", ["UPDATE access_entries SET purpose = ''", "DELETE FROM access_entries", "TRUNCATE access_entries"]
)
def test_web_role_changes_and_removes_nothing(database: EmbeddedServer, statement: str) -> None:
    with psycopg.connect(database.url("web")) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)


def test_web_role_cannot_say_which_number_an_entry_has(database: EmbeddedServer) -> None:
    with psycopg.connect(database.url("web")) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("INSERT INTO access_entries (id, number) VALUES (gen_random_uuid(), 7)")


@pytest.mark.parametrize("statement", CHANGES)
def test_even_the_owner_of_the_tables_is_refused_a_change(committed: EmbeddedServer, statement: str) -> None:
    with db.transaction() as session:
        filled_draft(session, citizen(session))
    with psycopg.connect(committed.url("owner")) as connection, pytest.raises(psycopg.errors.RestrictViolation):
        connection.execute(statement)


def test_dossiers_own_row_is_named(session: Session) -> None:
    dossier = submitted(session, citizen(session))
    kept = session.scalars(select(AccessEntry.dossier_id).distinct()).all()
    assert kept == [dossier.id]
    assert isinstance(dossier, Dossier)
