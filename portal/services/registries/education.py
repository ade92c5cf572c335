"""The education database: pupils and their marks, teachers, certificates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from portal.services.registries.exchange import Exchange, HttpRegistry, Subject
from portal.services.registries.shapes import Known, Line, PartialDate, PastDay, Word, believed

NAME = "education"
Mark = Annotated[float, Field(ge=0, le=10)]


class _Pupil(Known):
    school: Line
    grade: int = Field(ge=1, le=12)
    last_year_marks: dict[str, Mark] | None = None


class _Teacher(Known):
    school: Line
    subject: Word | None = None
    since: PartialDate | None = Field(None, alias="from")


class _Certificate(Known):
    name: Line
    number: Word
    issued_on: PastDay
    issued_by: Line


class _Fields(Known):
    pupil: _Pupil | None = None
    teacher: _Teacher | None = None
    certificates: list[_Certificate] | None = Field(None, max_length=50)


def check(fields: Mapping[str, Any], _: Subject) -> None:
    """Refuse fields of the wrong shape: a thirteenth grade, a mark above ten, a certificate of days to come.

    Raises:
        Unbelievable: any of these.
    """
    believed(_Fields, fields)


def education(exchange: Exchange) -> HttpRegistry:
    """The client of the education database."""
    return HttpRegistry(NAME, exchange, check)
