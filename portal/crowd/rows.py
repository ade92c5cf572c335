"""The rows of a crowd as COPY takes them, and the ids that they get."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from portal.crowd.lives import Life

NULL = "\\N"


@dataclass(frozen=True)
class Hands:
    """Who works at an office: account ids of one clerk, some officers and one leader."""

    clerk: str
    officers: tuple[str, ...]
    leader: str


@dataclass(frozen=True)
class Plan:
    """One dossier to be told: its life, its office, its specimen, and the numbers that are kept for it."""

    life: Life
    office_code: str
    specimen: int
    code: str
    register: tuple[int, int] | None


@dataclass
class Rows:
    """Lines for COPY by table, and for each dossier the events that it still lacks: (office minute, words of the event)."""

    lines: dict[str, list[str]] = field(default_factory=dict)
    events: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)

    def add(self, table: str, *values: object) -> None:
        self.lines.setdefault(table, []).append("\t".join(NULL if value is None else str(value) for value in values))


COLUMNS: dict[str, tuple[str, ...]] = {
    "keyring.data_keys": ("id", "master_id", "wrapped"),
    "accounts": ("id", "issuer", "subject", "subject_hash", "sealed_profile", "created_at", "last_login_at", "data_key_id"),
    "dossiers": (
        "id", "code", "procedure_code", "version_hash", "version", "state", "stage", "channel", "delivery", "language",
        "owner_id",
        "subject_hash", "household_hashes", "name_tokens", "office_code", "created_at", "updated_at", "submitted_at",
        "received_at", "promised_at", "finished_at", "returned_at", "clock_started_at", "term", "paused_at",
        "waits_until", "step_due_at", "supplement_requests", "confirms_draft", "asked_offices", "opinions_until",
        "register_year", "register_number", "received_by",
        "assigned_to", "proposed_by", "approved_by", "sealed_parties", "sealed_proposal", "tracking_hash", "data_key_id",
    ),
    "answers_documents": (
        "id", "dossier_id", "round", "version_hash", "sealed_content", "content_hash", "created_at", "data_key_id",
    ),
    "supplement_requests": (
        "id", "dossier_id", "round", "proposed_by", "proposed_at", "requested_by", "requested_at", "window_ends_at",
        "supplied_at", "counts_as_late", "sealed_items", "data_key_id",
    ),
    "opinions": ("id", "dossier_id", "office_code", "asked_by", "asked_at", "due_at", "sealed_question", "data_key_id"),
}  # fmt: skip


def hexed(value: bytes) -> str:
    """Bytes as COPY reads them."""
    return "\\\\x" + value.hex()


def stamp(moment: datetime) -> str:
    """A moment as both the table and the chain write it."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


class Ids:
    """Row ids that sort by the time they stand for, and never the same twice, whatever the seed."""

    def __init__(self) -> None:
        self._salt = secrets.randbits(62)

    def of(self, moment: datetime, number: int) -> str:
        """The id of a row made at the moment; `number` is its own in this run."""
        text = f"{int(moment.timestamp() * 1000):012x}7{number >> 48 & 0xFFF:03x}{1 << 63 | (self._salt + number) % 2**62:016x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def maybe_stamp(moment: datetime | None) -> str | None:
    """The same, of a moment that may not have come."""
    return stamp(moment) if moment else None


def array(values: Sequence[bytes]) -> str:
    """Byte strings as one array."""
    return "{" + ",".join('"\\\\\\\\x' + value.hex() + '"' for value in values) + "}"
