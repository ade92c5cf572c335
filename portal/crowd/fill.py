"""Filling the database of a demonstration with a crowd: planned by a seed, written by COPY, all of it or nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from multiprocessing import get_context
from typing import Any, TypeVar

import psycopg
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from portal import clock
from portal.crowd.chain import COLUMNS as EVENT_COLUMNS
from portal.crowd.chain import Chain
from portal.crowd.lives import OPEN, Life, OfficeTime, lives
from portal.crowd.people import spread
from portal.crowd.rows import COLUMNS, Hands, Ids, Plan, Rows
from portal.crowd.scribe import IDS_EACH, Scribe
from portal.crowd.specimens import PLACE, Specimen, specimens
from portal.crypto import keyring
from portal.models import Account, DataKey, Event, Office, OfficeTerritory, StaffDuty, StaffMember
from portal.services.dossiers.calendar import working_calendar
from portal.services.dossiers.history import CHAIN_LOCK, GENESIS
from portal.services.dossiers.tallies import gather_tallies
from portal.services.dossiers.vocabulary import Act

BATCH = 5_000
PROCESSES = 2
DAYS_BACK, DAYS_AHEAD = 700, 30
PEOPLE_SHARE = 3  # dossiers for each person
OFFICERS = 4
Say = Callable[[str], None]
T = TypeVar("T")


@dataclass(frozen=True)
class Filled:
    """How much was written."""

    dossiers: int
    still_open: int
    people: int
    events: int


def fill(session: Session, count: int, seed: int, say: Say) -> Filled:
    """Write so many dossiers at all places of their life into the demonstration's offices, in the caller's transaction.

    What the dossiers say, where they stand and when is settled by the seed and today's day; ids and keys are always new.
    Each has a data key of its own, its answers, and its whole history in the one chain, in the order of time. They have no
    papers and no notices: nothing of theirs was ever sent to anybody.
    """
    now = clock.now()
    plans, scribe = prepared(session, count, seed, now)
    say(f"  {count} hồ sơ của {scribe.owners} người (dossiers of so many people)")
    chain = _chain(session, scribe.ids, first_id=2 * scribe.owners + IDS_EACH * count)
    first_number = chain.number
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("fork"), initializer=_begin, initargs=(scribe,)) as pool:
        for rows in _ahead(pool, _accounts, _batched(iter(range(scribe.owners)), BATCH)):
            _copy(session, rows)
        written = 0
        batches = list(_batched(iter(plans), BATCH))
        for batch, rows in zip(batches, _ahead(pool, _dossiers, iter(batches)), strict=True):
            _copy(session, rows)
            chain.take(rows.events)
            written += len(batch)
            _copy_lines(session, "events", EVENT_COLUMNS, chain.lines(before=batch[-1].life.at[0]))
            say(f"  {written} / {count}")
    _copy_lines(session, "events", EVENT_COLUMNS, chain.lines())
    gather_tallies(session)
    still_open = sum(plan.life.place in OPEN for plan in plans)
    return Filled(count, still_open, scribe.owners, chain.number - first_number)


def refresh_statistics(owner_url: str) -> None:
    """Let the database look at its tables again, as it would by itself after a while; only the owner's role may."""
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute(
            "VACUUM (ANALYZE) dossiers, events, answers_documents, accounts, opinions, supplement_requests, dossier_tallies,"
            " keyring.data_keys"
        )


