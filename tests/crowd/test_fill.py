"""A crowd of invented dossiers: as good as filed ones, chained to what was there, numbered without a gap, told by its seed."""

from __future__ import annotations

from collections import Counter

import pytest
from click.testing import CliRunner
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from portal.cli import main
from portal.config import settings
from portal.crowd.fill import fill
from portal.crowd.lives import OPEN, OVER
from portal.crowd.people import person
from portal.models import AnswersDocument, Dossier, NumberSeries
from portal.services.dossiers.folder import folder_of
from portal.services.dossiers.history import events_of, link_of
from portal.services.dossiers.lifecycle import PLACES
from portal.services.dossiers.queries import facts_of, latest_answers
from portal.services.dossiers.receive import receive
from portal.services.dossiers.supplements import newest_request
from portal.services.dossiers.supplied import supplied
from portal.services.dossiers.vocabulary import DRAFT, SUBMITTED, SUPPLIED
from portal.services.oversight.audit import verify
from tests.crowd.conftest import COUNT, quiet
from tests.people import clerk


def crowd(session: Session) -> list[Dossier]:
    return list(session.scalars(select(Dossier).where(Dossier.owner.has(issuer="crowd")).order_by(Dossier.id)))


def told(dossiers: list[Dossier]) -> list[tuple[str, ...]]:
    """What of a dossier the seed settles."""
    return [
        (one.procedure_code, str(one.office_code), str(facts_of(one).place), one.parties["subject"]["full_name"])
        for one in dossiers
    ]


def test_crowd_stands_at_every_place_of_the_table_and_half_of_it_is_open(filled: Session) -> None:
    places = Counter(facts_of(one).place for one in crowd(filled))
    assert {*OPEN, *OVER} == set(PLACES) - {DRAFT}
    assert sum(places.values()) == COUNT
    assert sum(count for place, count in places.items() if place in OPEN) == COUNT / 2
    assert len(places) >= len(PLACES) - 4  # the rarest may be missing in so small a crowd


def test_history_of_the_crowd_follows_the_events_before_it_and_is_proven_whole(filled: Session) -> None:
    report = verify(filled)
    assert report.findings == ()
    assert report.events > 4 * COUNT
    for dossier in crowd(filled)[:5]:
        for event in events_of(filled, dossier.id):
            assert link_of(event).hash_after(event.previous_hash) == event.hash


def test_chain_of_a_crowd_is_in_the_order_of_time(filled: Session) -> None:
    moments = filled.scalars(text("SELECT happened_at FROM events WHERE dossier_id IN (SELECT id FROM dossiers d WHERE"
                                  " EXISTS (SELECT FROM accounts a WHERE a.id = d.owner_id AND issuer = 'crowd'))"
                                  " ORDER BY number")).all()  # fmt: skip
    assert moments == sorted(moments)


def test_registers_have_no_gap_and_the_next_act_takes_the_next_number(filled: Session) -> None:
    last = {(row.series, row.period): row.last for row in filled.scalars(select(NumberSeries))}
    lines: dict[tuple[str, str], list[int]] = {}
    for one in filled.scalars(select(Dossier).where(Dossier.register_number.is_not(None))):
        lines.setdefault((f"register:{one.office_code}", str(one.register_year)), []).append(int(one.register_number or 0))
    assert lines
    for key, numbers in lines.items():
        assert sorted(numbers) == list(range(1, last[key] + 1))


def test_nobody_promised_before_receiving_and_nothing_happens_after_now(filled: Session) -> None:
    for one in crowd(filled):
        assert one.submitted_at
        assert one.submitted_at <= one.updated_at
        if one.received_at:
            assert one.submitted_at <= one.received_at
            assert one.promised_at
            assert one.received_at < one.promised_at or one.term == "0"


def test_clerk_receives_an_invented_dossier_like_any_other(filled: Session) -> None:
    undone = filled.begin_nested()
    waiting = next(one for one in crowd(filled) if facts_of(one).place == SUBMITTED)
    assert latest_answers(filled, waiting).content["subject.full_name"]["value"]
    taken = receive(filled, clerk(filled, str(waiting.office_code)), str(waiting.code), expected_version=waiting.version)
    assert taken.promised_at
    assert verify(filled).findings == ()
    undone.rollback()
    filled.expire_all()


def test_what_was_asked_of_the_citizen_says_what_its_page_needs(filled: Session) -> None:
    asked = 0
    for dossier in crowd(filled):
        request = newest_request(filled, dossier)
        if request is not None:
            asked += 1
            assert [set(item) for item in request.items] == [{"kind", "of", "name", "pages", "reason"}]
            rounds = filled.scalars(select(AnswersDocument).where(AnswersDocument.dossier_id == dossier.id)).all()
            in_order = sorted(rounds, key=lambda document: document.round)
            came = supplied(request, in_order, folder_of(filled, dossier).attached)
            assert (came is not None) == (facts_of(dossier).place == SUPPLIED)
    assert asked


def test_every_dossier_has_a_key_of_its_own(filled: Session) -> None:
    keys = [one.data_key_id for one in crowd(filled)]
    assert len(set(keys)) == COUNT


def test_same_seed_tells_the_same_dossiers_and_another_seed_other_people(filled: Session) -> None:
    undone = filled.begin_nested()
    before = Counter(told(crowd(filled)))
    fill(filled, 60, 3, quiet)
    first = Counter(told(crowd(filled))) - before
    fill(filled, 60, 3, quiet)
    assert Counter(told(crowd(filled))) == before + first + first
    assert verify(filled).findings == ()
    undone.rollback()
    assert [person(number, 3) for number in range(9)] != [person(number, 4) for number in range(9)]


def test_real_installation_refuses_a_crowd(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(settings()), "is_demo", property(lambda _self: False))
    answer = CliRunner().invoke(main, ["load", "--dossiers", "10"])
    assert answer.exit_code == 1
    assert "only in a demonstration" in answer.output
