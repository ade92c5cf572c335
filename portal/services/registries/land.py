"""The land database: certificates of land-use rights with their owners and mortgages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from portal.services.registries.exchange import Exchange, HttpRegistry, Subject, Unbelievable
from portal.services.registries.shapes import Address, Known, PastDay, Who, Word, believed

NAME = "land"


class _Certificate(Known):
    number: Word
    sheet: int | None = None
    parcel: int | None = None
    area_m2: float | None = Field(None, gt=0, le=10**9)
    address: Address | None = None
    issued_on: PastDay | None = None
    owners: list[Who] = Field(min_length=1, max_length=100)


class _Fields(Known):
    certificates: list[_Certificate] | None = Field(None, max_length=200)


def check(fields: Mapping[str, Any], subject: Subject) -> None:
    """Refuse fields of the wrong shape, or a certificate of others alone.

    Raises:
        Unbelievable: either.
    """
    known = believed(_Fields, fields)
    for certificate in known.certificates or []:
        if subject.personal_id not in {owner.personal_id for owner in certificate.owners}:
            raise Unbelievable("a certificate of other owners")


def land(exchange: Exchange) -> HttpRegistry:
    """The client of the land database."""
    return HttpRegistry(NAME, exchange, check)
