"""Supplying what was asked: only that opens, everything asked is answered, once, and what was filed before stays."""

from __future__ import annotations

import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from portal import clock, db
from portal.auth.permissions import Actor
from portal.models import AnswersDocument, Attachment, Dossier, Notice
from portal.postgres import EmbeddedServer
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.attach import attach
from portal.services.dossiers.attachments import (
    attachment_of,
    attachments_for,
    attachments_of,
    open_attachment,
    own_attachment,
)
from portal.services.dossiers.detach import detach
from portal.services.dossiers.folder import folder_of
from portal.services.dossiers.history import events_of
from portal.services.dossiers.queries import latest_answers
from portal.services.dossiers.reopened import keep_reply, reopened
from portal.services.dossiers.submit import submit
from portal.services.dossiers.supplements import newest_request
from portal.services.dossiers.supply_supplements import supply_supplements
from portal.services.dossiers.withdraw import withdraw
from portal.services.errors import GuardRefused, IllegalMove, InvalidInput, LevelTooLow, NotFound, PortalError
from portal.services.oversight.audit import verify
from portal.services.vault.scanner import ScanState
from portal.services.vault.uploads import Reason, UnfitFile
from tests import completing
from tests.completing import (
    COPIES,
    DETAIL,
    PAPER,
    PHOTOS,
    PURPOSE,
    SOMETIMES,
    TYPED,
    asked,
    chosen,
    component,
    pages,
    question,
    supplied,
)
from tests.emptying import empty_database
from tests.people import citizen, clerk, officer
from tests.services.dossiers.doings import last_event, place_of, standing

NOTE = "Tôi giữ nguyên mục đích này, vì ngân hàng yêu cầu đúng như vậy."


@pytest.fixture
def owner(session: Session) -> Actor:
    completing.publish_completing(session)
    return citizen(session)


def replaced(session: Session, dossier: Dossier) -> list[Attachment]:
    """What the dossier carried until something else took its place."""
    return [session.get_one(Attachment, one.id) for one in folder_of(session, dossier).attached if one.replaced_at is not None]


def refused(session: Session, owner: Actor, dossier: Dossier, form: dict[str, str]) -> dict[str, list[str]]:
    """What stands beside the fields when the answer is not taken; nothing of the dossier has changed."""
    before = standing(session, dossier)
    with pytest.raises(InvalidInput) as wrong:
        supplied(session, owner, dossier, form)
    assert standing(session, dossier) == before
    return wrong.value.errors


def test_changed_answer_makes_a_new_round_and_the_old_one_stays(session: Session, owner: Actor) -> None:
    dossier = completing.filed(session, owner)
    first = latest_answers(session, dossier)
    asked(session, clerk(session), dossier)
    supplied(session, owner, dossier)
    second = latest_answers(session, dossier)
    assert (first.round, second.round) == (1, 2)
    assert {key for key in first.content | second.content if first.content.get(key) != second.content.get(key)} == {PURPOSE}
    assert (first.content[PURPOSE]["value"], second.content[PURPOSE]["value"]) == ("property", "loan")
    assert last_event(session, dossier).facts["answers"] == second.content_hash.hex()


def test_before_receipt_the_counter_checks_anew_and_after_it_looks_at_what_came(session: Session, owner: Actor) -> None:
    before = completing.filed(session, owner)
    request = asked(session, clerk(session), before)
    supplied(session, owner, before)
    assert (place_of(before), before.waits_until) == ("submitted", None)
    assert (request.closed_at is not None, request.supplied_at is not None) == (True, True)
    after = completing.asked_after_receipt(session, owner, clerk(session), officer(session))
    supplied(session, owner, after)
    assert (place_of(after), after.waits_until) == ("supplement_requested/supplied", None)
    assert (newest_request(session, after).closed_at, after.paused_at is not None) == (None, True)


def test_only_what_was_asked_is_read_and_the_rest_is_untouched(session: Session, owner: Actor) -> None:
    dossier = completing.filed(session, owner)
    asked(session, clerk(session), dossier)
    supplied(session, owner, dossier, {**TYPED, COPIES: "20", "delivery.method": "counter", "subject.full_name": "Kẻ Khác"})
    content = latest_answers(session, dossier).content
    assert (content[COPIES]["value"], content["delivery.method"]["value"]) == (1, "electronic")
    assert content["subject.full_name"]["value"] == "Nguyễn Thị Mẫu"
    assert dossier.delivery == "electronic"


