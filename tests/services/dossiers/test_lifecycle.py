from __future__ import annotations

import itertools
import uuid
from dataclasses import replace
from datetime import UTC, datetime

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
TO_REQUEST = Place(State.IN_PROCESSING, Stage.AWAITING_REQUEST)
CONFIRMATION = Place(State.IN_PROCESSING, Stage.AWAITING_CONFIRMATION)
TO_COMPLETE = Place(State.SUPPLEMENT_REQUESTED, Stage.BEFORE_RECEIPT)
TO_SUPPLY = Place(State.SUPPLEMENT_REQUESTED, Stage.AFTER_RECEIPT)
SUPPLIED = Place(State.SUPPLEMENT_REQUESTED, Stage.SUPPLIED)
TO_PREPAY = Place(State.PAYMENT_REQUESTED, Stage.BEFORE_RECEIPT)
TO_PAY = Place(State.PAYMENT_REQUESTED, Stage.AFTER_RECEIPT)
WITHDRAWING = Place(State.WITHDRAWN, Stage.AWAITING_CONFIRMATION)
PAUSED = Place(State.STOPPED, Stage.FOR_A_TIME)
YESTERDAY, TODAY, TOMORROW = (datetime(2026, 11, day, 9, tzinfo=UTC) for day in (24, 25, 26))
ON_TIME = (Act.SUPPLY_SUPPLEMENTS,)


def standing(place: Place, **changes: object) -> Facts:
    facts = Facts(
        place, OFFICE, OWNER.account_id, b"subject", received_by=CLERK.account_id, assigned_to=OFFICER.account_id,
        proposed_by=OFFICER.account_id, result_is_signed=True, now=TODAY, waits_until=YESTERDAY,
    )  # fmt: skip
    return replace(facts, **changes)


# What the law and the journeys allow, written out by hand: (act, from, who) -> to. Everything else is refused.
LAWFUL = {
    (Act.SUBMIT, Place(State.DRAFT), "owner"): Place(State.SUBMITTED),
    (Act.RECEIVE, Place(State.SUBMITTED), "clerk"): Place(State.RECEIVED),
    (Act.REFUSE, Place(State.SUBMITTED), "clerk"): Place(State.NOT_RECEIVED),
    (Act.REFUSE, TO_COMPLETE, "clerk"): Place(State.NOT_RECEIVED),
    (Act.TRANSFER, Place(State.SUBMITTED), "clerk"): Place(State.SUBMITTED),
    (Act.REQUEST_SUPPLEMENTS, Place(State.SUBMITTED), "clerk"): TO_COMPLETE,
    (Act.REQUEST_SUPPLEMENTS, TO_REQUEST, "clerk"): TO_SUPPLY,
    (Act.PROPOSE_SUPPLEMENTS, APPRAISING, "officer"): TO_REQUEST,
    (Act.SUPPLY_SUPPLEMENTS, TO_COMPLETE, "owner"): Place(State.SUBMITTED),
    (Act.SUPPLY_SUPPLEMENTS, TO_SUPPLY, "owner"): SUPPLIED,
    (Act.ACCEPT_SUPPLEMENTS, SUPPLIED, "clerk"): APPRAISING,
    (Act.REQUEST_PAYMENT, Place(State.SUBMITTED), "clerk"): TO_PREPAY,
    (Act.REQUEST_PAYMENT, APPRAISING, "clerk"): TO_PAY,
    (Act.REQUEST_PAYMENT, APPRAISING, "officer"): TO_PAY,
    (Act.RECORD_PAYMENT, TO_PREPAY, "clerk"): Place(State.SUBMITTED),
    (Act.RECORD_PAYMENT, TO_PAY, "clerk"): APPRAISING,
    (Act.REASSIGN, APPRAISING, "leader"): APPRAISING,
    (Act.ASK_OPINION, APPRAISING, "officer"): APPRAISING,
    (Act.RECORD_VERIFICATION, APPRAISING, "officer"): APPRAISING,
    (Act.CONFIRM_DRAFT, CONFIRMATION, "owner"): SIGNATURE,
    (Act.CONFIRM_DRAFT, CONFIRMATION, "system"): SIGNATURE,
    (Act.DISPUTE_DRAFT, CONFIRMATION, "owner"): APPRAISING,
    (Act.STOP, APPRAISING, "leader"): PAUSED,
    (Act.STOP, PAUSED, "leader"): Place(State.STOPPED),
    (Act.STOP, TO_SUPPLY, "leader"): Place(State.STOPPED),
    (Act.RESUME, PAUSED, "leader"): APPRAISING,
    (Act.CONFIRM_WITHDRAWAL, WITHDRAWING, "clerk"): Place(State.WITHDRAWN),
    **{(Act.WITHDRAW, place, "owner"): Place(State.WITHDRAWN) for place in (Place(State.SUBMITTED), TO_COMPLETE, TO_PREPAY)},
    **{
        (Act.WITHDRAW, place, "owner"): WITHDRAWING
        for place in (
            Place(State.RECEIVED),
            UNASSIGNED,
            APPRAISING,
            TO_REQUEST,
            CONFIRMATION,
            SIGNATURE,
            TO_SUPPLY,
            SUPPLIED,
            TO_PAY,
            PAUSED,
        )
    },
    **{
        (Act.EXTEND_DEADLINE, place, "leader"): place
        for place in (Place(State.RECEIVED), UNASSIGNED, APPRAISING, TO_REQUEST, CONFIRMATION, SIGNATURE)
    },
    **{
        (Act.RECALCULATE, place, "system"): place
        for place in (Place(State.RECEIVED), UNASSIGNED, APPRAISING, TO_REQUEST, CONFIRMATION, SIGNATURE, ISSUING)
    },
    (Act.FORWARD, Place(State.RECEIVED), "clerk"): UNASSIGNED,
    (Act.ASSIGN, UNASSIGNED, "officer"): APPRAISING,
    (Act.ASSIGN, UNASSIGNED, "leader"): APPRAISING,
    (Act.ASSIGN, UNASSIGNED, "system"): APPRAISING,
    (Act.PROPOSE, APPRAISING, "officer"): SIGNATURE,
    (Act.SEND_BACK, SIGNATURE, "leader"): APPRAISING,
    (Act.APPROVE, SIGNATURE, "leader"): ISSUING,
    (Act.ISSUE, ISSUING, "system"): Place(State.FINISHED),
    (Act.TAKE_BACK, ISSUING, "system"): SIGNATURE,
    (Act.RETURN_RESULT, Place(State.FINISHED), "clerk"): Place(State.RETURNED),
    (Act.RETURN_RESULT, Place(State.FINISHED), "system"): Place(State.RETURNED),
}
ACTORS = {"owner": OWNER, "system": SYSTEM, "anonymous": ANONYMOUS, **{role.value: actor for role, actor in PEOPLE.items()}}
EVERYWHERE = [Place(state, stage) for state in State for stage in (None, *Stage)]


