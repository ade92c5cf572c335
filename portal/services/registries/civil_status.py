"""The electronic civil-status database: marriages, divorces and deaths as registered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from portal.services.registries.exchange import Exchange, HttpRegistry, Subject, Unbelievable

NAME = "civil-status"


class _Ended(BaseModel):
    model_config = ConfigDict(extra="allow")

    kind: Literal["divorce", "death", "annulment"]
    on: str = Field(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")


class _Marriage(BaseModel):
    model_config = ConfigDict(extra="allow")

    number: str
    registered_on: str
    spouse: dict[str, Any]
    ended: _Ended | None


class _Fields(BaseModel):
    model_config = ConfigDict(extra="allow")

    marital_status: Literal["never_married", "married", "divorced", "widowed"] | None = None
    marriages: list[_Marriage] | None = Field(None, max_length=20)


def check(fields: Mapping[str, Any], subject: Subject) -> None:
    """Refuse fields of the wrong shape, or a status that the marriages beside it contradict.

    Raises:
        Unbelievable: either.
    """
    try:
        known = _Fields.model_validate(dict(fields))
    except ValidationError as wrong:
        raise Unbelievable("fields of the wrong shape") from wrong
    if known.marriages is None or known.marital_status is None:
        return
    is_married_now = any(marriage.ended is None for marriage in known.marriages)
    if is_married_now != (known.marital_status == "married"):
        raise Unbelievable("the marital status contradicts the marriages")


def civil_status(exchange: Exchange) -> HttpRegistry:
    """The client of the civil-status database."""
    return HttpRegistry(NAME, exchange, check)
