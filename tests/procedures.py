"""Procedures for tests: the shipped ones as they are, or with something changed."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from portal.services.catalogue.file_format import definition_of, plain, read
from portal.services.catalogue.loader import SHIPPED, procedure_of
from portal.services.catalogue.schema import Definition, Procedure

MARITAL_STATUS = "1.004873"


@lru_cache(maxsize=32)
def shipped_text(code: str = MARITAL_STATUS) -> str:
    """The file of a shipped procedure."""
    return next(SHIPPED.glob(f"*/{code}.yaml")).read_text(encoding="utf-8")


@lru_cache(maxsize=32)
def the_procedure(code: str = MARITAL_STATUS) -> Procedure:
    """A shipped procedure, as its file says it."""
    return procedure_of(read(shipped_text(code)))


def replaced(*changes: tuple[str, str], code: str = MARITAL_STATUS) -> Definition:
    """A shipped procedure whose file says something else in these places."""
    text = shipped_text(code)
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return read(text)


def edited(edit: Callable[[dict[str, Any]], None], code: str = MARITAL_STATUS) -> Definition:
    """A shipped procedure whose plain data was edited."""
    data = plain(read(shipped_text(code)))
    edit(data)
    return definition_of(data)
