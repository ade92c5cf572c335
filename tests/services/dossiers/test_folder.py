"""What lies in a dossier, read at once, is what its tables hold."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event, inspect
from sqlalchemy.orm import Session

from portal import clock
from portal.models import Account, Base
from portal.services.dossiers.folder import folder_of
from portal.services.dossiers.history import events_of
from portal.services.dossiers.issue import issue, order_of
from portal.services.dossiers.queries import documents_of, evidence_of, latest_answers
from tests.filings import approved
from tests.people import citizen
from tests.services.dossiers.doings import PDF, hands, result_of


def said(rows: list[Any]) -> list[dict[str, Any]]:
    return [{column.key: getattr(row, column.key) for column in inspect(type(row)).columns} for row in rows]


def test_folder_holds_every_row_as_its_table_does_and_opens_what_is_sealed(session: Session) -> None:
    who = hands(session, citizen(session))
    dossier = approved(session, who.owner, who.clerk, who.officer, who.leader)
    order = order_of(session, result_of(session, dossier).id)
    assert order is not None
    issue(session, order, PDF)
    session.flush()
    folder = folder_of(session, dossier)
    for mine, theirs in (
        ([folder.answers], [latest_answers(session, dossier)]),
        (folder.events, events_of(session, dossier.id)),
        (folder.evidence, evidence_of(session, dossier)),
        (folder.documents, documents_of(session, dossier)),
    ):
        assert said(mine) == said(theirs)
        assert mine
    assert folder.answers.content == latest_answers(session, dossier).content
    assert [one.details for one in folder.events] == [one.details for one in events_of(session, dossier.id)]
    assert [paper.file.size_bytes if paper.file else None for paper in folder.documents] == [None, None, len(PDF)]


def test_folder_is_read_by_one_statement_and_nothing_of_it_is_saved(session: Session) -> None:
    who = hands(session, citizen(session))
    dossier = approved(session, who.owner, who.clerk, who.officer, who.leader)
    session.flush()
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        sent.append(statement)

    event.listen(session.connection(), "before_cursor_execute", note)
    folder = folder_of(session, dossier)
    event.remove(session.connection(), "before_cursor_execute", note)
    assert len(sent) == 1
    rows: list[Base] = [*folder.rounds, *folder.events, *folder.evidence, *folder.documents, *folder.requests]
    assert not any(row in session for row in rows)
    assert not session.new


def test_folder_knows_by_name_whoever_acted_and_no_others(session: Session) -> None:
    who = hands(session, citizen(session))
    dossier = approved(session, who.owner, who.clerk, who.officer, who.leader)
    session.flush()
    everybody = {actor.id: actor.display_name for actor in (who.owner, who.clerk, who.officer, who.leader)}
    assert folder_of(session, dossier).people == everybody
    key = session.get_one(Account, who.officer.account_id).data_key
    key.wrapped, key.destroyed_at = None, clock.now()
    session.flush()
    assert who.officer.id not in folder_of(session, dossier).people, "whose content was destroyed is called by no name"
