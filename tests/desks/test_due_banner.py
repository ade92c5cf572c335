"""What an officer sees and is sent before something of theirs runs out."""

from __future__ import annotations

import uuid
from datetime import timedelta

import requests
from sqlalchemy import select, update

from portal import clock, db
from portal.config import settings
from portal.models import Account, Dossier, DueWarning, OutboxItem
from portal.services.dossiers.warn import SEND_WARNING
from portal.services.notices.outbox import put
from portal.worker import carry_out
from tests.desks.cast import Cast

ADDRESS = "can.bo@phuong.example"
WORDS = "thụ lý có bước hoặc thời hạn hết trong một ngày làm việc tới"


def test_first_page_of_the_desk_says_to_the_officer_alone_what_is_due_soon(cast: Cast) -> None:
    assert WORDS not in cast["officer"].get("/counter/queue").text
    filed = cast.file("appraising")
    with db.transaction() as session:
        soon = clock.now() + timedelta(minutes=20)
        session.execute(update(Dossier).where(Dossier.code == filed.code).values(step_due_at=soon))
    page = cast["officer"].get("/counter").text
    assert f"Một hồ sơ ông/bà {WORDS}" in page
    assert 'href="/counter/queue?tab=appraising&amp;mine=1"' in page
    for name in ("clerk", "leader", "officer elsewhere"):
        assert WORDS not in cast[name].get("/counter").text
    assert 'href="/counter/absences"' in cast["clerk"].get("/counter").text


def test_message_of_the_day_is_sent_to_the_officers_address(cast: Cast) -> None:
    filed, account_id, today = cast.file("appraising"), cast.account_of("officer"), clock.today()
    with db.transaction() as session:
        dossier = session.scalars(select(Dossier).where(Dossier.code == filed.code)).one()
        due = clock.now() + timedelta(hours=1)
        session.add(
            DueWarning(
                dossier_id=dossier.id, account_id=account_id, kind="step", due_at=due, warned_at=clock.now(), told_on=today
            )
        )
        payload = {"account_id": str(account_id), "day": today.isoformat()}
        put(session, SEND_WARNING, f"{account_id}:{today}", dossier_id=None, payload=payload)
        item_id: uuid.UUID = session.scalars(select(OutboxItem.id).where(OutboxItem.kind == SEND_WARNING)).one()
        account = session.get_one(Account, account_id)
        account.profile = {**account.profile, "email": ADDRESS}
    carry_out(str(item_id))
    sink = f"http://127.0.0.1:{settings().sandbox_port}/messages.json"
    sent = requests.get(sink, params={"to": ADDRESS}, timeout=10).json()
    assert [message["subject"] for message in sent if "sắp đến hạn" in message["subject"]] == [
        "1 hồ sơ ông/bà thụ lý sắp đến hạn"
    ]
