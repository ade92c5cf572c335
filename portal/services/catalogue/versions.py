"""Published versions in the database: immutable rows named by their hash; a dossier keeps the one it was filed under."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock
from portal.models import ProcedureVersion
from portal.services.catalogue.loader import content_hash, parse, read_file, shipped_files
from portal.services.catalogue.schema import Procedure
from portal.services.errors import NotFound

_PARSED: dict[str, Procedure] = {}  # by hash, so an entry can never be out of date


def publish(session: Session, files: Mapping[str, str]) -> str:
    """Publish the texts as a version, unless that very version is already there; gives its hash.

    Raises:
        BadProcedure: the texts do not make a procedure.
    """
    procedure = parse(files)
    version_hash = content_hash(files)
    if session.get(ProcedureVersion, version_hash) is None:
        row = ProcedureVersion(content_hash=version_hash, code=procedure.code, files=dict(files), published_at=clock.now())
        session.add(row)
        session.flush()
    return version_hash


def publish_shipped(session: Session) -> list[str]:
    """Publish every procedure that ships with the portal; gives their hashes."""
    return [publish(session, read_file(path)) for path in shipped_files()]


def by_hash(session: Session, version_hash: str) -> Procedure:
    """The version of this hash.

    Raises:
        NotFound: there is none.
    """
    row = session.get(ProcedureVersion, version_hash)
    if row is None:
        raise NotFound
    return _parsed(row)


def current(session: Session, code: str) -> Procedure:
    """The version of the procedure in which a new dossier is filed today.

    Raises:
        NotFound: no such procedure, or none in force.
    """
    query = (
        select(ProcedureVersion)
        .where(ProcedureVersion.code == code, ProcedureVersion.retired_at.is_(None))
        .order_by(ProcedureVersion.published_at.desc(), ProcedureVersion.content_hash)
    )
    for row in session.scalars(query):
        procedure = _parsed(row)
        if _in_force(procedure, clock.today()):
            return procedure
    raise NotFound


def all_current(session: Session) -> list[Procedure]:
    """The version in force of every procedure, by code."""
    codes = session.scalars(select(ProcedureVersion.code).distinct().order_by(ProcedureVersion.code))
    found = []
    for code in codes:
        try:
            found.append(current(session, code))
        except NotFound:
            continue
    return found


def _in_force(procedure: Procedure, day: date) -> bool:
    definition = procedure.definition
    return definition.valid_from <= day and (definition.valid_to is None or day <= definition.valid_to)


def _parsed(row: ProcedureVersion) -> Procedure:
    if row.content_hash not in _PARSED:
        _PARSED[row.content_hash] = parse(row.files)
    return _PARSED[row.content_hash]
