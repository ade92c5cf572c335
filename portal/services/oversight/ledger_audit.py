"""Proving the ledger of look-ups and openings: every entry is there, in its order, as it was written.

Reads the rows with plain SQL and rebuilds each hash here, in other words than the database's own function that made it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.services.oversight.audit import GENESIS, Finding

WORDS = ("actor_id", "actor_role", "office_code", "purpose", "legal_ground", "basis", "basis_reference", "source", "fields",
         "outcome", "request_id", "dossier_id", "dossier_code", "procedure_code")  # fmt: skip
MOMENTS = ("happened_at", "quarter", "shown_from")
_MOMENT = "to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US') AS {0}"
_ENTRIES = text(
    f"SELECT number, id, kind, subject_hash, owner_id, {', '.join(WORDS)}, data_key_id,"  # noqa: S608 (names of our own columns)
    f" {', '.join(_MOMENT.format(name) for name in MOMENTS)}, sealed_reason, previous_hash, hash"
    " FROM access_entries ORDER BY number"
)


@dataclass(frozen=True)
class LedgerReport:
    """How far the ledger was read, its last hash, and what was found; nothing found means proven."""

    entries: int
    head: str
    findings: tuple[Finding, ...]


def verify_ledger(session: Session) -> LedgerReport:
    """Read the whole ledger in the order of its chain; the first finding names the first bad row."""
    previous, count, findings = GENESIS, 0, []
    for row in session.execute(_ENTRIES).mappings():
        if row["number"] is None:
            findings.append(Finding(f"entry {row['id']}", "it was never taken into the chain"))
            continue
        number = count + 1
        if row["number"] != number:
            findings.append(Finding(f"entry {row['number']}", f"entry {number} is missing before it"))
        if bytes(row["previous_hash"]) != previous:
            findings.append(Finding(f"entry {row['number']}", "it does not follow from the entry before it"))
        if hashlib.sha256(bytes(row["previous_hash"]) + _said(row)).digest() != bytes(row["hash"]):
            findings.append(Finding(f"entry {row['number']}", "it was changed after it was written"))
        previous, count = bytes(row["hash"]), row["number"]
    return LedgerReport(count, previous.hex(), tuple(findings))


def _said(row: Any) -> bytes:
    """What the hash covers: one JSON array, as the database writes it."""
    said = [row["number"], str(row["id"]), row["kind"], bytes(row["subject_hash"]).hex(), _text(row["owner_id"])]
    said += [_text(row[name]) if name == "dossier_id" else row[name] for name in WORDS]
    said += [_text(row["data_key_id"]), *(row[name] for name in MOMENTS)]
    said.append(hashlib.sha256(bytes(row["sealed_reason"] or b"")).hexdigest())
    return json.dumps(said, ensure_ascii=False).encode()


def _text(identifier: Any) -> str | None:
    return None if identifier is None else str(identifier)
