from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models import AnswersDocument, Dossier, Event, IssuedDocument, Notice
from portal.services.catalogue.versions import current
from portal.services.dossiers.fill_draft import answer_facts, answer_page, decline_lookups
from portal.services.dossiers.open_draft import open_draft
from portal.services.dossiers.submit import submit
from portal.services.dossiers.track import status_by_code
from portal.services.errors import GuardRefused, InvalidInput, LevelTooLow, NotFound
from portal.services.registries.exchange import Outcome
from tests.filings import CODE, filled_draft, population_fields, replies, submitted, taken
from tests.people import citizen


def test_filed_dossier_gets_a_code_of_its_office_and_day(session: Session) -> None:
    dossier = submitted(session, citizen(session))
    office, day, serial = str(dossier.code).split("-")
    assert (office, len(day), len(serial)) == ("H26.31", 8, 7)
    assert (dossier.state, dossier.office_code) == ("submitted", "H26.31")


def test_pressing_the_button_again_gives_the_same_dossier_and_no_second_event(session: Session) -> None:
    owner = citizen(session)
    draft = filled_draft(session, owner)
    first = submit(session, owner, draft.id, is_declared=True)
    again = submit(session, owner, draft.id, is_declared=True)
    assert again.code == first.code
    assert len(session.scalars(select(Event).where(Event.dossier_id == draft.id)).all()) == 1
    assert len(session.scalars(select(Notice).where(Notice.dossier_id == draft.id)).all()) == 1


def test_undeclared_draft_is_not_filed_and_loses_nothing(session: Session) -> None:
    owner = citizen(session)
    draft = filled_draft(session, owner)
    before = draft.draft
    with pytest.raises(InvalidInput) as refused:
        submit(session, owner, draft.id, is_declared=False)
    assert list(refused.value.errors) == ["declare"]
    assert (draft.state, draft.draft) == ("draft", before)


def test_level_one_session_cannot_file_what_needs_level_two(session: Session) -> None:
    owner = citizen(session)
    draft = filled_draft(session, owner)
    with pytest.raises(LevelTooLow) as refused:
        submit(session, replace(owner, level=1), draft.id, is_declared=True)
    assert refused.value.needed == 2


def test_somebody_elses_draft_is_not_found(session: Session) -> None:
    draft = filled_draft(session, citizen(session))
    with pytest.raises(NotFound):
        submit(session, citizen(session), draft.id, is_declared=True)


def test_draft_with_an_unanswered_page_is_refused(session: Session) -> None:
    owner = citizen(session)
    procedure = current(session, CODE)
    draft = open_draft(session, owner, procedure, language="vi")
    taken(session, owner, draft, procedure, replies())
    answer_facts(session, draft, procedure, {})
    with pytest.raises(GuardRefused):
        submit(session, owner, draft.id, is_declared=True)


def test_answers_become_an_immutable_document_with_their_sources(session: Session) -> None:
    dossier = submitted(session, citizen(session))
    document = session.scalars(select(AnswersDocument).where(AnswersDocument.dossier_id == dossier.id)).one()
    name, purpose = document.content["subject.full_name"], document.content["certificate.purpose"]
    assert (name["source"], name["record"], name["as_of"][:10]) == ("population", "response-population", "2026-11-20")
    assert purpose == {"value": "property", "source": "citizen"}
    assert dossier.draft is None


def test_answer_to_a_question_that_is_no_longer_asked_is_not_filed(session: Session) -> None:
    answers = {
        "certificate.purpose": "marriage_abroad", "partner.full_name": "Anna Kowalska", "partner.nationality": "Ba Lan",
        "partner.document_number": "X1", "partner.place_of_registration": "Vác-sa-va", "partner.date_of_birth.day": "1",
        "partner.date_of_birth.month": "2", "partner.date_of_birth.year": "1990",
    }  # fmt: skip
    owner = citizen(session)
    draft = filled_draft(session, owner, answers)
    procedure = current(session, CODE)
    page = procedure.definition.pages[0]
    answer_page(draft, procedure, page, {"certificate.purpose": "loan", "certificate.copies": "1"})
    assert draft.draft["answers"]["partner.full_name"]["value"] == "Anna Kowalska"
    dossier = submit(session, owner, draft.id, is_declared=True)
    content = session.scalars(select(AnswersDocument).where(AnswersDocument.dossier_id == dossier.id)).one().content
    assert not any(element.startswith("partner.") for element in content)


def test_locked_value_is_never_taken_from_the_browser(session: Session) -> None:
    owner = citizen(session)
    procedure = current(session, CODE)
    draft = open_draft(session, owner, procedure, language="vi")
    taken(session, owner, draft, procedure, replies())
    answer_facts(session, draft, procedure, {"subject.full_name": "Kẻ Mạo Danh", "subject.marital_status": "never_married"})
    assert draft.draft["answers"]["subject.full_name"]["value"] == "Nguyễn Thị Mẫu"
    assert draft.draft["answers"]["subject.full_name"]["source"] == "population"


