"""The residence database: where somebody is registered, and with whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from portal.services.registries.exchange import Exchange, HttpRegistry, Subject, Unbelievable
from portal.services.registries.shapes import Address, Household, Known, PartialDate, Word, believed

NAME = "residence"


class _Stay(Known):
    address: Address
    since: PartialDate = Field(alias="from")
    until: PartialDate | None = Field(None, alias="to")


class _Fields(Known):
    file_number: Word | None = None
    permanent_residence: Address | None = None
    temporary_residence: Address | None = None
    current_residence: Address | None = None
    household: Household | None = None
    relation_to_head: Word | None = None
    history: list[_Stay] | None = Field(None, max_length=200)


def check(fields: Mapping[str, Any], subject: Subject) -> None:
    """Refuse fields of the wrong shape, a household without the person, or a stay that ends before it begins.

    Raises:
        Unbelievable: any of these.
    """
    known = believed(_Fields, fields)
    members = (known.household and known.household.members) or []
    if members and subject.personal_id not in {member.personal_id for member in members}:
        raise Unbelievable("a household without the person")
    if any(stay.until is not None and stay.until < stay.since for stay in known.history or []):
        raise Unbelievable("a stay that ends before it begins")


def residence(exchange: Exchange) -> HttpRegistry:
    """The client of the residence database."""
    return HttpRegistry(NAME, exchange, check)
