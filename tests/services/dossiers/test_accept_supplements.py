"""Taking what was supplied: the clock from zero, a new promise, a new slip, and the request is closed."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine
from sqlalchemy.orm import Session

from portal.auth.permissions import Actor
from portal.clock import LOCAL
from portal.models import Dossier
from portal.services.dossiers.accept_supplements import accept_supplements
from portal.services.dossiers.calendar import promises_moved
from portal.services.dossiers.queries import documents_of
from portal.services.dossiers.supplements import newest_request
from portal.services.errors import Forbidden, IllegalMove, NotFound, Stale
from tests import completing
from tests.completing import PAPER, accepted, chosen, pages, supplied
from tests.people import OTHER_OFFICE, citizen, clerk, officer
from tests.services.dossiers.doings import last_event, place_of, standing

RECEIVED = datetime(2026, 11, 30, 9, 0, tzinfo=LOCAL)


@pytest.fixture
def owner(session: Session) -> Actor:
    completing.publish_completing(session)
    return citizen(session)


def test_promise_counts_from_zero_when_everything_is_there(session: Session, owner: Actor) -> None:
    with time_machine.travel(RECEIVED, tick=False):
        dossier = completing.asked_after_receipt(session, owner, clerk(session), officer(session))
    assert dossier.promised_at == RECEIVED + timedelta(days=3)
    with time_machine.travel(RECEIVED + timedelta(days=7), tick=False):
        supplied(session, owner, dossier)
        accepted(session, clerk(session), dossier)
    taken = RECEIVED + timedelta(days=7)
    assert (dossier.clock_started_at, dossier.promised_at) == (taken, taken + timedelta(days=3))
    assert (dossier.received_at, dossier.pauses, dossier.paused_at) == (RECEIVED, [], None)
    assert place_of(dossier) == "in_processing/appraising"
    assert datetime.fromisoformat(last_event(session, dossier).facts["promised_at"]) == dossier.promised_at


def test_new_slip_says_what_is_there_now_and_since_when_the_time_counts(session: Session, owner: Actor) -> None:
    who = clerk(session)
    dossier = completing.filed(session, owner)
    (old,) = completing.attachments_of(session, dossier)
    received(session, who, dossier)
    expert = completing_officer(session, dossier)
    items = [pages(old)]
    completing.propose_supplements(session, expert, str(dossier.code), expected_version=dossier.version, items=items)
    completing.asked(session, who, dossier)
    chosen(session, owner, dossier, PAPER)
    chosen(session, owner, dossier, PAPER, "mặt sau.png", 9)
    supplied(session, owner, dossier, {})
    accepted(session, who, dossier)
    first, second = (paper for paper in documents_of(session, dossier) if paper.kind == "form_01")
    assert (first.round, second.round, second.number is not None) == (1, 2, True)
    assert second.facts["promised_at"] != first.facts["promised_at"] or second.facts["completed_at"]
    assert [row["form"] for row in second.facts["components"] if row["name"] == "Giấy chứng sinh"] == ["bản điện tử (2 tệp)"]
    assert "completed_at" not in first.facts


def received(session: Session, who: Actor, dossier: Dossier) -> None:
    completing.receive(session, who, str(dossier.code), expected_version=dossier.version)
    completing.forward(session, who, str(dossier.code), expected_version=dossier.version)


def completing_officer(session: Session, dossier: Dossier) -> Actor:
    expert = officer(session)
    completing.assign(session, expert, str(dossier.code), expected_version=dossier.version)
    return expert


def test_request_is_closed_and_the_officer_goes_on(session: Session, owner: Actor) -> None:
    expert = officer(session)
    dossier = completing.asked_after_receipt(session, owner, clerk(session), expert)
    supplied(session, owner, dossier)
    accepted(session, clerk(session), dossier)
    assert newest_request(session, dossier).closed_at is not None
    assert dossier.assigned_to == expert.account_id


def test_nothing_is_taken_that_has_not_come_and_by_nobody_else(session: Session, owner: Actor) -> None:
    dossier = completing.asked_after_receipt(session, owner, clerk(session), officer(session))
    with pytest.raises(IllegalMove):
        accepted(session, clerk(session), dossier)
    supplied(session, owner, dossier)
    before = standing(session, dossier)
    for actor, seen, refusal in (
        (officer(session), dossier.version, Forbidden), (clerk(session, OTHER_OFFICE), dossier.version, NotFound),
        (owner, dossier.version, NotFound), (clerk(session), dossier.version - 1, Stale),
    ):  # fmt: skip
        with pytest.raises(refusal):
            accept_supplements(session, actor, str(dossier.code), expected_version=seen)
    assert standing(session, dossier) == before


def test_change_of_the_calendar_counts_a_dossier_once_and_from_where_its_clock_began(session: Session, owner: Actor) -> None:
    with time_machine.travel(RECEIVED, tick=False):
        dossier = completing.asked_after_receipt(session, owner, clerk(session), officer(session))
    with time_machine.travel(RECEIVED + timedelta(days=7), tick=False):
        supplied(session, owner, dossier)
        accepted(session, clerk(session), dossier)
    assert promises_moved(session, {(RECEIVED + timedelta(days=1)).date(): "off"}) == 0
    assert promises_moved(session, {(RECEIVED + timedelta(days=8)).date(): "off"}) == 1


def test_clerk_signs_for_the_originals_of_what_was_supplied_and_not_again_for_the_others(session: Session, owner: Actor) -> None:
    at_reception, now = clerk(session), clerk(session)
    dossier = completing.filed(session, owner)
    (old,) = completing.attachments_of(session, dossier)
    completing.receive(session, at_reception, str(dossier.code), expected_version=dossier.version, compared={str(old.id)})
    completing.forward(session, at_reception, str(dossier.code), expected_version=dossier.version)
    expert = completing_officer(session, dossier)
    items = [completing.component()]
    completing.propose_supplements(session, expert, str(dossier.code), expected_version=dossier.version, items=items)
    completing.asked(session, at_reception, dossier)
    new = chosen(session, owner, dossier, completing.PHOTOS)
    supplied(session, owner, dossier, {})
    completing.accept_supplements(
        session, now, str(dossier.code), expected_version=dossier.version, compared={str(old.id), str(new.id)}
    )
    assert (old.checked_against_original_by, new.checked_against_original_by) == (at_reception.account_id, now.account_id)
    assert [fact["id"] for fact in last_event(session, dossier).facts["compared_with_originals"]] == [str(new.id)]
