from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import ORMExecuteState, Session

from portal.auth.permissions import Actor
from portal.blind_index import personal_id_hash
from portal.models import Account, Evidence
from portal.services.catalogue.handling import Component
from portal.services.catalogue.versions import current
from portal.services.dossiers.attachments import reusable_results, standings
from portal.services.dossiers.open_draft import draft_for, draft_of, open_draft
from portal.services.dossiers.open_intake import agree_to_reuse, intake_asks, own_intakes, read_subject
from portal.services.dossiers.queries import owned_dossiers
from portal.services.errors import Forbidden, GuardRefused, InvalidInput, NotFound
from portal.services.registries.exchange import Outcome, Subject
from tests import carrying
from tests.filings import CODE
from tests.intakes import BORN, MAU, NAME, NUMBER, QR, begun, filled, silent, visit
from tests.people import OFFICE, OTHER_OFFICE, citizen, clerk, officer


def test_a_scanned_card_and_typed_words_name_the_same_person() -> None:
    typed = {"card": "001 190 000 001", "full_name": " nguyễn  thị mẫu", "date_of_birth.year": "1990"}
    assert read_subject({"card": QR}) == MAU
    assert read_subject({"card": QR + "|con của ai|mã mới\r\n"}) == MAU, "newer cards say more, scanners end the line"
    assert read_subject(typed) == Subject(NUMBER, "nguyễn thị mẫu", "1990")


@pytest.mark.parametrize(
    ("form", "wrong"),
    [
        ({}, {"card", "full_name", "date_of_birth"}),
        ({"card": "12345"}, {"card", "full_name", "date_of_birth"}),
        ({"card": "001190000001"}, {"full_name", "date_of_birth"}),
        ({"card": QR.replace("12051990", "31022999")}, {"date_of_birth"}),
        ({"card": "001190000001|Nguyễn"}, {"card", "full_name", "date_of_birth"}),
        ({"card": QR.replace("Mẫu|", "Mẫ\u202eu|")}, {"full_name"}),
        ({"card": "|" * 5000}, {"card", "full_name", "date_of_birth"}),
        ({"card": QR.replace("001", "００１")}, {"card", "full_name", "date_of_birth"}),
    ],
)
def test_what_names_nobody_is_told_beside_its_field(form: dict[str, str], wrong: set[str]) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_subject(form)
    assert set(refused.value.errors) == wrong


def test_a_day_that_nobody_knows_stays_unknown() -> None:
    assert read_subject({"card": QR.replace("12051990", "00001965")}).date_of_birth == "1965"


def test_registries_are_asked_by_the_officer_for_the_office_on_the_ground_of_the_law(session: Session) -> None:
    at = clerk(session)
    asks = intake_asks(at, visit(session), client_ip="10.0.0.7")
    assert {(ask.requester.kind, ask.requester.id, ask.requester.office, ask.basis) for ask in asks.values()} == {
        ("officer", at.id, OFFICE, "law")
    }
    assert {"personal_id", "full_name", "date_of_birth"} <= set(asks["population"].scope)
    begun(session, at)
    kinds = session.scalars(select(Evidence.requester_kind).where(Evidence.requester_id == at.id))
    assert set(kinds) == {"officer"}


def test_person_without_a_login_gets_an_account_that_waits(session: Session) -> None:
    draft = begun(session, clerk(session))
    owner = session.get_one(Account, draft.owner_id)
    assert (owner.issuer, owner.subject, owner.last_login_at) == (None, None, None)
    assert owner.claim_hash is not None
    assert owner.subject_hash == draft.subject_hash == personal_id_hash(NUMBER)
    assert begun(session, clerk(session)).owner_id == owner.id, "the next clerk finds the same person"


def test_person_with_a_login_owns_the_dossier_by_it(session: Session) -> None:
    mau = citizen(session, NAME, personal_id=NUMBER)
    assert begun(session, clerk(session)).owner_id == mau.account_id


def test_a_number_with_anothers_name_never_leads_to_that_account(session: Session) -> None:
    mau = citizen(session, NAME, personal_id=NUMBER)
    mistyped = visit(session, Subject(NUMBER, "Trần Văn Khác", BORN))
    draft = begun(session, clerk(session), mistyped, silent())
    assert draft.owner_id != mau.account_id
    assert owned_dossiers(session, mau) == []


@pytest.mark.parametrize("who", ["officer", "elsewhere", "for another procedure", "citizen"])
def test_only_a_clerk_of_the_counter_opens_an_intake(session: Session, who: str) -> None:
    actor = {
        "officer": lambda: officer(session),
        "elsewhere": lambda: clerk(session, OTHER_OFFICE),
        "for another procedure": lambda: _for(clerk(session), "1.001193"),
        "citizen": lambda: citizen(session),
    }[who]()
    with pytest.raises(Forbidden):
        begun(session, actor)


def _for(actor: Actor, code: str) -> Actor:
    return replace(actor, duties=frozenset(replace(duty, procedure_codes=frozenset({code})) for duty in actor.duties))


