"""Numbers of registers, papers and dossiers: no gap, no pair, each office and year its own, the year turning in Vietnam."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
import time_machine
from hypothesis import HealthCheck, given
from hypothesis import settings as tried
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import db
from portal.clock import LOCAL
from portal.models import IssuedDocument
from portal.postgres import EmbeddedServer
from portal.services.dossiers.numbering import next_document_number, next_dossier_code, next_number, next_register_number
from portal.services.dossiers.receive import receive
from tests.filings import submitted
from tests.people import OFFICE, OTHER_OFFICE, citizen, clerk

AT_ONCE = 8
LAST_SECOND = datetime(2026, 12, 31, 16, 59, 59, tzinfo=UTC)  # 23:59:59 in Hà Nội
FIRST_SECOND = datetime(2026, 12, 31, 17, 0, 0, tzinfo=UTC)  # midnight in Hà Nội, the old year still at Greenwich


class GivenUp(Exception):
    """The act failed after it had taken its number."""


def side_by_side(acts: list[Callable[[], int]]) -> list[int]:
    """The numbers of the acts that were completed, all started together on connections of their own."""

    def outcome(act: Callable[[], int]) -> int | None:
        try:
            return act()
        except GivenUp:
            return None

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return [number for number in pool.map(outcome, acts) if number is not None]


def act_of(index: int, take: Callable[[Session], int], *, is_completed: bool) -> Callable[[], int]:
    def act() -> int:
        with db.transaction() as session:
            number = take(session)
            if not is_completed:
                raise GivenUp(index)
            return number

    return act


def test_acts_that_fail_at_the_same_moment_leave_no_gap_and_no_pair(committed: EmbeddedServer) -> None:
    acts = [
        act_of(index, lambda session: next_register_number(session, OFFICE, 2026), is_completed=index % 3 != 0)
        for index in range(60)
    ]
    assert sorted(side_by_side(acts)) == list(range(1, 41))


def test_offices_and_years_that_number_at_once_do_not_touch_each_other(committed: EmbeddedServer) -> None:
    registers = [(office, year) for office in (OFFICE, OTHER_OFFICE) for year in (2026, 2027)]
    acts = [
        act_of(index, lambda session, index=index: next_register_number(session, *registers[index % 4]), is_completed=True)
        for index in range(40)
    ]
    assert sorted(side_by_side(acts)) == sorted(list(range(1, 11)) * 4)


@tried(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["2026", "2027"]), st.booleans()), max_size=25))
def test_whatever_the_order_each_series_counts_its_own_completed_acts(
    session: Session, acts: list[tuple[str, str, bool]]
) -> None:
    with session.begin_nested() as all_of_it:
        given_out: dict[tuple[str, str], list[int]] = {}
        for series, period, is_completed in acts:
            with session.begin_nested() as act:
                number = next_number(session, series, period)
                if is_completed:
                    given_out.setdefault((series, period), []).append(number)
                else:
                    act.rollback()
        for numbers in given_out.values():
            assert numbers == list(range(1, len(numbers) + 1))
        all_of_it.rollback()


def test_papers_of_two_series_of_one_office_are_numbered_apart(session: Session) -> None:
    numbers = [next_document_number(session, OFFICE, series, 2026) for series in ("XNTTHN", "TTPVHCC", "XNTTHN", "XNTTHN")]
    assert numbers == [1, 1, 2, 3]
    assert next_document_number(session, OTHER_OFFICE, "XNTTHN", 2026) == 1


def test_register_line_and_paper_of_one_number_do_not_share_a_counter(session: Session) -> None:
    assert next_register_number(session, OFFICE, 2026) == 1
    assert next_document_number(session, OFFICE, "TTPVHCC", 2026) == 1
    assert next_register_number(session, OFFICE, 2026) == 2


def test_code_carries_office_day_and_a_serial_of_seven_digits_that_begins_anew_each_day(session: Session) -> None:
    codes = [next_dossier_code(session, OFFICE, date(2026, 11, day)) for day in (25, 25, 26)]
    assert codes == ["H26.31-20261125-0000001", "H26.31-20261125-0000002", "H26.31-20261126-0000001"]
    assert next_dossier_code(session, OTHER_OFFICE, date(2026, 11, 25)) == "H26.32-20261125-0000001"


@pytest.mark.parametrize(("moment", "day"), [(LAST_SECOND, "20261231"), (FIRST_SECOND, "20270101")])
def test_code_of_a_dossier_sent_around_midnight_has_the_day_of_vietnam(session: Session, moment: datetime, day: str) -> None:
    with time_machine.travel(moment, tick=False):
        dossier = submitted(session, citizen(session))
    assert re.fullmatch(rf"H26\.31-{day}-0000001", str(dossier.code))
    assert dossier.submitted_at == moment


def test_register_and_slips_begin_anew_at_midnight_in_vietnam(session: Session) -> None:
    taker = clerk(session)
    lines, slips = [], []
    for moment in (LAST_SECOND, LAST_SECOND, FIRST_SECOND):
        with time_machine.travel(moment, tick=False):
            filed = submitted(session, citizen(session))
            dossier = receive(session, taker, str(filed.code), expected_version=filed.version)
        lines.append((dossier.register_year, dossier.register_number))
        query = select(IssuedDocument).where(IssuedDocument.dossier_id == dossier.id, IssuedDocument.kind == "form_01")
        paper = session.scalars(query).one()
        slips.append((paper.year, paper.number))
    assert lines == slips == [(2026, 1), (2026, 2), (2027, 1)]


def test_promise_over_the_turn_of_the_year_is_made_in_vietnam_time(session: Session) -> None:
    with time_machine.travel(LAST_SECOND, tick=False):
        filed = submitted(session, citizen(session))
        dossier = receive(session, clerk(session), str(filed.code), expected_version=filed.version)
    assert dossier.promised_at == datetime(2027, 1, 7, 7, 30, tzinfo=LOCAL)
