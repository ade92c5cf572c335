"""The exchange contract: what a look-up must say of itself, the three-factor match, and the classes of answer."""

from __future__ import annotations

import re
import uuid
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from portal.sandbox.clock import REAL
from portal.sandbox.people.folding import matching
from portal.sandbox.people.model import Person
from portal.sandbox.people.population import Population
from portal.sandbox.registries.disagreements import DUPLICATE, known_as
from portal.sandbox.registries.disagreements import of as fault_of
from portal.sandbox.registries.known import KNOWN
from portal.sandbox.registries.scopes import allowed
from portal.sandbox.registries.tokens import WINDOW_SECONDS

FOUND, NOT_FOUND, SCOPE_REFUSED, INVALID, UNAVAILABLE = "00", "01", "02", "03", "99"
TEXTS = {
    FOUND: "Tìm thấy",
    NOT_FOUND: "Không tìm thấy hoặc thông tin không khớp",
    SCOPE_REFUSED: "Không được phép hỏi trường nào trong số này cho thủ tục này",
    INVALID: "Yêu cầu không hợp lệ",
    UNAVAILABLE: "Cơ sở dữ liệu tạm thời không phục vụ",
}
_PERSONAL_ID = re.compile(r"\d{12}")
_OLD_NUMBER = re.compile(r"\d{9}")
Text = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class Part(BaseModel):
    """A part of a request: what is not in the contract is refused."""

    model_config = ConfigDict(extra="forbid", strict=False)


class Purpose(Part):
    code: Text
    legal_ground: Text


class Requester(Part):
    kind: Literal["citizen", "officer", "system"]
    id: Text
    office: Annotated[str, StringConstraints(max_length=35)] | None = None
    client_ip: Annotated[str, StringConstraints(max_length=64)] | None = None


class Subject(Part):
    personal_id: Annotated[str, StringConstraints(pattern=r"^(\d{12}|\d{9})$")]
    full_name: Text
    date_of_birth: Annotated[str, StringConstraints(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")]


class Basis(Part):
    kind: Literal["consent", "law"]
    reference: Text


class LookUp(Part):
    """One request of the exchange."""

    request_id: uuid.UUID
    timestamp: AwareDatetime
    procedure_code: Annotated[str, StringConstraints(pattern=r"^[1-6]\.\d{6}(\.[0-9A-Z]+)*$")]
    purpose: Purpose
    scope: Annotated[list[Text], Field(min_length=1, max_length=40)]
    requester: Requester
    subject: Subject
    basis: Basis
    dossier_code: Annotated[str, StringConstraints(max_length=60)] | None = None


def read(body: bytes) -> LookUp | str:
    """The request, or why it is not one."""
    try:
        return LookUp.model_validate_json(body)
    except ValidationError as error:
        return "; ".join(".".join(str(part) for part in one["loc"]) + ": " + one["msg"] for one in error.errors()[:5])


def is_fresh(timestamp: datetime) -> bool:
    """Whether the request was made within the window that the replay check remembers."""
    return abs(timestamp.timestamp() - REAL.seconds()) <= WINDOW_SECONDS


def find(subject: Subject, population: Population, registry: str) -> list[Person]:
    """Everybody whom all three factors fit as the registry knows them; an old nine-digit number may fit several.

    Somebody of whom the registry holds two records is found twice.
    """
    if _PERSONAL_ID.fullmatch(subject.personal_id):
        one = population.get(subject.personal_id)
        candidates = [one] if one else []
    else:
        candidates = population.holders(subject.personal_id)
    found = [person for person in candidates if _fits(subject, person, registry)]
    return found * 2 if len(found) == 1 and fault_of(found[0], registry) == DUPLICATE else found


def _fits(subject: Subject, person: Person, registry: str) -> bool:
    name, birth, number = known_as(person, registry)
    has_number = number in (person.personal_id, subject.personal_id)  # either of the person's numbers, unless it has a wrong one
    return has_number and matching(name) == matching(subject.full_name) and _birth_fits(birth, subject.date_of_birth)


def _birth_fits(known: str, asked: str) -> bool:
    # Less may be asked than is known (a year for a full date), never more.
    return known == asked or known.startswith(asked + "-")


def scope_of(ask: LookUp, client_id: str, registry: str) -> tuple[list[str], list[str]]:
    """The fields that do not exist and the fields that this client may not ask for this procedure."""
    fields = KNOWN[registry].fields
    unknown = [name for name in ask.scope if name not in fields]
    granted = allowed(client_id, registry, ask.procedure_code)
    return unknown, [name for name in ask.scope if name in fields and name not in granted]


def answer(status: str, request_id: str | None, *, text: str = "", **more: Any) -> dict[str, Any]:
    """An answer of the exchange; the parts that are not given are empty."""
    given: dict[str, Any] = {
        "status": status,
        "status_text": text or TEXTS[status],
        "request_id": request_id,
        "response_id": str(uuid.uuid4()),
        "as_of": REAL.iso(),
        "record_version": None,
        "subject": None,
        "fields": {},
        "refused_fields": [],
        "flags": [],
    }
    return given | more
