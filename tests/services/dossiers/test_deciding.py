"""From the officer's hands to the returned result: propose, send back, approve, issue, return; and refusal on both sides."""

from __future__ import annotations

import uuid
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from portal.auth.permissions import SYSTEM, Duty, Role
from portal.models import Dossier, IssuedDocument, OutboxItem
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.approve import approve
from portal.services.dossiers.assign import assign
from portal.services.dossiers.forward import forward
from portal.services.dossiers.issue import issue, order_of
from portal.services.dossiers.proposals import prefilled_appraisal
from portal.services.dossiers.propose import propose
from portal.services.dossiers.queries import documents_of, for_system, latest_answers
from portal.services.dossiers.receive import receive
from portal.services.dossiers.refuse import refuse
from portal.services.dossiers.return_result import release_result, return_result
from portal.services.dossiers.send_back import send_back
from portal.services.dossiers.vocabulary import Act
from portal.services.errors import Forbidden, GuardRefused, IllegalMove, InvalidInput, Stale
from portal.services.vault.store import read_file
from tests.filings import GRANT, appraising, approved, proposed, received, submitted
from tests.people import citizen, clerk, leader, officer

PDF = b"%PDF-1.7 invented"
GROUND = "Thông tin khai không đúng với cơ sở dữ liệu và người khai không chứng minh được (NĐ 118/2025/NĐ-CP)"
REASON = "Thông tin khai không khớp với cơ sở dữ liệu hộ tịch."


def result_of(session: Session, dossier: Dossier) -> IssuedDocument:
    return next(paper for paper in documents_of(session, dossier) if paper.kind == "result")


def test_refusal_of_reception_is_written_with_reason_and_article(session: Session) -> None:
    dossier = submitted(session, citizen(session))
    refuse(session, clerk(session), str(dossier.code), expected_version=dossier.version, reason=REASON, ground=GROUND)
    paper = next(paper for paper in documents_of(session, dossier) if paper.kind == "form_03")
    assert (dossier.state, paper.facts["reason"], paper.facts["ground"]) == ("not_received", REASON, GROUND)


@pytest.mark.parametrize(
    ("reason", "ground", "field"), [("", GROUND, "reason"), ("ngắn", GROUND, "reason"), (REASON, "tự nghĩ", "ground")]
)
def test_refusal_without_reason_or_lawful_ground_changes_nothing(session: Session, reason: str, ground: str, field: str) -> None:
    dossier = submitted(session, citizen(session))
    with pytest.raises(InvalidInput) as wrong:
        refuse(session, clerk(session), str(dossier.code), expected_version=dossier.version, reason=reason, ground=ground)
    assert list(wrong.value.errors) == [field]
    assert (dossier.state, dossier.version) == ("submitted", 1)


def test_two_officers_take_one_dossier_and_one_is_told(session: Session) -> None:
    dossier = received(session, citizen(session), clerk(session))
    forward(session, clerk(session), str(dossier.code), expected_version=dossier.version)
    seen, first = dossier.version, officer(session)
    assign(session, first, str(dossier.code), expected_version=seen)
    with pytest.raises(Stale):
        assign(session, officer(session), str(dossier.code), expected_version=seen)
    assert dossier.assigned_to == first.account_id


def test_appraisal_starts_from_what_the_civil_status_register_says(session: Session) -> None:
    dossier = appraising(session, citizen(session), clerk(session), officer(session))
    answers = prefilled_appraisal(by_hash(session, dossier.version_hash), latest_answers(session, dossier).content)
    assert answers["appraisal.conclusion"]["value"] == "never_married"


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({}, "decision"),
        ({"decision": "maybe"}, "decision"),
        ({"decision": "grant"}, "appraisal.conclusion"),
        ({"decision": "grant", "appraisal.conclusion": "engaged"}, "appraisal.conclusion"),
        ({"decision": "refuse"}, "reason"),
    ],
)
def test_proposal_that_says_nothing_is_refused(session: Session, form: dict[str, str], field: str) -> None:
    appraiser = officer(session)
    dossier = appraising(session, citizen(session), clerk(session), appraiser)
    with pytest.raises(InvalidInput) as wrong:
        propose(session, appraiser, str(dossier.code), expected_version=dossier.version, form=form)
    assert list(wrong.value.errors) == [field]


def test_another_officer_cannot_propose_on_a_dossier_they_do_not_hold(session: Session) -> None:
    dossier = appraising(session, citizen(session), clerk(session), officer(session))
    with pytest.raises(GuardRefused):
        propose(session, officer(session), str(dossier.code), expected_version=dossier.version, form=GRANT)


def test_leader_sends_back_with_a_reason_and_the_officer_proposes_again(session: Session) -> None:
    appraiser, signer = officer(session), leader(session)
    dossier = proposed(session, citizen(session), clerk(session), appraiser)
    with pytest.raises(InvalidInput):
        send_back(session, signer, str(dossier.code), expected_version=dossier.version, reason="")
    send_back(session, signer, str(dossier.code), expected_version=dossier.version, reason="Xin đối chiếu lại bản án ly hôn.")
    assert dossier.stage == "appraising"
    propose(session, appraiser, str(dossier.code), expected_version=dossier.version, form=GRANT)
    assert dossier.stage == "awaiting_signature"


