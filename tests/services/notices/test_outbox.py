from __future__ import annotations

import secrets
from datetime import timedelta

import pytest
import requests
import time_machine
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from portal import clock, db, worker
from portal.models import Dossier, OutboxItem
from portal.postgres import EmbeddedServer
from portal.services.dossiers.receive import receive
from portal.services.notices.outbox import overdue, put, take
from tests.filings import submitted
from tests.people import citizen, clerk

PAYLOAD = {"notice_id": "n", "channel": "email"}


def jobs(session: Session) -> int:
    return int(session.execute(text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'carry_out'")).scalar_one())


def test_promise_and_its_job_go_in_together_or_not_at_all(session: Session) -> None:
    before = jobs(session)
    with session.begin_nested() as savepoint:
        put(session, "send_notice", "key", dossier_id=None, payload=PAYLOAD)
        assert jobs(session) == before + 1
        savepoint.rollback()
    assert jobs(session) == before
    assert session.scalars(select(OutboxItem)).all() == []


def test_same_promise_twice_is_one_promise(session: Session) -> None:
    for _ in range(2):
        put(session, "send_notice", "key", dossier_id=None, payload=PAYLOAD)
    assert len(session.scalars(select(OutboxItem)).all()) == 1
    assert jobs(session) == 1


def test_item_that_is_done_is_not_taken_again(session: Session) -> None:
    put(session, "send_notice", "key", dossier_id=None, payload=PAYLOAD)
    item = session.scalars(select(OutboxItem)).one()
    assert take(session, item.id) is item
    item.done_at = clock.now()
    session.flush()
    assert take(session, item.id) is None


def test_item_whose_job_was_lost_is_found_and_one_whose_job_lives_is_not(session: Session) -> None:
    put(session, "send_notice", "lost", dossier_id=None, payload=PAYLOAD)
    put(session, "send_notice", "living", dossier_id=None, payload=PAYLOAD)
    lost = session.scalars(select(OutboxItem).where(OutboxItem.key == "lost")).one()
    with time_machine.travel(clock.now() + timedelta(minutes=5), tick=False):
        assert overdue(session) == []
        session.execute(
            text("UPDATE procrastinate_jobs SET status = 'failed' WHERE args ->> 'item_id' = :id"), {"id": str(lost.id)}
        )
        assert overdue(session) == [lost]


@pytest.fixture
def inbox(outside: str, committed: EmbeddedServer) -> str:
    """The sandbox's messages, honest again afterwards."""
    yield f"{outside}/messages"
    requests.delete(f"{outside}/messages/faults", timeout=5)


@pytest.fixture
def received_dossier(committed: EmbeddedServer) -> Dossier:
    """A received dossier whose owner has an address and a telephone that no other test writes to."""
    number = secrets.randbelow(10**6)
    contact = {"contact.email": f"mau{number}@thu.example", "contact.phone": f"0900{number:06d}"}
    with db.transaction() as session:
        dossier = submitted(session, citizen(session), contact)
        return receive(session, clerk(session), str(dossier.code), expected_version=dossier.version)


def messages_to(inbox: str, dossier: Dossier) -> list[dict[str, str]]:
    """What reached the dossier's owner."""
    with db.transaction() as session:
        addresses = set(session.get_one(Dossier, dossier.id).parties["contact"].values())
    return [one for one in requests.get(f"{inbox}.json", timeout=5).json() if one["to"] in addresses]


def carry_out_everything() -> None:
    """What the worker does with every promise that waits, kind by kind, without drawing papers."""
    with db.transaction() as session:
        items = session.scalars(select(OutboxItem.id).where(OutboxItem.kind == "send_notice", OutboxItem.done_at.is_(None))).all()
    for item_id in items:
        worker.carry_out(str(item_id))


def test_owner_is_told_of_each_change_by_mail_and_sms_in_their_language(inbox: str, received_dossier: Dossier) -> None:
    carry_out_everything()
    code, found = received_dossier.code, messages_to(inbox, received_dossier)
    assert sorted(one["channel"] for one in found) == ["mail", "mail", "sms", "sms"]
    subjects = {one["subject"] for one in found if one["channel"] == "mail"}
    assert subjects == {f"Hồ sơ {code}: đã nộp", f"Hồ sơ {code}: đã được tiếp nhận"}


def test_message_names_neither_the_person_nor_the_matter(inbox: str, received_dossier: Dossier) -> None:
    carry_out_everything()
    found = messages_to(inbox, received_dossier)
    assert found
    for one in found:
        said = one["subject"] + one["text"]
        assert not any(word in said for word in ("Mẫu", "0011", "hôn nhân", "0900"))


def test_mail_that_is_down_keeps_the_promise_and_costs_the_act_nothing(inbox: str) -> None:
    requests.post(f"{inbox}/faults", json={"fault": "smtp_down"}, timeout=5).raise_for_status()
    with db.transaction() as session:
        dossier = submitted(session, citizen(session))
        receive(session, clerk(session), str(dossier.code), expected_version=dossier.version)
    with db.transaction() as session:
        mail = session.scalars(
            select(OutboxItem).where(OutboxItem.kind == "send_notice", OutboxItem.key.endswith(":email"))
        ).first()
    assert mail is not None
    with pytest.raises(OSError):  # noqa: PT011 (refused, reset or timed out: all are the mail being down)
        worker.carry_out(str(mail.id))
    requests.delete(f"{inbox}/faults", timeout=5)
    with db.transaction() as session:
        waiting = session.get_one(OutboxItem, mail.id)
        assert waiting.done_at is None
        assert waiting.attempts == 1
        assert waiting.last_error
    worker.carry_out(str(mail.id))
    with db.transaction() as session:
        assert session.get_one(OutboxItem, mail.id).done_at is not None
