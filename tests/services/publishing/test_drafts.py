from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.auth.permissions import Actor, Role
from portal.models import AdministratorChange, ProcedureDraft
from portal.services.catalogue.faults import BadProcedure
from portal.services.catalogue.places import part_at, seen, whole
from portal.services.catalogue.schema import Definition
from portal.services.catalogue.versions import current
from portal.services.errors import Forbidden, GuardRefused, NotFound
from portal.services.publishing import drafts
from tests.people import citizen, clerk, staff
from tests.procedures import MARITAL_STATUS, shipped_text

NEW = Definition(code="1.900001", name="Cấp giấy phép thử")


@pytest.fixture
def administrator(session: Session) -> Actor:
    return staff(session, Role.ADMINISTRATOR)


@pytest.fixture
def draft(session: Session, administrator: Actor) -> ProcedureDraft:
    return drafts.start(session, administrator, MARITAL_STATUS)


def part(draft: ProcedureDraft, place: str) -> Any:
    return part_at(whole(drafts.definition_in(draft)), place)


def save(session: Session, actor: Actor, draft: ProcedureDraft, place: str, **changes: Any) -> None:
    shown = part(draft, place)
    drafts.save_part(session, actor, draft.code, place, {**shown, **changes}, mark=seen(shown), english={})


def changes(session: Session) -> list[AdministratorChange]:
    query = select(AdministratorChange).where(AdministratorChange.subject_kind == "procedure")
    return list(session.scalars(query.order_by(AdministratorChange.number)))


def test_draft_begins_with_what_is_in_force(session: Session, draft: ProcedureDraft) -> None:
    assert draft.text == shipped_text()
    assert draft.base_hash == current(session, MARITAL_STATUS).content_hash


def test_second_administrator_comes_to_the_same_draft(session: Session, draft: ProcedureDraft) -> None:
    assert drafts.start(session, staff(session, Role.ADMINISTRATOR), MARITAL_STATUS) is draft


@pytest.mark.parametrize("place", ["pages/purpose", "pages/purpose/questions/certificate.copies", "fees/1", "terms/1", "result"])
def test_part_is_found_by_its_name(draft: ProcedureDraft, place: str) -> None:
    assert part(draft, place)


def test_saved_part_stands_in_the_file_and_in_the_record_with_before_and_after(
    session: Session, administrator: Actor, draft: ProcedureDraft
) -> None:
    save(session, administrator, draft, "fees/1", amount_vnd=8000)
    assert drafts.definition_in(draft).fees[0].amount_vnd == 8000
    assert (draft.revision, draft.authors) == (2, [administrator.account_id])
    last = changes(session)[-1]
    assert (last.verb, last.before["amount_vnd"], last.after["amount_vnd"]) == ("edited:fees/1", 3000, 8000)


def test_saving_what_stands_there_already_leaves_no_trace(session: Session, administrator: Actor, draft: ProcedureDraft) -> None:
    before = len(changes(session))
    save(session, administrator, draft, "fees/1")
    assert (draft.revision, len(changes(session)), draft.authors) == (1, before, [])


def test_two_administrators_at_two_places_lose_nothing(session: Session, administrator: Actor, draft: ProcedureDraft) -> None:
    other = staff(session, Role.ADMINISTRATOR)
    fee, term = part(draft, "fees/1"), part(draft, "terms/1")
    drafts.save_part(session, administrator, draft.code, "fees/1", {**fee, "amount_vnd": 1}, mark=seen(fee), english={})
    drafts.save_part(session, other, draft.code, "terms/1", {**term, "term": "5wd"}, mark=seen(term), english={})
    definition = drafts.definition_in(draft)
    assert (definition.fees[0].amount_vnd, definition.terms[0].term) == (1, "5wd")
    assert set(draft.authors) == {administrator.account_id, other.account_id}


def test_second_of_two_at_one_place_is_told_what_the_first_wrote(
    session: Session, administrator: Actor, draft: ProcedureDraft
) -> None:
    fee = part(draft, "fees/1")
    save(session, administrator, draft, "fees/1", amount_vnd=1)
    with pytest.raises(drafts.SomebodyElseChanged) as told:
        drafts.save_part(session, administrator, draft.code, "fees/1", {**fee, "amount_vnd": 2}, mark=seen(fee), english={})
    assert told.value.theirs["amount_vnd"] == 1
    assert drafts.definition_in(draft).fees[0].amount_vnd == 1


