"""Proving the history: every event and every administrator's change is there, in its order, as it was written, and says
how often its subject changed.

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
    " GROUP BY d.id HAVING d.state <> 'draft' OR d.version > 0 OR count(e.id) > 0 ORDER BY d.code"
)


CHANGE_COLUMNS = ("number", "id", "subject_kind", "subject_id", "verb", "actor_id", "before", "after")
_CHANGES = text(
    f"SELECT {', '.join(CHANGE_COLUMNS)}, previous_hash, hash,"  # noqa: S608 (names of our own columns)
    " to_char(happened_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US') || '+00:00' AS happened_at"
    " FROM administrator_changes ORDER BY number"
)
_CHANGED = text(  # what counts its own changes, beside how many of them are on record
    "SELECT s.kind, s.id, s.version, count(c.id) AS changes FROM ("
    " SELECT 'office' AS kind, code AS id, version FROM offices"
    " UNION ALL SELECT 'duty', id::text, version FROM staff_duties"
    " UNION ALL SELECT 'absence', id::text, version FROM absences"
    " UNION ALL SELECT 'announcement', id::text, version FROM announcements"
    " UNION ALL SELECT 'published_figure', id::text, version FROM published_figures"
    " UNION ALL SELECT 'calendar_day', day::text, version FROM calendar_days) s"
    " LEFT JOIN administrator_changes c ON c.subject_kind = s.kind AND c.subject_id = s.id"
    " GROUP BY s.kind, s.id, s.version HAVING count(c.id) <> s.version ORDER BY s.kind, s.id"
)


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it was written."""

    where: str
    what: str


@dataclass(frozen=True)
class AuditReport:
    """How far both chains were read, their last hashes, and what was found; nothing found means proven."""

    events: int
    head: str
    findings: tuple[Finding, ...]
    changes: int = 0
    changes_head: str = ""


def verify(session: Session) -> AuditReport:
    """Read both chains whole, every dossier's place and how often each subject was changed.

    The findings stand in the order of the chains, events first; what counts dossiers and subjects after them.
    """
    events, changes = _Chain("event"), _Chain("change")
    for row in session.execute(_EVENTS).mappings():
        events.read(row, _said_by_event(row))
    for row in session.execute(_CHANGES).mappings():
        changes.read(row, _said(row, CHANGE_COLUMNS))
    findings = [*events.findings, *changes.findings, *_dossier_findings(session), *_change_findings(session)]
    return AuditReport(events.count, events.previous.hex(), tuple(findings), changes.count, changes.previous.hex())


class _Chain:
    """One chain as it is read, row after row."""

    def __init__(self, noun: str) -> None:
        self.noun = noun
        self.expected_number, self.previous, self.count = 1, GENESIS, 0
        self.findings: list[Finding] = []

    def read(self, row: Any, said: dict[str, Any]) -> None:
        self.findings += [Finding(f"{self.noun} {row['number']}", what) for what in self._faults(row, said)]
        self.expected_number, self.previous, self.count = row["number"] + 1, bytes(row["hash"]), self.count + 1

    def _faults(self, row: Any, said: dict[str, Any]) -> Iterator[str]:
        if row["number"] != self.expected_number:
            yield f"{self.noun} {self.expected_number} is missing before it"
        if bytes(row["previous_hash"]) != self.previous:
            yield f"it does not follow from the {self.noun} before it"
        if not _is_what_was_hashed(row, said):
            yield "it was changed after it was written"


def _is_what_was_hashed(row: Any, said: dict[str, Any]) -> bool:
    try:
        return hashlib.sha256(bytes(row["previous_hash"]) + rfc8785.dumps(said)).digest() == bytes(row["hash"])
    except rfc8785.CanonicalizationError:  # a number that no row was written with: somebody put it there
        return False


def _said(row: Any, columns: tuple[str, ...]) -> dict[str, Any]:
    said = {name: str(row[name]) if name in ("id", "dossier_id") else row[name] for name in columns}
    return {**said, "happened_at": row["happened_at"]}


def _said_by_event(row: Any) -> dict[str, Any]:
    return {**_said(row, COLUMNS), "sealed_details": hashlib.sha256(bytes(row["sealed_details"] or b"")).hexdigest()}


def _dossier_findings(session: Session) -> list[Finding]:
    findings = []
    for row in session.execute(_STANDING).mappings():
        if row["events"] != row["version"] or row["last_version"] != row["version"]:
            findings.append(Finding(f"dossier {row['code']}", f"has {row['events']} events for version {row['version']}"))
        elif row["last_place"] != row["place"]:
            findings.append(Finding(f"dossier {row['code']}", f"stands at {row['place']}, its history says {row['last_place']}"))
    return findings


def _change_findings(session: Session) -> list[Finding]:
    return [
        Finding(f"{row['kind']} {row['id']}", f"was changed {row['version']} times, the record tells of {row['changes']}")
        for row in session.execute(_CHANGED).mappings()
    ]
