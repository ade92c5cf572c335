"""The contract of every registry look-up over the exchange platform, and the HTTP that carries it.

What a registry says is believed only after its answer has the agreed shape and echoes the person asked for. An answer
that is late, huge or malformed counts as no answer: the citizen then types the value, marked to be verified.
"""

from __future__ import annotations

import hmac
import json
import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from http import HTTPStatus
from typing import Any, Literal, Protocol

import requests
import rfc8785
import structlog
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from portal import clock
from portal.outbound import bounded
from portal.services.registries.breaker import Breaker

ANSWER_WITHIN_SECONDS = 2.5  # nobody waits over three seconds, and the page takes some of them
LARGEST_ANSWER_BYTES = 1_000_000
LONGEST_WAIT_SECONDS = 300.0
log = structlog.get_logger()


class Outcome(StrEnum):
    """How a look-up ended."""

    FOUND = "found"
    DECEASED = "deceased"
    NOT_MATCHED = "not_matched"
    REFUSED = "refused"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True)
class Subject:
    """The person asked for, by the three factors that the exchange matches together."""

    personal_id: str
    full_name: str
    date_of_birth: str


@dataclass(frozen=True)
class Requester:
    """Who asks: a citizen about themself, an officer of an office, or the portal itself on an office's behalf."""

    kind: Literal["citizen", "officer", "system"]
    id: str
    office: str | None = None
    client_ip: str = ""


@dataclass(frozen=True)
class Ask:
    """One look-up: about whom, for which procedure, for what purpose and on which ground, and exactly which fields."""

    subject: Subject
    requester: Requester
    procedure_code: str
    purpose: str
    legal_ground: str
    scope: tuple[str, ...]
    basis: Literal["consent", "law"]
    basis_reference: str
    dossier_code: str | None = None
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    def to_json(self, moment: datetime) -> dict[str, Any]:
        """The body of the request."""
        return {
            "request_id": self.request_id,
            "timestamp": clock.to_local(moment).isoformat(timespec="seconds"),
            "procedure_code": self.procedure_code,
            "purpose": {"code": self.purpose, "legal_ground": self.legal_ground},
            "scope": list(self.scope),
            "requester": vars(self.requester),
            "subject": vars(self.subject),
            "basis": {"kind": self.basis, "reference": self.basis_reference},
            "dossier_code": self.dossier_code,
        }


@dataclass(frozen=True)
class Reply:
    """What came of a look-up; `fields` is empty unless the outcome is FOUND."""

    registry: str
    request_id: str
    outcome: Outcome
    fetched_at: datetime
    response_id: str = ""
    as_of: datetime | None = None
    record_version: int | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)


class RegistryClient(Protocol):
    """A registry that answers about one person."""

    name: str

    def look_up(self, ask: Ask) -> Reply:
        """The registry's reply; never raises for a fault outside, which is an UNAVAILABLE reply."""
        ...


class _Echo(BaseModel):
    personal_id: str


