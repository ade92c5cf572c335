"""What a granted result gives back: once, before or after the paper, refused or late without undoing anything."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal import clock
from portal.crypto import sha256
from portal.models import Dossier, IssuedDocument, OutboxItem, ProcedurePublication, WriteBack
from portal.services.catalogue.handling import WriteBack as Rule
from portal.services.catalogue.loader import texts_for
from portal.services.catalogue.versions import store
from portal.services.dossiers.approve import approve
from portal.services.dossiers.assign import assign
from portal.services.dossiers.escalations import TELL_ESCALATION, escalation_letter
from portal.services.dossiers.folder import folder_of
from portal.services.dossiers.follow_change import MOST_LOOKS, change_followed, look_after, note_adjusting
from portal.services.dossiers.forward import forward
from portal.services.dossiers.issue import issue, make, order_of
from portal.services.dossiers.propose import propose
from portal.services.dossiers.queries import documents_of
from portal.services.dossiers.receipts import ESCALATED_AFTER, entry_of, note_receipt
from portal.services.dossiers.receive import receive
from portal.services.dossiers.send_back import send_back
from portal.services.dossiers.submit import submit
from portal.services.dossiers.write_again import stuck_write_backs, write_again
from portal.services.dossiers.write_backs import FOLLOW_CHANGE, MAKE_DOCUMENT, WRITE_BACK, write_backs_of
from portal.services.errors import Forbidden, GuardRefused, NotFound
from portal.services.results.seals import enrol
from tests.births import CHILD_ID, DOWN, FATHER, MOTHER, TWICE, Register, birth_approved, parents, the_write_back, written
from tests.filings import GRANT, filled_draft, proposed
from tests.journeys.office import words_of
from tests.people import OFFICE, OTHER_OFFICE, citizen, leader
from tests.procedures import edited
from tests.services.dossiers.doings import PDF, REASON, hands, issued, last_event, result_of

WRITING = "1.999003"


@pytest.fixture
def approved(session: Session) -> tuple[Dossier, WriteBack]:
    dossier = birth_approved(session, parents(session))
    return dossier, the_write_back(session, dossier)


def items(session: Session, kind: str) -> int:
    return int(session.scalar(select(func.count()).where(OutboxItem.kind == kind)) or 0)


def results_ordered(session: Session, dossier: Dossier) -> int:
    key = str(result_of(session, dossier).id)
    return int(session.scalar(select(func.count()).where(OutboxItem.kind == MAKE_DOCUMENT, OutboxItem.key == key)) or 0)


def test_birth_waits_for_the_number_before_anything_is_drawn(session: Session, approved: Any) -> None:
    dossier, row = approved
    assert (dossier.state, dossier.stage) == ("in_processing", "issuing")
    assert (row.state, row.register, row.fact, row.before_printing) == ("waiting", "civil-status", "birth", True)
    assert results_ordered(session, dossier) == 0, "a certificate without a number is never drawn"
    assert items(session, WRITE_BACK) == 1
    note_receipt(session, row.id, written())
    assert results_ordered(session, dossier) == 1
    shown = result_of(session, dossier).facts["fields"]["personal_id"]
    assert (shown["value"], shown["text"]) == (CHILD_ID, CHILD_ID)


def test_what_is_sent_is_what_was_decided_under_its_number_and_nothing_else(session: Session, approved: Any) -> None:
    dossier, row = approved
    entry = entry_of(session, row.id)
    assert entry is not None
    said = entry.content
    assert said["fields"] | {"birth_place": None} == {
        "full_name": "Trần Gia Bảo", "date_of_birth": "2026-10-02", "sex": "male", "ethnicity": "Kinh",
        "kind": "both_parents", "birth_place": None, "origin": "Hà Nội", "spouse_of_filer": FATHER,
        "filer_is": "mother", "filed_by": MOTHER["personal_id"], "notice_code": "CS-9000012",
    }  # fmt: skip
    result = result_of(session, dossier)
    assert said["result"]["number"] == f"{result.number}/GKS"
    assert said["result"]["sha256"] is None, "the paper is only drawn afterwards"
    assert said["requester"] == {"kind": "officer", "id": str(dossier.approved_by), "office": OFFICE, "client_ip": ""}
    assert said["purpose"]["legal_ground"].startswith("Luật Hộ tịch")


def test_the_request_has_its_id_before_the_register_is_called_and_keeps_it(session: Session, approved: Any) -> None:
    _dossier, row = approved
    first = entry_of(session, row.id)
    note_receipt(session, row.id, DOWN)
    again = entry_of(session, row.id)
    assert first
    assert again
    assert first.request_id == again.request_id == row.request_id


def test_a_receipt_that_comes_twice_changes_nothing_more(session: Session, approved: Any) -> None:
    dossier, row = approved
    note_receipt(session, row.id, written())
    at = row.written_at
    assert note_receipt(session, row.id, written(personal_id="001226900001")) is None
    assert (row.written_at, results_ordered(session, dossier)) == (at, 1)
    assert result_of(session, dossier).facts["fields"]["personal_id"]["value"] == CHILD_ID
    assert entry_of(session, row.id) is None, "nothing is left to send"


def test_a_register_that_gives_no_number_is_asked_again(session: Session, approved: Any) -> None:
    dossier, row = approved
    assert note_receipt(session, row.id, written(personal_id="")) is not None
    assert (row.state, results_ordered(session, dossier)) == ("waiting", 0)


@pytest.mark.parametrize(
    "number",
    [
        pytest.param(MOTHER["personal_id"], id="the mother's"),
        pytest.param(FATHER["personal_id"], id="the father's"),
        pytest.param("001225900777", id="of another year"),
        pytest.param("001326900777", id="of a girl"),
    ],
)
def test_number_that_cannot_be_the_childs_is_never_printed(session: Session, approved: Any, number: str) -> None:
    dossier, row = approved
    assert note_receipt(session, row.id, written(personal_id=number)) == 2
    assert (row.state, row.attempts, results_ordered(session, dossier)) == ("waiting", 1, 0)


def test_register_that_is_down_is_asked_later_and_later_then_the_office_is_told_once(session: Session, approved: Any) -> None:
    dossier, row = approved
    waits = [note_receipt(session, row.id, DOWN) for _ in range(ESCALATED_AFTER + 3)]
    assert waits[:4] == [2, 4, 8, 16]
    assert waits == sorted(waits)  # type: ignore[type-var]
    assert all(wait is not None and wait <= 300 for wait in waits), "it goes on by itself, however long that takes"
    assert row.escalated_at is not None
    assert items(session, TELL_ESCALATION) == 2, "the officer and the leader, once"
    note_receipt(session, row.id, written())
    assert (row.state, row.escalated_at, results_ordered(session, dossier)) == ("written", None, 1)


def test_what_is_refused_before_printing_is_with_the_leader_again_and_the_reason_in_the_history(session: Session) -> None:
    who = parents(session)
    dossier = birth_approved(session, who)
    row, ordered = the_write_back(session, dossier), result_of(session, dossier)
    assert note_receipt(session, row.id, TWICE) is None
    assert (row.state, row.answer["words"]) == ("refused", TWICE.words)
    assert (dossier.state, dossier.stage, dossier.approved_by) == ("in_processing", "awaiting_signature", None)
    event = last_event(session, dossier)
    assert (event.name, event.actor_id, (event.details or {})["reason"]) == ("taken_back", "system", TWICE.words)
    assert items(session, TELL_ESCALATION) == 2, "officer and leader know"
    assert ordered not in documents_of(session, dossier), "nothing of it was ever signed"
    assert ordered.issued_at is None
    with pytest.raises(GuardRefused, match="Phê duyệt lại"):
        write_again(session, who.officer, str(dossier.code), row.id)


def test_approved_again_it_is_another_result_under_another_request(session: Session) -> None:
    who = parents(session)
    dossier = birth_approved(session, who)
    first = the_write_back(session, dossier)
    note_receipt(session, first.id, TWICE)
    approve(session, who.leader, str(dossier.code), expected_version=dossier.version)
    before, again = write_backs_of(session, dossier)
    assert (before, again.state) == (first, "waiting")
    assert again.request_id != before.request_id, "a register gives the old request its old answer"
    note_receipt(session, again.id, written())
    assert results_ordered(session, dossier) == 1
    assert result_of(session, dossier).facts["fields"]["personal_id"]["value"] == CHILD_ID


def test_officer_mends_what_the_register_refused(session: Session) -> None:
    who = parents(session)
    dossier = birth_approved(session, who)
    note_receipt(session, the_write_back(session, dossier).id, TWICE)
    reason = "Trẻ đã có khai sinh tại phường khác, xem lại."
    send_back(session, who.leader, str(dossier.code), expected_version=dossier.version, reason=reason)
    assert dossier.stage == "appraising"


def test_what_may_have_been_written_is_tried_again_under_its_own_request(session: Session) -> None:
    who = parents(session)
    dossier = birth_approved(session, who)
    row = the_write_back(session, dossier)
    for _ in range(ESCALATED_AFTER):
        note_receipt(session, row.id, DOWN)
    before = row.request_id
    write_again(session, who.leader, str(dossier.code), row.id)
    assert (row.request_id, items(session, WRITE_BACK)) == (before, 1)


def test_only_officer_and_leader_of_the_office_try_again_and_only_what_is_not_done(session: Session) -> None:
    who = parents(session)
    dossier = birth_approved(session, who)
    row = the_write_back(session, dossier)
    with pytest.raises(Forbidden):
        write_again(session, who.clerk, str(dossier.code), row.id)
    with pytest.raises(NotFound):
        write_again(session, leader(session, OTHER_OFFICE), str(dossier.code), row.id)
    other = birth_approved(session, parents(session), "Trần Gia Khác")
    with pytest.raises(NotFound):
        write_again(session, who.officer, str(dossier.code), the_write_back(session, other).id)
    note_receipt(session, row.id, written())
    with pytest.raises(GuardRefused):
        write_again(session, who.officer, str(dossier.code), row.id)


def test_the_list_of_what_is_stuck_is_the_offices_own(session: Session) -> None:
    who = parents(session)
    dossier = birth_approved(session, who)
    assert stuck_write_backs(session, who.officer) == []
    row = the_write_back(session, dossier)
    for _ in range(ESCALATED_AFTER):
        note_receipt(session, row.id, DOWN)
    assert stuck_write_backs(session, who.officer) == [(row, dossier)]
    assert stuck_write_backs(session, leader(session, OTHER_OFFICE)) == []


def test_letter_names_the_dossier_and_nobody(session: Session) -> None:
    who = parents(session)
    dossier = birth_approved(session, who)
    row = the_write_back(session, dossier)
    assert who.officer.account_id
    assert escalation_letter(session, row.id, who.officer.account_id) is None, "who left no address gets none"


def test_refusal_after_appraisal_gives_nothing_back(session: Session) -> None:
    who = hands(session, citizen(session))
    dossier = proposed(session, who.owner, who.clerk, who.officer, {"decision": "refuse", "reason": REASON})
    approve(session, who.leader, str(dossier.code), expected_version=dossier.version)
    order = order_of(session, result_of(session, dossier).id)
    assert order is not None
    issue(session, order, PDF)
    assert write_backs_of(session, dossier) == []


def test_version_of_before_says_what_it_would_write_and_nothing_is_written(session: Session, monkeypatch: Any) -> None:
    monkeypatch.setattr(Rule, "is_carried_out", property(lambda _: False))
    dossier = birth_approved(session, parents(session))
    assert write_backs_of(session, dossier) == []
    assert results_ordered(session, dossier) == 1


def test_register_that_the_installation_does_not_ask_is_not_written_to(session: Session, monkeypatch: Any) -> None:
    monkeypatch.setattr("portal.services.dossiers.write_backs.connected", lambda: frozenset({"population"}))
    assert write_backs_of(session, birth_approved(session, parents(session))) == []


def test_procedure_without_write_back_is_issued_as_ever(session: Session) -> None:
    dossier = issued(session, hands(session, citizen(session)))
    assert (dossier.state, write_backs_of(session, dossier)) == ("finished", [])


def _publish_writing(session: Session) -> None:
    """The shipped procedure, whose result is also told to a register once it is signed."""
    rule = {"registry": "civil-status", "fact": "note", "purpose": "GHI", "legal_ground": "Luật Hộ tịch"}

    def change(data: dict[str, Any]) -> None:
        data["code"] = WRITING
        data["result"]["write_back"] = [{**rule, "fields": {"personal_id": "subject.personal_id"}}]

    version = store(session, texts_for(edited(change)), state="shipped")
    known = {"code": WRITING, "version_hash": version.content_hash}
    session.add(ProcedurePublication(**known, starts_at=clock.now(), published_at=clock.now()))
    session.flush()


def test_a_result_is_signed_at_once_where_nothing_is_printed_of_the_register_and_told_with_its_hash(session: Session) -> None:
    _publish_writing(session)
    who = hands(session, citizen(session))
    dossier = submit(session, who.owner, filled_draft(session, who.owner, code=WRITING).id, is_declared=True)
    code = str(dossier.code)
    receive(session, who.clerk, code, expected_version=dossier.version)
    forward(session, who.clerk, code, expected_version=dossier.version)
    assign(session, who.officer, code, expected_version=dossier.version)
    propose(session, who.officer, code, expected_version=dossier.version, form=GRANT)
    approve(session, who.leader, code, expected_version=dossier.version)
    assert (write_backs_of(session, dossier), results_ordered(session, dossier)) == ([], 1)
    order = order_of(session, result_of(session, dossier).id)
    assert order is not None
    issue(session, order, PDF)
    row = the_write_back(session, dossier)
    assert (dossier.state, row.state) == ("finished", "waiting")
    assert row.content["result"]["sha256"] == sha256(PDF).hex()
    for _ in range(ESCALATED_AFTER):
        note_receipt(session, row.id, DOWN)
    note_receipt(session, row.id, TWICE)
    assert (dossier.state, row.state) == ("finished", "refused"), "what fails undoes no signed result"
    assert results_ordered(session, dossier) == 1
    assert stuck_write_backs(session, who.officer) == [(row, dossier)]
    before = row.request_id
    write_again(session, who.officer, code, row.id)
    assert (row.state, row.answer, row.escalated_at) == ("waiting", None, None)
    assert row.request_id != before, "a register gives the old request its old answer"
    assert items(session, WRITE_BACK) == 2


def test_the_certificate_says_the_number_that_the_register_gave(
    session: Session, outside: str, approved: Any, tmp_path: Path
) -> None:
    enrol(OFFICE, "Ủy ban nhân dân phường Ba Đình")
    dossier, row = approved
    note_receipt(session, row.id, written())
    order = order_of(session, result_of(session, dossier).id)
    assert order is not None
    pdf = make(order)
    issue(session, order, pdf)
    result = result_of(session, dossier)
    assert result.sha256 == sha256(pdf)
    paper = tmp_path / "paper.pdf"
    paper.write_bytes(pdf)
    assert CHILD_ID in words_of(paper)


def test_a_write_back_is_written_only_with_a_record(session: Session, approved: Any) -> None:
    _dossier, row = approved
    row.state = "written"
    with pytest.raises(IntegrityError):
        session.flush()


def test_the_folder_holds_it_and_reads_everything_at_once(session: Session, approved: Any) -> None:
    dossier, row = approved
    note_receipt(session, row.id, written())
    session.flush()
    (found,) = folder_of(session, dossier).write_backs
    assert (found.state, found.change_id, found.answer["given"]["number"]) == ("written", "change-1", "1234/2026")


def test_change_is_followed_until_all_have_adjusted(session: Session, approved: Any) -> None:
    _dossier, row = approved
    note_receipt(session, row.id, written())
    assert items(session, FOLLOW_CHANGE) == 1
    register = Register(far=[{"population": "adjusted", "social-insurance": "not_received"}])
    followed = change_followed(session, row.id)
    assert followed == ("change-1", 0)
    assert note_adjusting(session, row.id, look_after(register, *followed)) == 2
    assert (row.following, register.told_again) == ("following", []), "what is only late is waited for"
    followed = change_followed(session, row.id)
    assert followed
    assert note_adjusting(session, row.id, look_after(register, *followed)) is None
    assert row.following == "adjusted"
    assert change_followed(session, row.id) is None


def test_who_missed_a_change_is_told_again_within_bounds_then_the_office(session: Session, approved: Any) -> None:
    dossier, row = approved
    note_receipt(session, row.id, written())
    missing: Any = {"population": "adjusted", "tax": "not_received"}
    register, again = Register(far=[missing] * 100), 0
    while (followed := change_followed(session, row.id)) is not None:
        note_adjusting(session, row.id, look_after(register, *followed))
        again += 1
    assert again == MOST_LOOKS
    assert set(register.told_again) == {"tax"}
    assert (row.following, row.state) == ("escalated", "written")
    assert items(session, TELL_ESCALATION) == 2
    who = session.get_one(Dossier, dossier.id)
    officer_id = who.assigned_to
    assert officer_id is not None


def test_when_nobody_can_be_asked_what_is_known_stays(session: Session, approved: Any) -> None:
    _dossier, row = approved
    note_receipt(session, row.id, written())
    note_adjusting(session, row.id, {"population": "adjusted", "tax": "waiting"})
    assert note_adjusting(session, row.id, look_after(Register(far=[None]), "change-1", 5)) is not None
    assert row.adjusting == {"population": "adjusted", "tax": "waiting"}


def test_following_that_was_given_up_begins_again_by_hand(session: Session) -> None:
    who = parents(session)
    dossier = birth_approved(session, who)
    row = the_write_back(session, dossier)
    note_receipt(session, row.id, written())
    for _ in range(MOST_LOOKS):
        note_adjusting(session, row.id, {"tax": "not_received"})
    assert row.following == "escalated"
    write_again(session, who.officer, str(dossier.code), row.id)
    assert (row.following, row.looks, row.escalated_at) == ("following", 0, None)
    assert items(session, FOLLOW_CHANGE) == 2


def test_papers_other_than_the_result_wait_for_nothing(session: Session, approved: Any) -> None:
    dossier, _row = approved
    for paper in documents_of(session, dossier):
        if paper.kind != "result":
            key = str(paper.id)
            assert session.scalar(select(func.count()).where(OutboxItem.kind == MAKE_DOCUMENT, OutboxItem.key == key)) == 1
    assert session.scalar(select(func.count()).select_from(IssuedDocument).where(IssuedDocument.kind == "result")) == 1
