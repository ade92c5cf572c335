"""Whatever page of a dossier staff look at, that they looked is on record before they see any of it."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import Engine, select, text

from portal import clock, db
from portal.blind_index import personal_id_hash
from portal.crypto import sha256
from portal.models import AccessEntry, Dossier, IssuedDocument
from portal.postgres import EmbeddedServer
from portal.services.vault.store import store_file
from tests import completing
from tests.desks.addresses import addresses, is_about_a_dossier
from tests.desks.cast import Cast, Filed, actor_of
from tests.filings import CODE
from tests.visitors import HA

LOOKER = {"/counter/assist": "clerk elsewhere", "/counter/elsewhere": "officer elsewhere"}
WHY = "Người này đang nộp hồ sơ khác tại phường chúng tôi."
PURPOSES = {"/counter/dossiers": "handle_dossier", "/counter/assist": "help_owner", "/counter/elsewhere": "read_elsewhere",
            "/counter/intake": "file_at_counter"}  # fmt: skip
MUST_SHOW = {
    "counter.dossier", "counter.act", "counter.control_sheet_paper", "counter.opened_dossier", "counter.assisted",
    "counter.intake_facts",
}  # fmt: skip


@pytest.fixture(scope="module")
def filed(cast: Cast) -> Filed:
    made = cast.file("submitted")
    assert cast["officer elsewhere"].post("/counter/elsewhere", {"code": made.code, "reason": WHY}).status_code == 302
    assert (
        cast["clerk elsewhere"].post("/counter/assist", {"code": made.code, "card": HA, "is_present": "yes"}).status_code == 302
    )
    return made


@pytest.fixture
def forget(owner_engine: Engine) -> Engine:
    """The ledger emptied, as only the owner of the tables can."""
    with owner_engine.begin() as connection:
        connection.execute(text("TRUNCATE access_entries, access_questions"))
    return owner_engine


def openings() -> list[AccessEntry]:
    with db.transaction() as session:
        return list(session.scalars(select(AccessEntry).where(AccessEntry.kind == "opening")))


def test_every_page_that_shows_a_dossier_at_the_desk_is_an_opening(app: Flask, cast: Cast, filed: Filed, forget: Engine) -> None:
    shown = set()
    for address in addresses(app, filed):
        room = "/".join(address.rule.split("/")[:3])
        if address.method != "GET" or room not in PURPOSES or not is_about_a_dossier(address.rule):
            continue
        with forget.begin() as connection:
            connection.execute(text("TRUNCATE access_entries, access_questions"))
        who = cast[LOOKER.get(room, "clerk")]
        if who.get(address.path).status_code == 200:
            shown.add(address.endpoint)
            assert {entry.purpose for entry in openings()} == {PURPOSES[room]}, str(address)
    assert shown >= MUST_SHOW


def test_entry_says_role_office_and_ground_and_whose_dossier_but_no_name(cast: Cast, filed: Filed, forget: Engine) -> None:
    cast["clerk"].get(f"/counter/dossiers/{filed.code}")
    (entry,) = openings()
    with db.transaction() as session:
        dossier = session.scalars(select(Dossier).where(Dossier.code == filed.code)).one()
    assert (entry.actor_id, entry.actor_role, entry.office_code) == (str(cast.account_of("clerk")), "clerk", "H26.31")
    assert (entry.owner_id, entry.subject_hash) == (dossier.owner_id, dossier.subject_hash)
    assert (entry.dossier_code, entry.basis, entry.fields) == (filed.code, "law", [])
    assert entry.legal_ground.startswith("NĐ 118/2025/NĐ-CP")
    assert entry.number == 1


def test_whoever_leafs_through_a_dossier_opened_it_once_and_each_colleague_for_themself(
    cast: Cast, filed: Filed, forget: Engine
) -> None:
    for _time in range(3):
        cast["clerk"].get(f"/counter/dossiers/{filed.code}")
        cast["clerk"].get(f"/counter/dossiers/{filed.code}/refuse")
    cast["officer"].get(f"/counter/dossiers/{filed.code}")
    who = [entry.actor_id for entry in openings()]
    quarters = {entry.quarter for entry in openings()}
    assert len(who) == len(set(who)) * len(quarters) == 2 * len(quarters)


def test_list_is_no_opening_and_neither_is_a_dossier_that_is_not_found(cast: Cast, filed: Filed, forget: Engine) -> None:
    assert filed.code in cast["clerk"].get("/counter/queue?tab=submitted").text
    assert cast["officer elsewhere"].get(f"/counter/dossiers/{filed.code}").status_code == 404
    assert cast["clerk"].get(f"/counter/dossiers/{filed.code}/attachments/{filed.document_id}").status_code == 404
    assert openings() == []


def test_words_to_be_signed_in_many_dossiers_are_openings_of_each(cast: Cast, forget: Engine) -> None:
    made = cast.file("proposed")
    page = cast["leader"].post("/counter/bulk/approve", {"code": made.code})
    assert cast["leader"].get(page.headers["Location"]).status_code == 200
    assert [entry.dossier_code for entry in openings() if entry.actor_role == "leader"] == [made.code]


def test_look_up_of_which_no_draft_came_is_kept_all_the_same(cast: Cast, forget: Engine) -> None:
    card = {"card": HA, "full_name": "Nguyễn Thu Hà", "date_of_birth.year": "1997", "is_present": "yes", "procedure": CODE}
    assert cast["clerk"].post("/counter/intake", card).status_code == 422
    with db.transaction() as session:
        kept = list(session.scalars(select(AccessEntry)))
        assert {(one.kind, one.outcome, one.dossier_id, one.actor_role) for one in kept} == {
            ("lookup", "not_matched", None, "clerk")
        }
        assert {one.subject_hash for one in kept} == {personal_id_hash(HA)}


def test_page_is_not_shown_when_the_opening_cannot_be_written(
    cast: Cast, filed: Filed, forget: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(cast["clerk"].client.application.config, "PROPAGATE_EXCEPTIONS", False)
    with forget.begin() as connection:
        connection.execute(text("REVOKE INSERT ON access_entries FROM portal_web"))
    try:
        for page in ("", "/refuse", "/control-sheet"):
            answer = cast["clerk"].get(f"/counter/dossiers/{filed.code}{page}")
            assert answer.status_code >= 500
            assert "Nguyễn Thị Mẫu" not in answer.text
    finally:
        with forget.begin() as connection:
            columns = "SELECT string_agg(column_name, ', ') FROM information_schema.columns WHERE table_name = 'access_entries'"
            named = connection.execute(text(columns + " AND column_name NOT IN ('number', 'previous_hash', 'hash')")).scalar_one()
            connection.execute(text(f"GRANT INSERT ({named}) ON access_entries TO portal_web"))
    assert cast["clerk"].get(f"/counter/dossiers/{filed.code}").status_code == 200


def test_paper_and_attachment_are_openings_each_by_itself(cast: Cast, town: EmbeddedServer, forget: Engine) -> None:
    with completing.offered_in(town):
        with db.transaction() as session:
            dossier = completing.filed(session, actor_of(session, HA))
            (attached,) = completing.attachments_of(session, dossier)
            paper = session.scalars(select(IssuedDocument).where(IssuedDocument.dossier_id == dossier.id)).one()
            paper.file = store_file(session, dossier.data_key, b"%PDF-1.7", "application/pdf")
            paper.sha256, paper.issued_at = sha256(b"%PDF-1.7"), clock.now()
        pages = (f"attachments/{attached.id}", f"documents/{paper.id}")
        for page in pages:
            with forget.begin() as connection:
                connection.execute(text("TRUNCATE access_entries, access_questions"))
            assert cast["clerk"].get(f"/counter/dossiers/{dossier.code}/{page}").status_code == 200
            assert [entry.dossier_code for entry in openings()] == [dossier.code], page
