"""The page of one dossier costs the same, whatever lies in it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import clock, db
from portal.models import Dossier
from portal.postgres import EmbeddedServer
from portal.services.dossiers.calendar import working_calendar
from portal.services.dossiers.extend_deadline import extend_deadline
from tests import completing, intakes
from tests.desks.cast import Cast, actor_of
from tests.desks.counting import MOST, statements
from tests.visitors import CLERK, CLERK_ELSEWHERE, HA, LEADER, OFFICER


@pytest.fixture(scope="module", autouse=True)
def completing_procedure(cast: Cast, town: EmbeddedServer) -> Iterator[None]:
    with completing.offered_in(town):
        yield


def costs(cast: Cast, name: str, dossier: Dossier) -> int:
    address = f"/counter/dossiers/{dossier.code}"
    cast[name].get(address)  # what never changes is remembered now
    with statements() as sent:
        assert cast[name].get(address).status_code == 200
    return len(sent)


def test_with_papers_a_request_and_what_came(cast: Cast) -> None:
    with db.transaction() as session:
        owner, clerk, officer = (actor_of(session, one) for one in (HA, CLERK, OFFICER))
        dossier = completing.asked_after_receipt(session, owner, clerk, officer, completing.question(), completing.component())
    assert costs(cast, "officer", dossier) <= MOST
    with db.transaction() as session:
        session.add(dossier)
        completing.chosen(session, owner, dossier, completing.PHOTOS)
        completing.supplied(session, owner, dossier)
    for name in ("clerk", "officer", "leader"):
        assert costs(cast, name, dossier) <= MOST
    page = cast["clerk"].get(f"/counter/dossiers/{dossier.code}").text
    for words in ("mới.png", "Vay vốn", completing.UNCLEAR):
        assert words in page


def test_filed_at_a_counter_far_away_with_originals_compared(cast: Cast) -> None:
    with db.transaction() as session:
        there, here = actor_of(session, CLERK_ELSEWHERE), actor_of(session, CLERK)
        far = intakes.taken_in(session, there, intakes.filled(session, there, intakes.visit(session, office="H26.32")))
        near = completing.filed(session, actor_of(session, HA))
        (paper,) = completing.attachments_of(session, near)
        completing.receive(session, here, str(near.code), expected_version=near.version, compared={str(paper.id)})
    for dossier, words in ((far, "phường Hoàn Kiếm"), (near, "Đã đối chiếu bản chính: Nguyễn Thị Thanh Tâm")):
        assert costs(cast, "clerk", dossier) <= MOST
        assert words in cast["clerk"].get(f"/counter/dossiers/{dossier.code}").text


def test_leader_is_asked_for_an_apology_a_working_day_before_the_promise_and_once(cast: Cast) -> None:
    code = cast.file("appraising").code
    link = f'href="/counter/dossiers/{code}/extend-deadline"'
    assert cast["leader"].get(f"/counter/dossiers/{code}").text.count(link) == 1, "the act's own button alone"
    with db.transaction() as session:
        late = session.scalars(select(Dossier).where(Dossier.code == code)).one()
        late.promised_at = clock.now() + timedelta(minutes=30)
    page = cast["leader"].get(f"/counter/dossiers/{code}").text
    assert page.count(link) == 2
    assert "Còn chưa đến một ngày làm việc là đến hẹn" in page
    assert "Còn chưa đến một ngày làm việc" not in cast["clerk"].get(f"/counter/dossiers/{code}").text
    with db.transaction() as session:
        day = working_calendar(session).next_working_day(clock.today() + timedelta(days=2)).isoformat()
        leader = actor_of(session, LEADER)
        extend_deadline(session, leader, code, expected_version=late.version, reason="Chờ nơi cư trú cũ trả lời.", new_day=day)
    assert link not in cast["leader"].get(f"/counter/dossiers/{code}").text