def test_officer_who_is_also_leader_cannot_sign_what_they_appraised(session: Session) -> None:
    both = officer(session)
    both = replace(both, duties=both.duties | {Duty(Role.LEADER, "H26.31")})
    dossier = proposed(session, citizen(session), clerk(session), both)
    with pytest.raises(GuardRefused):
        approve(session, both, str(dossier.code), expected_version=dossier.version)


def test_approval_numbers_the_result_and_says_what_was_proposed(session: Session) -> None:
    dossier = approved(session, citizen(session), clerk(session), officer(session), leader(session))
    paper = result_of(session, dossier)
    assert (paper.number, paper.symbol, paper.office_code) == (1, "UBND-XNTTHN", "H26.31")
    assert paper.facts["fields"]["conclusion"] == {"value": "never_married", "text": "Chưa đăng ký kết hôn với ai"}
    assert paper.facts["signed_by"]["name"] == "Hoàng Thị Lãnh Đạo"
    assert paper.expires_on is not None
    assert (dossier.stage, paper.issued_at) == ("issuing", None)


def test_approving_twice_is_impossible(session: Session) -> None:
    signer = leader(session)
    dossier = approved(session, citizen(session), clerk(session), officer(session), signer)
    with pytest.raises(IllegalMove):
        approve(session, signer, str(dossier.code), expected_version=dossier.version)
    assert len([paper for paper in documents_of(session, dossier) if paper.kind == "result"]) == 1


def test_refusal_after_appraisal_is_itself_the_signed_result(session: Session) -> None:
    signer = leader(session)
    dossier = proposed(session, citizen(session), clerk(session), officer(session), {"decision": "refuse", "reason": REASON})
    approve(session, signer, str(dossier.code), expected_version=dossier.version)
    facts = result_of(session, dossier).facts
    assert (facts["is_refusal"], facts["reason"], facts["fields"]) == (True, REASON, {})


def test_issuing_stores_the_paper_once_and_finishes_the_dossier(session: Session) -> None:
    dossier = approved(session, citizen(session), clerk(session), officer(session), leader(session))
    paper = result_of(session, dossier)
    order = order_of(session, paper.id)
    assert order is not None
    issue(session, order, PDF)
    first = (paper.file_id, paper.sha256, paper.issued_at)
    issue(session, order, PDF + b" another try")
    assert (paper.file_id, paper.sha256, paper.issued_at) == first
    assert paper.file is not None
    assert read_file(paper.file) == PDF
    assert (dossier.state, dossier.finished_at) == ("finished", paper.issued_at)
    assert order_of(session, paper.id) is None


def test_electronic_result_is_released_once_by_the_portal(session: Session) -> None:
    dossier = approved(session, citizen(session), clerk(session), officer(session), leader(session))
    order = order_of(session, result_of(session, dossier).id)
    assert order is not None
    issue(session, order, PDF)
    assert session.scalars(select(OutboxItem.key).where(OutboxItem.kind == "release_result")).all() == [str(dossier.id)]
    release_result(session, dossier.id)
    version = dossier.version
    assert release_result(session, dossier.id).version == version
    assert dossier.state == "returned"


def test_result_for_the_counter_waits_for_the_clerk(session: Session) -> None:
    owner, taker, appraiser, signer = citizen(session), clerk(session), officer(session), leader(session)
    dossier = submitted(session, owner, {"delivery.method": "counter"})
    receive(session, taker, str(dossier.code), expected_version=dossier.version)
    forward(session, taker, str(dossier.code), expected_version=dossier.version)
    assign(session, appraiser, str(dossier.code), expected_version=dossier.version)
    propose(session, appraiser, str(dossier.code), expected_version=dossier.version, form=GRANT)
    approve(session, signer, str(dossier.code), expected_version=dossier.version)
    order = order_of(session, result_of(session, dossier).id)
    assert order is not None
    issue(session, order, PDF)
    assert session.scalars(select(OutboxItem).where(OutboxItem.kind == "release_result")).all() == []
    with pytest.raises(GuardRefused):
        release_result(session, dossier.id)
    return_result(session, taker, str(dossier.code), expected_version=dossier.version)
    assert dossier.state == "returned"


def test_person_cannot_issue_in_the_portals_place(session: Session) -> None:
    dossier = approved(session, citizen(session), clerk(session), officer(session), leader(session))
    with pytest.raises(Forbidden):
        for_system(session, leader(session), Act.ISSUE, dossier.id, result_is_signed=True)
    with pytest.raises(GuardRefused):
        for_system(session, SYSTEM, Act.ISSUE, dossier.id, result_is_signed=False)


def test_unknown_dossier_is_no_order(session: Session) -> None:
    with pytest.raises(NoResultFound):
        order_of(session, uuid.uuid4())


def test_slips_of_an_office_are_numbered_in_one_series_under_its_symbol(session: Session) -> None:
    taker = clerk(session)
    kept, turned_away = received(session, citizen(session), taker), submitted(session, citizen(session))
    refuse(session, taker, str(turned_away.code), expected_version=turned_away.version, reason=REASON, ground=GROUND)
    slips = [paper for dossier in (kept, turned_away) for paper in documents_of(session, dossier) if paper.number]
    assert [(slip.kind, slip.number, slip.symbol) for slip in slips] == [("form_01", 1, "TTPVHCC"), ("form_03", 2, "TTPVHCC")]
