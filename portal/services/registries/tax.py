"""The tax database: whether somebody is registered and under which code, their dependants, what is outstanding."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from portal.services.registries.exchange import Exchange, HttpRegistry, Subject, Unbelievable
from portal.services.registries.shapes import Amount, Day, Known, Line, Who, Word, believed

NAME = "tax"


class _Registration(Known):
    status: Word
    code: str | None = Field(None, pattern=r"^(\d{10}(-?\d{3})?|\d{12})$")
    old_code: str | None = Field(None, pattern=r"^\d{10}(-?\d{3})?$")
    registered_on: Day | None = None
    office: Line | None = None


class _Dues(Known):
    outstanding_vnd: Amount


class _Fields(Known):
    registration: _Registration | None = None
    dependants: list[Who] | None = Field(None, max_length=50)
    dues: _Dues | None = None


def check(fields: Mapping[str, Any], subject: Subject) -> None:
    """Refuse fields of the wrong shape, another person's code, or somebody who depends on themself.

    Source: Luật Quản lý thuế 38/2019/QH14, Điều 35: since 01/07/2025 the code of a person is their personal ID.

    Raises:
        Unbelievable: any of these.
    """
    known = believed(_Fields, fields)
    code = known.registration and known.registration.code
    if code and len(code) == len(subject.personal_id) and code != subject.personal_id:
        raise Unbelievable("another person's tax code")
    if subject.personal_id in {one.personal_id for one in known.dependants or []}:
        raise Unbelievable("a dependant of themself")


def tax(exchange: Exchange) -> HttpRegistry:
    """The client of the tax database."""
    return HttpRegistry(NAME, exchange, check)