def test_answer_that_calls_up_another_question_asks_that_too(session: Session, owner: Actor) -> None:
    dossier = completing.filed(session, owner)
    asked(session, clerk(session), dossier)
    errors = refused(session, owner, dossier, {PURPOSE: "other"})
    assert set(errors) == {DETAIL, f"component.{SOMETIMES}"}, "and the paper that only this purpose wants"
    keep_reply(session, owner, str(dossier.code), {PURPOSE: "other"})
    chosen(session, owner, dossier, SOMETIMES)
    supplied(session, owner, dossier, {PURPOSE: "other", DETAIL: "Bổ sung hồ sơ thừa kế"})
    content = latest_answers(session, dossier).content
    assert content[DETAIL]["value"] == "Bổ sung hồ sơ thừa kế"
    assert {one.component_id for one in attachments_of(session, dossier)} == {PAPER, SOMETIMES}


def test_answer_that_is_not_called_for_any_more_is_left_out_of_the_new_round(session: Session, owner: Actor) -> None:
    dossier = completing.filed(session, owner, **{"certificate.period": "between", **PERIOD})
    asked(session, clerk(session), dossier, question("certificate.period"))
    supplied(session, owner, dossier, {"certificate.period": "until_now"})
    assert "certificate.period_from" not in latest_answers(session, dossier).content


PERIOD = {
    "certificate.period_from.day": "1", "certificate.period_from.month": "2", "certificate.period_from.year": "2020",
    "certificate.period_to.day": "1", "certificate.period_to.month": "3", "certificate.period_to.year": "2021",
}  # fmt: skip


def test_dates_that_contradict_each_other_are_told_when_one_of_them_is_asked_again(session: Session, owner: Actor) -> None:
    dossier = completing.filed(session, owner, **{"certificate.period": "between", **PERIOD})
    asked(session, clerk(session), dossier, question("certificate.period_to"))
    form = {f"certificate.period_to.{part}": value for part, value in (("day", "1"), ("month", "1"), ("year", "2019"))}
    assert list(refused(session, owner, dossier, form)) == ["certificate.period_to"]


def test_question_left_as_it_was_needs_a_word_of_explanation(session: Session, owner: Actor) -> None:
    dossier = completing.filed(session, owner)
    asked(session, clerk(session), dossier)
    for form in ({PURPOSE: "property"}, {PURPOSE: "property", "note": "vì thế"}):
        assert list(refused(session, owner, dossier, form)) == [PURPOSE]
    supplied(session, owner, dossier, {PURPOSE: "property", "note": NOTE})
    assert newest_request(session, dossier).reply["note"] == NOTE
    event = last_event(session, dossier)
    assert (event.details, NOTE in str(event.facts)) == ({"content": NOTE}, False)


def test_everything_that_is_still_wanted_is_told_at_once(session: Session, owner: Actor) -> None:
    dossier = completing.filed(session, owner)
    (file,) = attachments_of(session, dossier)
    asked(session, clerk(session), dossier, question(), component(PHOTOS), pages(file))
    assert set(refused(session, owner, dossier, {})) == {PURPOSE, f"component.{PAPER}", f"component.{PHOTOS}"}


def test_file_pointed_at_is_replaced_by_the_new_one_and_stays_readable(session: Session, owner: Actor) -> None:
    dossier = completing.filed(session, owner)
    (old,) = attachments_of(session, dossier)
    asked(session, clerk(session), dossier, pages(old))
    new = chosen(session, owner, dossier)
    supplied(session, owner, dossier)
    assert attachments_of(session, dossier) == [new]
    assert replaced(session, dossier) == [old]
    assert open_attachment(attachment_of(session, dossier, old.id)).startswith(b"%PDF")
    assert own_attachment(session, owner, old.id) is old
    facts = last_event(session, dossier).facts
    assert ([one["id"] for one in facts["attachments"]], facts["replaced"]) == ([str(new.id)], [str(old.id)])


def test_paper_that_was_missing_comes_beside_those_that_are_there(session: Session, owner: Actor) -> None:
    dossier = completing.filed(session, owner)
    asked(session, clerk(session), dossier, component(PHOTOS))
    chosen(session, owner, dossier, PHOTOS)
    supplied(session, owner, dossier)
    assert [one.component_id for one in attachments_of(session, dossier)] == [PAPER, PHOTOS]
    assert replaced(session, dossier) == []


def test_desk_sees_nothing_of_an_answer_that_is_not_sent(session: Session, owner: Actor) -> None:
    dossier = completing.filed(session, owner)
    before = attachments_of(session, dossier)
    asked(session, clerk(session), dossier, component(PHOTOS))
    new = chosen(session, owner, dossier, PHOTOS)
    assert attachments_of(session, dossier) == before
    with pytest.raises(NotFound):
        attachment_of(session, dossier, new.id)
    assert own_attachment(session, owner, new.id) is new


def test_only_papers_that_were_asked_for_are_taken(session: Session, owner: Actor) -> None:
    dossier = completing.filed(session, owner)
    asked(session, clerk(session), dossier, component(PHOTOS))
    for component_id in (PAPER, SOMETIMES, "another"):
        with pytest.raises(NotFound):
            chosen(session, owner, dossier, component_id)


