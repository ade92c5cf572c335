from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal import db
from portal.models import Dossier, NumberSeries, OutboxItem
from portal.postgres import EmbeddedServer
from portal.services.catalogue.versions import current
from portal.services.publishing.rehearse import form_of, rehearse
from portal.services.registries.exchange import Ask, Reply, Subject
from portal.services.results.seals import enrol
from tests.filings import CODE, population_fields, replies

SUBJECT = Subject("001190000001", "Nguyễn Thị Mẫu", "1990-05-12")


@pytest.fixture
def case(session: Session, outside: str) -> dict[str, Any]:
    enrol("H26.31", "Ủy ban nhân dân phường Ba Đình")
    return copy.deepcopy(current(session, CODE).definition.rehearsals[0])


def registries(_asks: Mapping[str, Ask]) -> Mapping[str, Reply]:
    return replies(population_fields())


def test_case_goes_from_filing_to_a_drawn_result_that_says_what_it_must(session: Session, case: dict[str, Any]) -> None:
    went = rehearse(session, current(session, CODE), case, SUBJECT, registries)
    assert went.is_right, went
    assert went.places[0] == "submitted"
    assert went.places[-1] == "in_processing/issuing"
    assert went.pdf_bytes > 10_000


def test_result_that_does_not_say_what_the_case_expects_is_told(session: Session, case: dict[str, Any]) -> None:
    case["result_says"] = ["Hiện tại đang có vợ hoặc chồng"]
    went = rehearse(session, current(session, CODE), case, SUBJECT, registries)
    assert (went.is_right, went.missing_words) == (False, ("Hiện tại đang có vợ hoặc chồng",))


def test_case_that_the_procedure_refuses_stops_with_the_reason(session: Session, case: dict[str, Any]) -> None:
    case["answers"]["certificate.copies"] = "99"
    went = rehearse(session, current(session, CODE), case, SUBJECT, registries)
    assert "certificate.copies" in went.stopped
    assert went.places == ()


def test_rehearsal_that_is_rolled_back_leaves_no_trace_and_takes_no_number(
    committed: EmbeddedServer, case: dict[str, Any]
) -> None:
    with db.transaction() as session:
        rehearse(session, current(session, CODE), case, SUBJECT, registries)
        session.rollback()
    with db.transaction() as session:
        left = [session.scalar(select(func.count()).select_from(table)) for table in (Dossier, NumberSeries, OutboxItem)]
    assert left == [0, 0, 0]


def test_date_of_a_case_is_sent_in_its_three_boxes() -> None:
    assert form_of({"x": "2015-01-31", "y": "text"}) == {
        "x": "2015-01-31", "y": "text", "x.year": "2015", "x.month": "01", "x.day": "31",
    }  # fmt: skip
