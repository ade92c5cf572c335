"""Every promise of the table that was reckoned by hand on the wall calendars of 2025, 2026 and 2027."""

from __future__ import annotations

import csv
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from portal import db
from portal.clock import LOCAL
from portal.postgres import EmbeddedServer
from portal.services.dossiers.calendar import working_calendar
from portal.services.dossiers.deadlines import Calendar, Term, promise

TABLE = Path(__file__).with_name("hand_reckoned_deadlines.csv")


def rows() -> list[dict[str, str]]:
    lines = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines, delimiter=";"))


@pytest.fixture(scope="module")
def shipped(database: EmbeddedServer) -> Calendar:
    """The calendar that an installation starts with, read from its table."""
    with db.transaction() as session:
        return working_calendar(session)


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row['received']} {row['term']}")
def test_promise_is_the_one_reckoned_by_hand(shipped: Calendar, row: dict[str, str]) -> None:
    received = datetime.fromisoformat(row["received"]).replace(tzinfo=LOCAL)
    promised = promise(received, Term.parse(row["term"]), shipped).promised_at
    assert f"{promised:%Y-%m-%dT%H:%M:%S}" == f"{datetime.fromisoformat(row['promised']):%Y-%m-%dT%H:%M:%S}", row["reason"]


def test_table_has_every_kind_of_term_in_each_of_the_three_years() -> None:
    seen = {(row["received"][:4], row["term"].lstrip("0123456789") or "0") for row in rows()}
    assert seen >= {(year, unit) for year in ("2025", "2026", "2027") for unit in ("wd", "d", "h", "0")}
    assert len({(row["received"], row["term"]) for row in rows()}) == len(rows()) > 200


@pytest.mark.parametrize(
    ("worked", "in_place_of"),
    [("2025-04-26", "2025-05-02"), ("2026-01-10", "2026-01-02"), ("2026-08-22", "2026-08-31")],
)
def test_swapped_day_is_off_and_its_saturday_is_worked(session: Session, worked: str, in_place_of: str) -> None:
    calendar = working_calendar(session)
    assert calendar.is_working_day(date.fromisoformat(worked))
    assert not calendar.is_working_day(date.fromisoformat(in_place_of))
    assert calendar.name_of(date.fromisoformat(worked)).startswith("Làm bù")


@pytest.mark.parametrize("year", [2025, 2026, 2027])
def test_shipped_calendar_holds_the_days_off_that_the_labour_code_grants(session: Session, year: int) -> None:
    calendar = working_calendar(session)
    for month, day in ((1, 1), (4, 30), (9, 2)):
        assert not calendar.is_working_day(date(year, month, day))
    names = [name for day, name in calendar.days_off.items() if day.year == year]
    for feast, least in (("Tết Nguyên đán", 5), ("Giỗ Tổ", 1), ("Quốc khánh", 2)):
        assert sum(feast in name for name in names) >= least, feast


def test_day_of_culture_is_off_from_2026_on_and_not_before(session: Session) -> None:
    calendar = working_calendar(session)
    assert [calendar.is_working_day(date(year, 11, 24)) for year in (2025, 2026, 2027)] == [True, False, False]


def test_day_of_digital_citizens_is_a_working_day(session: Session) -> None:
    assert working_calendar(session).is_working_day(date(2026, 10, 15))
