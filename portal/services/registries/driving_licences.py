"""The licence database: the licence with its classes, points, seizures and suspensions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from portal.services.registries.exchange import Exchange, HttpRegistry, Subject, Unbelievable
from portal.services.registries.shapes import Day, Known, PartialDate, PastDay, Word, believed

NAME = "driving-licences"


class _Restriction(Known):
    kind: Word
    since: PartialDate = Field(alias="from")
    until: PartialDate | None = Field(None, alias="to")


class _Fields(Known):
    number: str | None = Field(None, pattern=r"^[0-9A-Za-z]{6,15}$")
    classes: list[Word] | None = Field(None, max_length=20)
    class_names: Word | None = None
    issued_on: PastDay | None = None
    passed_on: PastDay | None = None
    valid_until: Day | None = None
    points: int | None = Field(None, ge=0, le=12)
    restrictions: list[_Restriction] | None = Field(None, max_length=50)


def check(fields: Mapping[str, Any], _: Subject) -> None:
    """Refuse fields of the wrong shape, or a licence that ran out before its test was passed.

    Source: Luật Trật tự, an toàn giao thông đường bộ 36/2024/QH15, Điều 58: a licence has twelve points.

    Raises:
        Unbelievable: either.
    """
    known = believed(_Fields, fields)
    if known.passed_on and known.valid_until and known.valid_until < known.passed_on:
        raise Unbelievable("a licence that ran out before it began")


def driving_licences(exchange: Exchange) -> HttpRegistry:
    """The client of the licence database."""
    return HttpRegistry(NAME, exchange, check)