def test_what_was_chosen_may_be_taken_away_and_what_was_filed_may_not(session: Session, owner: Actor) -> None:
    dossier = completing.filed(session, owner)
    (filed,) = attachments_of(session, dossier)
    request = asked(session, clerk(session), dossier, pages(filed), component(PHOTOS))
    new = chosen(session, owner, dossier, PHOTOS)
    with pytest.raises(NotFound):
        detach(session, owner, dossier.id, filed.id)
    detach(session, owner, dossier.id, new.id)
    session.flush()
    assert (attachments_for(session, request), attachments_of(session, dossier)) == ([], [filed])


def test_file_that_was_filed_already_is_no_answer(session: Session, owner: Actor) -> None:
    dossier = completing.filed(session, owner)
    (filed,) = attachments_of(session, dossier)
    asked(session, clerk(session), dossier, pages(filed))
    with pytest.raises(UnfitFile) as unfit:
        attach(session, owner, dossier.id, PAPER, completing.paper_file(), ScanState.NOT_SCANNED)
    assert unfit.value.reason is Reason.SENT_BEFORE


def test_file_that_was_replaced_may_come_back_in_a_later_round(session: Session, owner: Actor) -> None:
    who = clerk(session)
    dossier = completing.filed(session, owner)
    (first,) = attachments_of(session, dossier)
    asked(session, who, dossier, pages(first))
    second = chosen(session, owner, dossier)
    supplied(session, owner, dossier)
    asked(session, who, dossier, pages(second), override=completing.OVERRIDE)
    again = attach(session, owner, dossier.id, PAPER, completing.paper_file(), ScanState.NOT_SCANNED)
    supplied(session, owner, dossier)
    assert attachments_of(session, dossier) == [again]
    assert set(replaced(session, dossier)) == {first, second}


def test_nothing_is_attached_to_a_dossier_that_awaits_nothing_or_whose_time_is_over(session: Session, owner: Actor) -> None:
    dossier = completing.filed(session, owner)
    with pytest.raises(IllegalMove):
        chosen(session, owner, dossier, PHOTOS)
    asked(session, clerk(session), dossier, component(PHOTOS))
    with pytest.raises(NotFound):
        chosen(session, citizen(session), dossier, PHOTOS)
    late = dossier.waits_until + timedelta(seconds=1)
    with time_machine.travel(late), pytest.raises(GuardRefused, match="đã hết"):
        chosen(session, owner, dossier, PHOTOS)
    request = newest_request(session, dossier)
    with time_machine.travel(late), pytest.raises(GuardRefused, match="đã hết"):
        supply_supplements(session, owner, str(dossier.code), request.id, form=TYPED)


def test_what_was_typed_so_far_is_found_again_on_another_device(session: Session, owner: Actor) -> None:
    dossier = completing.filed(session, owner)
    asked(session, clerk(session), dossier, question(), question(COPIES))
    keep_reply(session, owner, str(dossier.code), {PURPOSE: "loan", COPIES: "không phải số", "note": NOTE})
    session.flush()
    open_now = reopened(session, dossier)
    assert (open_now.answers[PURPOSE]["value"], open_now.answers[COPIES]["value"], open_now.note) == ("loan", 1, NOTE)
    assert latest_answers(session, dossier).content[PURPOSE]["value"] == "property", "nothing is sent yet"
    assert b"loan" not in bytes(open_now.request.sealed_reply)


def test_names_and_contact_follow_the_changed_answers(session: Session, owner: Actor) -> None:
    dossier = completing.filed(session, owner)
    secret = dossier.parties["tracking_secret"]
    asked(session, clerk(session), dossier, question("contact.email"), question("delivery.method"))
    supplied(session, owner, dossier, {"contact.email": "moi@thu.example", "delivery.method": "counter"})
    assert (dossier.parties["contact"]["email"], dossier.parties["submitter"]["email"]) == ("moi@thu.example",) * 2
    assert (dossier.delivery, dossier.parties["tracking_secret"]) == ("counter", secret)


def test_sent_once_however_often_it_is_pressed(session: Session, owner: Actor) -> None:
    dossier = completing.filed(session, owner)
    request = asked(session, clerk(session), dossier)
    supplied(session, owner, dossier)
    before = standing(session, dossier)
    for form in (TYPED, {PURPOSE: "property"}, {}):
        supply_supplements(session, owner, str(dossier.code), request.id, form=form)
    assert standing(session, dossier) == before
    assert len([event for event in events_of(session, dossier.id) if event.name == "supplements_supplied"]) == 1


