"""The shapes that several registries' answers share, and the check that an answer has its shape; no registry is here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from portal import clock
from portal.services.registries.exchange import Unbelievable

PARTIAL_DATE = r"^\d{4}(-\d{2}(-\d{2})?)?$"


def _in_the_calendar(text: str) -> str:
    date.fromisoformat(text + "0000-01-01"[len(text) :])
    return text


def _not_to_come(text: str) -> str:
    if text > clock.today().isoformat()[: len(text)]:
        raise ValueError("a day to come")
    return text


PartialDate = Annotated[str, Field(pattern=PARTIAL_DATE), AfterValidator(_in_the_calendar)]
Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$"), AfterValidator(_in_the_calendar)]
PastDay = Annotated[Day, AfterValidator(_not_to_come)]
PersonalId = Annotated[str, Field(pattern=r"^\d{12}$")]
Word = Annotated[str, Field(min_length=1, max_length=60)]
Line = Annotated[str, Field(min_length=1, max_length=300)]
Amount = Annotated[int, Field(ge=0, le=10**15)]


class Known(BaseModel):
    """The fields that the portal reads; others pass unread."""

    model_config = ConfigDict(extra="allow", strict=True)


class Who(Known):
    """A person as another person's record names them."""

    full_name: str | None = Field(None, max_length=300)
    personal_id: str | None = None


class Address(Known):
    """An address in the two-level structure, or as it was once written."""

    province_code: str | None = None
    province_name: str | None = None
    ward_code: str | None = None
    ward_name: str | None = None
    detail: str | None = Field(None, max_length=500)


class Household(Known):
    """Those who are registered together."""

    head: Who | None = None
    members: list[Who] | None = Field(None, max_length=100)


Shape = TypeVar("Shape", bound=BaseModel)


def believed(shape: type[Shape], fields: Mapping[str, Any]) -> Shape:
    """The fields in their shape.

    Raises:
        Unbelievable: they have another.
    """
    try:
        return shape.model_validate(dict(fields))
    except ValidationError as wrong:
        raise Unbelievable("fields of the wrong shape") from wrong
