"""Another office is asked, sees the dossier until it has answered, and its lateness is logged."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.auth.permissions import Duty, Role
from portal.models import Dossier, Opinion
from portal.services.dossiers.ask_opinion import ask_opinion, offices_to_ask
from portal.services.dossiers.give_opinion import give_opinion
from portal.services.dossiers.propose import propose
from portal.services.dossiers.queries import at_counter, buttons
from portal.services.dossiers.queues import QueueFilter, queue
from portal.services.dossiers.vocabulary import Act
from portal.services.errors import Forbidden, GuardRefused, InvalidInput, NotFound
from portal.services.oversight.audit import verify
from tests.filings import GRANT, appraising
from tests.people import OFFICE, OTHER_OFFICE, citizen, clerk, officer
from tests.services.dossiers.doings import QUESTION, Hands, hands, last_event

NOW = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)  # Monday, 09:00 in Viet Nam
ANSWER = "Người này chưa từng cư trú tại phường."


@pytest.fixture(autouse=True)
def on_monday_morning():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def who(session: Session) -> Hands:
    return hands(session, citizen(session))


@pytest.fixture
def asked(session: Session, who: Hands) -> Dossier:
    dossier = appraising(session, who.owner, who.clerk, who.officer)
    return ask(session, who, dossier)


def ask(session: Session, who: Hands, dossier: Dossier, **changes: str) -> Dossier:
    said = {"office_code": OTHER_OFFICE, "question": QUESTION, "days": "2", **changes}
    return ask_opinion(session, who.officer, str(dossier.code), expected_version=dossier.version, **said)


def test_asked_office_sees_the_dossier_until_it_has_answered(session: Session, who: Hands, asked: Dossier) -> None:
    there = officer(session, OTHER_OFFICE)
    assert at_counter(session, there, str(asked.code)).id == asked.id
    assert {move.act.value for move in buttons(asked, there)} == {"give_opinion"}
    give_opinion(session, there, str(asked.code), expected_version=asked.version, answer=ANSWER)
    with pytest.raises(NotFound):
        at_counter(session, there, str(asked.code))
    assert verify(session).findings == ()


def test_only_officers_of_the_asked_office_answer_and_nobody_there_does_more(session: Session, asked: Dossier) -> None:
    for stranger in (clerk(session, OTHER_OFFICE), officer(session)):
        with pytest.raises((Forbidden, NotFound)):
            give_opinion(session, stranger, str(asked.code), expected_version=asked.version, answer=ANSWER)
    with pytest.raises(Forbidden):
        propose(session, officer(session, OTHER_OFFICE), str(asked.code), expected_version=asked.version, form=GRANT)


def test_asked_dossier_does_not_stand_in_the_asked_offices_own_queue(session: Session, asked: Dossier) -> None:
    assert asked.id not in {one.id for one in queue(session, officer(session, OTHER_OFFICE), QueueFilter())}


def test_answer_is_sealed_and_its_event_says_who_was_asked_and_whether_it_is_late(
    session: Session, asked: Dossier, on_monday_morning: time_machine.Traveller
) -> None:
    there = officer(session, OTHER_OFFICE)
    give_opinion(session, there, str(asked.code), expected_version=asked.version, answer=ANSWER)
    event = last_event(session, asked)
    assert event.facts == {"asked": OTHER_OFFICE, "is_late": False}
    assert event.details == {"answer": ANSWER}
    assert (event.actor_role, event.office_code) == ("officer", OFFICE)


def test_answer_after_its_day_is_logged_as_late(
    session: Session, asked: Dossier, on_monday_morning: time_machine.Traveller
) -> None:
    on_monday_morning.move_to(datetime(2026, 11, 18, 2, 1, tzinfo=UTC))
    give_opinion(session, officer(session, OTHER_OFFICE), str(asked.code), expected_version=asked.version, answer=ANSWER)
    assert last_event(session, asked).facts["is_late"] is True


def test_nothing_is_proposed_while_an_opinion_is_awaited_and_its_day_is_not_over(
    session: Session, who: Hands, asked: Dossier, on_monday_morning: time_machine.Traveller
) -> None:
    with pytest.raises(GuardRefused, match="chờ ý kiến"):
        propose(session, who.officer, str(asked.code), expected_version=asked.version, form=GRANT)
    on_monday_morning.move_to(datetime(2026, 11, 18, 2, 1, tzinfo=UTC))
    propose(session, who.officer, str(asked.code), expected_version=asked.version, form=GRANT)
    give_opinion(session, officer(session, OTHER_OFFICE), str(asked.code), expected_version=asked.version, answer=ANSWER)
    assert asked.stage == "awaiting_signature", "a late answer is still taken"


def test_officer_goes_on_as_soon_as_all_have_answered(session: Session, who: Hands, asked: Dossier) -> None:
    give_opinion(session, officer(session, OTHER_OFFICE), str(asked.code), expected_version=asked.version, answer=ANSWER)
    propose(session, who.officer, str(asked.code), expected_version=asked.version, form=GRANT)
    assert asked.stage == "awaiting_signature"


def test_opinion_is_due_after_the_working_days_that_were_given(session: Session, asked: Dossier) -> None:
    opinion = session.scalars(select(Opinion).where(Opinion.dossier_id == asked.id)).one()
    assert opinion.due_at == datetime(2026, 11, 18, 2, 0, tzinfo=UTC)
    assert (opinion.question, opinion.answer) == (QUESTION, None)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"office_code": OFFICE}, "office_code"),
        ({"office_code": "H99.99"}, "office_code"),
        ({"question": "sao?"}, "question"),
        ({"days": "0"}, "days"),
        ({"days": "16"}, "days"),
        ({"days": "٣"}, "days"),
        ({"days": ""}, "days"),
        ({"days": "9" * 5000}, "days"),
    ],
)
def test_question_that_cannot_be_sent_says_which_part_is_wrong(
    session: Session, who: Hands, changes: dict[str, str], field: str
) -> None:
    dossier = appraising(session, who.owner, who.clerk, who.officer)
    with pytest.raises(InvalidInput) as told:
        ask(session, who, dossier, **changes)
    assert set(told.value.errors) == {field}
    assert session.scalars(select(Opinion)).all() == []


def test_office_that_is_being_asked_is_not_offered_again(session: Session, asked: Dossier) -> None:
    offered = {office.code for office in offices_to_ask(session, asked)}
    assert not offered & {OFFICE, OTHER_OFFICE}


def test_whoever_asked_does_not_answer_for_the_other_office(session: Session, who: Hands, asked: Dossier) -> None:
    at_both = replace(who.officer, duties=who.officer.duties | {Duty(Role.OFFICER, OTHER_OFFICE)})
    assert Act.GIVE_OPINION not in {move.act for move in buttons(asked, at_both)}
    with pytest.raises(GuardRefused, match="cơ quan được hỏi"):
        give_opinion(session, at_both, str(asked.code), expected_version=asked.version, answer=ANSWER)


def test_officer_answers_for_the_office_at_which_their_duty_covers_the_procedure(session: Session, who: Hands) -> None:
    dossier = appraising(session, who.owner, who.clerk, who.officer)
    third = next(one.code for one in offices_to_ask(session, dossier) if one.code != OTHER_OFFICE)
    for office in (OTHER_OFFICE, third):
        ask(session, who, dossier, office_code=office)
    other_procedures = Duty(Role.OFFICER, OTHER_OFFICE, frozenset({"1.000000"}))
    there = replace(officer(session, third), duties=frozenset({Duty(Role.OFFICER, third), other_procedures}))
    give_opinion(session, there, str(dossier.code), expected_version=dossier.version, answer=ANSWER)
    assert last_event(session, dossier).facts["asked"] == third
    assert dossier.asked_offices == [OTHER_OFFICE]
