"""How many statements a page sends to the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from portal import db

MOST = 6  # of a page of the desks, whatever lies there


@contextmanager
def statements() -> Iterator[list[str]]:
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        sent.append(statement)

    event.listen(db.engine(), "before_cursor_execute", note)
    yield sent
    event.remove(db.engine(), "before_cursor_execute", note)
