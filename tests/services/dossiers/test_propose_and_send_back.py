"""The officer's proposal and its way back: what is proposed is kept as it was shown, until a better one replaces it."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.approve import approve
from portal.services.dossiers.proposals import prefilled_appraisal
from portal.services.dossiers.propose import propose
from portal.services.dossiers.queries import documents_of, latest_answers
from portal.services.dossiers.send_back import send_back
from portal.services.errors import GuardRefused, InvalidInput
from tests.filings import GRANT, appraising, proposed
from tests.people import citizen, clerk, leader, officer
from tests.services.dossiers.doings import REASON, hands, last_event, result_of


def test_proposal_to_grant_keeps_what_the_officer_found_and_no_reason(session: Session) -> None:
    who = hands(session, citizen(session))
    dossier = appraising(session, who.owner, who.clerk, who.officer)
    form = {**GRANT, "reason": "viết thừa, không dùng", "appraisal.note": "Đã đối chiếu sổ gốc."}
    propose(session, who.officer, str(dossier.code), expected_version=dossier.version, form=form)
    said = dossier.proposal
    assert (said["decision"], said["reason"], said["proposed_by"]) == ("grant", "", "Phạm Văn Thụ Lý")
    assert said["answers"]["appraisal.conclusion"]["value"] == "never_married"
    assert said["answers"]["appraisal.note"]["value"] == "Đã đối chiếu sổ gốc."
    assert dossier.proposed_by == who.officer.account_id


def test_proposal_to_refuse_keeps_the_reason_and_no_finding(session: Session) -> None:
    who = hands(session, citizen(session))
    dossier = appraising(session, who.owner, who.clerk, who.officer)
    form = {"decision": "refuse", "reason": f"  {REASON}\n", "appraisal.conclusion": "married"}
    propose(session, who.officer, str(dossier.code), expected_version=dossier.version, form=form)
    assert (dossier.proposal["reason"], dossier.proposal["answers"]) == (REASON, {})


def test_field_that_is_no_question_of_the_appraisal_is_not_taken(session: Session) -> None:
    who = hands(session, citizen(session))
    dossier = appraising(session, who.owner, who.clerk, who.officer)
    form = {**GRANT, "subject.full_name": "Kẻ Mạo Danh", "approved_by": "x", "state": "finished"}
    propose(session, who.officer, str(dossier.code), expected_version=dossier.version, form=form)
    assert set(dossier.proposal["answers"]) <= {"appraisal.conclusion", "appraisal.note", "appraisal.ended_by"}
    approve(session, who.leader, str(dossier.code), expected_version=dossier.version)
    assert result_of(session, dossier).facts["fields"]["full_name"]["text"] == "Nguyễn Thị Mẫu"


def test_proposal_and_its_reason_are_sealed(session: Session) -> None:
    who = hands(session, citizen(session))
    dossier = proposed(session, who.owner, who.clerk, who.officer, {"decision": "refuse", "reason": REASON})
    for sealed in (dossier.sealed_proposal, last_event(session, dossier).sealed_details):
        assert sealed
        assert REASON.encode() not in sealed
    assert REASON not in str(last_event(session, dossier).facts)


def test_refused_proposal_leaves_the_earlier_one_standing(session: Session) -> None:
    who = hands(session, citizen(session))
    dossier = proposed(session, who.owner, who.clerk, who.officer)
    send_back(session, who.leader, str(dossier.code), expected_version=dossier.version, reason=REASON)
    before = dossier.proposal
    with pytest.raises(InvalidInput):
        propose(session, who.officer, str(dossier.code), expected_version=dossier.version, form={"decision": "refuse"})
    assert dossier.proposal == before


def test_new_proposal_replaces_the_one_that_was_sent_back(session: Session) -> None:
    who = hands(session, citizen(session))
    dossier = proposed(session, who.owner, who.clerk, who.officer)
    send_back(session, who.leader, str(dossier.code), expected_version=dossier.version, reason=REASON)
    form = {"decision": "refuse", "reason": REASON}
    propose(session, who.officer, str(dossier.code), expected_version=dossier.version, form=form)
    approve(session, who.leader, str(dossier.code), expected_version=dossier.version)
    assert result_of(session, dossier).facts["is_refusal"]


def test_dossier_sent_back_goes_to_the_officer_who_holds_it_and_to_no_other(session: Session) -> None:
    who = hands(session, citizen(session))
    dossier = proposed(session, who.owner, who.clerk, who.officer)
    send_back(session, who.leader, str(dossier.code), expected_version=dossier.version, reason=REASON)
    assert dossier.assigned_to == who.officer.account_id
    with pytest.raises(GuardRefused, match="chuyên viên khác"):
        propose(session, officer(session), str(dossier.code), expected_version=dossier.version, form=GRANT)


def test_reason_of_sending_back_is_sealed_in_the_history(session: Session) -> None:
    who = hands(session, citizen(session))
    dossier = proposed(session, who.owner, who.clerk, who.officer)
    send_back(session, who.leader, str(dossier.code), expected_version=dossier.version, reason=REASON)
    event = last_event(session, dossier)
    assert (event.name, event.details) == ("sent_back", {"reason": REASON})
    assert REASON not in str(event.facts)


@pytest.mark.parametrize("times", [1, 4])
def test_sending_back_and_forth_makes_no_paper_and_costs_no_number(session: Session, times: int) -> None:
    who = hands(session, citizen(session))
    dossier = proposed(session, who.owner, who.clerk, who.officer)
    papers = [paper.id for paper in documents_of(session, dossier)]
    for _ in range(times):
        send_back(session, who.leader, str(dossier.code), expected_version=dossier.version, reason=REASON)
        propose(session, who.officer, str(dossier.code), expected_version=dossier.version, form=GRANT)
    assert [paper.id for paper in documents_of(session, dossier)] == papers
    approve(session, who.leader, str(dossier.code), expected_version=dossier.version)
    assert result_of(session, dossier).number == 1


def test_leader_who_sent_back_may_sign_the_better_proposal(session: Session) -> None:
    signer = leader(session)
    appraiser = officer(session)
    dossier = proposed(session, citizen(session), clerk(session), appraiser)
    send_back(session, signer, str(dossier.code), expected_version=dossier.version, reason=REASON)
    propose(session, appraiser, str(dossier.code), expected_version=dossier.version, form=GRANT)
    approve(session, signer, str(dossier.code), expected_version=dossier.version)
    assert dossier.approved_by == signer.account_id


@pytest.mark.parametrize("status", ["never_married", "married", "divorced", "widowed"])
def test_appraisal_suggests_what_the_dossier_says_and_fills_nothing_it_does_not_know(session: Session, status: str) -> None:
    dossier = appraising(session, citizen(session), clerk(session), officer(session))
    procedure = by_hash(session, dossier.version_hash)
    answers = {**latest_answers(session, dossier).content, "subject.marital_status": {"value": status, "source": "civil-status"}}
    assert prefilled_appraisal(procedure, answers)["appraisal.conclusion"]["value"] == status
    assert prefilled_appraisal(procedure, {}) == {}
