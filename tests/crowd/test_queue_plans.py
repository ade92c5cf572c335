"""How the database finds what the desks ask for: along an index, never by reading a large table from end to end."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor, Duty, Role
from portal.models import Dossier, DossierTally
from portal.services.dossiers.lifecycle import PLACES, RUNNING
from portal.services.dossiers.queries import at_counter
from portal.services.dossiers.queue_counts import queue_counts
from portal.services.dossiers.queues import OPINIONS_AT, QueueFilter, place_of, queue
from portal.services.dossiers.receive import receive
from portal.services.dossiers.tallies import gather_tallies
from portal.services.dossiers.vocabulary import APPRAISING, RETURNED, SUBMITTED
from tests.people import OFFICE, OTHER_OFFICE, clerk

LARGE = "dossiers|events|answers_documents|evidence|documents|data_keys|accounts|notices|outbox"
SEVERAL = (OFFICE, OTHER_OFFICE, "G01.26.31")
LISTS: dict[str, QueueFilter] = {
    "one place": QueueFilter(places=(SUBMITTED,)),
    "every place": QueueFilter(),
    "overdue": QueueFilter(places=RUNNING, due_before=clock.now()),
    "due soon": QueueFilter(places=RUNNING, due_from=clock.now(), due_before=clock.now() + timedelta(days=1)),
    "what is over": QueueFilter(places=(RETURNED,), newest_first=True),
    "one procedure": QueueFilter(places=(APPRAISING,), procedure_code="1.004873"),
    "mine": QueueFilter(places=(APPRAISING,), mine_only=True),
    "opinions awaited": QueueFilter(places=OPINIONS_AT, opinions="awaited"),
    "opinions asked of us": QueueFilter(places=OPINIONS_AT, opinions="asked_of_us"),
    "sent back": QueueFilter(places=(APPRAISING,), sent_back=True),
    "a code": QueueFilter(search="H26.31-20261120-0000003"),
    "a personal ID": QueueFilter(search="001190000001"),
    "a name": QueueFilter(search="nguyen van"),
    "the next page": QueueFilter(places=(APPRAISING,), after="H26.31-20261120-0000003"),
    "the page before": QueueFilter(places=(APPRAISING,), before="H26.31-20261120-0000003"),
}


INDEXES = {
    "mine": "ix_dossiers_queue_of_(officer|procedure)",
    "one procedure": "ix_dossiers_queue_of_procedure",
    "opinions asked of us": "ix_dossiers_asked_offices|ix_dossiers_queue_of_opinions|One-Time Filter: false",
    "a code": "uq_dossiers_code",
    "a personal ID": "ix_dossiers_subject_hash",
    "a name": "ix_dossiers_names_at_office",
}


def desk(*offices: str, procedures: frozenset[str] = frozenset()) -> Actor:
    duties = {Duty(Role.OFFICER, office, procedures) for office in offices} | {Duty(Role.CLERK, offices[0], procedures)}
    return Actor(uuid.uuid4(), "Bàn", 2, b"nobody", frozenset(duties))


DESKS = {
    "one office": desk(OFFICE),
    "several offices": desk(*SEVERAL),
    "some procedures": desk(OFFICE, procedures=frozenset({"1.004873", "1.001193"})),
}


def plans_of(session: Session, ask: Callable[[], Any]) -> list[str]:
    """The plans of the one statement that is sent, made as if no table might be read from end to end.

    One knows its values, one does not: the server turns to the second when a statement comes often.
    """
    sent: list[tuple[str, Any]] = []
    connection = session.connection()
    note = lambda _c, _cursor, statement, parameters, *_: sent.append((statement, parameters))  # noqa: E731
    event.listen(connection, "before_cursor_execute", note)
    ask()
    event.remove(connection, "before_cursor_execute", note)
    assert len(sent) == 1
    statement, parameters = sent[0]
    numbers = {name: number for number, name in enumerate(dict.fromkeys(re.findall(r"%\((\w+)\)s", statement)), 1)}
    bare = re.sub(r"%\((\w+)\)s", lambda found: f"${numbers[found[1]]}", statement).replace("%%", "%")
    driver: Any = connection.connection.driver_connection
    with psycopg.ClientCursor(driver) as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        known = cursor.execute(f"EXPLAIN {statement}", parameters).fetchall()
        unknown = cursor.execute(f"EXPLAIN (GENERIC_PLAN) {bare}").fetchall()
        cursor.execute("SET LOCAL enable_seqscan = on")
    return ["\n".join(row[0] for row in rows) for rows in (known, unknown)]


def read_through(plans: list[str]) -> list[str]:
    """The steps of a plan that read a large table from end to end, or an index of one without looking anything up in it."""
    steps = [step for plan in plans for step in re.split(r"\n *->  |\n *(?=SubPlan|InitPlan|CTE)", plan)]
    whole = [step for step in steps if re.match(rf"(Parallel )?Seq Scan on (keyring\.)?({LARGE})\b", step)]
    index = re.compile(rf"(Parallel )?(Index (Only )?Scan .*using \S+ on ({LARGE})|Bitmap Index Scan on (ix|uq|pk)_({LARGE}))\b")
    return whole + [step for step in steps if index.match(step) and "Index Cond" not in step]


@pytest.mark.parametrize("name", DESKS)
@pytest.mark.parametrize("wanted", LISTS)
def test_list_follows_an_index(filled: Session, name: str, wanted: str) -> None:
    plans = plans_of(filled, lambda: queue(filled, DESKS[name], LISTS[wanted]))
    assert read_through(plans) == [], plans
    assert all(re.search(INDEXES.get(wanted, "ix_dossiers_queue"), plan) for plan in plans), plans


@pytest.mark.parametrize("wanted", ["one place", "every place", "overdue", "what is over", "the next page"])
def test_list_is_read_in_its_order_and_never_sorted_whole(filled: Session, wanted: str) -> None:
    for plan in plans_of(filled, lambda: queue(filled, DESKS["several offices"], LISTS[wanted])):
        walk = plan[plan.index("Function Scan") : plan.index("pk_data_keys", plan.index("Function Scan"))]
        assert "ix_dossiers_queue" in walk, plan
        assert "Sort" not in walk, plan


@pytest.mark.parametrize("name", DESKS)
def test_counting_reads_no_large_table(filled: Session, name: str) -> None:
    now = clock.now()
    plans = plans_of(filled, lambda: queue_counts(filled, DESKS[name], now=now, soon=now + timedelta(days=1)))
    assert read_through(plans) == [], plans


def test_dossier_is_found_by_its_code_alone(filled: Session) -> None:
    code = filled.scalars(select(Dossier.code).where(Dossier.office_code == OFFICE).limit(1)).one()
    assert read_through(plans_of(filled, lambda: at_counter(filled, DESKS["one office"], str(code)))) == []


def tallied(session: Session) -> dict[tuple[str, str, str], int]:
    row = DossierTally
    query = select(row.office_code, row.procedure_code, row.place, func.sum(row.how_many))
    sums = session.execute(query.group_by(row.office_code, row.procedure_code, row.place)).all()
    return {(office, procedure, place): int(count) for office, procedure, place, count in sums if count}


def counted(session: Session) -> dict[tuple[str, str, str], int]:
    query = select(Dossier.office_code, Dossier.procedure_code, place_of(Dossier), func.count())
    query = query.where(Dossier.office_code.is_not(None), Dossier.state != "draft")
    query = query.group_by(Dossier.office_code, Dossier.procedure_code, place_of(Dossier))
    return {(office, procedure, place): count for office, procedure, place, count in session.execute(query)}


def test_tallies_are_what_counting_finds_through_acts_and_when_they_are_gathered(filled: Session) -> None:
    undone = filled.begin_nested()
    assert tallied(filled) == counted(filled)
    waiting = filled.scalars(select(Dossier).where(Dossier.office_code == OFFICE, Dossier.state == "submitted").limit(2)).all()
    taker = clerk(filled)
    for dossier in waiting:
        receive(filled, taker, str(dossier.code), expected_version=dossier.version)
    assert tallied(filled) == counted(filled)
    rows = select(func.count()).select_from(DossierTally)
    before, more = counted(filled), filled.scalar(rows)
    assert gather_tallies(filled)
    assert tallied(filled) == before
    assert filled.scalar(rows) == len(before) < more
    undone.rollback()
    filled.expire_all()


def test_counts_of_a_desk_are_those_of_its_offices_and_procedures(filled: Session) -> None:
    now = clock.now()
    whole = counted(filled)
    for actor in DESKS.values():
        reach = {duty.office_code: duty.procedure_codes for duty in actor.duties}
        mine = {key: count for key, count in whole.items() if key[0] in reach and (not reach[key[0]] or key[1] in reach[key[0]])}
        counts = queue_counts(filled, actor, now=now, soon=now)
        assert sum(counts.places.values()) == sum(mine.values())
        assert set(counts.procedures) == {procedure for _office, procedure, _place in mine}
        assert set(counts.places) <= set(PLACES)


def test_row_of_nobody_moves_no_tally(filled: Session) -> None:
    before = tallied(filled)
    filled.execute(text("UPDATE dossiers SET language = language"))
    assert tallied(filled) == before
    assert filled.scalar(select(func.count()).select_from(DossierTally).where(DossierTally.how_many == 0)) == 0
