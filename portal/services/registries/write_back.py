"""The contract for writing to a register over the exchange platform, and for asking how far the change is known.

Written once, however often it is asked: the request's id is fixed by the caller before the first call, and a register gives
the same request the same answer for ever. No answer, or one that cannot be believed, means that nobody knows: ask again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Any, Literal, Protocol

import requests
import structlog
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from portal import clock
from portal.services.registries.exchange import Exchange, TooMany, Unbelievable
from portal.services.registries.prefill import exchange

Adjusting = Literal["adjusted", "waiting", "not_received"]
GIVEN_ID = "personal_id"
PLAIN = r"^[^\x00-\x1f\x7f]*$"
log = structlog.get_logger()


class Written(StrEnum):
    """How a write ended; UNAVAILABLE: nobody knows whether it is there."""

    WRITTEN = "written"
    REFUSED = "refused"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True)
class Entry:
    """One fact to be put down; `content`: all that is sent, but the request's id and the moment."""

    registry: str
    request_id: str
    content: Mapping[str, Any]

    def to_json(self, moment: datetime) -> dict[str, Any]:
        """The body of the request."""
        stamp = clock.to_local(moment).isoformat(timespec="seconds")
        return {"request_id": self.request_id, "timestamp": stamp, **self.content}


@dataclass(frozen=True)
class Receipt:
    """What a register said to a write.

    `words`, `wrong_field`: why it was refused, in the register's words, and which field was wrong. `given`: what it gives of its
    own (`personal_id`, the number and the book of the entry). `wait_seconds`: how long it asks to be left alone.
    """

    outcome: Written
    words: str = ""
    wrong_field: str = ""
    record_id: str = ""
    record_version: int | None = None
    change_id: str = ""
    given: Mapping[str, str] = field(default_factory=dict)
    wait_seconds: int = 0


class RegisterWriter(Protocol):
    """Whoever can put facts down in registers; never raises for a fault outside."""

    def write(self, entry: Entry) -> Receipt:
        """What the register said."""
        ...

    def adjusting(self, change_id: str) -> dict[str, Adjusting] | None:
        """How far each subscriber is with a change; None where nobody could be asked."""
        ...

    def announce_again(self, change_id: str, registry: str) -> bool:
        """Ask that a subscriber be told once more; whether that was heard."""
        ...


_Name = Annotated[str, Field(max_length=40, pattern=r"^[a-z][a-z_]*$")]
_Said = Annotated[str, Field(max_length=100, pattern=PLAIN)]


class _Answer(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)

    status: Literal["00", "02", "03", "05", "99"]
    request_id: str | None = None
    status_text: str = Field("", max_length=500, pattern=PLAIN)
    invalid_field: str | None = Field(None, max_length=100, pattern=PLAIN)
    record_id: str | None = Field(None, max_length=100, pattern=PLAIN)
    record_version: int | None = Field(None, ge=0)
    change_id: str | None = Field(None, max_length=64, pattern=r"^[0-9a-zA-Z-]+$")
    personal_id: str | None = Field(None, pattern=r"^\d{12}$")
    entry: dict[_Name, _Said] = Field({}, max_length=10)


class _Subscriber(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)

    registry: str = Field(max_length=40, pattern=r"^[a-z][a-z-]+$")
    state: Adjusting


class _Change(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)

    subscribers: list[_Subscriber] = Field(max_length=50)


class HttpWriter:
    """The registers behind the exchange."""

    def __init__(self, platform: Exchange) -> None:
        self._exchange = platform

    def write(self, entry: Entry) -> Receipt:
        """What the register said; a fault outside, or an answer that cannot be believed, is UNAVAILABLE."""
        try:
            said = self._exchange.post(f"/{entry.registry}/records", entry.to_json(clock.now()))
            return _receipt(entry, _Answer.model_validate(said))
        except TooMany as refused:
            return Receipt(Written.UNAVAILABLE, wait_seconds=int(refused.seconds))
        except (requests.RequestException, OSError, Unbelievable, ValidationError) as fault:
            self._note(fault, registry=entry.registry, request_id=entry.request_id)
            return Receipt(Written.UNAVAILABLE)

    def adjusting(self, change_id: str) -> dict[str, Adjusting] | None:
        """How far each subscriber is with a change; None where nobody could be asked."""
        try:
            change = _Change.model_validate(self._exchange.get(f"/changes/{change_id}"))
        except (requests.RequestException, OSError, Unbelievable, ValidationError, TooMany) as fault:
            self._note(fault, change_id=change_id)
            return None
        return {one.registry: one.state for one in change.subscribers}

    def announce_again(self, change_id: str, registry: str) -> bool:
        """Ask that a subscriber be told once more; whether that was heard."""
        stamp = clock.to_local(clock.now()).isoformat(timespec="seconds")
        try:
            self._exchange.post(f"/changes/{change_id}/announce-again", {"registry": registry, "timestamp": stamp})
        except (requests.RequestException, OSError, Unbelievable, TooMany) as fault:
            self._note(fault, change_id=change_id, registry=registry)
            return False
        return True

    def _note(self, fault: Exception, **facts: str) -> None:
        if getattr(getattr(fault, "response", None), "status_code", None) == 401:
            self._exchange.forget_token()
        log.warning("register_unavailable", fault=type(fault).__name__, **facts)


def _receipt(entry: Entry, answer: _Answer) -> Receipt:
    if answer.status == "99":
        return Receipt(Written.UNAVAILABLE)
    if answer.request_id != entry.request_id:
        raise Unbelievable("an answer to another request")
    if answer.status != "00":
        return Receipt(Written.REFUSED, answer.status_text, answer.invalid_field or "")
    if not answer.record_id:
        raise Unbelievable("written, but no record")
    if GIVEN_ID in answer.entry:
        raise Unbelievable("a number in the place of what is said of the entry")
    given = {**answer.entry, **({GIVEN_ID: answer.personal_id} if answer.personal_id else {})}
    return Receipt(
        Written.WRITTEN,
        record_id=answer.record_id,
        record_version=answer.record_version,
        change_id=answer.change_id or "",
        given=given,
    )


@lru_cache(maxsize=1)
def writer() -> RegisterWriter:
    """Whoever writes to the registers of this installation."""
    return HttpWriter(exchange())
