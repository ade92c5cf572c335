"""The business-registration database: household businesses and companies in somebody's name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from portal.services.registries.exchange import Exchange, HttpRegistry, Subject
from portal.services.registries.shapes import Address, Amount, Known, Line, PastDay, Word, believed

NAME = "business"


class _Registration(Known):
    code: str = Field(pattern=r"^(\d{10}(-?\d{3})?|\d{12})$")
    name: Line
    kind: Word
    status: Word | None = None
    registered_on: PastDay | None = None
    capital_vnd: Amount | None = None
    address: Address | None = None


class _Fields(Known):
    registrations: list[_Registration] | None = Field(None, max_length=200)


def check(fields: Mapping[str, Any], _: Subject) -> None:
    """Refuse fields of the wrong shape: a code that is none, a capital below nothing, a registration of days to come.

    Raises:
        Unbelievable: any of these.
    """
    believed(_Fields, fields)


def business(exchange: Exchange) -> HttpRegistry:
    """The client of the business-registration database."""
    return HttpRegistry(NAME, exchange, check)