def test_answer_to_another_request_or_by_another_person_or_at_a_lower_level_is_not_taken(session: Session, owner: Actor) -> None:
    dossier, other = completing.filed(session, owner), completing.filed(session, owner)
    request = asked(session, clerk(session), dossier)
    foreign = asked(session, clerk(session), other)
    for actor, request_id, refusal in (
        (owner, foreign.id, NotFound), (owner, uuid.uuid4(), NotFound), (citizen(session), request.id, NotFound),
        (clerk(session), request.id, NotFound), (replace(owner, level=1), request.id, LevelTooLow),
    ):  # fmt: skip
        with pytest.raises(refusal):
            supply_supplements(session, actor, str(dossier.code), request_id, form=TYPED)


def test_draft_of_a_request_that_is_not_sent_is_not_answered(session: Session, owner: Actor) -> None:
    who, expert = clerk(session), officer(session)
    dossier = completing.appraising(session, owner, who, expert)
    completing.propose_supplements(session, expert, str(dossier.code), expected_version=dossier.version, items=[question()])
    assert reopened(session, dossier) is None
    with pytest.raises(NotFound):
        supplied(session, owner, dossier)
    with pytest.raises(IllegalMove):
        keep_reply(session, owner, str(dossier.code), TYPED)


def test_day_on_which_the_answer_comes_changes_no_condition(session: Session, owner: Actor) -> None:
    dossier = completing.filed(session, owner)
    asked(session, clerk(session), dossier)
    open_now = reopened(session, dossier)
    assert open_now.on == clock.to_local(dossier.submitted_at).date()
    assert open_now.procedure == by_hash(session, dossier.version_hash)


def test_ten_presses_at_once_and_a_withdrawal_end_in_one_of_the_two(committed: EmbeddedServer, owner_engine: Engine) -> None:
    with db.transaction() as session:
        completing.publish_completing(session)
        owner, who = citizen(session), clerk(session)
        dossier = completing.filed(session, owner)
        request_id = asked(session, who, dossier).id
        code, seen = str(dossier.code), dossier.version

    def press(index: int) -> object:
        try:
            with db.transaction() as session:
                if index == 5:
                    return withdraw(session, owner, code, expected_version=seen).state
                return supply_supplements(session, owner, code, request_id, form=TYPED).state
        except PortalError as refusal:
            return type(refusal).__name__

    with ThreadPoolExecutor(10) as pool:
        outcomes = Counter(pool.map(press, range(10)))
    try:
        with db.transaction() as session:
            again = session.get_one(Dossier, dossier.id)
            rounds = session.scalars(select(AnswersDocument.round).where(AnswersDocument.dossier_id == dossier.id)).all()
            told = session.scalars(select(Notice.kind).where(Notice.dossier_id == dossier.id)).all()
            if again.state == "withdrawn":
                assert (len(rounds), outcomes["withdrawn"]) == (1, 1)
            else:
                assert (again.state, sorted(rounds), outcomes["submitted"]) == ("submitted", [1, 2], 9)
                assert told.count("supplements_supplied") == 1
            assert verify(session).findings == ()
    finally:
        empty_database(owner_engine)
        completing.take_away(owner_engine)


def test_group_that_was_pointed_at_is_answered_as_a_whole(session: Session, owner: Actor) -> None:
    dossier = completing.filed(session, owner)
    asked(session, clerk(session), dossier, question("other.witnesses"))
    assert list(refused(session, owner, dossier, {"other.witnesses.count": "1"})) == [f"other.witnesses.0.{completing.WITNESS}"]
    supplied(
        session, owner, dossier, {"other.witnesses.count": "1", f"other.witnesses.0.{completing.WITNESS}": "Vũ Thị Làm Chứng"}
    )
    (item,) = latest_answers(session, dossier).content["other.witnesses"]["value"]
    assert item["answers"][completing.WITNESS]["value"] == "Vũ Thị Làm Chứng"


def test_fact_that_the_citizen_typed_in_a_registrys_place_may_be_asked_again_and_the_registrys_own_may_not(
    session: Session, owner: Actor
) -> None:
    draft = completing.filled_draft(session, owner, {}, code=completing.COMPLETING)
    typed = {"value": "Kinh", "source": "citizen"}
    draft.draft = {**draft.draft, "answers": {**draft.draft["answers"], "subject.ethnicity": typed}}
    attach(session, owner, draft.id, PAPER, completing.paper_file(), ScanState.NOT_SCANNED)
    dossier = submit(session, owner, draft.id, is_declared=True)
    asked(session, clerk(session), dossier, question("subject.ethnicity"))
    supplied(session, owner, dossier, {"subject.ethnicity": "Tày", "subject.sex": "male"})
    content = latest_answers(session, dossier).content
    assert (content["subject.ethnicity"]["value"], content["subject.sex"]["value"]) == ("Tày", "female")
