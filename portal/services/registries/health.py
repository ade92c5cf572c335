"""The health database: certificates of drivers, and notices of deaths of one's own family; never a medical file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from portal.services.registries.exchange import Exchange, HttpRegistry, Subject, Unbelievable
from portal.services.registries.shapes import Known, Line, PastDay, Word, believed

NAME = "health"


class _DriverCertificate(Known):
    number: Word
    issued_by: Line
    issued_on: PastDay
    conclusion: Line


class _DeathNotice(Known):
    number: str = Field(min_length=1, max_length=30)
    issued_by: Line
    date: PastDay
    time: str | None = Field(None, pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    place: Line | None = None
    cause: Line | None = None
    personal_id: str | None = None


class _Fields(Known):
    driver_certificate: _DriverCertificate | None = None
    death_notice: _DeathNotice | None = None


def check(fields: Mapping[str, Any], subject: Subject) -> None:
    """Refuse fields of the wrong shape, or a notice of the death of the very person who asks.

    Raises:
        Unbelievable: either.
    """
    known = believed(_Fields, fields)
    if known.death_notice and known.death_notice.personal_id == subject.personal_id:
        raise Unbelievable("a notice of the asker's own death")


def health(exchange: Exchange) -> HttpRegistry:
    """The client of the health database."""
    return HttpRegistry(NAME, exchange, check)
