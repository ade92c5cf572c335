"""Handing over to the professional unit: at any hour, by any clerk of the office, and the promise stays."""

from __future__ import annotations

from datetime import datetime

import pytest
import time_machine
from sqlalchemy.orm import Session

from portal.clock import LOCAL
from portal.services.dossiers.forward import forward
from portal.services.dossiers.queues import QueueFilter, queue
from tests.filings import received
from tests.people import citizen, clerk, officer
from tests.services.dossiers.doings import last_event


@pytest.mark.parametrize(
    "hour", ["2026-11-16T14:59", "2026-11-16T15:00", "2026-11-16T15:01", "2026-11-16T23:59", "2026-11-17T07:30"]
)
def test_handing_over_after_three_oclock_is_recorded_at_its_true_moment_and_costs_the_citizen_no_day(
    session: Session, hour: str
) -> None:
    with time_machine.travel(datetime(2026, 11, 16, 9, 0, tzinfo=LOCAL), tick=False) as clock:
        taker = clerk(session)
        dossier = received(session, citizen(session), taker)
        clock.move_to(datetime.fromisoformat(hour).replace(tzinfo=LOCAL))
        forward(session, taker, str(dossier.code), expected_version=dossier.version)
    assert last_event(session, dossier).happened_at == datetime.fromisoformat(hour).replace(tzinfo=LOCAL)
    assert dossier.promised_at == datetime(2026, 11, 19, 9, 0, tzinfo=LOCAL)


def test_another_clerk_of_the_office_may_hand_over_what_a_colleague_received(session: Session) -> None:
    receiver, colleague = clerk(session), clerk(session)
    dossier = received(session, citizen(session), receiver)
    forward(session, colleague, str(dossier.code), expected_version=dossier.version)
    assert dossier.received_by == receiver.account_id
    assert last_event(session, dossier).actor_id == str(colleague.account_id)


def test_dossier_handed_over_belongs_to_no_officer_until_one_takes_it(session: Session) -> None:
    taker, one, other = clerk(session), officer(session), officer(session)
    dossier = received(session, citizen(session), taker)
    forward(session, taker, str(dossier.code), expected_version=dossier.version)
    assert dossier.assigned_to is None
    for actor in (one, other):
        assert [found.code for found in queue(session, actor, QueueFilter())] == [dossier.code]
        assert queue(session, actor, QueueFilter(mine_only=True)) == []
