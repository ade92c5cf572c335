from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from portal import db
from portal.postgres import EmbeddedServer
from portal.services.dossiers import consequences
from portal.services.dossiers.receive import receive
from portal.services.oversight.audit import verify
from portal.services.vault.keys import destroy
from tests.filings import approved, received, submitted
from tests.people import citizen, clerk, leader, officer


@pytest.fixture
def chain(committed: EmbeddedServer) -> None:
    """Three dossiers at different places: nine events."""
    with db.transaction() as session:
        submitted(session, citizen(session))
        received(session, citizen(session), clerk(session))
        approved(session, citizen(session), clerk(session), officer(session), leader(session))


def findings() -> list[tuple[str, str]]:
    with db.transaction() as session:
        return [(finding.where, finding.what) for finding in verify(session).findings]


def test_untouched_history_is_proven_to_its_head(chain: None) -> None:
    with db.transaction() as session:
        report = verify(session)
    assert (report.events, report.findings, len(report.head)) == (9, (), 64)


TAMPERINGS: dict[str, tuple[str, str]] = {
    "a name changed": ("UPDATE events SET name = 'refused' WHERE number = 4", "event 4"),
    "a fact changed": ("UPDATE events SET facts = facts || '{\"level\": 9}' WHERE number = 1", "event 1"),
    "an actor changed": ("UPDATE events SET actor_id = 'system' WHERE number = 5", "event 5"),
    "a moment changed": ("UPDATE events SET happened_at = happened_at - interval '1 microsecond' WHERE number = 6", "event 6"),
    "sealed words changed": ("UPDATE events SET sealed_details = '\\x00' WHERE number = 8", "event 8"),
    "one removed": ("DELETE FROM events WHERE number = 5", "event 6"),
    "the first removed": ("DELETE FROM events WHERE number = 1", "event 2"),
    "two swapped": (
        (
            "UPDATE events SET number = CASE number WHEN 6 THEN -7 ELSE -6 END WHERE number IN (6, 7);"
            " UPDATE events SET number = -number WHERE number < 0"
        ),
        "event 6",
    ),
}


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_changed_removed_or_reordered_event_is_named_first(chain: None, owner_engine: Engine, tampering: str) -> None:
    statement, first_bad = TAMPERINGS[tampering]
    with owner_engine.begin() as connection:
        for one in statement.split(";"):
            connection.execute(text(one))
    assert findings()[0][0] == first_bad


LOOSE_ENDS: dict[str, str] = {
    "the last event removed": "DELETE FROM events WHERE number = (SELECT max(number) FROM events)",
    "a state changed without an event": "UPDATE dossiers SET state = 'not_received' WHERE state = 'submitted'",
    "a whole history removed": "DELETE FROM events WHERE dossier_id = (SELECT dossier_id FROM events ORDER BY number LIMIT 1)",
}


@pytest.mark.parametrize("tampering", LOOSE_ENDS)
def test_dossier_and_history_that_disagree_are_found(chain: None, owner_engine: Engine, tampering: str) -> None:
    with owner_engine.begin() as connection:
        connection.execute(text(LOOSE_ENDS[tampering]))
    assert any(where.startswith("dossier ") for where, _what in findings())


def test_recomputed_hash_of_one_event_breaks_the_next(chain: None, owner_engine: Engine) -> None:
    with owner_engine.begin() as connection:
        connection.execute(text("UPDATE events SET hash = sha256('forged'::bytea) WHERE number = 3"))
    assert [where for where, _what in findings()][:2] == ["event 3", "event 4"]


def test_chain_still_proves_itself_after_a_dossiers_content_was_destroyed(chain: None) -> None:
    with db.transaction() as session:
        key_id = session.execute(text("SELECT data_key_id FROM dossiers LIMIT 1")).scalar_one()
        destroy(session, key_id)
    assert findings() == []


def test_failed_act_leaves_neither_state_nor_event(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse_to_write(*_args: object, **_kwargs: object) -> Callable[..., None]:
        raise OSError("the history cannot be written")

    dossier = submitted(session, citizen(session))
    session.commit()
    monkeypatch.setattr(consequences, "record", refuse_to_write)
    with pytest.raises(OSError, match="history"):
        receive(session, clerk(session), str(dossier.code), expected_version=dossier.version)
    session.rollback()
    session.refresh(dossier)
    assert (dossier.state, dossier.version) == ("submitted", 1)
