"""Requests to correct a value: what one must say, the register's cases in one file, and what its officer decides.

A request is one case however often it is sent; an accepted one is an act like any other, so that the next look-up gives the
new value under a new version, here and wherever it is announced.
"""

from __future__ import annotations

import hashlib
import json
import threading
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, StringConstraints, ValidationError

from portal.sandbox.clock import REAL
from portal.sandbox.people.changes import touched_by
from portal.sandbox.people.overlay import Overlay
from portal.sandbox.registries.exchange import (
    FOUND,
    INVALID,
    NOT_FOUND,
    SCOPE_REFUSED,
    Part,
    Purpose,
    Requester,
    Subject,
    find,
    is_fresh,
)
from portal.sandbox.registries.known import KNOWN
from portal.sandbox.registries.record_book import Accepted, RecordBook
from portal.sandbox.registries.scopes import allowed
from portal.sandbox.state import append_line, whole_lines

ALL_LINES = 10_000_000
OFFICERS_DESK = "corrections"
Decision = Literal["accepted", "rejected", "more_asked"]
Words = Annotated[str, StringConstraints(max_length=1000)]


class Wanted(Part):
    """One request to correct a value, or more about one that was sent before (`follows`)."""

    request_id: uuid.UUID
    timestamp: AwareDatetime
    procedure_code: Annotated[str, StringConstraints(pattern=r"^[1-6]\.\d{6}(\.[0-9A-Z]+)*$")]
    purpose: Purpose
    requester: Requester
    subject: Subject
    field: Annotated[str, StringConstraints(pattern=r"^[a-z_]+(\.[a-z0-9_-]+)*$", max_length=100)]
    shown: Any
    record: Annotated[str, StringConstraints(max_length=100)]
    claimed: Any
    reason: Words
    evidence: Annotated[str, StringConstraints(max_length=100)] | None = None
    more: Words = ""
    follows: Annotated[str, StringConstraints(max_length=100)] | None = None
    dossier_code: Annotated[str, StringConstraints(max_length=60)]
    answer_until: AwareDatetime

    @property
    def digest(self) -> str:
        """What is asked, whenever and however often: all but the moment of asking."""
        said = self.model_dump(mode="json", exclude={"timestamp", "answer_until"})
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


class LookedAt(Part):
    """One question about a case."""

    request_id: uuid.UUID
    timestamp: AwareDatetime
    reference: Annotated[str, StringConstraints(max_length=100)]


@dataclass
class Case:
    """One value of one person that a register is asked to correct."""

    reference: str
    client_id: str
    registry: str
    personal_id: str
    field: str
    shown: Any
    claimed: Any
    reason: str
    evidence: str | None
    dossier_code: str
    received_at: str
    decision: str = "open"
    words: str = ""
    more: str = ""
    decided_at: str | None = None
    record_version: int | None = None


