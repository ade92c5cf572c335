"""What a filed dossier keeps: who is in it, who may not decide on it, and where each of its answers came from."""

from __future__ import annotations

from dataclasses import replace

import pytest
import rfc8785
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from portal.auth.permissions import ANONYMOUS
from portal.blind_index import name_tokens, personal_id_hash
from portal.crypto import sha256
from portal.models import AnswersDocument, Evidence
from portal.services.catalogue.versions import current
from portal.services.dossiers.fill_draft import answer_facts
from portal.services.dossiers.lookups import asks_for
from portal.services.dossiers.open_draft import draft_for, draft_of, open_draft
from portal.services.dossiers.queries import latest_answers
from portal.services.dossiers.submit import household_hashes_of, submit
from portal.services.errors import Forbidden, InvalidInput, NotFound
from portal.services.registries.exchange import Outcome, Requester, Subject
from tests.filings import CODE, filled_draft, population_fields, replies, submitted, taken
from tests.people import citizen
from tests.services.dossiers.doings import last_event

HEAD = {"full_name": "Nguyễn Văn Chủ Hộ", "personal_id": "001065000009"}
MEMBER = {"full_name": "Nguyễn Thị Con", "personal_id": "001310000008"}


def test_everybody_of_the_household_is_known_by_a_keyed_hash_alone(session: Session) -> None:
    dossier = submitted(session, citizen(session), household={"head": HEAD, "members": [MEMBER, {"full_name": "Bé Mới Sinh"}]})
    assert set(dossier.household_hashes) == {personal_id_hash(one["personal_id"]) for one in (HEAD, MEMBER)}
    assert all(HEAD["personal_id"].encode() not in digest for digest in dossier.household_hashes)


@pytest.mark.parametrize(
    "household",
    [
        None,
        {},
        {"head": None, "members": None},
        {"head": None, "members": []},
        {"head": {}, "members": [{}]},
        "sổ hộ khẩu",
        [],
        {"members": []},
    ],
    ids=str,
)
def test_household_that_says_nobody_hinders_nobody(household: object) -> None:
    assert household_hashes_of({"subject.household": {"value": household, "source": "population"}}) == []
    assert household_hashes_of({}) == []


def test_dossier_is_found_by_every_word_of_the_name_that_the_registry_gives(session: Session) -> None:
    dossier = submitted(session, citizen(session, "Tên Cũ"), full_name="Trần Thị Tên Mới")
    assert sorted(dossier.name_tokens) == sorted(name_tokens("tran thi ten moi"))
    assert dossier.parties["subject"]["full_name"] == "Trần Thị Tên Mới"


def test_event_of_filing_binds_version_answers_and_level(session: Session) -> None:
    owner = citizen(session)
    dossier = submitted(session, owner)
    facts = last_event(session, dossier).facts
    answers = latest_answers(session, dossier)
    assert facts["version"] == dossier.version_hash == answers.version_hash
    assert facts["answers"] == sha256(rfc8785.dumps(answers.content)).hex() == answers.content_hash.hex()
    assert facts["level"] == owner.level
    assert last_event(session, dossier).actor_role == "owner"


def test_portal_itself_cannot_change_what_was_filed(session: Session) -> None:
    dossier = submitted(session, citizen(session))
    answers = session.scalars(select(AnswersDocument).where(AnswersDocument.dossier_id == dossier.id)).one()
    answers.content = {"certificate.purpose": {"value": "khác", "source": "citizen"}}
    with pytest.raises(DBAPIError, match="permission denied"):
        session.flush()


def test_each_reply_is_kept_as_evidence_with_who_asked_and_what_came(session: Session) -> None:
    owner = citizen(session)
    dossier = submitted(session, owner)
    rows = {row.source: row for row in session.scalars(select(Evidence).where(Evidence.dossier_id == dossier.id))}
    assert set(rows) == {"population", "civil-status"}
    for row in rows.values():
        assert (row.requester_kind, row.requester_id, row.outcome) == ("citizen", str(owner.account_id), "found")
        assert row.content_hash == sha256(rfc8785.dumps(row.content))
    assert b"001190000001" not in bytes(rows["population"].sealed_content)


def test_registry_that_did_not_answer_is_kept_as_evidence_too(session: Session) -> None:
    owner, procedure = citizen(session), current(session, CODE)
    draft = open_draft(session, owner, procedure, language="vi")
    silent = {name: replace(reply, outcome=Outcome.UNAVAILABLE, fields={}, response_id="") for name, reply in replies().items()}
    taken(session, owner, draft, procedure, silent)
    session.flush()
    rows = session.scalars(select(Evidence).where(Evidence.dossier_id == draft.id)).all()
    assert {(row.outcome, str(row.content)) for row in rows} == {("unavailable", "{}")}
    assert draft.draft["replies"] == {"population": "unavailable", "civil-status": "unavailable"}


