"""Every list of the desks, on a telephone: nothing in it bars anybody."""

from __future__ import annotations

import pytest

from portal import db
from tests import people
from tests.desks.cast import actor_of
from tests.filings import appraising, approved, proposed, received, submitted
from tests.journeys.walker import RUN_AXE, Walker, axe_source
from tests.journeys.world import PHONE, STAFF, World

pytestmark = pytest.mark.browser
HERE = "H26.31"


def test_no_list_of_the_desks_bars_anybody_on_a_telephone(world: World) -> None:
    desks = {role: Walker(world, world.logged_in(STAFF[HERE][role], PHONE)) for role in ("clerk", "officer", "leader")}
    with db.transaction() as session:
        clerk, officer, leader = (actor_of(session, STAFF[HERE][role]) for role in ("clerk", "officer", "leader"))
        submitted(session, people.citizen(session))
        received(session, people.citizen(session), clerk)
        appraising(session, people.citizen(session), clerk, officer)
        proposed(session, people.citizen(session), clerk, officer)
        approved(session, people.citizen(session), clerk, officer, leader)
    looked_at: set[str] = set()
    wrong = []
    for walker in desks.values():
        walker.go("/counter/queue")
        lists = walker.page.locator(".mc-tabs a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
        for address in dict.fromkeys(lists):
            if address in looked_at and "signature" not in address:  # the leader may sign there, the officer only looks
                continue
            looked_at.add(address)
            walker.go(address)
            walker.page.evaluate(axe_source())
            width = walker.page.evaluate("document.documentElement.scrollWidth")
            barriers = walker.page.evaluate(RUN_AXE.replace("document", "'main'"))  # what is around it was looked at elsewhere
            if width > PHONE["width"] or barriers:
                wrong.append((address, width, barriers))
        assert walker.said == []
        walker.page.close()
    assert wrong == []
    assert len(looked_at) > 15
