"""Many who open at once wait for one another no longer than a commit takes."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal import clock, db
from portal.auth.permissions import Actor
from portal.models import AccessEntry, Dossier
from portal.postgres import EmbeddedServer
from portal.services.oversight.ledger_audit import verify_ledger
from portal.services.registries.ledger import HANDLING, Seat, note_openings
from tests.filings import submitted
from tests.people import citizen, clerk

SEAT = Seat("clerk", "H26.31")


def opened(session: Session, who: Actor, dossier: Dossier) -> int:
    note_openings(session, who, [dossier], SEAT, HANDLING)
    kept = select(func.count()).where(AccessEntry.dossier_id == dossier.id, AccessEntry.kind == "opening")
    return int(session.scalars(kept).one())


def test_one_entry_a_quarter_of_an_hour(session: Session) -> None:
    dossier, who = submitted(session, citizen(session)), clerk(session)
    began = clock.now().replace(minute=30, second=0, microsecond=0)
    counts = []
    for minutes in (0, 14, 15, 29, 30):
        with clock.standing_at(began + timedelta(minutes=minutes)):
            counts.append(opened(session, who, dossier))
    assert counts == [1, 1, 2, 2, 3]
    assert opened(session, clerk(session), dossier) == 4


def test_fifty_openings_at_once_are_fifty_entries_of_one_chain(committed: EmbeddedServer) -> None:
    with db.transaction() as session:
        dossiers = [submitted(session, citizen(session)) for _ in range(5)]
        people = [clerk(session) for _ in range(10)]
        before = int(session.scalars(select(func.count(AccessEntry.id))).one())
    took: list[float] = []

    def look(index: int) -> None:
        with db.transaction() as session:
            note_openings(session, people[index % 10], [dossiers[index // 10]], SEAT, HANDLING)
            began = time.perf_counter()
            session.commit()
            took.append(time.perf_counter() - began)

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(look, [*range(50), *range(50)]))
    assert max(took) < 1  # nobody waits for whoever draws a page; on a quiet machine a commit takes three thousandths
    with db.transaction() as session:
        report = verify_ledger(session)
        assert (report.entries, report.findings) == (before + 50, ())
