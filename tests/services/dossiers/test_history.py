"""Appending to the history: one chain for all dossiers, and one event for each move or none of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from portal.auth.permissions import SYSTEM
from portal.models import Event
from portal.services.dossiers.history import GENESIS, events_of, link_of, record
from portal.services.dossiers.lifecycle import TABLE
from portal.services.oversight.audit import verify
from tests.filings import received, submitted
from tests.people import citizen, clerk
from tests.services.dossiers.doings import hands, issued

ISSUE = next(move for move in TABLE if move.act.value == "issue")
MOMENT = datetime(2026, 11, 16, 2, 0, 0, 123456, tzinfo=UTC)


def test_events_of_all_dossiers_make_one_chain_from_its_beginning(session: Session) -> None:
    first, second = submitted(session, citizen(session)), received(session, citizen(session), clerk(session))
    events = sorted([*events_of(session, first.id), *events_of(session, second.id)], key=lambda event: event.number)
    assert [event.number for event in events] == [1, 2, 3]
    assert events[0].previous_hash == GENESIS
    assert all(later.previous_hash == earlier.hash for earlier, later in zip(events, events[1:], strict=False))
    assert len({event.hash for event in events}) == 3


def test_writer_and_inspector_reckon_the_hash_apart_and_agree(session: Session) -> None:
    dossier = issued(session, hands(session, citizen(session)))
    for event in events_of(session, dossier.id):
        assert link_of(event).hash_after(event.previous_hash) == event.hash
    report = verify(session)
    assert (report.findings, report.head) == ((), events_of(session, dossier.id)[-1].hash.hex())


def test_moment_keeps_its_last_microsecond_through_the_database(session: Session) -> None:
    dossier = submitted(session, citizen(session))
    dossier.version += 1
    event = record(session, dossier, ISSUE, SYSTEM, happened_at=MOMENT, facts={"số": 1})
    session.expire_all()
    assert event.happened_at == MOMENT
    assert link_of(event).hash_after(event.previous_hash) == event.hash


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"ngày": ["2026-11-16", 1, None, True]},
        {"a": {"b": {"c": []}}},
        {"chữ": "Ỷ \U0001f600 \u200b"},
        {"số": 2**53 - 1},
        {"z": 0.5},
    ],
    ids=str,
)
def test_facts_of_any_shape_come_back_as_they_were_hashed(session: Session, facts: dict[str, object]) -> None:
    dossier = submitted(session, citizen(session))
    dossier.version += 1
    event = record(session, dossier, ISSUE, SYSTEM, happened_at=MOMENT, facts=facts)
    session.expire_all()
    assert event.facts == facts
    assert link_of(event).hash_after(event.previous_hash) == event.hash


def test_details_are_sealed_and_their_seal_is_what_the_chain_holds(session: Session) -> None:
    dossier = submitted(session, citizen(session))
    dossier.version += 1
    event = record(session, dossier, ISSUE, SYSTEM, happened_at=MOMENT, details={"reason": "Bí mật"})
    assert event.details == {"reason": "Bí mật"}
    before = event.hash
    event.details = {"reason": "Bí mật"}  # the same words sealed anew are other bytes
    assert link_of(event).hash_after(event.previous_hash) != before


@pytest.mark.parametrize("statement", ["UPDATE events SET name = 'x'", "DELETE FROM events", "TRUNCATE events"])
def test_portal_itself_can_neither_change_nor_remove_an_event(session: Session, statement: str) -> None:
    submitted(session, citizen(session))
    with pytest.raises(DBAPIError, match="permission denied"):
        session.execute(text(statement))


def test_second_event_of_one_version_is_refused_by_the_database(session: Session) -> None:
    dossier = submitted(session, citizen(session))
    with pytest.raises(IntegrityError, match="dossier_version"):
        record(session, dossier, ISSUE, SYSTEM, happened_at=MOMENT)


def test_history_of_one_dossier_is_told_without_the_others(session: Session) -> None:
    one, other = received(session, citizen(session), clerk(session)), submitted(session, citizen(session))
    assert [event.name for event in events_of(session, one.id)] == ["submitted", "received"]
    assert {event.dossier_id for event in events_of(session, other.id)} == {other.id}
    assert session.query(Event).count() == 3
