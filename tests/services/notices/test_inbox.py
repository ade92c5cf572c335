from __future__ import annotations

from sqlalchemy.orm import Session

from portal.auth.permissions import Actor
from portal.services.notices.inbox import inbox, mark_read
from tests.filings import received
from tests.people import citizen, clerk


def told(session: Session, actor: Actor) -> list[tuple[str, bool]]:
    assert actor.account_id is not None
    return [(line.kind, line.is_read) for line in inbox(session, actor.account_id)]


def test_inbox_tells_each_change_newest_first_whether_or_not_mail_arrived(session: Session) -> None:
    owner = citizen(session)
    received(session, owner, clerk(session))
    assert told(session, owner) == [("received", False), ("submitted", False)]


def test_reading_marks_ones_own_notices_and_nobody_elses(session: Session) -> None:
    owner, other = citizen(session), citizen(session)
    received(session, owner, clerk(session))
    received(session, other, clerk(session))
    assert owner.account_id is not None
    mark_read(session, owner.account_id)
    assert told(session, owner) == [("received", True), ("submitted", True)]
    assert told(session, other) == [("received", False), ("submitted", False)]


def test_person_without_dossiers_has_an_empty_inbox(session: Session) -> None:
    assert told(session, citizen(session)) == []
