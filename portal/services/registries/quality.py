"""Asking a registry's owner how clean it is: counts of records, never a record."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import requests
import structlog
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from portal import clock
from portal.config import settings
from portal.services.registries.exchange import ANSWER_WITHIN_SECONDS, Exchange, TooMany, Unbelievable

MOST_PLACES = 200
_POOL = ThreadPoolExecutor(max_workers=14, thread_name_prefix="quality")
log = structlog.get_logger()


class PlaceCount(BaseModel):
    """One place's records; `verified` holds those that were `corrected`, `disagreeing` is by kind."""

    model_config = ConfigDict(extra="forbid")

    province_code: str | None = Field(pattern=r"^[0-9]{2}$")
    total: int = Field(ge=0)
    verified: int = Field(ge=0)
    corrected: int = Field(ge=0)
    waiting: int = Field(ge=0)
    disagreeing: dict[str, int]

    @model_validator(mode="after")
    def _adds_up(self) -> PlaceCount:
        if min(self.disagreeing.values(), default=0) < 0 or self.corrected > self.verified:
            raise ValueError("a count below nothing")
        if self.verified + self.waiting + sum(self.disagreeing.values()) != self.total:
            raise ValueError("the counts do not add up to their total")
        return self


class QualityReport(BaseModel):
    """What the owner of a registry counted."""

    model_config = ConfigDict(extra="ignore")

    registry: str
    as_of: AwareDatetime
    places: list[PlaceCount] = Field(max_length=MOST_PLACES)

    @model_validator(mode="after")
    def _each_place_once(self) -> QualityReport:
        if len({place.province_code for place in self.places}) != len(self.places):
            raise ValueError("a place that stands twice")
        return self


def quality_of(registry: str, exchange: Exchange | None = None) -> QualityReport | None:
    """The owner's newest count; None where it does not answer, or answers what cannot be believed."""
    own = settings()
    exchange = exchange or Exchange(own.registry_url, own.registry_client_id, own.registry_client_secret)
    body: dict[str, Any] = {"request_id": str(uuid.uuid4()), "timestamp": clock.to_local(clock.now()).isoformat()}
    try:
        report = QualityReport.model_validate(exchange.post(f"/{registry}/quality", body))
        if report.registry != registry:
            raise Unbelievable("a count of another registry")
    except (requests.RequestException, OSError, TooMany, Unbelievable, ValidationError) as fault:
        log.warning("quality_not_told", registry=registry, fault=type(fault).__name__)
        return None
    return report


def qualities_of(registries: Iterable[str]) -> dict[str, QualityReport | None]:
    """Every owner's count, asked side by side; after `ANSWER_WITHIN_SECONDS` a silent one is None."""
    under_way = {name: _POOL.submit(quality_of, name) for name in registries}
    wait(under_way.values(), timeout=ANSWER_WITHIN_SECONDS)
    return {name: future.result() if future.done() else None for name, future in under_way.items()}
