"""A thousand ways to tamper with the history, drawn at random: every one is found, and the first bad row is named."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as tried
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from portal import db
from portal.postgres import EmbeddedServer
from portal.services.oversight.audit import AuditReport, verify
from tests.filings import appraising, approved, received, submitted
from tests.people import citizen, clerk, leader, officer

EVENTS = 20
TRIED = tried(
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
PAIR = "e.number IN (:n, :other) AND o.number IN (:n, :other) AND o.number <> e.number"
DONE_TO_ONE = {
    "name": "UPDATE events SET name = name || :word WHERE number = :n",
    "place it came from": "UPDATE events SET from_place = from_place || :word WHERE number = :n",
    "place it went to": "UPDATE events SET to_place = to_place || :word WHERE number = :n",
    "who acted": "UPDATE events SET actor_id = actor_id || :word WHERE number = :n",
    "in which role": "UPDATE events SET actor_role = actor_role || :word WHERE number = :n",
    "which office": "UPDATE events SET office_code = office_code || :word WHERE number = :n",
    "which dossier's code": "UPDATE events SET dossier_code = dossier_code || :word WHERE number = :n",
    "which version": "UPDATE events SET dossier_version = dossier_version + 100 WHERE number = :n",
    "which dossier": (
        "UPDATE events SET dossier_version = dossier_version + 100,"
        " dossier_id = (SELECT d.id FROM dossiers d WHERE d.id <> events.dossier_id ORDER BY d.code OFFSET :other % 6 LIMIT 1)"
        " WHERE number = :n"
    ),
    "a fact added": "UPDATE events SET facts = facts || CAST(:fact AS jsonb) WHERE number = :n",
    "all facts lost": "UPDATE events SET facts = CAST(:fact AS jsonb) WHERE number = :n",
    "its moment": "UPDATE events SET happened_at = happened_at + :other * interval '1 microsecond' WHERE number = :n",
    "its sealed words": (
        "UPDATE events SET sealed_details = coalesce(sealed_details, CAST('' AS bytea)) || CAST(:bytes AS bytea)"
        " WHERE number = :n"
    ),
    "its hash": "UPDATE events SET hash = :bytes WHERE number = :n",
    "its link": "UPDATE events SET previous_hash = :bytes WHERE number = :n",
    "its link and its hash": "UPDATE events SET previous_hash = :bytes, hash = :bytes WHERE number = :n",
}
DONE_TO_TWO = {
    "order": (
        "UPDATE events SET number = -number WHERE number IN (:n, :other)",
        "UPDATE events SET number = CASE number WHEN -CAST(:n AS bigint) THEN :other ELSE :n END WHERE number < 0",
    ),
    "hashes": (f"UPDATE events e SET hash = o.hash FROM events o WHERE {PAIR}",),  # noqa: S608 (our own words)
    "links": (f"UPDATE events e SET previous_hash = o.previous_hash FROM events o WHERE {PAIR}",),  # noqa: S608
    "facts": (
        f"UPDATE events e SET facts = o.facts || jsonb_build_object('was', o.number) FROM events o WHERE {PAIR}",  # noqa: S608
    ),
    "moments": (
        f"UPDATE events e SET happened_at = o.happened_at + interval '1 day' FROM events o WHERE {PAIR}",  # noqa: S608
    ),
}
numbers = st.integers(1, EVENTS)
plain_text = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=12)
facts = st.dictionaries(
    st.just("invented"),
    st.one_of(st.booleans(), plain_text, st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.lists(plain_text)),
    min_size=1,
)
values = st.fixed_dictionaries(
    {
        "n": numbers,
        "other": numbers,
        "word": plain_text,
        "fact": facts.map(json.dumps),
        "bytes": st.binary(min_size=31, max_size=31).map(b"\x01".__add__),
    }
)


@pytest.fixture(scope="module")
def history(database: EmbeddedServer) -> Iterator[Session]:
    """Seven dossiers at different places, in the hands of the owner's role, which may change what the portal may not."""
    engine = db.make_engine(database.url("owner"), pool_size=1)
    with engine.connect() as connection:
        everything = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            for _ in range(2):
                submitted(session, citizen(session))
                received(session, citizen(session), clerk(session))
                appraising(session, citizen(session), clerk(session), officer(session))
            approved(session, citizen(session), clerk(session), officer(session), leader(session))
            yield session
        everything.rollback()
    engine.dispose()