def test_silent_registry_costs_some_typing_and_never_the_filing(session: Session) -> None:
    owner = citizen(session)
    procedure = current(session, CODE)
    draft = open_draft(session, owner, procedure, language="vi")
    silent = {name: replace(reply, outcome=Outcome.UNAVAILABLE, fields={}, response_id="") for name, reply in replies().items()}
    profile = {"personal_id": "001190000001", "full_name": "Nguyễn Thị Mẫu", "date_of_birth": "1990-05-12"}
    taken(session, owner, draft, procedure, silent, profile)
    typed = {
        "subject.sex": "female", "subject.ethnicity": "Kinh", "subject.nationality": "Việt Nam",
        "subject.identity_card": "001190000001", "subject.permanent_residence": "Số 9 phố Mẫu, Ba Đình",
        "subject.residence_from.year": "2010", "subject.marital_status": "never_married", "subject.marriages": "Không",
        "office": "H26.32",
    }  # fmt: skip
    answer_facts(session, draft, procedure, typed)
    assert draft.draft["answers"]["subject.full_name"]["source"] == "eid"
    assert draft.draft["answers"]["subject.permanent_residence"] == {"value": "Số 9 phố Mẫu, Ba Đình", "source": "citizen"}
    assert draft.draft["office_code"] == "H26.32"


def test_person_may_decline_the_lookups_and_is_still_known_from_the_login(session: Session) -> None:
    owner = citizen(session)
    procedure = current(session, CODE)
    draft = open_draft(session, owner, procedure, language="vi")
    taken(session, owner, draft, procedure, replies())
    decline_lookups(draft, procedure, {"full_name": "Nguyễn Thị Mẫu"})
    assert {answer["source"] for answer in draft.draft["answers"].values()} == {"eid"}


def test_address_outside_every_office_is_told_at_once(session: Session) -> None:
    owner = citizen(session)
    procedure = current(session, CODE)
    draft = open_draft(session, owner, procedure, language="vi")
    elsewhere = {"ward_code": "99999", "province_code": "96", "detail": "Số 1"}
    taken(session, owner, draft, procedure, replies(population_fields(permanent_residence=elsewhere)))
    with pytest.raises(GuardRefused, match="chưa dùng cổng này"):
        answer_facts(session, draft, procedure, {})


def test_person_whom_the_register_calls_dead_cannot_file(session: Session) -> None:
    owner = citizen(session)
    procedure = current(session, CODE)
    draft = open_draft(session, owner, procedure, language="vi")
    dead = {**replies(), "population": replace(replies()["population"], outcome=Outcome.DECEASED, fields={})}
    with pytest.raises(GuardRefused):
        taken(session, owner, draft, procedure, dead)


def test_person_whom_only_another_registry_calls_dead_can_file(session: Session) -> None:
    owner, procedure = citizen(session), current(session, "1.007042")
    draft = open_draft(session, owner, procedure, language="vi")
    wrong = replace(replies()["population"], registry="tax", outcome=Outcome.DECEASED, fields={})
    taken(session, owner, draft, procedure, {**replies(), "tax": wrong})
    assert draft.draft["replies"]["tax"] == "deceased"


def test_second_tab_opens_the_same_draft(session: Session) -> None:
    owner, procedure = citizen(session), current(session, CODE)
    assert open_draft(session, owner, procedure, language="vi").id == open_draft(session, owner, procedure, language="en").id


def test_new_draft_can_be_opened_after_the_first_was_filed(session: Session) -> None:
    owner = citizen(session)
    first = submitted(session, owner)
    second = open_draft(session, owner, current(session, CODE), language="vi")
    assert second.id != first.id


def test_filing_orders_the_acknowledgement(session: Session) -> None:
    dossier = submitted(session, citizen(session))
    kinds = session.scalars(select(IssuedDocument.kind).where(IssuedDocument.dossier_id == dossier.id)).all()
    assert kinds == ["acknowledgement"]


def test_code_and_secret_give_the_status_and_either_alone_gives_nothing(session: Session) -> None:
    dossier: Dossier = submitted(session, citizen(session))
    secret = dossier.parties["tracking_secret"]
    assert status_by_code(session, str(dossier.code), secret).state == "submitted"
    for code, guess in ((str(dossier.code), "AAAAAAAA"), ("H26.31-20260101-0000009", secret), (str(dossier.code), "")):
        with pytest.raises(NotFound):
            status_by_code(session, code, guess)
