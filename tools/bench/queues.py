"""The desks among many dossiers: every list, the search and a dossier's page, beside the same among few."""

from __future__ import annotations

import os
import secrets
import time
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import Any

from sqlalchemy import event, select

FEW, MANY = 10_000, int(os.environ["BENCH_DOSSIERS"]) if "BENCH_DOSSIERS" in os.environ else 1_000_000
ROUNDS = 60
OFFICE = "H26.31"
ALLOWED = 1.5
DESKS = ("clerk", "officer", "leader")


@dataclass
class Pages:
    """What was measured of one page: milliseconds of each time, the most statements that it sent and rows that it showed."""

    times: list[float] = field(default_factory=list)
    statements: int = 0
    rows: int = 0

    @property
    def p95(self) -> float:
        return sorted(self.times)[int(len(self.times) * 0.95)]


def compare_queues(server: Any) -> None:
    """Fill two databases, and print the ratio of each page's p95 among many dossiers to that among few.

    The two are walked in turn, each in a process of its own, so that a moment's load of the machine meets both.
    """
    names = {"bench_few": FEW, "bench_many": MANY}
    for name, count in names.items():
        if "BENCH_FILLED" not in os.environ:  # else the databases of an earlier run are there
            _fill(server, name, count)
    few, many = walkers = [_Walker(server, name) for name in names]
    for turn in range(ROUNDS + 2):
        for walker in walkers:
            walker.walk(turn)
    print(f"desks among {MANY} dossiers, half of them open, beside {FEW} (p95 of {ROUNDS}):")
    beside = few.pages()
    for name, pages in many.pages().items():
        ratio = pages.p95 / beside[name].p95
        mark = "" if ratio <= ALLOWED and pages.statements <= 6 else "  <-- beyond"
        print(
            f"  {name:<34} {beside[name].p95:6.1f} ms -> {pages.p95:6.1f} ms  ratio {ratio:4.2f}"
            f"  {pages.statements} statements, {beside[name].rows} -> {pages.rows} rows{mark}"
        )


class _Walker:
    """A process with the portal over one of the databases, which walks its pages when it is told to."""

    def __init__(self, server: Any, name: str) -> None:
        context = get_context("fork")
        self._line, other_end = context.Pipe()
        context.Process(target=_walk_when_told, args=(server, name, other_end), daemon=True).start()

    def walk(self, turn: int) -> None:
        self._line.send(turn)
        self._line.recv()

    def pages(self) -> dict[str, Pages]:
        self._line.send(None)
        found: dict[str, Pages] = self._line.recv()
        return found


def _use(server: Any, name: str) -> None:
    from portal import db
    from portal.config import settings

    os.environ.update(DATABASE_URL=server.url("web", name), DATABASE_OWNER_URL=server.url("owner", name))
    settings.cache_clear()
    db.engine.cache_clear()


def _fill(server: Any, name: str, count: int) -> None:
    from portal import db
    from portal.crowd.fill import fill, refresh_statistics
    from portal.services.organisation.offices import seed_offices
    from portal.services.organisation.working_days import seed_calendar
    from portal.services.publishing.shipped import publish_shipped

    server.create_database(name)
    _use(server, name)
    db.migrate(server.url("owner", name))
    begun = time.perf_counter()
    with db.transaction() as session:
        seed_calendar(session)
        seed_offices(session)
        publish_shipped(session)
        for role in DESKS:
            _employ(session, role)
    with db.transaction() as session:
        filled = fill(session, count, 1, lambda _line: None)
    refresh_statistics(server.url("owner", name))
    seconds = time.perf_counter() - begun
    print(f"portal load --dossiers {count}: {seconds:.0f} s, {filled.events} events, {filled.still_open} open")


def _employ(session: Any, role: str) -> None:
    """Somebody with a duty at the office who has logged in."""
    from portal import clock
    from portal.blind_index import personal_id_hash
    from portal.models import Account, DataKey, StaffDuty, StaffMember

    personal_id, now = f"00119990010{DESKS.index(role)}", clock.now()
    member = StaffMember(
        data_key=DataKey.fresh(), subject_hash=personal_id_hash(personal_id), profile={"full_name": role}, created_at=now
    )
    member.duties.append(StaffDuty(office_code=OFFICE, role=role, valid_from=clock.today()))
    session.add(member)
    session.add(
        Account(
            data_key=DataKey.fresh(), issuer="bench", subject=role, subject_hash=member.subject_hash, created_at=now,
            profile={"personal_id": personal_id, "full_name": role, "date_of_birth": ""}, last_login_at=now,
        )
    )  # fmt: skip


