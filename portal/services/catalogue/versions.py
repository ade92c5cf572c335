"""Versions in the database: immutable rows named by their hash, and which of them is in force; nothing is decided here."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, literal, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by, distinct_on
from sqlalchemy.orm import Session

from portal import clock
from portal.models import ProcedurePublication, ProcedureVersion
from portal.services.catalogue.lint import counts
from portal.services.catalogue.loader import parse
from portal.services.catalogue.schema import Procedure
from portal.services.errors import NotFound

KEPT_PARSED = 300  # parsed procedures, the longest known go first
KEPT_LISTS = 4
_PARSED: dict[str, Procedure] = {}  # by hash, so an entry can never be out of date
_NAMES: dict[str, tuple[str, str]] = {}  # by hash too; a few words each
_LISTS: dict[tuple[str, date], tuple[Entry, ...]] = {}  # by what is in force and the day, so neither can these


@dataclass(frozen=True)
class Entry:
    """What lists and the search show of the version in force of a procedure, read without its texts.

    `name`, `field`, `outcome`: (Vietnamese, English). `valid_from`, `valid_to`: days as ISO texts, empty where open.
    `typed`, `typed_sometimes`, `prefilled`, `reused`, `removed`: as `lint.Counts`.
    """

    code: str
    version_hash: str
    name: tuple[str, str]
    field: tuple[str, str]
    outcome: tuple[str, str]
    level: str
    office_level: str
    is_filed_online: bool
    life_events: tuple[str, ...]
    keywords: tuple[str, ...]
    aliases: tuple[str, ...]
    tags: tuple[str, ...]
    typed: int
    prefilled: int
    reused: int
    removed: int
    typed_sometimes: int = 0
    valid_from: str = ""
    valid_to: str = ""

    def is_valid_on(self, day: date) -> bool:
        """Whether the procedure may be filed on the day, by its own dates."""
        return self.valid_from <= day.isoformat() and (not self.valid_to or day.isoformat() <= self.valid_to)


def entry_of(procedure: Procedure) -> Entry:
    """What lists show of a procedure."""
    definition = procedure.definition
    how_many = counts(procedure)

    def both(text: str) -> tuple[str, str]:
        return text, procedure.say(text, "en")

    return Entry(
        code=procedure.code,
        version_hash=procedure.content_hash,
        name=both(definition.name),
        field=both(definition.field),
        outcome=both(definition.outcome),
        level=definition.level,
        office_level=definition.competence.level,
        is_filed_online=procedure.is_filed_online,
        life_events=definition.life_events,
        keywords=definition.keywords,
        aliases=definition.aliases,
        tags=tuple(definition.tags),
        typed=how_many.asked,
        prefilled=how_many.prefilled,
        reused=how_many.reused,
        removed=how_many.removed,
        typed_sometimes=how_many.asked_sometimes,
        valid_from=definition.valid_from.isoformat(),
        valid_to=definition.valid_to.isoformat() if definition.valid_to else "",
    )


def summary_of(procedure: Procedure) -> dict[str, Any]:
    """The entry as its row keeps it: plain JSON."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(entry_of(procedure)).items()}


def store(session: Session, files: Mapping[str, str], *, state: str, authors: Sequence[uuid.UUID] = ()) -> ProcedureVersion:
    """The row of the version that the texts make, added unless that very version is already there.

    What lists show of it is brought up to date, should an earlier release have kept less of it.

    Raises:
        BadProcedure: the texts do not make a procedure.
    """
    procedure = parse(files)
    row = session.get(ProcedureVersion, procedure.content_hash)
    if row is None:
        row = ProcedureVersion(
            content_hash=procedure.content_hash, code=procedure.code, files=dict(files), summary=summary_of(procedure),
            state=state, authors=list(authors), created_at=clock.now(),
        )  # fmt: skip
        session.add(row)
        session.flush()
    elif row.summary != summary_of(procedure):
        row.summary = summary_of(procedure)
        session.flush()
    return row


