"""The criminal-record database: judgments and bans; what it says is shown to the officer of the slip and to nobody else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from portal.services.registries.exchange import Exchange, HttpRegistry, Subject, Unbelievable
from portal.services.registries.shapes import Known, Line, PartialDate, PastDay, believed

NAME = "criminal-record"


class _Entry(Known):
    judgment: Line
    judged_on: PastDay
    offence: Line | None = None
    cleared_on: PartialDate | None = None


class _Ban(Known):
    kind: Line
    until: PartialDate | None = Field(None, alias="to")


class _Fields(Known):
    entries: list[_Entry] | None = Field(None, max_length=100)
    status: Literal["none", "cleared", "some"] | None = None
    bans: list[_Ban] | None = Field(None, max_length=50)


def check(fields: Mapping[str, Any], _: Subject) -> None:
    """Refuse fields of the wrong shape, or a status that the entries beside it contradict.

    Raises:
        Unbelievable: either.
    """
    known = believed(_Fields, fields)
    if known.entries is not None and known.status is not None and bool(known.entries) != (known.status != "none"):
        raise Unbelievable("the status contradicts the entries")


def criminal_record(exchange: Exchange) -> HttpRegistry:
    """The client of the criminal-record database."""
    return HttpRegistry(NAME, exchange, check)
