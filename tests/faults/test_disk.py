"""A disk that takes no more: the paper waits, nothing half-written counts, and it heals by itself."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, select

from portal import db, worker
from portal.models import Dossier, IssuedDocument, OutboxItem
from portal.postgres import EmbeddedServer
from portal.services.dossiers.attachments import attachments_of
from portal.services.oversight.audit import verify
from portal.services.results.seals import enrol
from portal.services.vault.store import read_file
from tests import carrying
from tests.carrying import attached, publish_carrying, upload, withdraw_carrying
from tests.filings import approved
from tests.people import OFFICE, citizen, clerk, leader, officer
from tests.services.vault import papers

ROOM_BYTES = 4_096


@contextmanager
def full_disk() -> Iterator[None]:
    """No file of this process may grow beyond a few kilobytes, as on a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM_BYTES, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def carrying_procedure(database: EmbeddedServer, owner_engine: Engine) -> Iterator[None]:
    """The procedure that wants papers, until everything filed under it is gone."""
    yield
    withdraw_carrying(owner_engine)


@pytest.mark.usefixtures("carrying_procedure")
def test_paper_that_finds_no_room_leaves_the_draft_as_it_was_and_can_be_sent_again(
    committed: EmbeddedServer,
) -> None:
    with db.transaction() as session:
        publish_carrying(session)
        owner = citizen(session)
        draft = carrying.draft(session, owner)
        attached(session, owner, draft)
    picture = upload("b.png", papers.image("PNG", (600, 400)))
    assert len(picture.content) > ROOM_BYTES
    with full_disk(), pytest.raises(OSError, match="disk refused"), db.transaction() as session:
        attached(session, owner, draft, carrying.PHOTOS, picture)
    with db.transaction() as session:
        standing = session.get_one(Dossier, draft.id)
        assert [one.component_id for one in attachments_of(session, standing)] == [carrying.PAPER]
        assert standing.draft["answers"]
        attached(session, owner, draft, carrying.PHOTOS, picture)
    with db.transaction() as session:
        assert len(attachments_of(session, session.get_one(Dossier, draft.id))) == 2


def test_result_that_finds_no_room_waits_and_is_issued_once_when_there_is_some(
    committed: EmbeddedServer, outside: str, capfd: pytest.CaptureFixture[str]
) -> None:
    enrol(OFFICE, "Ủy ban nhân dân phường Ba Đình")
    with db.transaction() as session:
        dossier = approved(session, citizen(session), clerk(session), officer(session), leader(session))
        result = session.scalars(select(IssuedDocument).where(IssuedDocument.kind == "result")).one()
        item = session.scalars(select(OutboxItem).where(OutboxItem.key == str(result.id))).one()
    with full_disk(), pytest.raises(Exception, match="(?i)large|space|file"):
        worker.carry_out(str(item.id))
    with db.transaction() as session:
        waiting = session.get_one(Dossier, dossier.id)
        assert (waiting.state, waiting.stage) == ("in_processing", "issuing")
        assert session.get_one(IssuedDocument, result.id).file_id is None
        assert session.get_one(OutboxItem, item.id).last_error
    worker.carry_out(str(item.id))
    worker.carry_out(str(item.id))
    with db.transaction() as session:
        issued = session.get_one(IssuedDocument, result.id)
        assert issued.file is not None
        assert read_file(issued.file).startswith(b"%PDF-")
        assert session.get_one(Dossier, dossier.id).state == "finished"
        assert verify(session).findings == ()