def test_nobody_is_filed_for_who_is_not_there_or_has_died_or_is_the_clerk(session: Session) -> None:
    at = clerk(session)
    with pytest.raises(InvalidInput) as absent:
        begun(session, at, is_present=False)
    assert set(absent.value.errors) == {"is_present"}
    with pytest.raises(GuardRefused, match="đã mất"):
        begun(session, at, answered=silent(Outcome.DECEASED))
    own = session.get_one(Account, at.account_id).profile["personal_id"]
    with pytest.raises(GuardRefused, match="chính mình"):
        begun(session, at, visit(session, Subject(own, at.display_name, BORN)))


def test_who_matches_nobody_is_filed_for_only_after_a_second_look_and_stays_marked(session: Session) -> None:
    at = clerk(session)
    with pytest.raises(InvalidInput) as unmatched:
        begun(session, at, answered=silent(Outcome.NOT_MATCHED))
    assert set(unmatched.value.errors) == {"accept_unmatched"}
    draft = begun(session, at, answered=silent(Outcome.NOT_MATCHED), accepts_unmatched=True)
    assert {draft.draft["answers"][f"subject.{key}"]["source"] for key in ("full_name", "personal_id", "date_of_birth")} == {
        "card"
    }
    assert draft.draft["at_counter"]["is_matched"] is False


def test_intake_goes_on_when_every_registry_is_silent(session: Session) -> None:
    draft = begun(session, clerk(session), answered=silent())
    assert draft.draft["answers"]["subject.full_name"]["value"] == NAME
    assert draft.draft["replies"] == {"population": "unavailable", "civil-status": "unavailable"}


def test_own_draft_online_and_the_clerks_are_two_and_neither_sees_the_other(session: Session) -> None:
    mau, at = citizen(session, NAME, personal_id=NUMBER), clerk(session)
    own = open_draft(session, mau, current(session, CODE), language="vi")
    own.draft = {**own.draft, "answers": {"certificate.note": {"value": "riêng", "source": "citizen"}}}
    draft = begun(session, at)
    assert draft.id != own.id
    assert "riêng" not in str(draft.draft)
    for stranger, theirs in ((at, own), (mau, draft), (clerk(session), draft)):
        with pytest.raises(NotFound):
            draft_for(session, stranger, theirs.id)
    assert draft_of(session, mau, CODE) == own
    assert owned_dossiers(session, mau) == [own]
    assert own_intakes(session, at) == [draft]


def test_clerk_who_serves_there_no_more_loses_the_draft(session: Session) -> None:
    at = clerk(session)
    draft = begun(session, at)
    for duties in (frozenset(), clerk(session, OTHER_OFFICE).duties, _for(at, "1.001193").duties):
        with pytest.raises(NotFound):
            draft_for(session, replace(at, duties=duties), draft.id)


def test_second_visit_of_a_day_goes_on_with_the_same_draft(session: Session) -> None:
    at = clerk(session)
    first = filled(session, at)
    again = begun(session, at)
    assert again.id == first.id
    assert again.draft["answers"]["certificate.purpose"]["value"] == "property"


def test_earlier_results_are_not_looked_for_until_the_person_agrees(session: Session) -> None:
    carrying.publish_carrying(session)
    at = clerk(session)
    draft = filled(session, at, visit(session, code=carrying.CARRYING))
    procedure = current(session, carrying.CARRYING)
    assert all(one.reusable == () for one in standings(session, draft, procedure, draft.draft["answers"]))
    unmatched = begun(
        session, at, visit(session, Subject("001190000002", NAME, BORN), code=carrying.CARRYING), silent(), accepts_unmatched=True
    )
    with pytest.raises(GuardRefused, match="Chưa xác nhận"):
        agree_to_reuse(unmatched)
    agree_to_reuse(draft)
    assert draft.draft["at_counter"]["reuse_agreed_at"]


def test_clerk_who_is_the_person_at_anothers_counter_does_not_see_the_draft_for_them(session: Session) -> None:
    colleague = clerk(session)
    known = session.get_one(Account, colleague.account_id).profile
    draft = begun(session, clerk(session), visit(session, Subject(known["personal_id"], known["full_name"], BORN)), silent())
    assert draft.owner_id == colleague.account_id
    assert draft_of(session, colleague, CODE) is None
    with pytest.raises(NotFound):
        draft_for(session, colleague, draft.id)


def test_no_result_stands_for_a_paper_before_the_person_agrees(session: Session) -> None:
    carrying.publish_carrying(session)
    at = clerk(session)
    draft = filled(session, at, visit(session, code=carrying.CARRYING))
    component = Component(**carrying.COMPONENTS[2])
    asked: list[ORMExecuteState] = []

    @event.listens_for(session, "do_orm_execute")
    def note(state: ORMExecuteState) -> None:
        asked.append(state)

    assert reusable_results(session, draft, component) == []
    assert asked == [], "the person's results are not even looked for"
    agree_to_reuse(draft)
    reusable_results(session, draft, component)
    assert asked != []
