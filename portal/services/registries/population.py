"""The national population database: what an answer of it must hold to be believed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from portal import clock
from portal.services.registries.exchange import Exchange, HttpRegistry, Subject, Unbelievable

NAME = "population"
PARTIAL_DATE = r"^\d{4}(-\d{2}(-\d{2})?)?$"


def _in_the_calendar(text: str) -> str:
    date.fromisoformat(text + "0000-01-01"[len(text) :])
    return text


PartialDate = Annotated[str, Field(pattern=PARTIAL_DATE), AfterValidator(_in_the_calendar)]


class _Person(BaseModel):
    model_config = ConfigDict(extra="allow")

    full_name: str | None = None
    personal_id: str | None = None


class _Household(BaseModel):
    model_config = ConfigDict(extra="allow")

    head: _Person | None = None
    members: list[_Person] | None = Field(None, max_length=100)


class _Named(BaseModel):
    model_config = ConfigDict(extra="allow")

    code: str | None = None
    name: str | None = None


class _Address(BaseModel):
    model_config = ConfigDict(extra="allow")

    province_code: str | None = None
    province_name: str | None = None
    ward_code: str | None = None
    ward_name: str | None = None
    detail: str | None = Field(None, max_length=500)


class _Fields(BaseModel):
    """The fields that the portal reads; others pass unread."""

    model_config = ConfigDict(extra="allow")

    full_name: str | None = Field(None, min_length=1, max_length=300)
    personal_id: str | None = Field(None, pattern=r"^\d{12}$")
    date_of_birth: PartialDate | None = None
    sex: str | None = Field(None, pattern="^(male|female)$")
    permanent_residence: _Address | None = None
    current_residence: _Address | None = None
    household: _Household | None = None
    ethnicity: _Named | None = None
    nationality: list[_Named] | None = None


def check(fields: Mapping[str, Any], subject: Subject) -> None:
    """Refuse fields that cannot be this person's.

    Raises:
        Unbelievable: a wrong shape, another person's ID, or a birth in the future.
    """
    try:
        known = _Fields.model_validate(dict(fields))
    except ValidationError as wrong:
        raise Unbelievable("fields of the wrong shape") from wrong
    if known.personal_id not in (None, subject.personal_id):
        raise Unbelievable("another person's fields")
    if known.date_of_birth and known.date_of_birth > clock.today().isoformat()[: len(known.date_of_birth)]:
        raise Unbelievable("a birth in the future")


def population(exchange: Exchange) -> HttpRegistry:
    """The client of the population database."""
    return HttpRegistry(NAME, exchange, check)