class CorrectionBook:
    """The cases of all registers; safe for many threads, read from its file at the start."""

    def __init__(self, path: Path, records: RecordBook) -> None:
        self._path, self._records = path, records
        self._lock = threading.RLock()
        self._cases: dict[str, Case] = {}
        self._answers: dict[tuple[str, str], tuple[str, str]] = {}
        for line in whole_lines(path, ALL_LINES):
            self._take(json.loads(line))

    def cases(self) -> list[Case]:
        """Every case, the newest first."""
        with self._lock:
            return list(self._cases.values())[::-1]

    def get(self, reference: str) -> Case | None:
        """The case of this name."""
        with self._lock:
            return self._cases.get(reference)

    def receive(self, client_id: str, registry: str, body: bytes) -> dict[str, Any]:
        """The answer to a request; the same request is the same case for ever."""
        try:
            wanted = Wanted.model_validate_json(body)
        except ValidationError as wrong:
            return _answer(INVALID, None, ".".join(str(part) for part in wrong.errors()[0]["loc"]))
        request_id = str(wanted.request_id)
        with self._lock:
            before = self._answers.get((client_id, request_id))
            if before is not None:
                same = before[0] == wanted.digest
                return _answer(FOUND, request_id, reference=before[1]) if same else _answer(INVALID, request_id, "request_id")
            status = self._why_not(client_id, registry, wanted)
            if status != FOUND:
                return _answer(status, request_id)
            reference = wanted.follows or f"SUA-{len(self._cases) + 1:06d}-{uuid.uuid4().hex[:6]}"
            line = {"client": client_id, "request_id": request_id, "digest": wanted.digest, "reference": reference}
            self._keep(
                {**line, "more": wanted.more} if wanted.follows else {**line, "case": self._opened(line, registry, wanted)}
            )
            return _answer(FOUND, request_id, reference=reference)

    def _why_not(self, client_id: str, registry: str, wanted: Wanted) -> str:
        if not is_fresh(wanted.timestamp):
            return INVALID
        field = wanted.field.split(".", 1)[0]
        if field not in KNOWN[registry].fields:
            return INVALID
        if field not in allowed(client_id, registry, wanted.procedure_code):
            return SCOPE_REFUSED
        if wanted.follows:
            before = self._cases.get(wanted.follows)
            is_theirs = before is not None and (before.client_id, before.registry, before.personal_id) == (
                client_id, registry, wanted.subject.personal_id,
            )  # fmt: skip
            return FOUND if is_theirs else INVALID
        return FOUND if len(find(wanted.subject, self._records.knows(registry), registry)) == 1 else NOT_FOUND

    def _opened(self, line: dict[str, Any], registry: str, wanted: Wanted) -> dict[str, Any]:
        return asdict(
            Case(
                line["reference"], line["client"], registry, wanted.subject.personal_id, wanted.field, wanted.shown,
                wanted.claimed, wanted.reason, wanted.evidence, wanted.dossier_code, REAL.iso(),
            )
        )  # fmt: skip

    def state(self, client_id: str, registry: str, body: bytes) -> dict[str, Any] | None:
        """What became of a case; None where the question is none, or the case is not the client's at this register."""
        try:
            asked = LookedAt.model_validate_json(body)
        except ValidationError:
            return None
        case = self.get(asked.reference)
        if case is None or (case.client_id, case.registry) != (client_id, registry) or not is_fresh(asked.timestamp):
            return None
        told = {name: getattr(case, name) for name in ("registry", "reference", "field", "decision", "words", "decided_at")}
        subject = {"personal_id": case.personal_id}
        return {"status": FOUND, "request_id": str(asked.request_id), **told, "subject": subject,
                "record_version": case.record_version}  # fmt: skip

    def decide(self, reference: str, decision: Decision, words: str, value: Any = None) -> Case | None:
        """What the register's officer says of a case that is open; None where there is none. An accepted one changes the
        register: `value`, or what was claimed.
        """
        with self._lock:
            case = self._cases.get(reference)
            if case is None or case.decision in ("accepted", "rejected"):
                return None
            version = self._correct(case, case.claimed if value is None else value) if decision == "accepted" else None
            self._keep({"decided": reference, "decision": decision, "words": words, "at": REAL.iso(), "record_version": version})
            return case

    def _correct(self, case: Case, value: Any) -> int:
        field, _, path = case.field.partition(".")

        def decided(knows: Overlay) -> tuple[dict[str, Any], Accepted]:
            person = knows.by_id[case.personal_id]
            before = KNOWN[case.registry].record(person, knows, [field])[field]
            after = _laid_in(before, path.split(".") if path else [], value)
            told = {"personal_id": person.personal_id, "registry": case.registry, "field": field, "value": after}
            homes = [person.household] if person.household else []
            touches = touched_by(knows, [person.personal_id], homes=homes)
            return {"record_version": person.record_version + 1}, Accepted("correction", told, touches)

        digest = hashlib.sha256(json.dumps([field, path, value], sort_keys=True).encode()).hexdigest()
        answer = self._records.once(OFFICERS_DESK, case.reference, digest, case.registry, decided)
        return int(answer["record_version"])

    def _keep(self, line: dict[str, Any]) -> None:
        append_line(self._path, json.dumps(line, ensure_ascii=False))
        self._take(line)

    def _take(self, line: dict[str, Any]) -> None:
        if "decided" in line:
            case = self._cases[line["decided"]]
            case.decision, case.words, case.decided_at = line["decision"], line["words"], line["at"]
            case.record_version = line["record_version"]
            return
        self._answers[line["client"], line["request_id"]] = (line["digest"], line["reference"])
        if "case" in line:
            self._cases[line["reference"]] = Case(**line["case"])
        else:
            case = self._cases[line["reference"]]
            case.more = line["more"]
            case.decision = "open" if case.decision == "more_asked" else case.decision


def _laid_in(before: Any, path: list[str], value: Any) -> Any:
    """What the field says with the value laid in at its place; words in place of a record become its words."""
    if not path:
        if isinstance(before, dict) and isinstance(value, str):
            name = next((one for one in ("detail", "name", "number") if one in before), None)
            return {**before, name: value} if name else value
        return value
    step, rest = path[0], path[1:]
    if isinstance(before, list) and step.lstrip("-").isdigit() and before:
        changed = list(before)
        changed[int(step)] = _laid_in(changed[int(step)], rest, value)
        return changed
    inner = before if isinstance(before, dict) else {}
    return {**inner, step: _laid_in(inner.get(step), rest, value)}


def _answer(status: str, request_id: str | None, field: str = "", *, reference: str | None = None) -> dict[str, Any]:
    words = {
        FOUND: "Đã nhận đề nghị",
        NOT_FOUND: "Không tìm thấy hoặc thông tin không khớp",
        SCOPE_REFUSED: "Thỏa thuận không cho đề nghị sửa trường này",
    }.get(status, "Đề nghị không hợp lệ")
    text = f"{words}: {field}" if field else words
    return {"status": status, "status_text": text, "request_id": request_id, "reference": reference}
