"""A dossier of another office is opened with a reason, read for a short time, and the owner sees who did."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from portal.services.dossiers.open_elsewhere import open_elsewhere, opened_by, openings_of
from portal.services.dossiers.queries import at_counter
from portal.services.errors import InvalidInput, NotFound
from tests.filings import filled_draft, submitted
from tests.people import OTHER_OFFICE, citizen, clerk, officer

NOW = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
WHY = "Người này đang nộp hồ sơ khác tại phường chúng tôi."


@pytest.fixture(autouse=True)
def on_monday_morning():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def test_it_is_read_for_a_quarter_of_an_hour_by_whoever_gave_the_reason(
    session: Session, on_monday_morning: time_machine.Traveller
) -> None:
    dossier, there = submitted(session, citizen(session)), officer(session, OTHER_OFFICE)
    open_elsewhere(session, there, str(dossier.code).lower(), WHY)
    assert opened_by(session, there, str(dossier.code))[0].id == dossier.id
    with pytest.raises(NotFound):
        opened_by(session, officer(session, OTHER_OFFICE), str(dossier.code))
    with pytest.raises(NotFound):
        at_counter(session, there, str(dossier.code))
    on_monday_morning.shift(timedelta(minutes=15))
    with pytest.raises(NotFound):
        opened_by(session, there, str(dossier.code))


def test_owner_sees_which_office_in_which_role_when_and_why(session: Session) -> None:
    dossier = submitted(session, citizen(session))
    open_elsewhere(session, officer(session, OTHER_OFFICE), str(dossier.code), WHY)
    (opening,) = openings_of(session, dossier)
    assert (opening.office_code, opening.role, opening.opened_at, opening.reason) == (OTHER_OFFICE, "officer", NOW, WHY)


def test_without_a_reason_or_for_a_code_that_is_none_nothing_is_opened(session: Session) -> None:
    dossier, there = submitted(session, citizen(session)), clerk(session, OTHER_OFFICE)
    for code, reason, field in ((str(dossier.code), "xem", "reason"), ("H26.31-20261116-9999999", WHY, "code")):
        with pytest.raises(InvalidInput) as told:
            open_elsewhere(session, there, code, reason)
        assert set(told.value.errors) == {field}
    assert openings_of(session, dossier) == []


def test_citizens_open_nothing_and_drafts_are_nobodys_to_open(session: Session) -> None:
    dossier = submitted(session, citizen(session))
    with pytest.raises(NotFound):
        open_elsewhere(session, citizen(session), str(dossier.code), WHY)
    draft = filled_draft(session, citizen(session))
    with pytest.raises(InvalidInput):
        open_elsewhere(session, clerk(session, OTHER_OFFICE), str(draft.code), WHY)


def test_opening_is_written_once_says_the_database(owner_engine: Engine) -> None:
    with owner_engine.connect() as connection:
        granted = connection.execute(
            text("SELECT privilege_type FROM information_schema.role_table_grants"
                 " WHERE table_name = 'dossier_openings' AND grantee = 'portal_web'")
        ).scalars().all()  # fmt: skip
    assert set(granted) == {"SELECT", "INSERT"}