def test_consent_is_dated_and_names_the_version_that_was_consented_to(session: Session) -> None:
    owner, procedure = citizen(session), current(session, CODE)
    draft = open_draft(session, owner, procedure, language="vi")
    assert draft.draft["consent"] is None
    taken(session, owner, draft, procedure, replies())
    assert draft.draft["consent"]["version"] == procedure.content_hash
    assert draft.draft["consent"]["given_at"]


def test_each_registry_is_asked_for_what_the_procedure_needs_and_nothing_twice(session: Session) -> None:
    procedure = current(session, CODE)
    subject = Subject("001190000001", "Nguyễn Thị Mẫu", "1990-05-12")
    asks = asks_for(procedure, subject, Requester("citizen", "account"), "consent:1")
    assert set(asks) == {"population", "civil-status"}
    for ask in asks.values():
        assert len(ask.scope) == len(set(ask.scope)) > 0
        assert (ask.basis, ask.basis_reference, ask.dossier_code) == ("consent", "consent:1", None)
        assert ask.legal_ground
        assert ask.purpose
    assert not {"blood_group", "religion", "relatives", "old_id_number"} & set(asks["population"].scope)
    assert len({ask.request_id for ask in asks.values()}) == 2


def test_registry_that_is_asked_again_replaces_what_it_said_and_keeps_what_was_typed(session: Session) -> None:
    owner, procedure = citizen(session), current(session, CODE)
    draft = filled_draft(session, owner)
    typed = {key: answer for key, answer in draft.draft["answers"].items() if answer["source"] == "citizen"}
    taken(session, owner, draft, procedure, replies(population_fields(full_name="Nguyễn Thị Mới")))
    answers = draft.draft["answers"]
    assert answers["subject.full_name"]["value"] == "Nguyễn Thị Mới"
    assert {key: answers[key] for key in typed} == typed


def test_office_is_chosen_by_the_address_and_not_by_the_browser(session: Session) -> None:
    owner, procedure = citizen(session), current(session, CODE)
    draft = open_draft(session, owner, procedure, language="vi")
    taken(session, owner, draft, procedure, replies())
    answer_facts(session, draft, procedure, {"office": "H26.32"})
    assert draft.draft["office_code"] == "H26.31"


@pytest.mark.parametrize("chosen", ["", "H26.99", "H26.01", "G01.26.31", "' OR 1=1 --"])
def test_office_that_does_not_decide_on_the_procedure_cannot_be_chosen(session: Session, chosen: str) -> None:
    owner, procedure = citizen(session), current(session, CODE)
    draft = open_draft(session, owner, procedure, language="vi")
    silent = {name: replace(reply, outcome=Outcome.UNAVAILABLE, fields={}) for name, reply in replies().items()}
    profile = {"personal_id": "001190000001", "full_name": "Nguyễn Thị Mẫu", "date_of_birth": "1990-05-12"}
    taken(session, owner, draft, procedure, silent, profile)
    typed = {
        "subject.sex": "female", "subject.ethnicity": "Kinh", "subject.nationality": "Việt Nam",
        "subject.identity_card": "001190000001", "subject.permanent_residence": "Số 9 phố Mẫu, Ba Đình",
        "subject.residence_from.year": "2010", "subject.marital_status": "never_married", "subject.marriages": "Không",
        "office": chosen,
    }  # fmt: skip
    with pytest.raises(InvalidInput) as wrong:
        answer_facts(session, draft, procedure, typed)
    assert list(wrong.value.errors) == ["office"]


def test_nobody_who_is_not_logged_in_opens_a_draft(session: Session) -> None:
    with pytest.raises(Forbidden):
        open_draft(session, ANONYMOUS, current(session, CODE), language="vi")


def test_draft_is_its_owners_alone(session: Session) -> None:
    owner, other, procedure = citizen(session), citizen(session), current(session, CODE)
    draft = open_draft(session, owner, procedure, language="vi")
    assert draft_for(session, owner, draft.id).id == draft.id
    assert open_draft(session, other, procedure, language="vi").id != draft.id
    with pytest.raises(NotFound):
        draft_for(session, other, draft.id)
    with pytest.raises(NotFound):
        draft_for(session, ANONYMOUS, draft.id)


def test_filed_draft_is_no_longer_an_open_one_and_its_answers_are_gone_from_it(session: Session) -> None:
    owner = citizen(session)
    draft = filled_draft(session, owner)
    submit(session, owner, draft.id, is_declared=True)
    assert draft_of(session, owner, CODE) is None
    assert (draft.draft, draft.sealed_draft) == (None, None)
