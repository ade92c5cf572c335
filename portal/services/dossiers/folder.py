"""Everything that lies in one dossier, read at once: a page that shows it all asks the database once, not table by table."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import CompoundSelect, Select, Table, Uuid, case, cast, func, literal, select, union, union_all
from sqlalchemy.orm import Session

from portal.models import (
    Account,
    AnswersDocument,
    Attachment,
    Base,
    CorrectionCase,
    DataKey,
    Dossier,
    Event,
    Evidence,
    IssuedDocument,
    Office,
    StoredFile,
    SupplementRequest,
    UnansweredLookUp,
    WriteBack,
)
from portal.services.dossiers.attachments import sent
from portal.services.dossiers.write_backs import in_order

Row = TypeVar("Row", bound=Base)
ACCOUNT_ID = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
READS: dict[type, Callable[[str], Any]] = {
    uuid.UUID: uuid.UUID,
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
    bytes: lambda text: bytes.fromhex(text.removeprefix("\\x")),
}


@dataclass(frozen=True)
class Folder:
    """What lies in a dossier, each kind in the order in which it came; to be read only, no row of it is under the session.

    `rounds`: the answers of each filing round. `attached`: what it carries and then what it carried before. A paper that is
    made has its `file`. `people`: the names of whoever has the dossier, acted on it, was stood in for or compared an
    original, by account. `filing_office`: where a clerk filed it.
    """

    rounds: list[AnswersDocument]
    events: list[Event]
    evidence: list[Evidence]
    documents: list[IssuedDocument]
    requests: list[SupplementRequest]
    attached: list[Attachment]
    write_backs: list[WriteBack]
    corrections: list[CorrectionCase]
    unanswered: list[UnansweredLookUp]
    people: dict[str, str]
    filing_office: Office | None

    @property
    def answers(self) -> AnswersDocument:
        """The answers of the newest round."""
        return self.rounds[-1]


def folder_of(session: Session, dossier: Dossier) -> Folder:
    """Everything that lies in the dossier, by one statement; of the files that came with it, what they are."""
    own = (AnswersDocument, Event, Evidence, IssuedDocument, SupplementRequest)
    kinds = (*own, WriteBack, CorrectionCase, UnansweredLookUp)
    parts = [_rows(kind).where(_table(kind).c.dossier_id == dossier.id) for kind in kinds]
    of_papers = _rows(StoredFile).join(IssuedDocument, IssuedDocument.file_id == StoredFile.id)
    parts.append(of_papers.where(IssuedDocument.dossier_id == dossier.id))
    parts.append(_rows(Attachment).where(_table(Attachment).c.dossier_id == dossier.id, sent()))
    parts.append(_rows(Office).where(_table(Office).c.code == dossier.filing_office_code))
    people = select(Account.id, Account.data_key_id).where(Account.id.in_(_who_appears(dossier))).cte("people")
    parts.append(_rows(Account).where(_table(Account).c.id.in_(select(people.c.id))))
    parts.append(_rows(DataKey).where(_table(DataKey).c.id.in_(select(people.c.data_key_id))))
    found = session.execute(union_all(*parts)).all()

    def made(kind: type[Row]) -> list[Row]:
        return [_made(kind, said, dossier) for name, said in found if name == kind.__tablename__]

    files = {file.id: file for file in made(StoredFile)}
    ordered = [paper for paper in made(IssuedDocument) if paper.issued_at or not paper.revoked_at]
    papers = sorted(ordered, key=lambda paper: (paper.created_at, paper.id))
    for paper in papers:
        paper.file = files.get(paper.file_id) if paper.file_id else None
    return Folder(
        rounds=sorted(made(AnswersDocument), key=lambda document: document.round),
        events=sorted(made(Event), key=lambda event: event.number),
        evidence=sorted(made(Evidence), key=lambda row: (row.fetched_at, row.id)),
        documents=papers,
        requests=sorted(made(SupplementRequest), key=lambda request: request.round),
        attached=sorted(made(Attachment), key=lambda one: (one.replaced_at is not None, one.added_at, one.id)),
        write_backs=in_order(made(WriteBack)),
        corrections=sorted(made(CorrectionCase), key=lambda case: case.id),
        unanswered=sorted(made(UnansweredLookUp), key=lambda row: row.id),
        people=_names(made(Account), made(DataKey)),
        filing_office=next(iter(made(Office)), None),
    )


def _who_appears(dossier: Dossier) -> CompoundSelect[Any]:
    """The accounts that the dossier's page may have to call by name."""
    is_account = Event.actor_id.regexp_match(ACCOUNT_ID)  # or else `system`; only then is the text read as an id
    of_dossier = Event.dossier_id == dossier.id
    return union(
        select(cast(literal(dossier.assigned_to), Uuid)),
        select(cast(case((is_account, Event.actor_id)), Uuid)).where(of_dossier),
        select(cast(Event.facts["instead_of"].astext, Uuid)).where(of_dossier),
        select(Attachment.checked_against_original_by).where(Attachment.dossier_id == dossier.id),
    )


def _names(accounts: list[Account], keys: list[DataKey]) -> dict[str, str]:
    """What these people are called; whose key was destroyed has no name any more."""
    by_id = {key.id: key for key in keys if key.wrapped is not None}
    found = {}
    for account in accounts:
        if account.data_key_id in by_id:
            account.data_key = by_id[account.data_key_id]
            found[str(account.id)] = account.profile["full_name"]
    return found


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
