"""Two people for every decision: whoever had a hand in a dossier does not sign it, by whatever way it left their hands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor, Duty, Role
from portal.models import Account, DataKey, Dossier
from portal.services.dossiers.approve import approve
from portal.services.dossiers.ask_opinion import ask_opinion
from portal.services.dossiers.bulk import assess
from portal.services.dossiers.officers import candidates_for
from portal.services.dossiers.propose import propose
from portal.services.dossiers.queries import buttons
from portal.services.dossiers.reassign import reassign
from portal.services.dossiers.receive import receive
from portal.services.dossiers.record_verification import record_verification
from portal.services.dossiers.send_back import send_back
from portal.services.dossiers.vocabulary import Act
from portal.services.errors import GuardRefused
from tests.filings import GRANT, appraising, proposed, submitted
from tests.people import OFFICE, OTHER_OFFICE, citizen, clerk, leader, officer
from tests.services.dossiers.doings import QUESTION, REASON
from tests.services.dossiers.test_assign import post
from tests.services.organisation.administrators import as_now, in_post
from tests.services.organisation.test_absences import enter

BOTH = frozenset({Duty(Role.OFFICER, OFFICE), Duty(Role.LEADER, OFFICE)})


def verify_on_the_spot(session: Session, actor: Actor, dossier: Dossier) -> None:
    said = {"place": "Số 9 phố Mẫu", "participants": "Người nộp", "content": "Đã xem nơi ở, đúng như lời khai."}
    record_verification(session, actor, str(dossier.code), expected_version=dossier.version, held_at="2026-11-13T09:30", **said)


def ask(session: Session, actor: Actor, dossier: Dossier) -> None:
    asked = {"office_code": OTHER_OFFICE, "question": QUESTION, "days": "3"}
    ask_opinion(session, actor, str(dossier.code), expected_version=dossier.version, **asked)
    dossier.asked_offices = []


def propose_and_get_it_back(session: Session, actor: Actor, dossier: Dossier) -> None:
    propose(session, actor, str(dossier.code), expected_version=dossier.version, form=GRANT)
    send_back(session, leader(session), str(dossier.code), expected_version=dossier.version, reason=REASON)


def second_account(session: Session, actor: Actor) -> Actor:
    """The same person, whom the identity provider now names by another subject."""
    first = session.get_one(Account, actor.account_id)
    now = clock.now()
    account = Account(
        data_key=DataKey.fresh(), issuer=first.issuer, subject=f"{first.subject}-again", subject_hash=first.subject_hash,
        profile=first.profile, created_at=now, last_login_at=now,
    )  # fmt: skip
    session.add(account)
    session.flush()
    return replace(as_now(session, actor), account_id=account.id)


@pytest.mark.parametrize("appraise", [verify_on_the_spot, ask, propose_and_get_it_back])
def test_whoever_appraised_and_gave_the_dossier_away_does_not_sign_it(
    session: Session, appraise: Callable[[Session, Actor, Dossier], None]
) -> None:
    other = post(session, "Vũ Thị Yên")
    both = replace(officer(session), duties=BOTH)
    dossier = appraising(session, citizen(session), clerk(session), both)
    appraise(session, both, dossier)
    reassign(session, both, str(dossier.code), expected_version=dossier.version, to=other.id)
    propose(session, other, str(dossier.code), expected_version=dossier.version, form=GRANT)
    assert Act.APPROVE not in {move.act for move in buttons(dossier, both)}
    (foreseen,) = assess(session, both, Act.APPROVE, [str(dossier.code)])
    assert (foreseen.outcome, "không được ký" in str(foreseen.reason)) == ("refused", True)
    with pytest.raises(GuardRefused, match="không được ký"):
        approve(session, both, str(dossier.code), expected_version=dossier.version)
    approve(session, leader(session), str(dossier.code), expected_version=dossier.version)


def test_stand_in_who_verified_does_not_sign_what_the_holder_proposes_afterwards(session: Session) -> None:
    away, other = post(session, "Phạm Văn Vắng"), post(session, "Vũ Thị Yên")
    dossier = appraising(session, citizen(session), clerk(session), away)
    enter(session, away, away, 0, 1, other)
    both = replace(as_now(session, other), duties=BOTH)
    verify_on_the_spot(session, both, dossier)
    propose(session, away, str(dossier.code), expected_version=dossier.version, form=GRANT)
    with pytest.raises(GuardRefused, match="không được ký"):
        approve(session, both, str(dossier.code), expected_version=dossier.version)


def test_leader_who_only_gave_the_dossier_signs_it(session: Session) -> None:
    first, second, head = post(session, "Phạm Văn Đầu"), post(session, "Vũ Thị Yên"), leader(session)
    dossier = appraising(session, citizen(session), clerk(session), first)
    reassign(session, head, str(dossier.code), expected_version=dossier.version, to=second.id)
    propose(session, second, str(dossier.code), expected_version=dossier.version, form=GRANT)
    approve(session, head, str(dossier.code), expected_version=dossier.version)


def test_second_account_of_a_person_is_the_same_pair_of_eyes(session: Session) -> None:
    both = in_post(session, citizen(session, "Phạm Văn Hai Vai"), Role.OFFICER, OFFICE)
    dossier = proposed(session, citizen(session), clerk(session), both)
    again = second_account(session, both)
    with pytest.raises(GuardRefused, match="không được ký"):
        approve(session, replace(again, duties=BOTH), str(dossier.code), expected_version=dossier.version)


def test_officer_goes_on_under_a_second_account_with_what_they_hold(session: Session) -> None:
    person = in_post(session, citizen(session, "Phạm Văn Mới"), Role.OFFICER, OFFICE)
    dossier = appraising(session, citizen(session), clerk(session), person)
    again = second_account(session, person)
    propose(session, again, str(dossier.code), expected_version=dossier.version, form=GRANT)
    assert dossier.proposed_by == again.account_id


def test_second_account_of_the_owner_decides_nothing_on_their_dossier(session: Session) -> None:
    owner = in_post(session, citizen(session), Role.CLERK, OFFICE)
    dossier = submitted(session, owner)
    dossier.subject_hash = b"s" * 32  # filed for somebody else
    again = second_account(session, owner)
    with pytest.raises(GuardRefused, match="chính mình"):
        receive(session, again, str(dossier.code), expected_version=dossier.version)


def test_second_account_of_the_owner_is_no_officer_for_their_dossier(session: Session) -> None:
    owner = in_post(session, citizen(session), Role.OFFICER, OFFICE)
    dossier = submitted(session, owner)
    dossier.subject_hash = b"s" * 32
    second_account(session, owner)
    assert owner.account_id is not None
    assert not [one for one in candidates_for(session, dossier) if one.name == owner.display_name]
