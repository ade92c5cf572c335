"""Correction cases: one for each disputed value, sent once, answered once, and seen by those whom they concern."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor
from portal.models import CorrectionCase, Dossier, Evidence, Notice, OutboxItem
from portal.services.dossiers.add_to_correction import add_to_correction
from portal.services.dossiers.corrections import (
    SEND_CORRECTION,
    open_corrections_at,
    own_corrections,
)
from portal.services.dossiers.dispute import dispute
from portal.services.dossiers.follow_corrections import escalate_late, keep_renewal, keep_verdict, next_question
from portal.services.dossiers.own_data import own_data
from portal.services.dossiers.register_marks import register_mark
from portal.services.dossiers.send_correction import correction_order, keep_receipt
from portal.services.dossiers.submit import submit
from portal.services.errors import IllegalMove, InvalidInput, NotFound
from portal.services.registries.corrections import Receipt, Verdict
from portal.services.registries.exchange import Outcome, Reply
from tests.filings import filled_draft
from tests.people import OTHER_OFFICE, citizen, clerk

NAME, NEW = "subject.full_name", "Nguyễn Thị Mẩu"
MORE = "Tôi gửi thêm: sổ hộ khẩu cũ cũng ghi là Mẩu."


@pytest.fixture
def owner(session: Session) -> Actor:
    return citizen(session)


def filed(session: Session, owner: Actor, **claims: str) -> Dossier:
    draft = filled_draft(session, owner)
    for key, value in (claims or {NAME: NEW}).items():
        dispute(session, owner, draft.id, key, {key: value, "reason": "Giấy khai sinh ghi khác."})
    return submit(session, owner, draft.id, is_declared=True)


def case_of(session: Session, dossier: Dossier) -> CorrectionCase:
    return session.scalars(select(CorrectionCase).where(CorrectionCase.dossier_id == dossier.id)).one()


def sent(session: Session, owner: Actor) -> CorrectionCase:
    case = case_of(session, filed(session, owner))
    keep_receipt(session, case.id, 1, Receipt("SUA-1", ""))
    session.flush()
    return case


def marks(session: Session, *dossiers: Dossier) -> list[str | None]:
    """What a list says of each."""
    return [session.scalars(select(register_mark()).where(Dossier.id == one.id)).one() for one in dossiers]


def told(session: Session, case: CorrectionCase) -> list[str]:
    query = select(Notice.kind).where(Notice.dossier_id == case.dossier_id, Notice.about != "").order_by(Notice.id)
    return list(session.scalars(query))


def verdict(decision: Any, words: str = "Đã xem giấy khai sinh.") -> Verdict:
    return Verdict(decision, words, 4)


def test_each_disputed_value_becomes_one_case_that_is_promised_once(session: Session, owner: Actor) -> None:
    draft = filled_draft(session, owner)
    for key, value in ((NAME, NEW), ("subject.sex", "male")):
        dispute(session, owner, draft.id, key, {key: value, "reason": "Giấy khai sinh ghi khác."})
    dossier = submit(session, owner, draft.id, is_declared=True)
    submit(session, owner, draft.id, is_declared=True)
    cases = own_corrections(session, owner)
    assert {case.element: (case.state, case.content["claimed"]) for case in cases} == {
        NAME: ("requested", NEW), "subject.sex": ("requested", "male"),
    }  # fmt: skip
    assert all(case.content["record"] == "response-population" and case.due_at for case in cases)
    promised = session.scalars(select(OutboxItem).where(OutboxItem.kind == SEND_CORRECTION)).all()
    assert {item.key for item in promised} == {f"{case.id}:1" for case in cases}
    assert {item.dossier_id for item in promised} == {None}, "a silent register must not hold up the dossier's papers"
    assert dossier.state == "submitted"


def test_what_only_a_procedure_corrects_is_not_sent_and_names_it(session: Session, owner: Actor) -> None:
    draft = filled_draft(session, owner)
    key = "subject.permanent_residence"
    dispute(session, owner, draft.id, key, {key: "Số 1 phố Khác", "reason": "Đã chuyển nhà từ tháng ba."})
    case = case_of(session, submit(session, owner, draft.id, is_declared=True))
    assert (case.state, case.procedure_code, case.due_at) == ("by_procedure", "1.004222", None)
    assert session.scalars(select(OutboxItem.id).where(OutboxItem.kind == SEND_CORRECTION)).all() == []
    assert correction_order(session, case.id, 1) is None


def test_request_says_what_was_shown_what_is_claimed_and_on_what_ground(session: Session, owner: Actor) -> None:
    case = case_of(session, filed(session, owner))
    order = correction_order(session, case.id, 1)
    assert order is not None
    said = order.to_json(clock.now())
    assert (said["field"], said["shown"], said["claimed"]) == ("full_name", "Nguyễn Thị Mẫu", NEW)
    assert said["subject"]["full_name"] == "Nguyễn Thị Mẫu", "the register finds the person by what it holds itself"
    assert (said["record"], said["request_id"]) == ("response-population", case.request_id)
    assert "Luật" in said["purpose"]["legal_ground"]
    assert said["requester"]["kind"] == "system"


def test_receipt_that_comes_twice_counts_once(session: Session, owner: Actor) -> None:
    case = sent(session, owner)
    keep_receipt(session, case.id, 1, Receipt("SUA-2", ""))
    assert (case.state, case.reference) == ("sent", "SUA-1")
    assert correction_order(session, case.id, 1) is None, "what was sent is not sent again"


def test_request_that_the_exchange_does_not_take_is_told_as_refused(session: Session, owner: Actor) -> None:
    case = case_of(session, filed(session, owner))
    keep_receipt(session, case.id, 1, Receipt(None, "Không được phép"))
    assert (case.state, case.words, case.sent_at) == ("rejected", "Không được phép", None)


@pytest.mark.parametrize("decision", ["accepted", "rejected", "more_asked"])
def test_answer_is_believed_once_and_told_once(session: Session, owner: Actor, decision: str) -> None:
    case = sent(session, owner)
    keep_verdict(session, case.id, verdict("open"))
    assert case.state == "sent"
    keep_verdict(session, case.id, verdict(decision))
    keep_verdict(session, case.id, verdict("rejected", "Nghĩ lại"))
    assert (case.state, case.words) == (decision, "Đã xem giấy khai sinh.")
    assert told(session, case) == [f"correction_{decision}"]


def test_two_answers_about_one_dossier_are_both_told(session: Session, owner: Actor) -> None:
    dossier = filed(session, owner, **{NAME: NEW, "subject.sex": "male"})
    for number, case in enumerate(own_corrections(session, owner)):
        keep_receipt(session, case.id, 1, Receipt(f"SUA-{number}", ""))
        keep_verdict(session, case.id, verdict("accepted"))
    kinds = session.scalars(select(Notice.kind).where(Notice.dossier_id == dossier.id, Notice.about != "")).all()
    assert kinds == ["correction_accepted"] * 2


def test_after_the_yes_the_value_is_looked_up_anew_and_kept_as_evidence(session: Session, owner: Actor) -> None:
    case = sent(session, owner)
    keep_verdict(session, case.id, verdict("accepted"))
    question = next_question(session)
    assert question is not None
    assert question.ask is not None
    assert question.ask.subject.full_name == NEW, "the register now holds the person under the new name"
    assert (question.ask.basis, question.ask.scope, question.ask.requester.kind) == ("law", ("full_name",), "system")
    assert next_question(session) is None, "it is not asked for again before its time"
    fields = {"full_name": NEW}
    silent = Reply("population", "r-0", Outcome.UNAVAILABLE, clock.now())
    keep_renewal(session, case.id, question.ask, silent)
    assert case.renewed_by is None
    reply = Reply("population", "r-1", Outcome.FOUND, clock.now(), "answer-new", clock.now(), 4, fields)
    keep_renewal(session, case.id, question.ask, reply)
    keep_renewal(session, case.id, question.ask, reply)
    kept = session.scalars(select(Evidence).where(Evidence.response_id == "answer-new")).one()
    assert (case.renewed_by, kept.content, kept.requester_kind) == (kept.id, fields, "system")
    assert case.next_look_at is None


def test_asking_for_the_new_value_ends_after_so_many_times(session: Session, owner: Actor) -> None:
    case = sent(session, owner)
    keep_verdict(session, case.id, verdict("accepted"))
    asked = 0
    with time_machine.travel(clock.now(), tick=False) as now:
        while next_question(session) is not None:
            asked += 1
            now.shift(timedelta(hours=2))
    assert asked == 12


def test_register_that_lets_its_term_pass_is_told_to_the_owner_once_and_asked_on(session: Session, owner: Actor) -> None:
    case = sent(session, owner)
    assert escalate_late(session) == 0
    assert case.due_at is not None
    with time_machine.travel(case.due_at + timedelta(hours=1)):
        assert (escalate_late(session), escalate_late(session)) == (1, 0)
        assert case.state == "overdue"
        assert next_question(session) is not None
        keep_verdict(session, case.id, verdict("rejected", "Giấy khai sinh không đọc được."))
    assert told(session, case) == ["correction_overdue", "correction_rejected"]
    assert case.state == "rejected"


def test_request_that_could_not_be_sent_in_time_is_sent_all_the_same(session: Session, owner: Actor) -> None:
    case = case_of(session, filed(session, owner))
    assert case.due_at is not None
    with time_machine.travel(case.due_at + timedelta(hours=1)):
        escalate_late(session)
        assert correction_order(session, case.id, 1) is not None
        keep_receipt(session, case.id, 1, Receipt("SUA-9", ""))
        keep_verdict(session, case.id, verdict("accepted"))
    assert case.state == "accepted"


def test_what_the_register_asks_for_goes_to_it_as_the_next_round(session: Session, owner: Actor) -> None:
    case = sent(session, owner)
    code = str(session.get_one(Dossier, case.dossier_id).code)
    with pytest.raises(IllegalMove):
        add_to_correction(session, owner, code, NAME, more=MORE)
    keep_verdict(session, case.id, verdict("more_asked", "Cần thêm giấy tờ."))
    for stranger in (citizen(session), clerk(session)):
        with pytest.raises(NotFound):
            add_to_correction(session, stranger, code, NAME, more=MORE)
    with pytest.raises(InvalidInput):
        add_to_correction(session, owner, code, NAME, more=" ")
    before = case.request_id
    add_to_correction(session, owner, code, NAME, more=MORE)
    order = correction_order(session, case.id, 2)
    assert order is not None
    assert (order.more, order.follows, order.request_id != before) == (MORE, "SUA-1", True)
    assert correction_order(session, case.id, 1) is None
    keep_receipt(session, case.id, 2, Receipt("SUA-1", ""))
    keep_verdict(session, case.id, verdict("more_asked", "Vẫn thiếu."))
    assert told(session, case) == ["correction_more_asked", "correction_more_asked"]


def test_cases_are_seen_by_their_owner_and_at_their_office_alone(session: Session, owner: Actor) -> None:
    case = sent(session, owner)
    dossier = session.get_one(Dossier, case.dossier_id)
    other = filed(session, citizen(session))
    assert own_corrections(session, owner) == [case]
    assert case in open_corrections_at(session, clerk(session))
    assert open_corrections_at(session, clerk(session, OTHER_OFFICE)) == []
    assert open_corrections_at(session, owner) == []
    assert marks(session, dossier, other) == ["correction", "correction"]
    keep_verdict(session, case.id, verdict("rejected"))
    session.flush()
    assert marks(session, dossier, other) == [None, "correction"]


def test_person_takes_their_cases_away_with_everything_else(session: Session, owner: Actor) -> None:
    case = sent(session, owner)
    keep_verdict(session, case.id, verdict("rejected"))
    (dossier,) = own_data(session, owner)["dossiers"]
    (told,) = dossier["corrections"]
    assert (told["claimed"], told["state"], told["words"]) == (NEW, "rejected", "Đã xem giấy khai sinh.")


def test_table_refuses_a_case_that_was_answered_and_never_sent(session: Session, owner: Actor) -> None:
    case = case_of(session, filed(session, owner))
    case.state, case.answered_at = "accepted", clock.now()
    with pytest.raises(IntegrityError):
        session.flush()
