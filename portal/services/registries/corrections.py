"""Asking the owner of a register to correct a value, and asking what became of it: the contract, and the HTTP that carries it.

A request is sent again under the same number until it is confirmed, and the register makes one case of it. Its answer is
believed only where it is signed, has the agreed shape and names this case, this person and this field.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal, Protocol, TypeVar

import requests
import structlog
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from portal import clock
from portal.config import settings
from portal.services.registries.exchange import Exchange, Requester, Subject, TooMany, Unbelievable

RECEIVED, REFUSED = "00", ("01", "02", "03")
PLAIN_LINES = r"^[^\x00-\x09\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]*$"
log = structlog.get_logger()
Decision = Literal["open", "accepted", "rejected", "more_asked"]
Shape = TypeVar("Shape", bound=BaseModel)


class NoAnswer(Exception):
    """The register did not answer, or not so that it can be believed; it is asked again later."""


@dataclass(frozen=True)
class CorrectionRequest:
    """One value that a register is asked to correct: of whom, where it stands, what was shown and what is claimed.

    `path`: as in the dictionary's source; `record`: the answer in which the value was shown. `proof`: how the paper that
    proves it is called here, empty without one. `follows`: the register's name of the case to which this adds `more`.
    """

    request_id: str
    registry: str
    subject: Subject
    path: str
    shown: Any
    record: str
    claimed: Any
    reason: str
    proof: str
    more: str
    follows: str | None
    requester: Requester
    procedure_code: str
    dossier_code: str
    legal_ground: str
    answer_until: datetime

    def to_json(self, moment: datetime) -> dict[str, Any]:
        """The body of the request."""
        return {
            "request_id": self.request_id,
            "timestamp": clock.to_local(moment).isoformat(timespec="seconds"),
            "procedure_code": self.procedure_code,
            "purpose": {"code": "DE-NGHI-SUA", "legal_ground": self.legal_ground},
            "requester": vars(self.requester),
            "subject": vars(self.subject),
            "field": self.path,
            "shown": self.shown,
            "record": self.record,
            "claimed": self.claimed,
            "reason": self.reason,
            "evidence": self.proof or None,
            "more": self.more,
            "follows": self.follows,
            "dossier_code": self.dossier_code,
            "answer_until": clock.to_local(self.answer_until).isoformat(timespec="seconds"),
        }


@dataclass(frozen=True)
class Receipt:
    """The register has the request, under a name of its own; one that it refused to take has none, and says why."""

    reference: str | None
    words: str


@dataclass(frozen=True)
class Verdict:
    """What became of a request so far, in the register's words; `record_version` of the record that was changed."""

    decision: Decision
    words: str
    record_version: int | None


class CorrectionDesk(Protocol):
    """Wherever requests to correct a register are sent."""

    def send(self, wanted: CorrectionRequest) -> Receipt:
        """Hand the request over; the same request again is the same case.

        Raises:
            NoAnswer: nobody can know whether it arrived; send it again.
        """
        ...

    def look(self, registry: str, reference: str, personal_id: str, path: str) -> Verdict:
        """What became of the case about this person and field.

        Raises:
            NoAnswer: ask again later.
        """
        ...


class _Received(BaseModel):
    model_config = ConfigDict(extra="ignore")

    status: Literal["00", "01", "02", "03", "99"]
    status_text: str = Field("", max_length=500, pattern=PLAIN_LINES)
    request_id: str
    reference: str | None = Field(None, min_length=1, max_length=100, pattern=r"^[!-~]+$")


class _Whose(BaseModel):
    personal_id: str


class _State(BaseModel):
    model_config = ConfigDict(extra="ignore")

    status: Literal["00"]
    request_id: str
    registry: str
    reference: str
    field: str
    subject: _Whose
    decision: Decision
    words: str = Field("", max_length=1000, pattern=PLAIN_LINES)
    decided_at: AwareDatetime | None = None
    record_version: int | None = Field(None, ge=0)


class HttpCorrectionDesk:
    """The registers behind the exchange."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def send(self, wanted: CorrectionRequest) -> Receipt:
        """As `CorrectionDesk.send`."""
        said = self._ask(wanted.registry, "corrections", wanted.to_json(clock.now()), _Received)
        if said.request_id != wanted.request_id:
            raise NoAnswer("an answer to another request")
        if said.status in REFUSED:
            return Receipt(None, said.status_text)
        if said.status != RECEIVED or said.reference is None:
            raise NoAnswer("not taken")
        return Receipt(said.reference, "")

    def look(self, registry: str, reference: str, personal_id: str, path: str) -> Verdict:
        """As `CorrectionDesk.look`."""
        request_id = str(uuid.uuid4())
        moment = clock.to_local(clock.now()).isoformat(timespec="seconds")
        asked = {"request_id": request_id, "timestamp": moment, "reference": reference}
        said = self._ask(registry, "corrections/state", asked, _State)
        told_of = (said.request_id, said.registry, said.reference, said.subject.personal_id, said.field)
        if told_of != (request_id, registry, reference, personal_id, path):
            log.warning("correction_answer_of_another", registry=registry)
            raise NoAnswer("an answer about something else")
        return Verdict(said.decision, said.words, said.record_version)

    def _ask(self, registry: str, what: str, body: Mapping[str, Any], shape: type[Shape]) -> Shape:
        try:
            return shape.model_validate(self._exchange.post_for_signed(f"/{registry}/{what}", dict(body)))
        except (requests.RequestException, OSError, Unbelievable, ValidationError, TooMany) as fault:
            if getattr(getattr(fault, "response", None), "status_code", None) == requests.codes.unauthorized:
                self._exchange.forget_token()
            log.warning("correction_unanswered", registry=registry, fault=type(fault).__name__)
            raise NoAnswer(type(fault).__name__) from fault


@lru_cache(maxsize=1)
def correction_desk() -> CorrectionDesk:
    """The desk that this installation is connected to."""
    own = settings()
    return HttpCorrectionDesk(Exchange(own.registry_url, own.registry_client_id, own.registry_client_secret))
