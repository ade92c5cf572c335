"""When each step should be done: the hand-over by the rule of 15:00, the others by the office's internal process."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine
from sqlalchemy.orm import Session

from portal import clock
from portal.services.dossiers.deadlines import OfficeHours
from portal.services.dossiers.legal_clock import hand_over_due
from portal.services.dossiers.stop import stop
from tests.filings import appraising
from tests.people import citizen
from tests.services.dossiers.doings import REASON, hands
from tests.services.dossiers.test_pauses import HOLIDAY, at


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("16 09:00", "16 17:00"),
        ("16 15:00", "16 17:00"),
        ("16 15:01", "17 08:30"),
        ("20 16:00", "23 08:30"),  # a weekend
        ("23 16:00", "25 08:30"),  # the 24th is off
        ("21 10:00", "23 17:00"),  # a Saturday desk: counted from Monday morning
        ("16 20:00", "17 17:00"),
    ],
)
def test_dossier_is_handed_over_on_its_day_and_after_three_at_the_start_of_the_next(received: str, due: str) -> None:
    assert hand_over_due(at(*received.split()), HOLIDAY, OfficeHours()) == at(*due.split())


def test_step_of_the_officer_has_the_hours_that_the_internal_process_gives_it_and_a_stopped_one_none(session: Session) -> None:
    with time_machine.travel(datetime(2026, 11, 16, 2, 0, tzinfo=UTC), tick=False):
        who = hands(session, citizen(session))
        dossier = appraising(session, who.owner, who.clerk, who.officer)
        assert clock.to_local(dossier.step_due_at) == at("17", "15:30"), "12 office hours after Monday 09:00"
        stop(session, who.leader, str(dossier.code), expected_version=dossier.version, reason=REASON)
        assert dossier.step_due_at is None
