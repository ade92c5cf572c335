"""Proving the history: every event is there, in its order, as it was written, and says where its dossier stands.

Reads the rows with plain SQL and rebuilds each hash from its own list of fields, so that a fault in the code that
writes events cannot hide itself here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import rfc8785
from sqlalchemy import text
from sqlalchemy.orm import Session

GENESIS = b"\x00" * 32
COLUMNS = (
    "number", "id", "dossier_id", "dossier_code", "dossier_version", "name", "from_place", "to_place",
    "actor_id", "actor_role", "office_code", "facts",
)  # fmt: skip
_EVENTS = text(
    f"SELECT {', '.join(COLUMNS)}, sealed_details, previous_hash, hash,"  # noqa: S608 (names of our own columns)
    " to_char(happened_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US') || '+00:00' AS happened_at"
    " FROM events ORDER BY number"
)
_STANDING = text(
    "SELECT d.id, d.code, d.state || coalesce('/' || d.stage, '') AS place, d.version,"
    " count(e.id) AS events, max(e.dossier_version) AS last_version,"
    " (array_agg(e.to_place ORDER BY e.number DESC))[1] AS last_place"
    " FROM dossiers d LEFT JOIN events e ON e.dossier_id = d.id"
    " WHERE d.state <> 'draft' GROUP BY d.id ORDER BY d.code"
)


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it was written."""

    where: str
    what: str


@dataclass(frozen=True)
class AuditReport:
    """How far the chain was read, its last hash, and what was found; nothing found means proven."""

    events: int
    head: str
    findings: tuple[Finding, ...]


def verify(session: Session) -> AuditReport:
    """Read the whole chain and every dossier's place; the findings stand in the order of the chain, dossiers after."""
    findings: list[Finding] = []
    expected_number, previous, count = 1, GENESIS, 0
    for row in session.execute(_EVENTS).mappings():
        findings += [Finding(f"event {row['number']}", what) for what in _faults(row, expected_number, previous)]
        expected_number, previous, count = row["number"] + 1, bytes(row["hash"]), count + 1
    findings += _dossier_findings(session)
    return AuditReport(count, previous.hex(), tuple(findings))


def _faults(row: Any, expected_number: int, previous: bytes) -> Iterator[str]:
    if row["number"] != expected_number:
        yield f"event {expected_number} is missing before it"
    if bytes(row["previous_hash"]) != previous:
        yield "it does not follow from the event before it"
    if _hash(row) != bytes(row["hash"]):
        yield "it was changed after it was written"


def _hash(row: Any) -> bytes:
    said = {name: str(row[name]) if name in ("id", "dossier_id") else row[name] for name in COLUMNS}
    said["happened_at"] = row["happened_at"]
    said["sealed_details"] = hashlib.sha256(bytes(row["sealed_details"] or b"")).hexdigest()
    return hashlib.sha256(bytes(row["previous_hash"]) + rfc8785.dumps(said)).digest()


def _dossier_findings(session: Session) -> list[Finding]:
    findings = []
    for row in session.execute(_STANDING).mappings():
        if row["events"] != row["version"] or row["last_version"] != row["version"]:
            findings.append(Finding(f"dossier {row['code']}", f"has {row['events']} events for version {row['version']}"))
        elif row["last_place"] != row["place"]:
            findings.append(Finding(f"dossier {row['code']}", f"stands at {row['place']}, its history says {row['last_place']}"))
    return findings