def test_part_that_somebody_took_out_cannot_be_saved_into(session: Session, administrator: Actor, draft: ProcedureDraft) -> None:
    page = part(draft, "pages/partner")
    drafts.remove_part(session, administrator, draft.code, "pages/partner", mark=seen(page))
    with pytest.raises(drafts.SomebodyElseChanged) as told:
        drafts.save_part(session, administrator, draft.code, "pages/partner", page, mark=seen(page), english={})
    assert told.value.theirs is None


def test_question_is_added_moved_and_taken_out(session: Session, administrator: Actor, draft: ProcedureDraft) -> None:
    place = "pages/purpose/questions"
    drafts.add_item(session, administrator, draft.code, place, {"element": "partner.document_number"}, english={})
    drafts.move_item(session, administrator, draft.code, f"{place}/partner.document_number", -1)
    order = [question.element for question in drafts.definition_in(draft).pages[0].questions]
    assert order == ["certificate.purpose", "certificate.purpose_detail", "partner.document_number", "certificate.copies"]
    added = part(draft, f"{place}/partner.document_number")
    drafts.remove_part(session, administrator, draft.code, f"{place}/partner.document_number", mark=seen(added))
    assert draft.text == shipped_text()


def test_moving_the_first_item_up_leaves_it_first(session: Session, administrator: Actor, draft: ProcedureDraft) -> None:
    drafts.move_item(session, administrator, draft.code, "pages/purpose", -1)
    assert draft.text == shipped_text()


def test_english_goes_with_the_text_it_translates(session: Session, administrator: Actor, draft: ProcedureDraft) -> None:
    page = part(draft, "pages/period")
    english = {"Khoảng thời gian": "The time span"}
    drafts.save_part(
        session,
        administrator,
        draft.code,
        "pages/period",
        {**page, "title": "Khoảng thời gian"},
        mark=seen(page),
        english=english,
    )
    definition = drafts.definition_in(draft)
    assert definition.english["Khoảng thời gian"] == "The time span"
    assert "Khoảng thời gian cần xác nhận" not in definition.english


@pytest.mark.parametrize(
    ("place", "part", "told"),
    [
        ("fees/1", {"amount_vnd": -5}, "giới hạn"),
        ("fees/1", {"colour": "red"}, "không biết"),
        ("pages/purpose/questions/certificate.copies", {"element": "no.such_thing"}, r"no\.such_thing"),
    ],
)
def test_part_that_does_not_hold_together_is_refused_and_the_draft_stays(
    session: Session, administrator: Actor, draft: ProcedureDraft, place: str, part: dict[str, Any], told: str
) -> None:
    with pytest.raises(BadProcedure, match=told):
        save(session, administrator, draft, place, **part)
    assert (draft.text, draft.revision) == (shipped_text(), 1)


def test_code_of_a_procedure_never_changes(session: Session, administrator: Actor, draft: ProcedureDraft) -> None:
    with pytest.raises(GuardRefused, match="Mã thủ tục"):
        save(session, administrator, draft, "", code="1.900001")


def test_new_procedure_is_started_once(session: Session, administrator: Actor) -> None:
    assert drafts.definition_in(drafts.start_new(session, administrator, NEW)) == NEW
    with pytest.raises(GuardRefused):
        drafts.start_new(session, administrator, NEW)
    with pytest.raises(GuardRefused):
        drafts.start_new(session, administrator, NEW.model_copy(update={"code": MARITAL_STATUS}))


def test_dropped_draft_stays_readable_in_the_record_and_makes_room(
    session: Session, administrator: Actor, draft: ProcedureDraft
) -> None:
    drafts.drop(session, administrator, draft.code)
    assert changes(session)[-1].before == {"text": shipped_text()}
    assert drafts.start(session, administrator, MARITAL_STATUS) is not draft


@pytest.mark.parametrize("make", [citizen, clerk, lambda session: staff(session, Role.AUDITOR)])
def test_only_administrators_edit(session: Session, draft: ProcedureDraft, make: Any) -> None:
    somebody = make(session)
    with pytest.raises(Forbidden):
        drafts.start(session, somebody, MARITAL_STATUS)
    with pytest.raises(Forbidden):
        save(session, somebody, draft, "fees/1", amount_vnd=1)
    with pytest.raises(Forbidden):
        drafts.drop(session, somebody, draft.code)


def test_draft_of_an_unknown_procedure_or_of_a_version_of_another_is_not_found(session: Session, administrator: Actor) -> None:
    with pytest.raises(NotFound):
        drafts.start(session, administrator, "1.999999")
    with pytest.raises(NotFound):
        drafts.start(session, administrator, "1.999999", from_hash=current(session, MARITAL_STATUS).content_hash)
