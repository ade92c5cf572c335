"""The worker gives results back: killed at every boundary, twice at once, and to the real sandbox over HTTP."""

from __future__ import annotations

import threading
import uuid
from typing import Any

import pytest
import requests
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import db, errands
from portal.models import IssuedDocument, OutboxItem, WriteBack
from portal.postgres import EmbeddedServer
from portal.services.dossiers.write_backs import FOLLOW_CHANGE, MAKE_DOCUMENT, WRITE_BACK
from portal.worker import NotYet, Patience, carry_out
from tests.births import DOWN, TWICE, Register, birth_approved, parents, written


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> Register:
    made = Register()
    monkeypatch.setattr(errands, "writer", lambda: made)
    return made


@pytest.fixture
def item_id(committed: EmbeddedServer) -> str:
    with db.transaction() as session:
        birth_approved(session, parents(session))
    return _item(WRITE_BACK)


def _item(kind: str) -> str:
    with db.transaction() as session:
        return str(session.scalars(select(OutboxItem.id).where(OutboxItem.kind == kind)).one())


def _now() -> tuple[str, int, bool]:
    """The write-back's state, how often its paper was ordered, and whether its item is done."""
    with db.transaction() as session:
        row = session.scalars(select(WriteBack)).one()
        ordered = select(OutboxItem).where(OutboxItem.kind == MAKE_DOCUMENT, OutboxItem.key == str(row.document_id))
        done = session.scalars(select(OutboxItem.done_at).where(OutboxItem.kind == WRITE_BACK)).one()
        return row.state, len(session.scalars(ordered).all()), done is not None


def test_what_is_written_is_carried_out_once_and_its_paper_ordered_once(item_id: str, register: Register) -> None:
    for _ in range(3):
        carry_out(item_id)
    assert _now() == ("written", 1, True)
    assert len(register.asked) == 1


@pytest.mark.parametrize("boundary", ["before the call", "after the call", "before the commit", "after the commit"])
def test_killed_at_every_boundary_the_register_writes_once(
    item_id: str, register: Register, boundary: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real_write, real_complete = register.write, errands.COMPLETIONS[WRITE_BACK]

    def killed_write(entry: Any) -> Any:
        if boundary == "after the call":
            real_write(entry)
        raise Killed

    def killed_complete(session: Session, payload: Any, prepared: Any) -> Any:
        real_complete(session, payload, prepared)
        raise Killed

    with monkeypatch.context() as patched:
        if boundary.endswith("call"):
            patched.setattr(register, "write", killed_write)
        elif boundary == "before the commit":
            patched.setitem(errands.COMPLETIONS, WRITE_BACK, killed_complete)
        if boundary == "after the commit":
            carry_out(item_id)
        else:
            with pytest.raises(Killed):
                carry_out(item_id)
            assert _now() == ("waiting", 0, False)
    carry_out(item_id)
    assert _now() == ("written", 1, True)
    assert len(register.kept) == 1, "one request, one effect"


def test_two_workers_at_once_write_once_and_order_one_paper(item_id: str, register: Register) -> None:
    together = threading.Barrier(2)
    real = register.write

    def both(entry: Any) -> Any:
        together.wait(10)
        return real(entry)

    register.write = both  # type: ignore[method-assign]
    threads = [threading.Thread(target=carry_out, args=(item_id,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert _now() == ("written", 1, True)
    assert len({entry.request_id for entry in register.asked}) == 1


def test_down_for_long_then_up_goes_on_by_itself(item_id: str, register: Register) -> None:
    register.says = [DOWN] * 10
    for _ in range(10):
        with pytest.raises(NotYet) as again:
            carry_out(item_id)
        assert 2 <= again.value.seconds <= 300
    assert _now() == ("waiting", 0, False)
    carry_out(item_id)
    assert _now() == ("written", 1, True)


def test_what_is_not_yet_carried_out_comes_again_however_often_it_was_tried() -> None:
    job: Any = type("Job", (), {"attempts": 10_000})()
    decision = Patience().get_retry_decision(exception=NotYet(7), job=job)
    assert decision is not None
    assert decision.retry_at is not None
    assert Patience().get_retry_decision(exception=OSError(), job=job) is None, "what failed is swept after so many tries"


def test_refused_is_done_for_the_worker_and_prints_nothing(item_id: str, register: Register) -> None:
    register.says = [TWICE]
    carry_out(item_id)
    assert _now() == ("refused", 0, True)


def test_propagation_is_followed_by_the_worker(item_id: str, register: Register) -> None:
    register.says, register.far = [written()], [{"population": "adjusted", "tax": "not_received"}]
    carry_out(item_id)
    following = _item(FOLLOW_CHANGE)
    with pytest.raises(NotYet):
        carry_out(following)
    carry_out(following)
    with db.transaction() as session:
        assert session.scalars(select(WriteBack.following)).one() == "adjusted"


def test_the_sandbox_registers_the_child_and_all_adjust(committed: EmbeddedServer, outside: str) -> None:
    child = f"Trần Gia {uuid.uuid4().hex[:8].translate(str.maketrans('0123456789', 'ghiklmnopq')).title()}"
    with db.transaction() as session:
        birth_approved(session, parents(session), child)
    try:
        carry_out(_item(WRITE_BACK))
        carry_out(_item(FOLLOW_CHANGE))
    finally:
        requests.delete(f"{outside}/registries/records", timeout=5).raise_for_status()
    with db.transaction() as session:
        row = session.scalars(select(WriteBack)).one()
        assert (row.state, row.following) == ("written", "adjusted")
        assert row.adjusting == dict.fromkeys(("population", "residence", "social-insurance", "tax"), "adjusted")
        paper = session.get_one(IssuedDocument, row.document_id)
        assert paper.facts["fields"]["personal_id"]["value"] == row.answer["given"]["personal_id"]
        assert paper.facts["fields"]["personal_id"]["value"].startswith("0012269")