@pytest.mark.parametrize("act", Act)
def test_only_the_lawful_moves_are_possible(act: Act) -> None:
    for place, who in itertools.product(EVERYWHERE, ACTORS):
        lawful = LAWFUL.get((act, place, who))
        try:
            target = move_for(act, lawful_facts(act, place), ACTORS[who]).target
        except PortalError:
            target = None
        assert target == lawful, f"{act} at {place} by {who}"


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


def test_each_act_does_to_the_clock_what_the_law_says() -> None:
    clocks = {
        (act, target): move_for(act, lawful_facts(act, place), ACTORS[who]).clock for (act, place, who), target in LAWFUL.items()
    }
    assert {act for act, clock in effects(clocks) if clock is Clock.STARTS} == {Act.RECEIVE}
    assert {act for act, clock in effects(clocks) if clock is Clock.RESTARTS} == {Act.ACCEPT_SUPPLEMENTS}
    assert {act for act, clock in effects(clocks) if clock is Clock.PAUSES} == {
        Act.REQUEST_SUPPLEMENTS, Act.REQUEST_PAYMENT, Act.STOP,
    }  # fmt: skip
    assert {act for act, clock in effects(clocks) if clock is Clock.RESUMES} == {Act.RECORD_PAYMENT, Act.RESUME}
    assert {act for act, clock in effects(clocks) if clock is Clock.MOVES} == {Act.EXTEND_DEADLINE, Act.RECALCULATE}
    assert {act for act, clock in effects(clocks) if clock is Clock.ENDS} == {
        Act.REFUSE, Act.ISSUE, Act.STOP, Act.WITHDRAW, Act.CONFIRM_WITHDRAWAL,
    }  # fmt: skip


def effects(clocks: dict[tuple[Act, Place], Clock]) -> set[tuple[Act, Clock]]:
    return {(act, clock) for (act, _target), clock in clocks.items()}


def lawful_facts(act: Act, place: Place) -> Facts:
    return standing(place, waits_until=TOMORROW if act in ON_TIME else YESTERDAY)


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
