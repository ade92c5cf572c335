from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor
from portal.models import Dossier, Notice
from portal.services.dossiers.access_log import PAGE_SIZE, Look, Whose, look_of, looks_at
from portal.services.dossiers.answer_question import answer_question, question_for, questions_for
from portal.services.dossiers.ask_about_look import ask_about_look, questions_by
from portal.services.errors import GuardRefused, InvalidInput, NotFound
from portal.services.registries.exchange import Requester
from portal.services.registries.ledger import HANDLING, Seat, keep_lookups, note_openings
from tests.filings import asks_of, replies, submitted
from tests.people import OTHER_OFFICE, citizen, clerk, leader, officer

MAU = "001190000001"
WHY = "Vì sao phường mở hồ sơ của tôi?"
BECAUSE = "Cán bộ mở để kiểm tra thành phần hồ sơ trước khi tiếp nhận."


def opened(session: Session, dossier: Dossier, who: Actor, role: str = "clerk") -> None:
    note_openings(session, who, [dossier], Seat(role, "H26.31"), HANDLING)


@pytest.fixture
def owner(session: Session) -> Actor:
    return citizen(session, personal_id=MAU)


@pytest.fixture
def seen(session: Session, owner: Actor) -> Look:
    """A clerk's opening of the owner's dossier, beside the owner's own two look-ups."""
    opened(session, submitted(session, owner), clerk(session))
    return looks_at(session, owner, Whose.OTHERS)[0]


def test_owner_reads_who_by_role_and_office_and_own_looks_as_their_own(session: Session, owner: Actor, seen: Look) -> None:
    assert [look.is_own for look in looks_at(session, owner)] == [False, True, True]
    assert [look.entry.kind for look in looks_at(session, owner, Whose.OWN)] == ["lookup", "lookup"]
    assert (seen.entry.actor_role, seen.office and seen.office.code) == ("clerk", "H26.31")
    assert seen.dossier_code


def test_look_up_in_a_draft_names_the_dossier_that_became_of_it(session: Session, owner: Actor, seen: Look) -> None:
    assert {look.dossier_code for look in looks_at(session, owner)} == {seen.dossier_code}


def test_nobody_reads_who_looked_at_somebody_else(session: Session, owner: Actor, seen: Look) -> None:
    other = citizen(session)
    assert looks_at(session, other) == []
    for ask in (lambda: look_of(session, other, seen.entry.id), lambda: ask_about_look(session, other, seen.entry.id, WHY)):
        with pytest.raises(NotFound):
            ask()


def test_person_with_two_logins_reads_it_under_either(session: Session, owner: Actor, seen: Look) -> None:
    again = replace(citizen(session, personal_id=MAU), own_accounts=frozenset({owner.account_id}))
    assert len(looks_at(session, again)) == 3


def test_look_that_the_law_keeps_back_appears_when_its_time_comes(session: Session, owner: Actor) -> None:
    asks = asks_of(replies(), Requester("officer", "x", "H26.31"))
    secret = {name: replace(ask, purpose="LLTP-ANTICH") for name, ask in asks.items()}
    keep_lookups(session, officer(session), secret, replies(), dossier=None)
    assert looks_at(session, owner) == []
    with clock.standing_at(clock.now() + timedelta(days=31)):
        assert len(looks_at(session, owner)) == 2


def test_person_in_somebody_elses_dossier_is_told_without_being_shown_whose(session: Session, owner: Actor) -> None:
    other = citizen(session)
    draft = submitted(session, other)
    keep_lookups(session, other, asks_of(replies(), Requester("citizen", other.id), MAU), replies(), dossier=draft)
    found = looks_at(session, owner)
    assert [(look.is_own, look.dossier_code) for look in found] == [(False, ""), (False, "")]
    with pytest.raises(GuardRefused):
        ask_about_look(session, owner, found[0].entry.id, WHY)


def test_long_list_comes_page_by_page(session: Session, owner: Actor) -> None:
    dossier = submitted(session, owner)
    for _number in range(PAGE_SIZE):
        opened(session, dossier, clerk(session))
    first, second = looks_at(session, owner), looks_at(session, owner, page=2)
    assert (len(first), len(second)) == (PAGE_SIZE + 1, 2)
    assert first[PAGE_SIZE].entry.id == second[0].entry.id


def test_question_reaches_the_leader_of_the_office_that_looked_with_a_term(session: Session, owner: Actor, seen: Look) -> None:
    asked = ask_about_look(session, owner, seen.entry.id, WHY)
    head = leader(session)
    assert [one.id for one in questions_for(session, head)] == [asked.id]
    assert question_for(session, head, asked.id).question == WHY
    assert asked.due_at > clock.now() + timedelta(days=2)
    assert questions_for(session, leader(session, OTHER_OFFICE)) == []
    for stranger in (leader(session, OTHER_OFFICE), clerk(session), officer(session)):
        with pytest.raises(NotFound):
            answer_question(session, stranger, asked.id, BECAUSE)


def test_one_question_about_an_entry_is_open_at_a_time(session: Session, owner: Actor, seen: Look) -> None:
    asked = ask_about_look(session, owner, seen.entry.id, WHY)
    with pytest.raises(GuardRefused):
        ask_about_look(session, owner, seen.entry.id, WHY)
    answer_question(session, leader(session), asked.id, BECAUSE)
    assert ask_about_look(session, owner, seen.entry.id, "Vậy ai đã cho phép việc này?").id != asked.id


def test_answer_comes_back_beside_the_entry_and_as_a_notice(session: Session, owner: Actor, seen: Look) -> None:
    for _time in range(2):
        asked = ask_about_look(session, owner, seen.entry.id, WHY)
        answer_question(session, leader(session), asked.id, BECAUSE)
    assert [one.answer for one in questions_by(session, owner)] == [BECAUSE, BECAUSE]
    told = session.scalars(select(Notice.kind).where(Notice.account_id == owner.account_id, Notice.kind == "question_answered"))
    assert len(told.all()) == 2
    with pytest.raises(GuardRefused):
        answer_question(session, leader(session), asked.id, BECAUSE)


def test_whoever_looked_does_not_answer_for_themself(session: Session, owner: Actor) -> None:
    head = leader(session)
    opened(session, submitted(session, owner), head, "leader")
    asked = ask_about_look(session, owner, looks_at(session, owner, Whose.OTHERS)[0].entry.id, WHY)
    with pytest.raises(GuardRefused):
        answer_question(session, head, asked.id, BECAUSE)


def test_own_look_has_nobody_to_ask_and_nothing_is_no_question(session: Session, owner: Actor, seen: Look) -> None:
    own = looks_at(session, owner, Whose.OWN)[0]
    with pytest.raises(GuardRefused):
        ask_about_look(session, owner, own.entry.id, WHY)
    with pytest.raises(InvalidInput):
        ask_about_look(session, owner, seen.entry.id, " ")
