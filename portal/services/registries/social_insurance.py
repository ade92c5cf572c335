"""The insurance database: contributions, the health card with its place of treatment, pensions, notices of births."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from portal.services.registries.exchange import Exchange, HttpRegistry, Subject, Unbelievable
from portal.services.registries.shapes import Address, Amount, Day, Known, Line, PartialDate, PastDay, Word, believed

NAME = "social-insurance"
MOST_MONTHS = 700


class _Contribution(Known):
    employer: Line
    months: int = Field(ge=0, le=MOST_MONTHS)
    salary_vnd: Amount | None = None
    since: PartialDate = Field(alias="from")
    until: PartialDate | None = Field(None, alias="to")


class _Place(Known):
    code: Word
    name: Line


class _Card(Known):
    number: str = Field(pattern=r"^[A-Z]{2}\d{13}$")
    valid_from: Day
    valid_until: Day | None = None
    place_of_treatment: _Place | None = None


class _BirthNotice(Known):
    number: str = Field(min_length=1, max_length=30)
    date_of_birth: PastDay
    sex: Literal["male", "female"]
    facility: Line | None = None
    place: Address | None = None


class _Fields(Known):
    number: str | None = Field(None, pattern=r"^\d{10}$")
    status: Word | None = None
    contributed_months: int | None = Field(None, ge=0, le=MOST_MONTHS)
    unemployment_months: int | None = Field(None, ge=0, le=MOST_MONTHS)
    last_employer: Line | None = None
    contributions: list[_Contribution] | None = Field(None, max_length=500)
    health_card: _Card | None = None
    birth_notice: _BirthNotice | None = None


def check(fields: Mapping[str, Any], _: Subject) -> None:
    """Refuse fields of the wrong shape, or more months against unemployment than months paid at all.

    Raises:
        Unbelievable: either.
    """
    known = believed(_Fields, fields)
    paid, of_these = known.contributed_months, known.unemployment_months
    if paid is not None and of_these is not None and of_these > paid:
        raise Unbelievable("more months against unemployment than months paid")


def social_insurance(exchange: Exchange) -> HttpRegistry:
    """The client of the insurance database."""
    return HttpRegistry(NAME, exchange, check)
