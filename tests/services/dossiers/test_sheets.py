"""Forms 05 and 06, and the list of the day's hand-overs: read off the history and the register, never typed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy.orm import Session

from portal.auth.permissions import Duty, Role
from portal.services.dossiers.control_sheet import control_sheet
from portal.services.dossiers.forward import forward
from portal.services.dossiers.handover import handed_over
from portal.services.dossiers.history import events_of
from portal.services.dossiers.papers import unsigned_facts
from portal.services.dossiers.register import register_lines
from portal.services.errors import NotFound
from portal.services.results.template import paper_html
from portal.services.vault.keys import destroy
from tests.filings import received
from tests.people import OFFICE, OTHER_OFFICE, citizen, clerk
from tests.services.dossiers.doings import hands, issued

NOW = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def on_monday_morning():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def test_control_sheet_has_a_line_for_each_change_of_hands_and_none_that_did_not_happen(session: Session) -> None:
    dossier = issued(session, hands(session, citizen(session)))
    sheet = control_sheet(session, dossier, events_of(session, dossier.id), [])
    assert [(line["giver"], line["receiver"]) for line in sheet["lines"]] == [
        ("Người nộp hồ sơ", "Bộ phận một cửa"),
        ("Người nộp hồ sơ", "Bộ phận một cửa"),
        ("Bộ phận một cửa", "Bộ phận chuyên môn"),
        ("Bộ phận chuyên môn", "Chuyên viên thụ lý"),
        ("Bộ phận chuyên môn", "Lãnh đạo cơ quan"),
        ("Lãnh đạo cơ quan", "Bộ phận một cửa"),
    ]
    assert [line["outcome"] for line in sheet["lines"]] == ["", *["Trước hạn"] * 5]
    assert sheet["coordinating"] == "Không"


def test_what_changes_hands_on_the_promised_day_is_on_time_and_after_the_moment_late(
    session: Session, on_monday_morning: time_machine.Traveller
) -> None:
    dossier = received(session, citizen(session), clerk(session))
    (event,) = (event for event in events_of(session, dossier.id) if event.name == "received")
    outcomes = {}
    for moment in (datetime(2026, 11, 19, 1, tzinfo=UTC), datetime(2026, 11, 19, 2, 0, 1, tzinfo=UTC)):
        event.happened_at = moment
        outcomes[moment] = control_sheet(session, dossier, [event], [])["lines"][0]["outcome"]
    assert list(outcomes.values()) == ["Đúng hạn", "Quá hạn"]
    session.expire(event)


def test_register_is_continuous_and_says_who_filed_what(session: Session) -> None:
    taker = clerk(session)
    dossiers = [received(session, citizen(session), taker) for _ in range(3)]
    lines = register_lines(session, taker, OFFICE, 2026)
    assert [line.number for line in lines] == [1, 2, 3]
    assert [line.code for line in lines] == [dossier.code for dossier in dossiers]
    assert lines[0].person == "Nguyễn Thị Mẫu"
    assert register_lines(session, taker, OFFICE, 2026, after=2)[0].number == 3


def test_line_of_a_destroyed_dossier_stays_and_names_nobody(session: Session) -> None:
    taker = clerk(session)
    dossier = received(session, citizen(session), taker)
    destroy(session, dossier.data_key_id)
    session.expire_all()
    (line,) = register_lines(session, taker, OFFICE, 2026)
    assert (line.number, line.person, line.contact) == (1, "", "")


def test_hand_over_list_holds_what_was_passed_on_that_day_at_that_office_in_order(
    session: Session, on_monday_morning: time_machine.Traveller
) -> None:
    taker = clerk(session)
    first, second, kept = (received(session, citizen(session), taker) for _ in range(3))
    for dossier in (second, first):
        forward(session, taker, str(dossier.code), expected_version=dossier.version)
    on_monday_morning.shift(timedelta(days=1))
    forward(session, taker, str(kept.code), expected_version=kept.version)
    monday, tuesday = (handed_over(session, taker, OFFICE, date(2026, 11, day)) for day in (16, 17))
    assert [line.code for line in monday] == [second.code, first.code]
    assert [line.code for line in tuesday] == [kept.code]
    assert (monday[0].person, monday[0].handed_by, monday[0].handed_at) == ("Nguyễn Thị Mẫu", "Lê Thị Một Cửa", NOW)
    assert handed_over(session, taker, OFFICE, date(2026, 11, 15)) == []
    with pytest.raises(NotFound):
        handed_over(session, clerk(session, OTHER_OFFICE), OFFICE, date(2026, 11, 16))


def test_line_of_a_destroyed_dossier_in_the_hand_over_list_names_nobody(session: Session) -> None:
    taker = clerk(session)
    dossier = received(session, citizen(session), taker)
    forward(session, taker, str(dossier.code), expected_version=dossier.version)
    destroy(session, dossier.data_key_id)
    session.expire_all()
    (line,) = handed_over(session, taker, OFFICE, date(2026, 11, 16))
    assert (line.code, line.person, line.handed_by) == (dossier.code, "", "Lê Thị Một Cửa")


def test_book_of_another_office_and_one_served_for_some_procedures_only_stay_closed(session: Session) -> None:
    received(session, citizen(session), clerk(session))
    for stranger in (clerk(session, OTHER_OFFICE), citizen(session)):
        with pytest.raises(NotFound):
            register_lines(session, stranger, OFFICE, 2026)
    partial = clerk(session)
    partial = type(partial)(
        partial.account_id, partial.display_name, 2, partial.subject_hash,
        frozenset({Duty(Role.CLERK, OFFICE, frozenset({"1.001193"}))}),
    )  # fmt: skip
    with pytest.raises(NotFound):
        register_lines(session, partial, OFFICE, 2026)


def test_sheets_say_what_they_must_in_the_states_layout(session: Session) -> None:
    dossier = issued(session, hands(session, citizen(session)))
    said = control_sheet(session, dossier, events_of(session, dossier.id), [])
    html = paper_html("form_05", unsigned_facts(session, OFFICE, "Phiếu kiểm soát", dossier_code=dossier.code, **said), "")
    assert "1. Giao: Người nộp hồ sơ" in html
    assert str(dossier.code) in html
    assert "Ký số bởi" not in html, "a sheet that nobody signed says so by silence"
