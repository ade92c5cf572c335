"""Papers in drafts and filed dossiers: what may be put in and taken out, what stands by itself, and what the history keeps."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from portal import clock, db, rounds
from portal.auth.permissions import Actor
from portal.config import settings
from portal.models import Attachment, Dossier, IssuedDocument, OutboxItem
from portal.postgres import EmbeddedServer
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.attach import reuse
from portal.services.dossiers.attachments import attachments_of, missing, open_attachment, own_attachment, standings
from portal.services.dossiers.detach import detach
from portal.services.dossiers.history import events_of
from portal.services.dossiers.issue import issue, make, order_of
from portal.services.dossiers.receive import receive
from portal.services.dossiers.submit import submit
from portal.services.errors import GuardRefused, IllegalMove, NotFound
from portal.services.oversight.audit import verify
from portal.services.results.seals import enrol
from portal.services.vault import scanner
from portal.services.vault.scanner import ScanState
from portal.services.vault.uploads import Reason, UnfitFile, Upload
from tests import carrying, filings
from tests.carrying import EARLIER, PAPER, PHOTOS, SOMETIMES, attached, draft, publish_carrying, upload, withdraw_carrying
from tests.emptying import empty_database
from tests.people import OFFICE, citizen, clerk, leader, officer
from tests.services.vault import papers
from tests.services.vault.clamd import EICAR, clamd


@pytest.fixture
def owner(session: Session) -> Actor:
    publish_carrying(session)
    return citizen(session)


def standing_of(session: Session, dossier: Dossier) -> dict[str, bool]:
    procedure = by_hash(session, dossier.version_hash)
    return {one.component.id: one.is_met for one in standings(session, dossier, procedure, dossier.draft["answers"])}


def earlier_result(session: Session, owner: Actor) -> IssuedDocument:
    """A result that the owner received of the procedure that satisfies a component."""
    filings.approved(session, owner, clerk(session), officer(session), leader(session))
    query = select(IssuedDocument).join(IssuedDocument.dossier).where(IssuedDocument.kind == "result")
    result = session.scalars(query.where(Dossier.owner_id == owner.account_id).order_by(IssuedDocument.id.desc())).first()
    assert result is not None
    order = order_of(session, result.id)
    assert order is not None
    issue(session, order, make(order))
    return result


@pytest.fixture
def sealed_office(outside: str) -> Iterator[None]:
    enrol(OFFICE, "Ủy ban nhân dân phường Ba Đình")
    return


def test_draft_lacks_what_is_required_of_the_citizen_and_nothing_else(session: Session, owner: Actor) -> None:
    new = draft(session, owner)
    assert standing_of(session, new) == {PAPER: False, PHOTOS: True, EARLIER: False, carrying.SHOWN: True}


def test_paper_that_the_answers_call_for_is_wanted_as_well(session: Session, owner: Actor) -> None:
    other = {"certificate.purpose": "other", "certificate.purpose_detail": "việc riêng"}
    assert standing_of(session, draft(session, owner, **other))[SOMETIMES] is False


def test_filing_without_a_required_paper_is_refused_and_with_all_of_them_done(session: Session, owner: Actor) -> None:
    new = draft(session, owner)
    attached(session, owner, new, PAPER)
    with pytest.raises(GuardRefused, match="thiếu giấy tờ"):
        submit(session, owner, new.id, is_declared=True)
    attached(session, owner, new, EARLIER)
    filed = submit(session, owner, new.id, is_declared=True)
    facts = events_of(session, filed.id)[-1].facts["attachments"]
    assert [(fact["component"], fact["reused"]) for fact in facts] == [(PAPER, False), (EARLIER, False)]
    assert verify(session).findings == ()


def test_bytes_come_back_as_they_were_sent_and_the_name_is_sealed(session: Session, owner: Actor) -> None:
    content = papers.image_with_place()
    new = draft(session, owner)
    one = attached(session, owner, new, PHOTOS, upload("nhà tôi.jpg", content))
    assert open_attachment(one) == content
    assert (one.name, one.media_type, one.size_bytes) == ("nhà tôi.jpg", "image/jpeg", len(content))
    row = session.execute(text("SELECT sealed_name FROM attachments WHERE id = :id"), {"id": one.id}).one()
    assert "nhà tôi".encode() not in bytes(row.sealed_name)
    assert content[:64] not in b"".join(path.read_bytes() for path in settings().files.rglob("*") if path.is_file())


def test_same_file_twice_is_one_attachment(session: Session, owner: Actor) -> None:
    new, content = draft(session, owner), papers.pdf(2)
    first = attached(session, owner, new, PAPER, upload("a.pdf", content))
    again = attached(session, owner, new, PAPER, upload("b.pdf", content))
    assert first.id == again.id
    attached(session, owner, new, PHOTOS, upload("a.pdf", content))
    assert len(attachments_of(session, new)) == 2


def test_same_file_in_two_dossiers_cannot_be_seen_to_be_the_same(session: Session, owner: Actor) -> None:
    content, other = papers.pdf(), citizen(session)
    one = attached(session, owner, draft(session, owner), PAPER, upload("a.pdf", content))
    two = attached(session, other, draft(session, other), PAPER, upload("a.pdf", content))
    assert one.content_hash != two.content_hash
    assert one.file is not None
    assert two.file is not None
    assert one.file.sealed_sha256 != two.file.sealed_sha256


def test_nobody_else_can_add_open_or_take_away(session: Session, owner: Actor) -> None:
    new, stranger = draft(session, owner), citizen(session)
    one = attached(session, owner, new)
    for trespass in (
        lambda: attached(session, stranger, new),
        lambda: own_attachment(session, stranger, one.id),
        lambda: detach(session, stranger, new.id, one.id),
        lambda: reuse(session, stranger, new.id, EARLIER, uuid.uuid4()),
    ):
        with pytest.raises(NotFound):
            trespass()
    assert attachments_of(session, new) == [one]


def test_attachment_of_another_draft_cannot_be_taken_away_through_ones_own(session: Session, owner: Actor) -> None:
    other = citizen(session)
    theirs = attached(session, other, draft(session, other))
    with pytest.raises(NotFound):
        detach(session, owner, draft(session, owner).id, theirs.id)


@pytest.mark.parametrize("component", ["nothing", "identity-and-residence", SOMETIMES])
def test_component_that_is_not_wanted_takes_no_paper(session: Session, owner: Actor, component: str) -> None:
    with pytest.raises(NotFound):
        attached(session, owner, draft(session, owner), component)


def test_taken_away_paper_is_gone_from_the_draft(session: Session, owner: Actor) -> None:
    new = draft(session, owner)
    one = attached(session, owner, new)
    detach(session, owner, new.id, one.id)
    assert attachments_of(session, new) == []
    with pytest.raises(NotFound):
        own_attachment(session, owner, one.id)
    assert attached(session, owner, new).id != one.id


def test_nothing_is_added_or_taken_away_after_filing(session: Session, owner: Actor) -> None:
    new = draft(session, owner)
    one = attached(session, owner, new)
    attached(session, owner, new, EARLIER)
    submit(session, owner, new.id, is_declared=True)
    for late in (
        lambda: attached(session, owner, new, PHOTOS, upload("b.pdf", papers.pdf(3))),
        lambda: detach(session, owner, new.id, one.id),
        lambda: reuse(session, owner, new.id, EARLIER, uuid.uuid4()),
    ):
        with pytest.raises(IllegalMove):
            late()


def test_paper_of_a_component_that_the_final_answers_do_not_call_for_is_not_filed(session: Session, owner: Actor) -> None:
    new = draft(session, owner, **{"certificate.purpose": "other", "certificate.purpose_detail": "việc riêng"})
    for component in (PAPER, EARLIER, SOMETIMES):
        attached(session, owner, new, component)
    answers = {**new.draft["answers"], "certificate.purpose": {"value": "property", "source": "citizen"}}
    new.draft = {**new.draft, "answers": answers}
    filed = submit(session, owner, new.id, is_declared=True)
    assert [one.component_id for one in attachments_of(session, filed)] == [PAPER, EARLIER]


@pytest.mark.parametrize(
    "statement", ["SET sealed_name = ''", "SET content_hash = ''", "SET file_id = NULL", "SET dossier_id = id"]
)
def test_portal_itself_cannot_rewrite_an_attachment(session: Session, statement: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), session.begin_nested():
        session.execute(text(f"UPDATE attachments {statement}"))
    with pytest.raises(ProgrammingError, match="permission denied"), session.begin_nested():
        session.execute(text("DELETE FROM attachments"))


@pytest.mark.parametrize(
    ("limit", "value", "reason"),
    [
        ("upload_dossier_files", 1, Reason.TOO_MANY),
        ("upload_dossier_bytes", 1_000, Reason.DOSSIER_FULL),
        ("upload_person_files_a_day", 1, Reason.DAY_FULL),
        ("upload_person_bytes_a_day", 1_000, Reason.DAY_FULL),
    ],
)
def test_draft_and_day_are_bounded(
    session: Session, owner: Actor, monkeypatch: pytest.MonkeyPatch, limit: str, value: int, reason: Reason
) -> None:
    new = draft(session, owner)
    attached(session, owner, new, PAPER)
    monkeypatch.setattr(settings(), limit, value)
    with pytest.raises(UnfitFile) as refused:
        attached(session, owner, new, PHOTOS, upload("b.pdf", papers.pdf(2)))
    assert refused.value.reason is reason


def test_day_counts_what_was_taken_away_again_and_ends_at_midnight_here(
    session: Session, owner: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = draft(session, owner)
    detach(session, owner, new.id, attached(session, owner, new).id)
    monkeypatch.setattr(settings(), "upload_person_files_a_day", 1)
    with pytest.raises(UnfitFile):
        attached(session, owner, new)
    tomorrow = clock.now() + timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: tomorrow)
    attached(session, owner, new)


@pytest.fixture
def open_to_all(committed: EmbeddedServer, owner_engine: Engine) -> Iterator[tuple[Actor, Dossier]]:
    """A draft that several tabs may see, since it is really committed."""
    with db.transaction() as session:
        publish_carrying(session)
        owner = citizen(session)
        new = draft(session, owner)
    yield owner, new
    empty_database(owner_engine)
    withdraw_carrying(owner_engine)


def test_tabs_at_once_do_not_pass_the_bound_together(open_to_all: tuple[Actor, Dossier], monkeypatch: pytest.MonkeyPatch) -> None:
    owner, new = open_to_all
    monkeypatch.setattr(settings(), "upload_dossier_files", 3)
    files = [upload("a.pdf", papers.pdf(pages)) for pages in (1, 2, 3, 4, 5, 6)]
    together = Barrier(len(files))

    def one(file: Upload) -> bool:
        together.wait(10)
        try:
            with db.transaction() as session:
                attached(session, owner, new, PHOTOS, file)
        except UnfitFile:
            return False
        return True

    with ThreadPoolExecutor(len(files)) as tabs:
        assert sum(tabs.map(one, files)) == 3


def test_one_file_sent_by_two_tabs_at_once_is_one(open_to_all: tuple[Actor, Dossier]) -> None:
    owner, new = open_to_all
    file, together = upload(), Barrier(4)

    def one(_tab: int) -> uuid.UUID:
        together.wait(10)
        with db.transaction() as session:
            return attached(session, owner, new, PAPER, file).id

    with ThreadPoolExecutor(4) as tabs:
        assert len(set(tabs.map(one, range(4)))) == 1


def test_infected_file_is_never_kept(session: Session, owner: Actor) -> None:
    new = draft(session, owner)
    with pytest.raises(UnfitFile) as refused:
        attached(session, owner, new, scan_state=ScanState.INFECTED)
    assert refused.value.reason is Reason.INFECTED
    assert attachments_of(session, new) == []


def test_waiting_file_is_filed_but_not_opened(session: Session, owner: Actor) -> None:
    new = draft(session, owner)
    one = attached(session, owner, new, scan_state=ScanState.PENDING)
    attached(session, owner, new, EARLIER)
    assert submit(session, owner, new.id, is_declared=True).state == "submitted"
    with pytest.raises(NotFound):
        open_attachment(one)


@pytest.mark.usefixtures("sealed_office")
def test_earlier_result_of_ones_own_stands_by_itself_and_is_filed(session: Session, owner: Actor) -> None:
    result = earlier_result(session, owner)
    new = draft(session, owner)
    assert standing_of(session, new)[EARLIER]
    assert attachments_of(session, new) == []
    attached(session, owner, new, PAPER)
    filed = submit(session, owner, new.id, is_declared=True)
    reused = attachments_of(session, filed)[-1]
    assert (reused.component_id, reused.reused_document_id, reused.digitised_by) == (EARLIER, result.id, "portal")
    assert open_attachment(reused).startswith(b"%PDF-")
    assert events_of(session, filed.id)[-1].facts["attachments"][-1]["reused"] is True


@pytest.mark.usefixtures("sealed_office")
def test_own_file_stands_in_place_of_the_earlier_result(session: Session, owner: Actor) -> None:
    earlier_result(session, owner)
    new = draft(session, owner)
    for component in (PAPER, EARLIER):
        attached(session, owner, new, component)
    filed = submit(session, owner, new.id, is_declared=True)
    assert [one.reused_document_id for one in attachments_of(session, filed)] == [None, None]


@pytest.mark.usefixtures("sealed_office")
def test_another_result_can_be_chosen_and_one_that_does_not_hold_cannot(session: Session, owner: Actor) -> None:
    older, newer = earlier_result(session, owner), earlier_result(session, owner)
    new = draft(session, owner)
    reuse(session, owner, new.id, EARLIER, newer.id)
    reuse(session, owner, new.id, EARLIER, older.id)
    assert reuse(session, owner, new.id, EARLIER, older.id).reused_document_id == older.id
    assert [one.reused_document_id for one in attachments_of(session, new)] == [older.id]
    newer.revoked_at, newer.revocation_ground = clock.now(), "Cấp sai"
    session.flush()
    with pytest.raises(NotFound):
        reuse(session, owner, new.id, EARLIER, newer.id)


@pytest.mark.usefixtures("sealed_office")
@pytest.mark.parametrize("fault", ["revoked", "expired", "another person's"])
def test_result_that_does_not_hold_satisfies_nothing(session: Session, owner: Actor, fault: str) -> None:
    result = earlier_result(session, citizen(session) if fault == "another person's" else owner)
    if fault == "revoked":
        result.revoked_at, result.revocation_ground = clock.now(), "Cấp sai"
    if fault == "expired":
        result.expires_on = clock.today() - timedelta(days=1)
    session.flush()
    new = draft(session, owner)
    assert not standing_of(session, new)[EARLIER]
    with pytest.raises(NotFound):
        reuse(session, owner, new.id, EARLIER, result.id)


@pytest.mark.usefixtures("sealed_office")
def test_altered_paper_of_ours_is_known_as_altered_and_the_whole_one_as_whole(session: Session, owner: Actor) -> None:
    whole = open_attachment(reuse(session, owner, draft(session, owner).id, EARLIER, earlier_result(session, owner).id))
    new = draft(session, owner)
    assert attached(session, owner, new, PAPER, upload("a.pdf", whole)).seal_verdict == "valid"
    at = whole.index(b"/CreationDate") + 20
    altered = whole[:at] + (b"1" if whole[at : at + 1] != b"1" else b"2") + whole[at + 1 :]
    assert attached(session, owner, new, PHOTOS, upload("b.pdf", altered)).seal_verdict == "altered"


def test_clerk_says_which_originals_were_seen_and_form_01_and_history_say_it_too(session: Session, owner: Actor) -> None:
    new = draft(session, owner)
    seen, unseen = attached(session, owner, new, PAPER), attached(session, owner, new, EARLIER)
    filed, desk = submit(session, owner, new.id, is_declared=True), clerk(session)
    stray = str(uuid.uuid4())
    receive(session, desk, str(filed.code), expected_version=filed.version, compared={str(seen.id), stray})
    assert (seen.checked_against_original_by, seen.checked_against_original_at) == (desk.account_id, filed.received_at)
    assert unseen.checked_against_original_at is None
    facts = events_of(session, filed.id)[-1].facts["compared_with_originals"]
    assert [fact["id"] for fact in facts] == [str(seen.id)]
    query = select(IssuedDocument).where(IssuedDocument.dossier_id == filed.id, IssuedDocument.kind == "form_01")
    rows = {row["name"]: row for row in session.scalars(query).one().facts["components"]}
    assert rows["Giấy chứng sinh"]["form"] == "bản điện tử, đã đối chiếu bản chính"
    assert rows["Giấy xác nhận tình trạng hôn nhân"]["form"] == "bản điện tử"
    assert not {"Ảnh chụp nơi ở", "Sổ hộ khẩu cũ", "Giấy ủy quyền"} & rows.keys()


def test_form_01_tells_how_many_files_a_paper_came_in(session: Session, owner: Actor) -> None:
    new = draft(session, owner)
    for component in (PAPER, EARLIER):
        attached(session, owner, new, component)
    for pages in (2, 3, 4):
        attached(session, owner, new, PHOTOS, upload("a.pdf", papers.pdf(pages)))
    filed = submit(session, owner, new.id, is_declared=True)
    receive(session, clerk(session), str(filed.code), expected_version=filed.version)
    query = select(IssuedDocument).where(IssuedDocument.dossier_id == filed.id, IssuedDocument.kind == "form_01")
    rows = {row["name"]: row for row in session.scalars(query).one().facts["components"]}
    assert (rows["Ảnh chụp nơi ở"]["form"], rows["Ảnh chụp nơi ở"]["count"]) == ("bản điện tử (3 tệp)", 2)


def test_missing_names_what_is_missing(session: Session, owner: Actor) -> None:
    new = draft(session, owner)
    procedure = by_hash(session, new.version_hash)
    lacking = missing(standings(session, new, procedure, new.draft["answers"]))
    assert [component.id for component in lacking] == [PAPER, EARLIER]


def test_shipped_procedure_wants_no_paper_and_files_as_before(session: Session) -> None:
    filed = filings.submitted(session, citizen(session))
    assert "attachments" not in events_of(session, filed.id)[-1].facts
    assert session.scalars(select(Attachment).where(Attachment.dossier_id == filed.id)).all() == []
    assert session.scalars(select(OutboxItem).where(OutboxItem.dossier_id == filed.id)).all()


def test_worker_scans_what_waited_when_the_scanner_is_back(
    session: Session, owner: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rounds, "transaction", lambda: _same(session))
    monkeypatch.setattr(scanner, "ANSWER_SECONDS", 0.3)
    new = draft(session, owner)
    well = attached(session, owner, new, PAPER, scan_state=ScanState.PENDING)
    ill = attached(session, owner, new, PHOTOS, upload("b.jpg", papers.image(comment=EICAR)), ScanState.PENDING)
    assert rounds.scan_waiting() == 0
    with clamd("mute") as address:
        monkeypatch.setattr(settings(), "clamd", address)
        assert rounds.scan_waiting() == 0
    assert (well.scan_state, ill.scan_state) == ("pending", "pending")
    with clamd() as address:
        monkeypatch.setattr(settings(), "clamd", address)
        assert rounds.scan_waiting() == 2
        assert rounds.scan_waiting() == 0
    assert (well.scan_state, ill.scan_state) == ("clean", "infected")
    assert open_attachment(well)
    with pytest.raises(NotFound):
        open_attachment(ill)


@contextmanager
def _same(session: Session) -> Iterator[Session]:
    """The test's own session in place of a transaction of the worker's."""
    yield session
    session.flush()