def by_hash(session: Session, version_hash: str) -> Procedure:
    """The version of this hash.

    Raises:
        NotFound: there is none.
    """
    known = _PARSED.get(version_hash)
    if known is not None:
        return known
    row = session.get(ProcedureVersion, version_hash)
    if row is None:
        raise NotFound
    while len(_PARSED) >= KEPT_PARSED:
        _PARSED.pop(next(iter(_PARSED)), None)
    return _PARSED.setdefault(version_hash, parse(row.files))


def names_of(session: Session, hashes: Collection[str]) -> dict[str, tuple[str, str]]:
    """The names of these versions, (Vietnamese, English), by hash; those not known yet are read at once, without their texts."""
    unknown = sorted(set(hashes) - _NAMES.keys())
    if unknown:
        query = select(ProcedureVersion.content_hash, ProcedureVersion.summary["name"])
        for version_hash, name in session.execute(query.where(ProcedureVersion.content_hash.in_(unknown))):
            _NAMES[version_hash] = (name[0], name[1])
    return {version_hash: _NAMES[version_hash] for version_hash in hashes}


def in_force(moment: datetime) -> Select[ProcedurePublication]:
    """The publications that stand at a moment: of each procedure the latest to have started, unless it has ended."""
    return (
        select(ProcedurePublication)
        .where(ProcedurePublication.starts_at <= moment)
        .where(or_(ProcedurePublication.ends_at.is_(None), ProcedurePublication.ends_at > moment))
        .order_by(ProcedurePublication.code, ProcedurePublication.starts_at.desc(), ProcedurePublication.published_at.desc(),
                  ProcedurePublication.id.desc())
        .ext(distinct_on(ProcedurePublication.code))
    )  # fmt: skip


def current(session: Session, code: str) -> Procedure:
    """The version of the procedure in which a new dossier is filed now.

    Raises:
        NotFound: no such procedure, or none in force.
    """
    standing = session.scalars(in_force(clock.now()).where(ProcedurePublication.code == code)).first()
    if standing is None:
        raise NotFound
    procedure = by_hash(session, standing.version_hash)
    if not _is_valid_on(procedure, clock.today()):
        raise NotFound
    return procedure


def entries(session: Session) -> list[Entry]:
    """What lists show of every procedure that can be filed or read about now, by code; its texts are not read.

    The rows are read once for each set of versions in force; asking which set it is takes one short query.
    """
    now, today = clock.now(), clock.today()
    standing = in_force(now).with_only_columns(ProcedurePublication.code, ProcedurePublication.version_hash).subquery()
    listed = func.string_agg(standing.c.version_hash, aggregate_order_by(literal(","), standing.c.code))
    key = (session.scalar(select(func.md5(listed))) or "", today)
    known = _LISTS.get(key)
    if known is None:
        hashes = list(session.scalars(select(standing.c.version_hash).order_by(standing.c.code)))
        known = tuple(entry for entry in _entries_of(session, hashes) if entry.is_valid_on(today))
        while len(_LISTS) >= KEPT_LISTS:
            _LISTS.pop(next(iter(_LISTS)), None)
        _LISTS[key] = known
    return list(known)


def _entries_of(session: Session, hashes: Sequence[str]) -> list[Entry]:
    """The entries of these versions; only those that no list held before are read."""
    held = {entry.version_hash: entry for listed in tuple(_LISTS.values()) for entry in listed}
    unknown = [version_hash for version_hash in hashes if version_hash not in held]
    read = session.execute(
        select(ProcedureVersion.content_hash, ProcedureVersion.summary).where(ProcedureVersion.content_hash.in_(unknown))
    )
    held |= {version_hash: entry_from(summary) for version_hash, summary in read}
    return [held[version_hash] for version_hash in hashes]


def entry_from(summary: Mapping[str, Any]) -> Entry:
    """An entry as its row keeps it."""
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in summary.items()}
    return Entry(**values)


def all_current(session: Session) -> list[Procedure]:
    """The version in force of every procedure, by code, each with all its texts."""
    return [by_hash(session, entry.version_hash) for entry in entries(session)]


def _is_valid_on(procedure: Procedure, day: date) -> bool:
    definition = procedure.definition
    return definition.valid_from <= day and (definition.valid_to is None or day <= definition.valid_to)
