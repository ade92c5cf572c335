"""The electronic civil-status database: marriages, divorces and deaths as registered, and the entry of one's birth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from portal.services.registries.exchange import Exchange, HttpRegistry, Subject, Unbelievable
from portal.services.registries.shapes import PARTIAL_DATE, Address, Known, PartialDate, Who, believed

NAME = "civil-status"


class _Ended(Known):
    kind: Literal["divorce", "death", "annulment"]
    on: str = Field(pattern=PARTIAL_DATE)


class _Marriage(Known):
    number: str
    registered_on: str
    spouse: dict[str, Any]
    ended: _Ended | None


class _Birth(Known):
    number: str | None = None
    book: str | None = None
    registered_on: PartialDate | None = None
    place: Address | None = None
    father: Who | None = None
    mother: Who | None = None


class _Fields(Known):
    marital_status: Literal["never_married", "married", "divorced", "widowed"] | None = None
    marriages: list[_Marriage] | None = Field(None, max_length=20)
    birth: _Birth | None = None


def check(fields: Mapping[str, Any], _: Subject) -> None:
    """Refuse fields of the wrong shape, or a status that the marriages beside it contradict.

    Raises:
        Unbelievable: either.
    """
    known = believed(_Fields, fields)
    if known.marriages is None or known.marital_status is None:
        return
    is_married_now = any(marriage.ended is None for marriage in known.marriages)
    if is_married_now != (known.marital_status == "married"):
        raise Unbelievable("the marital status contradicts the marriages")


def civil_status(exchange: Exchange) -> HttpRegistry:
    """The client of the civil-status database."""
    return HttpRegistry(NAME, exchange, check)