def prepared(session: Session, count: int, seed: int, now: datetime) -> tuple[list[Plan], Scribe]:
    """What is to be written, with its numbers reserved, and who writes it."""
    calendar = working_calendar(session)
    first = max(clock.today() - timedelta(days=DAYS_BACK), min(session.scalars(select(Office.valid_from))))
    office_time = OfficeTime(first, clock.today() + timedelta(days=DAYS_AHEAD), calendar)
    told = specimens(session)
    offices = _offices(session, told)
    known = {(code, number): _moved(session, told[number], code) for code, numbers in offices.items() for number in numbers}
    hands = {code: _hands(session, code) for code in offices}
    drawn = lives(count, seed, office_time, office_time.count(now))
    plans = _numbered(session, drawn, seed, office_time, offices)
    owners = max(count // PEOPLE_SHARE, 1)
    opened_at = office_time.moment(0)
    return plans, Scribe(keyring(), seed, Ids(), office_time, calendar, known, hands, owners, opened_at)


def _offices(session: Session, told: Sequence[Specimen]) -> dict[str, list[int]]:
    """The offices with the specimens of their level, by code."""
    found = {}
    for office in session.scalars(select(Office).where(Office.valid_to.is_(None)).order_by(Office.code)):
        numbers = [number for number, one in enumerate(told) if one.office_level == office.level]
        if numbers:
            found[office.code] = numbers
    return found


def _moved(session: Session, specimen: Specimen, office_code: str) -> Specimen:
    ward = session.scalars(
        select(OfficeTerritory.ward_code).where(OfficeTerritory.office_code == office_code).order_by(OfficeTerritory.ward_code)
    ).first()
    office = session.get_one(Office, office_code)
    return specimen.at(ward, office.place_name) if ward and ward != PLACE["ward_code"] else specimen


def _hands(session: Session, office_code: str) -> Hands:
    """The accounts of those who hold a duty at the office and have logged in, and invented ones for the places left."""
    query = select(StaffDuty.role, Account.id).join(StaffMember, StaffMember.id == StaffDuty.member_id)
    query = query.join(Account, Account.subject_hash == StaffMember.subject_hash)
    query = query.where(StaffDuty.office_code == office_code, StaffDuty.ended_at.is_(None)).order_by(StaffDuty.id)
    known: dict[str, list[str]] = {}
    for role, account_id in session.execute(query):
        known.setdefault(role, []).append(str(account_id))
    clerk, *_ = known.get("clerk", []) or [_invented(session, office_code, "một cửa")]
    leader, *_ = known.get("leader", []) or [_invented(session, office_code, "lãnh đạo")]
    officers = known.get("officer", [])
    officers = officers or [_invented(session, office_code, f"thụ lý {number}") for number in range(1, OFFICERS + 1)]
    return Hands(clerk, tuple(officers), leader)


def _invented(session: Session, office_code: str, post: str) -> str:
    now = clock.now()
    name = f"Cán bộ {post} {office_code}"
    account = Account(
        data_key=DataKey.fresh(), issuer="crowd", subject=f"{name} {now.isoformat()}",
        subject_hash=keyring().blind("crowd", name), profile={"personal_id": "", "full_name": name, "date_of_birth": ""},
        created_at=now, last_login_at=now,
    )  # fmt: skip
    session.add(account)
    session.flush()
    return str(account.id)


def _numbered(
    session: Session, drawn: Sequence[Life], seed: int, office_time: OfficeTime, offices: dict[str, list[int]]
) -> list[Plan]:
    """Each life with its office, its code and its line in the register; the numbers are taken from the portal's series."""
    codes = list(offices)
    placed = [(life, codes[spread(life.number, seed + 2) % len(codes)]) for life in drawn]
    dated = [(life, code, *_days(life, office_time)) for life, code in placed]
    wanted = Counter((f"dossier:{code}", filed.isoformat()) for _, code, filed, _ in dated)
    wanted.update((f"register:{code}", str(received.year)) for _, code, _, received in dated if received)
    next_number = {key: _reserved(session, *key, how_many) for key, how_many in sorted(wanted.items())}

    def take(series: str, period: str) -> int:
        next_number[series, period] += 1
        return next_number[series, period]

    plans = []
    for life, code, filed, received in dated:
        serial = take(f"dossier:{code}", filed.isoformat())
        register = (received.year, take(f"register:{code}", str(received.year))) if received else None
        numbers = offices[code]
        specimen = numbers[spread(life.number, seed + 3) % len(numbers)]
        plans.append(Plan(life, code, specimen, f"{code}-{filed:%Y%m%d}-{serial:07d}", register))
    return plans


def _days(life: Life, office_time: OfficeTime) -> tuple[Any, Any]:
    received = next((at for at, move in zip(life.at, life.path, strict=True) if move.act is Act.RECEIVE), None)
    return office_time.moment(life.at[0]).date(), office_time.moment(received).date() if received is not None else None


def _reserved(session: Session, series: str, period: str, how_many: int) -> int:
    """The last number that was given out before these were reserved."""
    reserve = text(
        "INSERT INTO number_series (series, period, last) VALUES (:series, :period, :how_many)"
        " ON CONFLICT (series, period) DO UPDATE SET last = number_series.last + :how_many RETURNING last"
    )
    last = session.execute(reserve, {"series": series, "period": period, "how_many": how_many}).scalar_one()
    return int(last) - how_many


def _chain(session: Session, ids: Ids, *, first_id: int) -> Chain:
    session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": CHAIN_LOCK})
    last = session.execute(select(Event.number, Event.hash).order_by(Event.number.desc()).limit(1)).first()
    return Chain(last.number if last else 0, bytes(last.hash) if last else GENESIS, ids, first_id)


_scribe: list[Scribe] = []


def _begin(scribe: Scribe) -> None:
    _scribe[:] = [scribe]


def _accounts(numbers: Sequence[int]) -> Rows:
    return _scribe[0].accounts(numbers)


def _dossiers(plans: Sequence[Plan]) -> Rows:
    return _scribe[0].dossiers(plans)


def _ahead(pool: ProcessPoolExecutor, work: Callable[[Any], Rows], batches: Iterator[Any]) -> Iterator[Rows]:
    """What the processes make of the batches, in order; never more than a few ahead of whoever takes it."""
    under_way: list[Future[Rows]] = []
    for batch in batches:
        under_way.append(pool.submit(work, batch))
        if len(under_way) > 2 * PROCESSES:
            yield under_way.pop(0).result()
    for made in under_way:
        yield made.result()


def _batched(values: Iterator[T], size: int) -> Iterator[list[T]]:
    while some := list(islice(values, size)):
        yield some


def _copy(session: Session, rows: Rows) -> None:
    for table, columns in COLUMNS.items():
        if lines := rows.lines.get(table):
            _copy_lines(session, table, columns, iter(lines))


def _copy_lines(session: Session, table: str, columns: Sequence[str], lines: Iterator[str]) -> None:
    driver: psycopg.Connection = session.connection().connection.driver_connection  # type: ignore[assignment]
    with driver.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        for some in _batched(lines, 500):
            copy.write("\n".join(some) + "\n")
