from __future__ import annotations

import itertools
import uuid
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.auth.permissions import ANONYMOUS, SYSTEM, Actor, Duty, Role
from portal.services.dossiers.lifecycle import PLACES, allowed, move_for
from portal.services.dossiers.vocabulary import ENDED, STATUS_CODES, Act, Clock, Document, Facts, Place, Stage, State
from portal.services.errors import Forbidden, GuardRefused, IllegalMove, PortalError

OFFICE = "H26.31"
OWNER = Actor(uuid.uuid4(), "Người nộp", 2, b"owner")
PEOPLE = {role: Actor(uuid.uuid4(), role.value, 2, role.value.encode(), frozenset({Duty(role, OFFICE)})) for role in Role}
ELSEWHERE = {role: replace(actor, duties=frozenset({Duty(role, "H26.32")})) for role, actor in PEOPLE.items()}
CLERK, OFFICER, LEADER = PEOPLE[Role.CLERK], PEOPLE[Role.OFFICER], PEOPLE[Role.LEADER]
UNASSIGNED = Place(State.IN_PROCESSING, Stage.AWAITING_ASSIGNMENT)
APPRAISING = Place(State.IN_PROCESSING, Stage.APPRAISING)
SIGNATURE = Place(State.IN_PROCESSING, Stage.AWAITING_SIGNATURE)
ISSUING = Place(State.IN_PROCESSING, Stage.ISSUING)


def standing(place: Place, **changes: object) -> Facts:
    facts = Facts(
        place, OFFICE, OWNER.account_id, b"subject", received_by=CLERK.account_id, assigned_to=OFFICER.account_id,
        proposed_by=OFFICER.account_id, result_is_signed=True,
    )  # fmt: skip
    return replace(facts, **changes)


# What the law and the journeys allow, written out by hand: (act, from, who) -> to. Everything else is refused.
LAWFUL = {
    (Act.SUBMIT, Place(State.DRAFT), "owner"): Place(State.SUBMITTED),
    (Act.RECEIVE, Place(State.SUBMITTED), "clerk"): Place(State.RECEIVED),
    (Act.REFUSE, Place(State.SUBMITTED), "clerk"): Place(State.NOT_RECEIVED),
    (Act.FORWARD, Place(State.RECEIVED), "clerk"): UNASSIGNED,
    (Act.ASSIGN, UNASSIGNED, "officer"): APPRAISING,
    (Act.PROPOSE, APPRAISING, "officer"): SIGNATURE,
    (Act.SEND_BACK, SIGNATURE, "leader"): APPRAISING,
    (Act.APPROVE, SIGNATURE, "leader"): ISSUING,
    (Act.ISSUE, ISSUING, "system"): Place(State.FINISHED),
    (Act.RETURN_RESULT, Place(State.FINISHED), "clerk"): Place(State.RETURNED),
    (Act.RETURN_RESULT, Place(State.FINISHED), "system"): Place(State.RETURNED),
}
ACTORS = {"owner": OWNER, "system": SYSTEM, "anonymous": ANONYMOUS, **{role.value: actor for role, actor in PEOPLE.items()}}
EVERYWHERE = [Place(state) for state in State if state is not State.IN_PROCESSING] + [
    Place(State.IN_PROCESSING, stage) for stage in Stage
]


@pytest.mark.parametrize(("act", "place", "who"), list(itertools.product(Act, EVERYWHERE, ACTORS)), ids=str)
def test_only_the_lawful_moves_are_possible(act: Act, place: Place, who: str) -> None:
    lawful = LAWFUL.get((act, place, who))
    if lawful is None:
        with pytest.raises(PortalError):
            move_for(act, standing(place), ACTORS[who])
    else:
        assert move_for(act, standing(place), ACTORS[who]).target == lawful


def test_the_ten_statuses_carry_the_national_codes() -> None:
    assert {state.value: code for state, code in STATUS_CODES.items()} == {
        "submitted": 1, "received": 2, "not_received": 3, "in_processing": 4, "supplement_requested": 5,
        "payment_requested": 6, "withdrawn": 7, "stopped": 8, "finished": 9, "returned": 10,
    }  # fmt: skip


@pytest.mark.parametrize("actor", ELSEWHERE.values(), ids=lambda actor: actor.display_name)
def test_staff_of_another_office_may_do_nothing_anywhere(actor: Actor) -> None:
    assert all(allowed(standing(place), actor) == () for place in EVERYWHERE)


def test_owner_of_another_dossier_cannot_submit_this_draft() -> None:
    with pytest.raises(Forbidden):
        move_for(Act.SUBMIT, standing(Place(State.DRAFT)), replace(OWNER, account_id=uuid.uuid4()))


