"""The contract for writing: what a write must say of itself and of the result it rests on, and the classes of answer."""

from __future__ import annotations

import hashlib
import json
import uuid
from typing import Annotated, Any

from pydantic import AwareDatetime, StringConstraints, ValidationError

from portal.sandbox.clock import REAL
from portal.sandbox.people.overlay import Overlay
from portal.sandbox.registries.deciding import DECISIONS, Case, Refused
from portal.sandbox.registries.exchange import FOUND as WRITTEN
from portal.sandbox.registries.exchange import INVALID, SCOPE_REFUSED, Part, Purpose, Requester, Text, answer, is_fresh
from portal.sandbox.registries.facts import SHAPES
from portal.sandbox.registries.record_book import Accepted, RecordBook
from portal.sandbox.registries.scopes import CLIENTS

CONFLICT = "05"
ANY_REGISTRY = "*"
OWNERS = {
    "birth": "civil-status",
    "marriage": "civil-status",
    "divorce": "civil-status",
    "death": "civil-status",
    "permanent_residence": "residence",
    "temporary_residence": "residence",
    "absence": "residence",
    "licence": "driving-licences",
    "correction": ANY_REGISTRY,
}
# By the agreement, which procedures may write which kind of act; a correction may come of any of them.
AGREED: dict[str, frozenset[str]] = {
    "birth": frozenset({"1.001193"}),
    "marriage": frozenset({"1.000894"}),
    "death": frozenset({"1.000656"}),
    "permanent_residence": frozenset({"1.004222"}),
    "temporary_residence": frozenset({"1.004194"}),
    "absence": frozenset({"1.003677"}),
    "licence": frozenset({"3.000347", "3.000348"}),
}


class Result(Part):
    """The result that a write rests on; without a hash where the paper is only drawn afterwards."""

    number: Text
    decided_on: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    office_code: Text
    office_name: Text
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = None


class Write(Part):
    """One request to put something down."""

    request_id: uuid.UUID
    timestamp: AwareDatetime
    procedure_code: Annotated[str, StringConstraints(pattern=r"^[1-6]\.\d{6}(\.[0-9A-Z]+)*$")]
    purpose: Purpose
    requester: Requester
    result: Result
    kind: Text
    fields: dict[str, Any]
    dossier_code: Annotated[str, StringConstraints(max_length=60)] | None = None

    @property
    def digest(self) -> str:
        """What is asked, whenever and however often: all but the moment of asking."""
        said = self.model_dump(mode="json", exclude={"timestamp"})
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def put_down(book: RecordBook, client_id: str, registry: str, body: bytes) -> dict[str, Any]:
    """The answer to a request to write; to the same request the same answer for ever, and one effect."""
    try:
        write = Write.model_validate_json(body)
    except ValidationError as wrong:
        field = ".".join(str(part) for part in wrong.errors()[0]["loc"])
        return _answer(INVALID, None, "Yêu cầu không hợp lệ", field)
    request_id = str(write.request_id)
    if not is_fresh(write.timestamp):
        return _answer(INVALID, request_id, "Thời điểm gửi quá xa thời điểm hiện tại", "timestamp")
    before = book.answered(client_id, request_id)
    if before is not None and before[0] != write.digest:
        return _answer(INVALID, request_id, "Mã yêu cầu đã dùng cho nội dung khác", "request_id")
    if OWNERS.get(write.kind) not in (registry, ANY_REGISTRY):
        return _answer(INVALID, request_id, "Cơ sở dữ liệu này không ghi việc ấy", "kind")
    if not CLIENTS[client_id].is_wide or write.procedure_code not in AGREED.get(write.kind, {write.procedure_code}):
        return _answer(SCOPE_REFUSED, request_id, "Thỏa thuận không cho ghi việc này từ thủ tục này")
    return book.once(client_id, request_id, write.digest, registry, lambda knows: _decided(book, registry, write, knows))


def _decided(book: RecordBook, registry: str, write: Write, knows: Overlay) -> tuple[dict[str, Any], Accepted | None]:
    request_id = str(write.request_id)
    try:
        said = SHAPES[write.kind].model_validate(write.fields)
        case = Case(knows, request_id, registry, write.result.office_name, book.next_order(), lambda one: one in knows.by_id)
        accepted = DECISIONS[write.kind](case, said)
    except ValidationError as wrong:
        return _answer(
            INVALID, request_id, "Thông tin không hợp lệ", ".".join(str(part) for part in wrong.errors()[0]["loc"])
        ), None
    except Refused as refused:
        status = INVALID if refused.field else CONFLICT
        return _answer(status, request_id, refused.words, refused.field), None
    told = accepted.facts
    personal_id = told["personal_id"] if write.kind == "birth" else None
    first = next(knows.by_id[key].record_version for key in accepted.touches if key in knows.by_id) if not personal_id else 0
    entry = {name: told[name] for name in ("number", "book", "registered_on") if name in told}
    known: dict[str, Any] = {
        "record_id": f"{registry}/{request_id}",
        "record_version": first + 1,
        "personal_id": personal_id,
        "entry": entry,
    }
    return _answer(WRITTEN, request_id, "Đã ghi", "", **known), accepted


def _answer(status: str, request_id: str | None, text: str, field: str = "", **more: Any) -> dict[str, Any]:
    """An answer to a write; the parts that are not given are empty."""
    plain = answer(status, request_id, text=text)
    kept = {name: plain[name] for name in ("status", "status_text", "request_id", "response_id")}
    empty: dict[str, Any] = {
        "record_id": None,
        "record_version": None,
        "personal_id": None,
        "change_id": None,
        "entry": {},
        "at": REAL.iso(),
    }
    return {**kept, "invalid_field": field or None, **empty, **more}