def report_after(session: Session, statements: tuple[str, ...], given_values: dict[str, Any]) -> AuditReport:
    """What the audit finds when this was done; it is undone before the next trial."""
    with session.begin_nested() as trial:
        for statement in statements:
            used = {name: value for name, value in given_values.items() if f":{name}" in statement}
            assert session.execute(text(statement), used).rowcount > 0  # type: ignore[attr-defined]
        report = verify(session)
        trial.rollback()
    return report


def test_history_as_it_was_written_is_proven(history: Session) -> None:
    report = verify(history)
    assert (report.events, report.findings) == (EVENTS, ())


@tried(TRIED, max_examples=500)
@given(st.sampled_from(sorted(DONE_TO_ONE)), values)
def test_whatever_is_changed_in_one_row_that_row_is_named_first(history: Session, what: str, drawn: dict[str, Any]) -> None:
    report = report_after(history, (DONE_TO_ONE[what],), drawn)
    assert report.findings, what
    assert report.findings[0].where == f"event {drawn['n']}", what


@tried(TRIED, max_examples=250)
@given(st.sampled_from(sorted(DONE_TO_TWO)), values.filter(lambda drawn: drawn["n"] != drawn["other"]))
def test_two_rows_that_change_places_or_parts_are_named_from_the_earlier_on(
    history: Session, what: str, drawn: dict[str, Any]
) -> None:
    report = report_after(history, DONE_TO_TWO[what], drawn)
    assert report.findings, what
    assert report.findings[0].where == f"event {min(drawn['n'], drawn['other'])}", what


@tried(TRIED, max_examples=250)
@given(st.sets(st.integers(1, EVENTS), min_size=1))
def test_rows_that_are_removed_leave_a_hole_that_is_named(history: Session, gone: set[int]) -> None:
    statement = "DELETE FROM events WHERE number = ANY(:gone)"
    with history.begin_nested() as trial:
        history.execute(text(statement), {"gone": sorted(gone)})
        findings = verify(history).findings
        trial.rollback()
    assert findings
    left = [number for number in range(1, EVENTS + 1) if number not in gone]
    after_the_first_hole = next((number for number in left if number > min(gone)), None)
    if after_the_first_hole is None:  # the tail is cut: the chain alone cannot tell, the dossiers can
        assert findings[0].where.startswith("dossier H26.31-")
    else:
        assert findings[0].where == f"event {after_the_first_hole}"
        assert findings[0].what == f"event {min(gone)} is missing before it"


@pytest.mark.parametrize("cut", range(1, EVENTS + 1))
def test_tail_cut_anywhere_is_found_by_the_dossiers_that_outlived_it(history: Session, cut: int) -> None:
    report = report_after(history, ("DELETE FROM events WHERE number >= :n",), {"n": cut})
    assert report.events == cut - 1
    assert report.findings
    assert all("events for version" in finding.what for finding in report.findings)


HIDDEN_STANDINGS = {
    "a dossier made a draft again, its history forgotten": (
        "UPDATE dossiers SET state = 'draft', stage = NULL, sealed_draft = sealed_parties WHERE state = 'submitted'",
    ),
    "a dossier whose version was set back": ("UPDATE dossiers SET version = version - 1 WHERE state = 'received'",),
    "a dossier moved on without an act": ("UPDATE dossiers SET stage = 'awaiting_assignment' WHERE stage = 'appraising'",),
}


@pytest.mark.parametrize("what", HIDDEN_STANDINGS)
def test_dossier_that_stands_where_no_event_put_it_is_named(history: Session, what: str) -> None:
    findings = report_after(history, HIDDEN_STANDINGS[what], {}).findings
    assert {finding.where.partition(" ")[0] for finding in findings} == {"dossier"}
    assert all(finding.where.startswith("dossier H26.31-") for finding in findings)


@pytest.mark.parametrize("number", ["99999999999999999999", "1e400", "0.1e-500"])
def test_number_that_no_event_could_have_carried_is_a_finding_and_stops_nothing(history: Session, number: str) -> None:
    changed = "UPDATE events SET facts = jsonb_build_object('n', CAST(:word AS numeric)) WHERE number = :n"
    report = report_after(history, (changed,), {"n": 3, "word": number})
    assert [finding.where for finding in report.findings] == ["event 3"]
    assert report.events == EVENTS
