"""While an officer is away: nothing comes to them, the stand-in goes on with what they hold, and other eyes stay other eyes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor, Duty, Role
from portal.models import Dossier
from portal.services.dossiers.approve import approve
from portal.services.dossiers.assign import assign
from portal.services.dossiers.officers import candidates_for
from portal.services.dossiers.propose import propose
from portal.services.dossiers.queries import buttons
from portal.services.dossiers.queue_counts import queue_counts
from portal.services.dossiers.queues import QueueFilter, queue
from portal.services.dossiers.reassign import reassign
from portal.services.dossiers.suggested_officer import suggested
from portal.services.dossiers.vocabulary import Act
from portal.services.errors import GuardRefused, InvalidInput, NotFound
from portal.services.organisation.absences import end_absence
from portal.services.oversight.audit import verify
from tests.filings import CODE, GRANT, appraising
from tests.people import OFFICE, OTHER_OFFICE, citizen, clerk, leader
from tests.services.dossiers.doings import last_event, place_of
from tests.services.dossiers.test_assign import by_rule, give, post, waiting
from tests.services.organisation.administrators import as_now
from tests.services.organisation.test_absences import enter


@pytest.fixture
def pair(session: Session) -> tuple[Actor, Actor]:
    """Somebody who will be away, the nearest to every dossier, and somebody else."""
    return post(session, "Phạm Văn Vắng", procedure_codes=[CODE]), post(session, "Vũ Thị Yên")


def held_by(session: Session, holder: Actor) -> Dossier:
    return appraising(session, citizen(session), clerk(session), holder)


def try_to_propose(session: Session, actor: Actor, dossier: Dossier) -> Dossier:
    return propose(session, actor, str(dossier.code), expected_version=dossier.version, form=GRANT)


def test_stand_in_proposes_in_the_holders_place_and_the_history_names_for_whom(
    session: Session, pair: tuple[Actor, Actor]
) -> None:
    away, other = pair
    dossier = held_by(session, away)
    with pytest.raises(GuardRefused, match="chuyên viên khác"):
        try_to_propose(session, other, dossier)
    enter(session, away, away, 0, 1, other)
    try_to_propose(session, as_now(session, other), dossier)
    event = last_event(session, dossier)
    assert (event.actor_id, event.facts["instead_of"]) == (other.id, away.id)
    assert (dossier.assigned_to, dossier.proposed_by) == (away.account_id, other.account_id)
    assert verify(session).findings == ()


def test_holder_who_acts_is_instead_of_nobody(session: Session, pair: tuple[Actor, Actor]) -> None:
    away, other = pair
    enter(session, away, away, 0, 1, other)
    dossier = held_by(session, away)
    try_to_propose(session, as_now(session, away), dossier)
    assert "instead_of" not in last_event(session, dossier).facts


def test_stand_in_who_proposed_does_not_sign_though_they_lead_too(session: Session, pair: tuple[Actor, Actor]) -> None:
    away, other = pair
    dossier = held_by(session, away)
    enter(session, away, away, 0, 1, other)
    both = as_now(session, other)
    both = replace(both, duties=both.duties | {Duty(Role.LEADER, OFFICE)})
    try_to_propose(session, both, dossier)
    with pytest.raises(GuardRefused, match="không được ký"):
        approve(session, both, str(dossier.code), expected_version=dossier.version)
    approve(session, leader(session), str(dossier.code), expected_version=dossier.version)


def test_nobody_stands_in_before_after_or_when_the_absence_ended_early(session: Session, pair: tuple[Actor, Actor]) -> None:
    away, other = pair
    dossier, absence = held_by(session, away), enter(session, away, away, 1, 2, other)
    offered = []
    for number in range(4):
        with time_machine.travel(clock.now() + timedelta(days=number), tick=False):
            offered.append(Act.PROPOSE in {move.act for move in buttons(dossier, as_now(session, other))})
    assert offered == [False, True, True, False]
    end_absence(session, away, absence.member_id, absence.id, expected_version=1)
    with time_machine.travel(clock.now() + timedelta(days=1), tick=False), pytest.raises(GuardRefused):
        try_to_propose(session, as_now(session, other), dossier)


def test_stand_in_of_one_office_gets_nothing_at_another(session: Session, pair: tuple[Actor, Actor]) -> None:
    away, other = pair
    enter(session, away, away, 0, 1, other)
    elsewhere = replace(as_now(session, other), duties=frozenset({Duty(Role.OFFICER, OTHER_OFFICE)}))
    with pytest.raises(NotFound):
        try_to_propose(session, elsewhere, held_by(session, away))


def test_stand_in_of_the_household_appraises_nothing(session: Session, pair: tuple[Actor, Actor]) -> None:
    away, other = pair
    dossier = held_by(session, away)
    dossier.household_hashes = [other.subject_hash]
    enter(session, away, away, 0, 1, other)
    with pytest.raises(GuardRefused, match="cùng hộ"):
        try_to_propose(session, as_now(session, other), dossier)


def test_rule_gives_to_the_stand_in_what_it_had_given_to_the_absent_one(session: Session, pair: tuple[Actor, Actor]) -> None:
    away, other = pair
    specialist = post(session, "An Thị Rảnh", procedure_codes=[CODE])
    give(session, leader(session), waiting(session), specialist)
    by_rule(session)
    enter(session, away, away, 0, 1, other)
    dossier = waiting(session)
    facts = last_event(session, dossier).facts
    assert (dossier.assigned_to, facts["instead_of"]) == (other.account_id, away.id)
    found = suggested(candidates_for(session, waiting(session)))
    assert found is not None
    assert found.officer.account_id == other.account_id, "whatever the stand-in holds, the rule still points to the absent one"


def test_nothing_is_given_to_the_absent_and_where_all_are_away_it_waits(session: Session, pair: tuple[Actor, Actor]) -> None:
    away, other = pair
    enter(session, away, away, 0, 1)
    enter(session, other, other, 0, 1)
    by_rule(session)
    dossier, held = waiting(session), held_by_somebody(session)
    assert place_of(dossier) == "in_processing/awaiting_assignment"
    with pytest.raises(InvalidInput):
        give(session, leader(session), dossier, away)
    with pytest.raises(InvalidInput):
        reassign(session, leader(session), str(held.code), expected_version=held.version, to=away.id)


def held_by_somebody(session: Session) -> Dossier:
    """A dossier that an officer who is there took, because nobody gave it."""
    dossier, third = waiting(session), post(session, "Trần Văn Ba")
    by_rule(session, is_on=False)
    return assign(session, third, str(dossier.code), expected_version=dossier.version)


def test_list_of_mine_shows_the_stand_in_what_the_absent_one_holds(session: Session, pair: tuple[Actor, Actor]) -> None:
    away, other = pair
    theirs, own = held_by(session, away), held_by(session, other)
    mine = QueueFilter(mine_only=True)
    assert queue(session, as_now(session, other), mine) == [own]
    enter(session, away, away, 0, 1, other)
    stand_in = as_now(session, other)
    assert queue(session, stand_in, mine) == [theirs, own]
    assert queue_counts(session, stand_in, now=clock.now(), soon=clock.now()).mine == 2
    assert queue(session, stand_in, replace(mine, search=str(theirs.code))) == [theirs]
    assert queue(session, as_now(session, away), mine) == [theirs]
