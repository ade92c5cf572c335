"""The national population database: what an answer of it must hold to be believed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from portal import clock
from portal.services.registries.exchange import Exchange, HttpRegistry, Subject, Unbelievable
from portal.services.registries.shapes import Address, Household, Known, PartialDate, PersonalId, believed

NAME = "population"


class _Named(Known):
    code: str | None = None
    name: str | None = None


class _Fields(Known):
    full_name: str | None = Field(None, min_length=1, max_length=300)
    personal_id: PersonalId | None = None
    date_of_birth: PartialDate | None = None
    sex: str | None = Field(None, pattern="^(male|female)$")
    permanent_residence: Address | None = None
    current_residence: Address | None = None
    household: Household | None = None
    ethnicity: _Named | None = None
    nationality: list[_Named] | None = None


def check(fields: Mapping[str, Any], subject: Subject) -> None:
    """Refuse fields that cannot be this person's.

    Raises:
        Unbelievable: a wrong shape, another person's ID, or a birth in the future.
    """
    known = believed(_Fields, fields)
    if known.personal_id not in (None, subject.personal_id):
        raise Unbelievable("another person's fields")
    if known.date_of_birth and known.date_of_birth > clock.today().isoformat()[: len(known.date_of_birth)]:
        raise Unbelievable("a birth in the future")


def population(exchange: Exchange) -> HttpRegistry:
    """The client of the population database."""
    return HttpRegistry(NAME, exchange, check)
