from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from portal import clock, db
from portal.cli import main
from portal.postgres import EmbeddedServer
from portal.services.organisation.offices import edit_office, office_of
from portal.services.oversight.audit import verify
from portal.services.oversight.changes import ChangeFilter, change_count, changes_of, record_change
from tests.people import citizen
from tests.services.organisation.administrators import administrator
from tests.services.organisation.test_offices import form_of

OFFICES = ("H26.31", "H26.32", "H26.01")


@pytest.fixture
def chain(committed: EmbeddedServer) -> None:
    """Six changes of three offices."""
    with db.transaction() as session:
        actor = administrator(session)
        for version in range(2):
            for code in OFFICES:
                form = form_of(office_of(session, code), phone=f"0900 000 {version}00")
                edit_office(session, actor, code, form, expected_version=version)


def findings() -> list[str]:
    with db.transaction() as session:
        return [finding.where for finding in verify(session).findings]


def test_untouched_record_is_proven_to_its_head(chain: None) -> None:
    with db.transaction() as session:
        report = verify(session)
    assert (report.changes, report.findings, len(report.changes_head)) == (6, (), 64)


TAMPERINGS: dict[str, tuple[str, str]] = {
    "a verb changed": ("UPDATE administrator_changes SET verb = 'opened' WHERE number = 3", "change 3"),
    "before changed": ('UPDATE administrator_changes SET before = before || \'{"name": "x"}\' WHERE number = 2', "change 2"),
    "before taken away": ("UPDATE administrator_changes SET before = NULL WHERE number = 2", "change 2"),
    "after changed": ("UPDATE administrator_changes SET after = '{}' WHERE number = 1", "change 1"),
    "an actor changed": ("UPDATE administrator_changes SET actor_id = 'system' WHERE number = 5", "change 5"),
    "a moment changed": (
        "UPDATE administrator_changes SET happened_at = happened_at + interval '1 microsecond' WHERE number = 4",
        "change 4",
    ),
    "a subject changed": ("UPDATE administrator_changes SET subject_id = 'H26.99' WHERE number = 6", "change 6"),
    "one removed": ("DELETE FROM administrator_changes WHERE number = 4", "change 5"),
    "the last removed": ("DELETE FROM administrator_changes WHERE number = 6", "office H26.01"),
    "all removed": ("DELETE FROM administrator_changes", "office H26.01"),
    "an office changed behind the record": ("UPDATE offices SET version = 9 WHERE code = 'H26.31'", "office H26.31"),
}


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_tampering_is_found_and_its_first_row_named(chain: None, owner_engine: Engine, tampering: str) -> None:
    statement, first_bad = TAMPERINGS[tampering]
    with owner_engine.begin() as connection:
        connection.execute(text(statement))
    assert findings()[0] == first_bad


def test_command_names_the_first_bad_row_and_fails(chain: None, owner_engine: Engine) -> None:
    assert CliRunner().invoke(main, ["audit", "verify"]).exit_code == 0
    with owner_engine.begin() as connection:
        connection.execute(text("UPDATE administrator_changes SET verb = 'x' WHERE number = 2"))
    told = CliRunner().invoke(main, ["audit", "verify"])
    assert told.exit_code == 1
    assert told.output.startswith("✗ change 2:")


@pytest.mark.parametrize("statement", ["UPDATE administrator_changes SET verb = 'x'", "DELETE FROM administrator_changes"])
def test_web_role_cannot_change_what_is_recorded(session: Session, statement: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), session.begin_nested():
        session.execute(text(statement))


def test_change_that_is_undone_leaves_no_record(committed: EmbeddedServer) -> None:
    with db.new_session() as session:
        record_change(session, citizen(session), subject_kind="a", subject_id="b", verb="c", before=None, after={})
        session.rollback()
        assert change_count(session, ChangeFilter()) == 0


def test_changes_recorded_at_once_stand_in_one_chain(committed: EmbeddedServer) -> None:
    with db.transaction() as session:
        actor = citizen(session)

    def record() -> None:
        with db.transaction() as session:
            for _again in range(5):
                record_change(session, actor, subject_kind="a", subject_id="b", verb="c", before=None, after={"n": 1})

    threads = [threading.Thread(target=record) for _number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    with db.transaction() as session:
        assert change_count(session, ChangeFilter()) == 30
    assert findings() == []


def test_filters_narrow_by_each_part(session: Session) -> None:
    one, two = citizen(session), citizen(session)
    record_change(session, one, subject_kind="office", subject_id="H26.31", verb="x", before=None, after=None)
    record_change(session, two, subject_kind="duty", subject_id="d", verb="x", before={"member_id": "m"}, after=None)
    day = clock.today()
    found = {
        "kind": ChangeFilter(subject_kind="duty"),
        "subject": ChangeFilter(subject_id="d"),
        "actor": ChangeFilter(actor_id=two.id),
        "member": ChangeFilter(member_id="m"),
    }
    assert {name: [change.actor_id for change in changes_of(session, wanted)] for name, wanted in found.items()} == {
        name: [two.id] for name in found
    }
    assert change_count(session, ChangeFilter(first_day=day, last_day=day)) == 2
    assert change_count(session, ChangeFilter(last_day=day - timedelta(days=1))) == 0
