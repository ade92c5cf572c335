from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal import clock, db
from portal.auth.permissions import Role
from portal.models import Dossier, NumberSeries, Office, OutboxItem
from portal.postgres import EmbeddedServer
from portal.services.catalogue.schema import Rehearsal
from portal.services.catalogue.versions import current
from portal.services.publishing.coverage import coverage_of, differences
from portal.services.publishing.rehearse import Rehearsed, form_of, put_on, rehearse
from portal.services.registries.exchange import Ask, Reply
from portal.services.results.seals import enrol
from tests.filings import CODE, population_fields, replies
from tests.people import citizen
from tests.procedures import edited
from tests.services.organisation.administrators import in_post

FAST = {"person": "001190000001", "full_name": "Nguyễn Thị Mẫu", "date_of_birth": "1990-05-12"}


@pytest.fixture
def case(session: Session, outside: str) -> Rehearsal:
    enrol("H26.31", "Ủy ban nhân dân phường Ba Đình")
    return current(session, CODE).definition.rehearsals[0].model_copy(update=FAST)


def registries(_asks: Mapping[str, Ask]) -> Mapping[str, Reply]:
    return replies(population_fields())


def rehearsed(session: Session, case: Rehearsal, **changes: Any) -> Rehearsed:
    return rehearse(session, current(session, CODE), case.model_copy(update=changes), registries)


def test_case_goes_from_filing_to_papers_that_say_what_they_must(session: Session, case: Rehearsal) -> None:
    went = rehearsed(session, case)
    assert went.is_right, went
    assert (went.places[0], went.places[-1]) == ("submitted", "in_processing/issuing")
    assert (went.fee_vnd, went.term, went.pages) == (3000, "3wd", ["purpose", "period", "delivery"])
    assert {paper.kind for paper in went.papers} == {"acknowledgement", "form_01", "result"}
    assert len(next(paper for paper in went.papers if paper.kind == "result").draw()) > 10_000


def test_case_goes_its_way_at_an_office_that_assigns_by_rule_too(session: Session, case: Rehearsal) -> None:
    in_post(session, citizen(session, "Phạm Văn Giỏi"), Role.OFFICER, "H26.31")
    session.get_one(Office, "H26.31").assigns_automatically = True
    session.flush()
    went = rehearsed(session, case)
    assert went.is_right, went
    assert went.places[-3:] == ["in_processing/appraising", "in_processing/awaiting_signature", "in_processing/issuing"]


def test_result_that_does_not_say_what_the_case_expects_is_told(session: Session, case: Rehearsal) -> None:
    went = rehearsed(session, case, result_says=("Hiện tại đang có vợ hoặc chồng",))
    assert (went.is_right, went.faults) == (False, ["Kết quả không ghi «Hiện tại đang có vợ hoặc chồng»."])


def test_fee_term_and_case_that_are_not_as_expected_are_told(session: Session, case: Rehearsal) -> None:
    went = rehearsed(session, case, expects_fee_vnd=1, expects_term="5wd", expects_case="late")
    assert len(went.faults) == 3


def test_case_that_the_procedure_refuses_stops_with_the_reason(session: Session, case: Rehearsal) -> None:
    went = rehearsed(session, case, answers={**case.answers, "certificate.copies": "99"})
    assert "certificate.copies" in went.stopped
    assert went.places == []


def test_refusal_at_reception_makes_its_letter(session: Session, case: Rehearsal) -> None:
    went = rehearsed(
        session,
        case,
        decision="refuse_at_reception",
        reason="Nơi cư trú thuộc xã khác.",
        result_says=(),
        letter_says=("xã khác",),
    )
    assert went.is_right, went
    assert went.places == ["submitted", "not_received"]


def test_clock_of_a_case_stands_where_the_case_says(session: Session, case: Rehearsal) -> None:
    went = rehearsed(session, case, at="2026-11-23T09:00")
    assert went.promised_at == datetime(2026, 11, 27, 9, 0, tzinfo=clock.LOCAL)  # 24/11 is a holiday


def test_unpublished_definition_is_rehearsed_and_compared_with_the_one_in_force(session: Session, case: Rehearsal) -> None:
    before = rehearsed(session, case)
    put_on(session, edited(lambda data: data["fees"][0].update(amount_vnd=8000)))
    after = rehearsed(session, case)
    assert [(one.what, one.before, one.after) for one in differences([before], [after])] == [("Lệ phí", "3000", "8000")]


def test_coverage_names_the_branches_that_nobody_walked(session: Session, case: Rehearsal) -> None:
    walked = coverage_of(current(session, CODE), [rehearsed(session, case)])
    assert "trang «Người ông/bà dự định kết hôn»" in walked.missed
    assert "trang «Mục đích sử dụng và số bản»" not in walked.missed
    assert 0 < walked.percent < 100


def test_rehearsal_that_is_rolled_back_leaves_no_trace_and_takes_no_number(committed: EmbeddedServer, case: Rehearsal) -> None:
    with db.transaction() as session:
        rehearsed(session, case)
        session.rollback()
    with db.transaction() as session:
        left = [session.scalar(select(func.count()).select_from(table)) for table in (Dossier, NumberSeries, OutboxItem)]
    assert left == [0, 0, 0]


def test_date_of_a_case_is_sent_in_its_three_boxes() -> None:
    assert form_of({"x": "2015-01-31", "y": "text"}) == {
        "x": "2015-01-31", "y": "text", "x.year": "2015", "x.month": "01", "x.day": "31",
    }  # fmt: skip
