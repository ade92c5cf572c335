"""How clean the registries are: counted over HTTP by their owners, believed only when the counts add up, kept day by day."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.config import settings
from portal.models import QualityCount
from portal.services.errors import NotFound
from portal.services.registries.exchange import Exchange
from portal.services.registries.quality import QualityReport, quality_of
from portal.services.registries.quality_board import board, keep_report, places
from portal.services.registries.sources import sources
from tests.services.registries.liar import SECRET, Liar, lying

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
PLACE = {"province_code": "01", "total": 10, "verified": 6, "corrected": 1, "waiting": 1, "disagreeing": {"name": 2, "date": 1}}


@pytest.fixture
def exchange(outside: str) -> Iterator[Exchange]:
    own = settings()
    yield Exchange(own.registry_url, own.registry_client_id, own.registry_client_secret)
    requests.delete(f"{outside}/registries/faults", timeout=5)


@pytest.fixture
def liar() -> Iterator[Liar]:
    with lying() as at_work:
        yield at_work


def report(registry: str = "tax", at: datetime = NOW, **changes: Any) -> QualityReport:
    return QualityReport.model_validate({"registry": registry, "as_of": at, "places": [{**PLACE, **changes}]})


def test_every_owner_tells_counts_that_add_up_and_no_person(exchange: Exchange) -> None:
    for name in sources():
        told = quality_of(name, exchange)
        assert told is not None, name
        assert told.registry == name
        kinds = {kind for place in told.places for kind in place.disagreeing}
        assert kinds <= {"name", "date", "number", "no_number", "duplicate", "dead_but_active"}
    tax = quality_of("tax", exchange)
    assert tax is not None
    assert sum(sum(place.disagreeing.values()) for place in tax.places) > 500  # cleansing has work
    assert len({place.province_code for place in tax.places}) > 5


@pytest.mark.parametrize("fault", ["down", "reset", "malformed", "html", "huge", "error", "quota"])
def test_owner_who_keeps_silent_or_talks_nonsense_is_no_count(exchange: Exchange, outside: str, fault: str) -> None:
    requests.post(f"{outside}/registries/faults", json={"registry": "tax", "fault": fault}, timeout=5).raise_for_status()
    assert quality_of("tax", exchange) is None
    assert quality_of("land", exchange) is not None


@pytest.mark.parametrize(
    "changes",
    [
        {"registry": "land"},
        {"as_of": "2026-11-20T08:00:00"},
        {"places": [{**PLACE, "verified": 7}]},
        {"places": [{**PLACE, "corrected": 7}]},
        {"places": [{**PLACE, "total": -1, "verified": -5}]},
        {"places": [{**PLACE, "disagreeing": {"name": 4, "date": -1}}]},
        {"places": [{**PLACE, "province_code": "Hà Nội"}]},
        {"places": [{**PLACE, "personal_id": "001190000001"}]},
        {"places": [PLACE, PLACE]},
        {"places": None},
    ],
    ids=str,
)
def test_count_that_cannot_be_is_not_believed(liar: Liar, changes: dict[str, Any]) -> None:
    honest = {"registry": "tax", "as_of": "2026-11-20T08:00:00+07:00", "places": [PLACE]}
    exchange = Exchange(liar.url, "portal", SECRET)
    liar.answer = lambda _body: json.dumps(honest).encode()
    assert quality_of("tax", exchange) is not None
    liar.answer = lambda _body: json.dumps({**honest, **changes}).encode()
    assert quality_of("tax", exchange) is None


def test_newest_day_stands_and_a_later_count_of_a_day_replaces_it_but_never_an_earlier_one(session: Session) -> None:
    keep_report(session, report(at=NOW - timedelta(days=1), total=11, waiting=2))
    keep_report(session, report())
    keep_report(session, report(at=NOW + timedelta(hours=1), verified=7, disagreeing={"name": 2}))
    keep_report(session, report(at=NOW - timedelta(hours=1), total=12, waiting=3))
    clean = board(session)["tax"]
    assert (clean.total, clean.verified, clean.corrected, clean.waiting, clean.disagreements) == (10, 7, 1, 1, 2)
    assert clean.as_of == NOW + timedelta(hours=1)
    days = session.scalars(select(QualityCount.counted_on).where(QualityCount.registry_name == "tax")).all()
    assert len(days) == 2


def test_share_is_never_rounded_up_to_all(session: Session) -> None:
    keep_report(session, report(total=100_000, verified=99_999, corrected=0, waiting=0, disagreeing={"name": 1}))
    assert board(session)["tax"].percent == 99.9
    assert board(session)["land"].percent is None


def test_places_stand_with_the_least_clean_first_and_an_unknown_registry_is_not_found(session: Session) -> None:
    clean = {**PLACE, "province_code": None, "verified": 9, "disagreeing": {}}
    told = {"registry": "tax", "as_of": NOW, "places": [clean, PLACE]}
    keep_report(session, QualityReport.model_validate(told))
    assert list(places(session, "tax")) == ["01", ""]
    with pytest.raises(NotFound):
        places(session, "horoscopes")
