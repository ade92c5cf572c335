"""Everything that lies in one dossier, read at once: a page that shows it all asks the database once, not table by table."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import Select, Table, func, literal, select, union_all
from sqlalchemy.orm import Session

from portal.models import AnswersDocument, Base, Dossier, Event, Evidence, IssuedDocument, StoredFile

Row = TypeVar("Row", bound=Base)
READS: dict[type, Callable[[str], Any]] = {
    uuid.UUID: uuid.UUID,
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
    bytes: lambda text: bytes.fromhex(text.removeprefix("\\x")),
}


@dataclass(frozen=True)
class Folder:
    """What lies in a dossier, each kind in the order in which it came; to be read only, no row of it is under the session.

    `answers`: of the newest round. A paper that is made has its `file`.
    """

    answers: AnswersDocument
    events: list[Event]
    evidence: list[Evidence]
    documents: list[IssuedDocument]


def folder_of(session: Session, dossier: Dossier) -> Folder:
    """The dossier's answers, history, evidence and papers, by one statement."""
    kinds = (AnswersDocument, Event, Evidence, IssuedDocument)
    parts = [_rows(kind).where(_table(kind).c.dossier_id == dossier.id) for kind in kinds]
    of_papers = _rows(StoredFile).join(IssuedDocument, IssuedDocument.file_id == StoredFile.id)
    parts.append(of_papers.where(IssuedDocument.dossier_id == dossier.id))
    found = session.execute(union_all(*parts)).all()

    def made(kind: type[Row]) -> list[Row]:
        return [_made(kind, said, dossier) for name, said in found if name == kind.__tablename__]

    files = {file.id: file for file in made(StoredFile)}
    papers = sorted(made(IssuedDocument), key=lambda paper: (paper.created_at, paper.id))
    for paper in papers:
        paper.file = files.get(paper.file_id) if paper.file_id else None
    return Folder(
        answers=max(made(AnswersDocument), key=lambda document: document.round),
        events=sorted(made(Event), key=lambda event: event.number),
        evidence=sorted(made(Evidence), key=lambda row: (row.fetched_at, row.id)),
        documents=papers,
    )


def _table(kind: type[Base]) -> Table:
    table: Any = kind.__table__
    return table  # type: ignore[no-any-return]


def _rows(kind: type[Base]) -> Select[Any]:
    whole: Any = func.to_jsonb(_table(kind).table_valued())
    return select(literal(kind.__tablename__), whole).select_from(_table(kind))


def _made(kind: type[Row], said: dict[str, Any], dossier: Dossier) -> Row:
    """A row as its table's class, under the dossier's key where it is sealed under that."""
    values = {}
    for column in _table(kind).columns:
        value = said[column.name]
        read = READS.get(column.type.python_type) if value is not None else None
        values[column.key] = read(value) if read else value
    if values.get("data_key_id") == dossier.data_key_id:
        values["data_key"] = dossier.data_key
    return kind(**values)
