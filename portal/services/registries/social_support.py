"""The database of poverty and social support: who is spared fees, poor households, disability, merit, benefits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from portal.services.registries.exchange import Exchange, HttpRegistry, Subject, Unbelievable
from portal.services.registries.shapes import Amount, Known, Line, Word, believed

NAME = "social-support"


class _Poverty(Known):
    list_name: Word = Field(alias="list")
    year: int = Field(ge=1990, le=2200)


class _Disability(Known):
    degree: Word


class _Merit(Known):
    kind: Line


class _Benefit(Known):
    kind: Line
    monthly_vnd: Amount | None = None


class _Fields(Known):
    fee_exemption: Literal["none", "digital_citizen", "merit", "poor", "disabled"] | None = None
    poverty: _Poverty | None = None
    disability: _Disability | None = None
    merit: _Merit | None = None
    benefits: list[_Benefit] | None = Field(None, max_length=50)


def check(fields: Mapping[str, Any], _: Subject) -> None:
    """Refuse fields of the wrong shape, or an exemption whose reason was asked for and does not stand beside it.

    Raises:
        Unbelievable: either.
    """
    known = believed(_Fields, fields)
    for reason in ("disability", "merit"):
        is_spared_for_it = known.fee_exemption == {"disability": "disabled"}.get(reason, reason)
        if is_spared_for_it and reason in fields and fields[reason] is None:
            raise Unbelievable("an exemption without its reason")


def social_support(exchange: Exchange) -> HttpRegistry:
    """The client of the social-support database."""
    return HttpRegistry(NAME, exchange, check)
