"""What leaves the portal leaves in the order of its dossier, is tried again after a growing while, and holds up nobody else."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from portal import clock, db, errands, rounds, worker
from portal.models import OutboxItem
from portal.postgres import EmbeddedServer
from portal.services.notices.outbox import OVERDUE_AFTER, overdue, put, take
from tests.filings import filled_draft
from tests.people import citizen

KIND = "invented"


@pytest.fixture
def carried_out(committed: EmbeddedServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The keys of what was carried out, in its order; a key that says `fails` is not, until it is taken out of `failing`."""
    done: list[str] = []

    def complete(_session: Session, payload: dict[str, Any], _prepared: object) -> None:
        if payload["key"] in FAILING:
            raise ConnectionError("the other side is away")
        done.append(payload["key"])

    monkeypatch.setitem(errands.COMPLETIONS, KIND, complete)
    FAILING.clear()
    yield done
    FAILING.clear()


FAILING: set[str] = set()


def promise_all(*keys: str) -> dict[str, uuid.UUID]:
    """One dossier for each letter; the promises stand in the order given."""
    with db.transaction() as session:
        dossiers = {letter: filled_draft(session, citizen(session)).id for letter in sorted({key[0] for key in keys})}
        for key in keys:
            put(session, KIND, key, dossier_id=dossiers[key[0]], payload={"key": key})
    return dossiers


def job_rows() -> list[tuple[str, str, int, datetime | None]]:
    """Each waiting job: the key of its item, its status, how often it was tried, when it is due."""
    with db.transaction() as session:
        query = text(
            "SELECT o.key, j.status, j.attempts, j.scheduled_at FROM procrastinate_jobs j"
            " JOIN outbox o ON o.id::text = j.args ->> 'item_id' ORDER BY j.id"
        )
        return [tuple(row) for row in session.execute(query)]  # type: ignore[misc]


def wait_is_over() -> None:
    with db.transaction() as session:
        session.execute(text("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE scheduled_at IS NOT NULL"))


def test_each_dossiers_promises_are_kept_in_their_order(carried_out: list[str]) -> None:
    promise_all("a1", "b1", "a2", "b2", "a3", "b3")
    worker.drain()
    for letter in "ab":
        assert [key for key in carried_out if key.startswith(letter)] == [f"{letter}{number}" for number in (1, 2, 3)]


def test_promise_that_fails_holds_back_its_own_dossier_and_no_other(carried_out: list[str]) -> None:
    promise_all("a1", "a2", "b1", "b2")
    FAILING.add("a1")
    worker.drain()
    assert carried_out == ["b1", "b2"]
    FAILING.clear()
    wait_is_over()
    worker.drain()
    assert carried_out == ["b1", "b2", "a1", "a2"]


def test_promise_is_tried_again_after_a_while_that_grows(carried_out: list[str]) -> None:
    promise_all("a1")
    FAILING.add("a1")
    waits = []
    for attempt in range(1, 5):
        begun = clock.now()
        worker.drain()
        ((key, status, attempts, due),) = job_rows()
        assert (key, status, attempts) == ("a1", "todo", attempt)
        assert due is not None
        waits.append((due - begun).total_seconds())
        wait_is_over()
    assert waits == sorted(waits)
    assert waits[-1] > 2 * waits[0]


def test_failure_is_noted_with_its_kind_and_nothing_of_its_content(carried_out: list[str]) -> None:
    promise_all("a1")
    FAILING.add("a1")
    worker.drain()
    with db.transaction() as session:
        item = session.scalars(select(OutboxItem)).one()
        assert (item.attempts, item.last_error, item.done_at) == (1, "ConnectionError", None)
    FAILING.clear()
    wait_is_over()
    worker.drain()
    with db.transaction() as session:
        item = session.scalars(select(OutboxItem)).one()
        assert (item.attempts, item.last_error) == (2, None)
        assert item.done_at is not None


def test_promise_whose_job_was_lost_is_nudged_once_and_kept_once(carried_out: list[str]) -> None:
    promise_all("a1", "b1")
    with db.transaction() as session:
        session.execute(text("DELETE FROM procrastinate_jobs"))
    assert rounds.nudge_overdue() == 0
    with time_machine.travel(clock.now() + OVERDUE_AFTER + timedelta(seconds=1), tick=True):
        assert rounds.nudge_overdue() == 2
        assert rounds.nudge_overdue() == 0
    worker.drain()
    worker.drain()
    assert sorted(carried_out) == ["a1", "b1"]


def test_job_that_comes_twice_carries_out_once(carried_out: list[str]) -> None:
    promise_all("a1")
    with db.transaction() as session:
        item = session.scalars(select(OutboxItem)).one()
    for _ in range(3):
        worker.carry_out(str(item.id))
    assert carried_out == ["a1"]


def test_promise_of_a_transaction_that_failed_was_never_made(carried_out: list[str]) -> None:
    class Failed(Exception):
        pass

    def promise_and_fail() -> None:
        with db.transaction() as session:
            put(session, KIND, "x1", dossier_id=None, payload={"key": "x1"})
            raise Failed

    with pytest.raises(Failed):
        promise_and_fail()
    worker.drain()
    assert carried_out == []
    assert job_rows() == []


def test_same_kind_and_key_is_one_promise_and_another_kind_is_another(session: Session) -> None:
    for kind, key in (("one", "k"), ("one", "k"), ("other", "k"), ("one", "l")):
        put(session, kind, key, dossier_id=None, payload={})
    assert len(session.scalars(select(OutboxItem)).all()) == 3


def test_first_promise_of_a_key_keeps_its_words(session: Session) -> None:
    for words in ("first", "second"):
        put(session, "one", "k", dossier_id=None, payload={"words": words})
    assert session.scalars(select(OutboxItem)).one().payload == {"words": "first"}


@pytest.mark.parametrize("of_row", [lambda item: item.id, lambda item: uuid.uuid4()], ids=["done", "unknown"])
def test_what_is_done_or_unknown_is_nothing_to_take(session: Session, of_row: Callable[[OutboxItem], uuid.UUID]) -> None:
    put(session, "one", "k", dossier_id=None, payload={})
    item = session.scalars(select(OutboxItem)).one()
    item.done_at = clock.now()
    session.flush()
    assert take(session, of_row(item)) is None


def test_overdue_are_the_oldest_first_and_never_what_is_done(session: Session) -> None:
    begun = clock.now()
    for minute in (2, 0, 1):
        with time_machine.travel(begun + timedelta(minutes=minute), tick=False):
            put(session, "one", str(minute), dossier_id=None, payload={})
    session.execute(text("DELETE FROM procrastinate_jobs"))
    with time_machine.travel(begun + timedelta(minutes=30), tick=False):
        assert [item.key for item in overdue(session)] == ["0", "1", "2"]
        session.scalars(select(OutboxItem).where(OutboxItem.key == "1")).one().done_at = clock.now()
        session.flush()
        assert [item.key for item in overdue(session)] == ["0", "2"]
