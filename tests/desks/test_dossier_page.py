"""The page of one dossier costs the same, whatever lies in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from portal import db
from portal.models import Dossier
from portal.postgres import EmbeddedServer
from tests import completing, intakes
from tests.desks.cast import Cast, actor_of
from tests.desks.counting import MOST, statements
from tests.visitors import CLERK, CLERK_ELSEWHERE, HA, OFFICER


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
