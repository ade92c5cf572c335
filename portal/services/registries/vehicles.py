"""The vehicle database: what is registered in somebody's name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from portal.services.registries.exchange import Exchange, HttpRegistry, Subject, Unbelievable
from portal.services.registries.shapes import Known, PastDay, Who, Word, believed

NAME = "vehicles"


class _Vehicle(Known):
    plate: Word
    kind: Word
    chassis: Word | None = None
    engine: Word | None = None
    registered_on: PastDay | None = None
    owner: Who


class _Fields(Known):
    vehicles: list[_Vehicle] | None = Field(None, max_length=100)


def check(fields: Mapping[str, Any], subject: Subject) -> None:
    """Refuse fields of the wrong shape, or a vehicle of another owner.

    Raises:
        Unbelievable: either.
    """
    known = believed(_Fields, fields)
    if any(one.owner.personal_id != subject.personal_id for one in known.vehicles or []):
        raise Unbelievable("another owner's vehicle")


def vehicles(exchange: Exchange) -> HttpRegistry:
    """The client of the vehicle database."""
    return HttpRegistry(NAME, exchange, check)