def _walk_when_told(server: Any, name: str, line: Any) -> None:
    """Every page of every desk, once for each turn that comes down the line; at the end what was measured goes back."""
    from portal import db
    from portal.auth.session import cookie_name
    from portal.warm_up import create_warm_app

    _use(server, name)
    app = create_warm_app()
    clients = {}
    for role in DESKS:
        clients[role] = app.test_client()
        clients[role].set_cookie(cookie_name(), _log_in(role))
    sent: list[int] = []
    event.listen(db.engine(), "before_cursor_execute", lambda *_: sent.append(1))
    pages: dict[str, Pages] = {}
    while (turn := line.recv()) is not None:
        for page_name, role, address in _addresses(turn):
            _visit(clients[role], address, pages.setdefault(page_name, Pages()), sent, counts=turn >= 2)
        line.send(turn)
    db.engine().dispose()
    line.send(pages)


def _visit(client: Any, address: str, page: Pages, sent: list[int], *, counts: bool) -> None:
    """One visit; those of the first turns fill the memory of what never changes, and do not count."""
    sent.clear()
    begun = time.perf_counter()
    answer = client.get(address)
    took = (time.perf_counter() - begun) * 1000
    assert answer.status_code == 200, (address, answer.status_code)
    if counts:
        page.times.append(took)
        page.statements = max(page.statements, len(sent))
        page.rows = max(page.rows, answer.data.count(b'<th scope="row"'))


def _log_in(role: str) -> str:
    from portal import clock, db
    from portal.crypto import sha256
    from portal.models import Account, LoginSession

    token, now = secrets.token_urlsafe(32), clock.now()
    with db.transaction() as session:
        account_id = session.scalars(select(Account.id).where(Account.issuer == "bench", Account.subject == role)).one()
        session.add(
            LoginSession(
                token_hash=sha256(token.encode()), account_id=account_id, level=2, authenticated_at=now, created_at=now,
                seen_at=now, data={},
            )
        )  # fmt: skip
    return token


def _addresses(turn: int) -> list[tuple[str, str, str]]:
    """Each page once: its name, whose it is, its address; searches and dossiers change from turn to turn."""
    from portal.counter.queue_tabs import TABS

    found = _people(turn)
    lists = [
        (f"list {key} ({role})", role, f"/counter/queue?tab={key}") for key, tab in TABS.items() for role in sorted(tab.roles)
    ]
    return [
        *lists,
        ("list of one procedure", "clerk", "/counter/queue?tab=processing&procedure=1.004873"),
        ("list of mine, overdue", "officer", "/counter/queue?tab=appraising&mine=1&due=overdue"),
        ("next page", "clerk", f"/counter/queue?tab=processing&after={found['code']}"),
        ("search by code", "clerk", f"/counter/queue?q={found['code']}"),
        ("search by personal ID", "clerk", f"/counter/queue?q={found['personal_id']}"),
        ("search by whole name", "clerk", f"/counter/queue?q={found['name']}"),
        ("search by two common words", "clerk", "/counter/queue?q=nguyen+thi"),
        ("a dossier", "officer", f"/counter/dossiers/{found['code']}"),
    ]


_KNOWN: dict[str, list[dict[str, str]]] = {}


def _people(turn: int) -> dict[str, str]:
    from portal import db
    from portal.models import Account, Dossier

    key = os.environ["DATABASE_URL"]
    if key not in _KNOWN:
        with db.transaction() as session:
            query = select(Dossier, Account).join(Account, Account.id == Dossier.owner_id)
            query = query.where(Dossier.office_code == OFFICE, Dossier.state == "in_processing").limit(ROUNDS + 2)
            _KNOWN[key] = [
                {"code": str(one.code), "name": one.parties["subject"]["full_name"], "personal_id": owner.profile["personal_id"]}
                for one, owner in session.execute(query)
            ]
    known = _KNOWN[key]
    return known[turn % len(known)]
