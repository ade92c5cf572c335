"""The national vault: which earlier results somebody holds there, by reference and hash; the files stay where they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from portal.services.registries.exchange import Exchange, HttpRegistry, Subject
from portal.services.registries.shapes import Known, Line, PartialDate, Word, believed

NAME = "vault"


class _Document(Known):
    reference: Word
    title: Line
    number: Word
    issued_on: PartialDate
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    is_revoked: bool


class _Fields(Known):
    documents: list[_Document] | None = Field(None, max_length=500)


def check(fields: Mapping[str, Any], _: Subject) -> None:
    """Refuse fields of the wrong shape: a document without its hash proves nothing.

    Raises:
        Unbelievable: that.
    """
    believed(_Fields, fields)


def vault(exchange: Exchange) -> HttpRegistry:
    """The client of the national vault."""
    return HttpRegistry(NAME, exchange, check)