def test_incomplete_draft_is_not_submitted() -> None:
    with pytest.raises(GuardRefused):
        move_for(Act.SUBMIT, standing(Place(State.DRAFT), answers_are_complete=False), OWNER)


@pytest.mark.parametrize("duty", ["received_by", "assigned_to", "proposed_by"])
def test_whoever_received_or_appraised_cannot_sign(duty: str) -> None:
    with pytest.raises(GuardRefused, match="không được ký"):
        move_for(Act.APPROVE, standing(SIGNATURE, **{duty: LEADER.account_id}), LEADER)


@pytest.mark.parametrize(("act", "place", "who"), [key for key in LAWFUL if key[2] in ("clerk", "officer", "leader")], ids=str)
def test_nobody_decides_on_themself_or_their_household(act: Act, place: Place, who: str) -> None:
    actor = ACTORS[who]
    if act is Act.RETURN_RESULT:
        return  # handing over what was decided is no decision
    for own in (
        {"owner_id": actor.account_id},
        {"subject_hash": actor.subject_hash},
        {"household_hashes": frozenset({actor.subject_hash})},
    ):
        with pytest.raises(GuardRefused, match="chính mình"):
            move_for(act, standing(place, **own), actor)


def test_officer_who_does_not_hold_the_dossier_cannot_propose() -> None:
    with pytest.raises(GuardRefused, match="chuyên viên khác"):
        move_for(Act.PROPOSE, standing(APPRAISING, assigned_to=uuid.uuid4()), OFFICER)


def test_dossier_does_not_finish_without_its_signed_result() -> None:
    with pytest.raises(GuardRefused, match="ký số"):
        move_for(Act.ISSUE, standing(ISSUING, result_is_signed=False), SYSTEM)


def test_portal_does_not_return_a_result_that_is_to_be_fetched_at_the_counter() -> None:
    with pytest.raises(GuardRefused):
        move_for(Act.RETURN_RESULT, standing(Place(State.FINISHED), is_delivered_electronically=False), SYSTEM)
    assert move_for(Act.RETURN_RESULT, standing(Place(State.FINISHED), is_delivered_electronically=False), CLERK)


def test_reception_starts_the_clock_and_refusal_and_issue_end_it() -> None:
    clocks = {act: move_for(act, standing(place), ACTORS[who]).clock for act, place, who in LAWFUL}
    assert clocks[Act.RECEIVE] is Clock.STARTS
    assert clocks[Act.REFUSE] is clocks[Act.ISSUE] is Clock.ENDS
    assert set(clocks.values()) == {Clock.STARTS, Clock.ENDS, Clock.UNTOUCHED}


def test_refusal_and_reception_each_make_their_official_form() -> None:
    assert move_for(Act.RECEIVE, standing(Place(State.SUBMITTED)), CLERK).document is Document.RECEIPT
    assert move_for(Act.REFUSE, standing(Place(State.SUBMITTED)), CLERK).document is Document.REFUSAL


def test_wrong_role_is_told_apart_from_wrong_moment() -> None:
    with pytest.raises(Forbidden):
        move_for(Act.RECEIVE, standing(Place(State.SUBMITTED)), OFFICER)
    with pytest.raises(IllegalMove):
        move_for(Act.RECEIVE, standing(Place(State.RECEIVED)), CLERK)


@given(st.lists(st.tuples(st.sampled_from(list(Act)), st.sampled_from(sorted(ACTORS))), max_size=40))
def test_whatever_is_tried_a_dossier_stays_on_lawful_ground_and_an_end_is_an_end(tries: list[tuple[Act, str]]) -> None:
    place, decided = Place(State.DRAFT), 0
    for act, who in tries:
        was_ended = place.state in ENDED
        try:
            move = move_for(act, standing(place), ACTORS[who])
        except PortalError:
            continue
        assert not was_ended
        assert LAWFUL[(act, place, who)] == move.target
        decided += act in (Act.REFUSE, Act.ISSUE)
        place = move.target
        assert place in PLACES
    assert decided <= 1


@given(st.sampled_from(EVERYWHERE), st.sampled_from(sorted(ACTORS)))
def test_buttons_are_exactly_the_acts_that_would_succeed(place: Place, who: str) -> None:
    drawn = {move.act for move in allowed(standing(place), ACTORS[who])}
    succeeding = set()
    for act in Act:
        try:
            succeeding.add(move_for(act, standing(place), ACTORS[who]).act)
        except PortalError:
            continue
    assert drawn == succeeding
