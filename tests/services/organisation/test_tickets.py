"""The line at a counter: numbers one after another, each called once, and a board that names nobody."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy.orm import Session

from portal import clock, db
from portal.auth.permissions import Actor
from portal.services.errors import Forbidden, IllegalMove, InvalidInput, NotFound
from portal.services.organisation.tickets import board, call_next, called_now, end_ticket, take_ticket, waiting_now
from tests.people import OFFICE, OTHER_OFFICE, citizen, clerk, leader, officer


def numbers(session: Session, office: str = OFFICE) -> list[int]:
    return [one.number for one in waiting_now(session, office)]


def test_numbers_run_from_one_at_each_counter_and_on_each_day(session: Session) -> None:
    here, there = clerk(session), clerk(session, OTHER_OFFICE)
    assert [take_ticket(session, here, OFFICE).number for _ in range(3)] == [1, 2, 3]
    assert take_ticket(session, there, OTHER_OFFICE).number == 1
    with time_machine.travel(clock.now() + timedelta(days=1)):
        assert take_ticket(session, here, OFFICE).number == 1
        assert numbers(session) == [1], "who waited yesterday is not called today"


def test_who_came_first_is_called_first_and_the_one_before_is_served(session: Session) -> None:
    here, beside = clerk(session), clerk(session)
    for _ in range(3):
        take_ticket(session, here, OFFICE)
    first, second = call_next(session, here, OFFICE, " 1 "), call_next(session, beside, OFFICE, "2")
    assert first is not None
    assert second is not None
    assert (first.number, second.number, first.window_name) == (1, 2, "1")
    assert board(session, OFFICE).called == ((2, "2"), (1, "1"))
    third = call_next(session, here, OFFICE, "1")
    assert third is not None
    assert (third.number, first.state, second.state) == (3, "served", "called")
    assert call_next(session, here, OFFICE, "1") is None
    assert (third.state, called_now(session, here, OFFICE)) == ("served", None)
    assert board(session, OFFICE).waiting == 0


def test_who_does_not_come_is_missed_once(session: Session) -> None:
    here = clerk(session)
    waiting = take_ticket(session, here, OFFICE)
    with pytest.raises(IllegalMove):
        end_ticket(session, here, waiting.id, is_missed=True)
    call_next(session, here, OFFICE, "1")
    assert end_ticket(session, here, waiting.id, is_missed=True).state == "missed"
    with pytest.raises(IllegalMove):
        end_ticket(session, here, waiting.id, is_missed=False)
    assert board(session, OFFICE).called == ()


@pytest.mark.parametrize("who", ["citizen", "officer", "leader", "elsewhere"])
def test_only_clerks_of_the_counter_give_and_call_numbers(session: Session, who: str) -> None:
    stranger: Actor = {
        "citizen": citizen, "officer": officer, "leader": leader, "elsewhere": lambda one: clerk(one, OTHER_OFFICE),
    }[who](session)  # fmt: skip
    here = clerk(session)
    take_ticket(session, here, OFFICE)
    called = call_next(session, here, OFFICE, "1")
    assert called is not None
    with pytest.raises(Forbidden):
        take_ticket(session, stranger, OFFICE)
    with pytest.raises(Forbidden):
        call_next(session, stranger, OFFICE, "1")
    with pytest.raises(NotFound):
        end_ticket(session, stranger, called.id, is_missed=True)


@pytest.mark.parametrize("window", ["", "   ", "x" * 21, "1\u202e2"])
def test_window_has_a_name_that_a_board_can_show(session: Session, window: str) -> None:
    here = clerk(session)
    take_ticket(session, here, OFFICE)
    with pytest.raises(InvalidInput):
        call_next(session, here, OFFICE, window)
    assert numbers(session) == [1]


def test_no_board_of_an_office_that_is_none(session: Session) -> None:
    with pytest.raises(NotFound):
        board(session, "H00.00")


def test_many_at_once_hold_and_call_different_numbers(committed: Any) -> None:
    with db.transaction() as session:
        clerks = [clerk(session) for _ in range(4)]
    called: list[int] = []

    def give(who: Actor) -> None:
        with db.transaction() as session:
            take_ticket(session, who, OFFICE)

    def call(who: Actor) -> None:
        with db.transaction() as session:
            ticket = call_next(session, who, OFFICE, "1")
            called.append(ticket.number if ticket else 0)

    for act in (give, call):
        threads = [threading.Thread(target=act, args=(who,)) for who in clerks]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(called) == [1, 2, 3, 4]