class Envelope(BaseModel):
    """The agreed shape of every answer."""

    model_config = ConfigDict(extra="ignore")

    status: Literal["00", "01", "02", "03", "99"]
    request_id: str
    response_id: str = Field(max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")
    as_of: AwareDatetime | None = None
    record_version: int | None = Field(None, ge=0)
    subject: _Echo | None = None
    fields: dict[str, Any] = {}
    flags: list[str] = []
    refused_fields: list[str] = []


class TooMany(Exception):
    """The exchange has had enough look-ups of this portal for now; it is no fault of the registry."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"asked too often, wait {seconds:.0f} s")
        self.seconds = seconds


class Unbelievable(Exception):
    """An answer that must not be used: of the wrong shape, about somebody else, or against reason."""


class FieldCheck(Protocol):
    """A registry's own check of the fields it answered; raises `Unbelievable`."""

    def __call__(self, fields: Mapping[str, Any], subject: Subject, /) -> None: ...


class Exchange:
    """The exchange platform as a client of it: token, signature, time limit, size limit, breaker."""

    def __init__(self, base_url: str, client_id: str, client_secret: str) -> None:
        self._base_url = base_url.rstrip("/")
        self._client_id = client_id
        self._secret = client_secret.encode()
        self._http = bounded(requests.Session(), ANSWER_WITHIN_SECONDS - 0.2, LARGEST_ANSWER_BYTES)
        self._token = ""
        self._token_until = 0.0
        self._token_lock = threading.Lock()

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """The JSON answer to a signed request.

        Raises:
            requests.RequestException: no whole answer in time, an answer too large, or an HTTP error.
            Unbelievable: an answer that is not JSON.
            TooMany: this portal has asked too often.
        """
        return _parse(self._send(path, body).content)

    def post_for_signed(self, path: str, body: dict[str, Any]) -> Any:
        """The same where the answer changes something, and so must be signed.

        Raises:
            requests.RequestException, Unbelievable, TooMany: as `post`; Unbelievable also where the signature is not the
                exchange's.
        """
        response = self._send(path, body)
        signature = hmac.new(self._secret, response.content, "sha256").hexdigest()
        if not hmac.compare_digest(signature.encode(), response.headers.get("X-Signature", "").encode("latin-1", "replace")):
            raise Unbelievable("an answer that is not signed")
        return _parse(response.content)

    def _send(self, path: str, body: dict[str, Any]) -> requests.Response:
        raw = json.dumps(body, ensure_ascii=False).encode()
        headers = {
            "Authorization": f"Bearer {self._valid_token()}",
            "Content-Type": "application/json",
            "X-Signature": hmac.new(self._secret, raw, "sha256").hexdigest(),
        }
        return _whole(self._http.post(f"{self._base_url}{path}", data=raw, headers=headers, allow_redirects=False))

    def get(self, path: str) -> Any:
        """The JSON that stands at an address of the exchange.

        Raises:
            requests.RequestException, Unbelievable, TooMany: as `post`.
        """
        headers = {"Authorization": f"Bearer {self._valid_token()}"}
        return _parse(_whole(self._http.get(f"{self._base_url}{path}", headers=headers, allow_redirects=False)).content)

    def _valid_token(self) -> str:
        with self._token_lock:
            if time.monotonic() < self._token_until:
                return self._token
            form = {"grant_type": "client_credentials", "client_id": self._client_id, "client_secret": self._secret.decode()}
            answer = self._http.post(f"{self._base_url}/token", data=form, allow_redirects=False)
            answer.raise_for_status()
            self._token, seconds = _token_in(_parse(answer.content))
            self._token_until = time.monotonic() + seconds - 30
            return self._token

    def forget_token(self) -> None:
        """Ask for a new token at the next look-up."""
        self._token_until = 0.0


def _whole(response: requests.Response) -> requests.Response:
    if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        raise TooMany(_seconds_to_wait(response))
    if response.status_code != HTTPStatus.SERVICE_UNAVAILABLE:
        response.raise_for_status()
    return response


def _parse(content: bytes) -> Any:
    """JSON of one meaning only, every word and number of which can be kept: no key twice, no half signs, no NaN."""
    try:
        answer = json.loads(content.decode("utf-8"), object_pairs_hook=_each_key_once)
        rfc8785.dumps(answer)
    except (ValueError, RecursionError) as wrong:
        raise Unbelievable("an answer that is not JSON") from wrong
    return answer


def _seconds_to_wait(response: requests.Response) -> float:
    """What the answer asks for, within reason; a minute where it says nothing that can be read."""
    said = response.headers.get("Retry-After", "")
    return min(max(int(said), 1), LONGEST_WAIT_SECONDS) if said.isascii() and said.isdigit() and len(said) < 7 else 60.0


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key that stands twice")
    return found


def _token_in(answer: Any) -> tuple[str, float]:
    """The token and the seconds for which it holds."""
    try:
        token, seconds = str(answer["access_token"]), float(answer["expires_in"])
    except (ValueError, KeyError, TypeError) as wrong:
        raise Unbelievable("the exchange gave no token") from wrong
    if not (token.isascii() and token.isprintable()):
        raise Unbelievable("a token that fits no header")
    return token, seconds


class HttpRegistry:
    """One registry behind the exchange; `check` refuses answers that cannot be true."""

    def __init__(self, name: str, exchange: Exchange, check: FieldCheck, breaker: Breaker | None = None) -> None:
        self.name = name
        self._exchange = exchange
        self._check = check
        self._breaker = breaker or Breaker()

    def look_up(self, ask: Ask) -> Reply:
        """The registry's reply; a fault outside, or an answer that cannot be believed, is an UNAVAILABLE reply."""
        if not self._breaker.allows():
            return self._without_answer(ask)
        try:
            answer = self._exchange.post(f"/{self.name}/lookup", ask.to_json(clock.now()))
            reply = self._read_envelope(ask, answer)
        except TooMany as refused:
            self._breaker.rest(refused.seconds)
            log.warning("registry_quota", registry=self.name, request_id=ask.request_id, seconds=refused.seconds)
            return self._without_answer(ask)
        except (requests.RequestException, OSError, Unbelievable, ValidationError) as fault:
            self._breaker.failed()
            if getattr(getattr(fault, "response", None), "status_code", None) == 401:
                self._exchange.forget_token()
            log.warning("registry_unavailable", registry=self.name, request_id=ask.request_id, fault=type(fault).__name__)
            return self._without_answer(ask)
        self._breaker.succeeded()
        return reply

    def _read_envelope(self, ask: Ask, answer: Any) -> Reply:
        envelope = Envelope.model_validate(answer)
        if envelope.request_id != ask.request_id:
            raise Unbelievable("an answer to another request")
        if envelope.refused_fields:
            log.warning(
                "registry_fields_refused", registry=self.name, fields=sorted(set(envelope.refused_fields) & set(ask.scope))
            )
        outcome = {
            "00": Outcome.FOUND, "01": Outcome.NOT_MATCHED, "02": Outcome.REFUSED,
            "03": Outcome.REFUSED, "99": Outcome.UNAVAILABLE,
        }[envelope.status]  # fmt: skip
        if outcome is Outcome.FOUND:
            if envelope.subject is None or envelope.subject.personal_id != ask.subject.personal_id:
                raise Unbelievable("an answer about another person")
            if "deceased" in envelope.flags:
                outcome = Outcome.DECEASED
            else:
                self._check(envelope.fields, ask.subject)
        return Reply(
            registry=self.name,
            request_id=ask.request_id,
            outcome=outcome,
            fetched_at=clock.now(),
            response_id=envelope.response_id,
            as_of=envelope.as_of,
            record_version=envelope.record_version,
            fields={key: envelope.fields[key] for key in ask.scope if key in envelope.fields} if outcome is Outcome.FOUND else {},
        )

    def _without_answer(self, ask: Ask) -> Reply:
        return Reply(self.name, ask.request_id, Outcome.UNAVAILABLE, clock.now())
