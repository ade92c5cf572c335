"""Nothing is asked that a registry holds: every shipped procedure with every registry connected, and with none of them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from statistics import median

import pytest
import requests
from sqlalchemy.orm import Session

from portal.services.catalogue.answers import unsettled_questions
from portal.services.catalogue.lint import counts
from portal.services.catalogue.lint_form import looked_up, placed_questions
from portal.services.catalogue.loader import SHIPPED
from portal.services.catalogue.schema import Procedure
from portal.services.catalogue.versions import current
from portal.services.dossiers.lookups import asks_for
from portal.services.publishing.rehearse import Rehearsed, rehearse
from portal.services.registries.exchange import Outcome, Requester, Subject
from portal.services.registries.prefill import ask_all, registries
from portal.services.results.seals import enrol
from tests.procedures import the_procedure

CODES = sorted(path.stem for path in SHIPPED.glob("*/*.yaml"))
CLEAN = Subject("001198900001", "Nguyễn Thu Hà", "1998-03-14")
AIM = 4  # of what a citizen with a clean record types, the median over the shipped procedures


@pytest.fixture
def connected(outside: str) -> Iterator[str]:
    registries.cache_clear()
    yield outside
    requests.delete(f"{outside}/registries/faults", timeout=5)
    registries.cache_clear()


def typed(procedure: Procedure, went: Rehearsed) -> set[str]:
    """What the person had to answer by hand: neither looked up, nor settled, nor answered as nearly everybody does."""
    usual = {question.element for _page, question in placed_questions(procedure) if question.usual}
    must = {question.element for _page, question in placed_questions(procedure) if question.is_required}
    told = {key for key in went.asked & must if went.answers.get(key, {}).get("source") == "citizen"}
    locked = {question.element for question in unsettled_questions(procedure, went.answers)}
    return (told - usual - looked_up(procedure)) | locked


@pytest.mark.parametrize("code", CODES)
def test_no_shipped_procedure_asks_what_a_source_holds_without_having_looked(code: str) -> None:
    procedure = the_procedure(code)
    asked = {question.element for _page, question in placed_questions(procedure)}
    assert {key for key in asked if procedure.elements[key].source} <= looked_up(procedure)


def test_median_of_what_everybody_must_type_is_four_at_most() -> None:
    assert len(CODES) == 16
    assert median(counts(the_procedure(code)).asked for code in CODES) <= AIM


def test_every_registry_of_every_shipped_procedure_answers_in_one_call_each(session: Session, connected: str) -> None:
    """Whoever has a clean record types nothing of theirs; what they typed by hand is counted."""
    for code in CODES:
        procedure = current(session, code)
        asks = asks_for(procedure, CLEAN, Requester("citizen", "account"), "consent:test")
        assert set(asks) == {lookup.registry for lookup in procedure.definition.lookups}
        for name, reply in ask_all(asks).items():
            assert reply.outcome is Outcome.FOUND, (code, name)
            assert set(reply.fields) == set(asks[name].scope), (code, name)


def test_first_case_of_every_shipped_procedure_goes_well_with_the_registries_connected(session: Session, connected: str) -> None:
    enrol("H26.31", "Ủy ban nhân dân phường Ba Đình")
    by_hand = {}
    for code in CODES:
        procedure = current(session, code)
        case = next(case for case in procedure.definition.rehearsals if case.decision == "grant")
        inner = session.begin_nested()
        went = rehearse(session, procedure, case, ask_all)
        inner.rollback()
        assert went.is_right, (code, went.stopped, went.faults)
        by_hand[code] = len(typed(procedure, went))
    assert median(by_hand.values()) <= AIM, by_hand


def test_with_every_registry_silent_the_answer_comes_in_three_seconds_and_everything_can_be_typed(
    session: Session, connected: str
) -> None:
    requests.post(f"{connected}/registries/faults", json={"fault": "slow", "seconds": 20}, timeout=5).raise_for_status()
    procedure = current(session, "3.000347")
    asks = asks_for(procedure, CLEAN, Requester("citizen", "account"), "consent:test")
    assert len(asks) == 3
    begun = time.monotonic()
    replies = ask_all(asks)
    assert time.monotonic() - begun < 3.5
    assert {reply.outcome for reply in replies.values()} == {Outcome.UNAVAILABLE}
    assert {question.element for question in unsettled_questions(procedure, {})} >= {"licence.number", "licence.classes"}
