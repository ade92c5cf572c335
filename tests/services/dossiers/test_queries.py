"""Finding dossiers on somebody's behalf: what is not theirs is not found, and what must be answered first stands first."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy.orm import Session

from portal.auth.permissions import ANONYMOUS, SYSTEM, Actor, Duty, Role
from portal.models import Dossier
from portal.services.dossiers.assign import assign
from portal.services.dossiers.issue import issue, order_of
from portal.services.dossiers.queries import (
    at_counter,
    documents_of,
    evidence_of,
    latest_answers,
    owned,
    owned_dossiers,
    paper_of,
)
from portal.services.dossiers.queue_counts import queue_counts
from portal.services.dossiers.queues import PAGE_SIZE, QueueFilter, queue
from portal.services.dossiers.receive import receive
from portal.services.dossiers.vocabulary import NOT_RECEIVED, RECEIVED, SUBMITTED, UNASSIGNED, Place, State
from portal.services.errors import NotFound
from tests.filings import appraising, approved, filled_draft, received, submitted
from tests.people import OFFICE, OTHER_OFFICE, citizen, clerk, leader, officer, staff
from tests.services.dossiers.doings import DOINGS, PDF, hands, result_of, unassigned

MONDAY = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


def codes(dossiers: list[Dossier]) -> list[str]:
    return [str(dossier.code) for dossier in dossiers]


def counts(session: Session, actor: Actor) -> dict[Place, int]:
    return queue_counts(session, actor, now=MONDAY, soon=MONDAY + timedelta(days=1)).places


def found(session: Session, actor: Actor, search: str) -> list[str]:
    return codes(queue(session, actor, QueueFilter(search=search)))


def test_what_is_promised_first_stands_first_and_what_has_no_promise_yet_by_its_age(
    session: Session, clock: time_machine.Traveller
) -> None:
    taker = clerk(session)
    oldest = submitted(session, citizen(session))
    clock.shift(timedelta(hours=1))
    promised_late = submitted(session, citizen(session))
    promised_soon = submitted(session, citizen(session))
    clock.shift(timedelta(hours=1))
    youngest = submitted(session, citizen(session))
    receive(session, taker, str(promised_soon.code), expected_version=1)
    clock.shift(timedelta(days=1))
    receive(session, taker, str(promised_late.code), expected_version=1)
    order = [promised_soon, promised_late, oldest, youngest]
    assert codes(queue(session, taker, QueueFilter())) == codes(order)


def test_queue_of_an_office_shows_no_other_offices_dossier_and_nobodys_draft(session: Session) -> None:
    here = submitted(session, citizen(session))
    there = submitted(
        session, citizen(session), permanent_residence={"ward_code": "00070", "province_code": "01", "detail": "Số 2"}
    )
    filled_draft(session, citizen(session))
    assert codes(queue(session, clerk(session), QueueFilter())) == [here.code]
    assert codes(queue(session, clerk(session, OTHER_OFFICE), QueueFilter())) == [there.code]


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR])
def test_administrator_and_auditor_have_no_queue(session: Session, role: Role) -> None:
    dossier = submitted(session, citizen(session))
    actor = staff(session, role)
    assert queue(session, actor, QueueFilter()) == []
    assert counts(session, actor) == {}
    with pytest.raises(NotFound):
        at_counter(session, actor, str(dossier.code))


def test_citizen_stranger_and_portal_have_no_queue(session: Session) -> None:
    owner = citizen(session)
    submitted(session, owner)
    for actor in (owner, ANONYMOUS, SYSTEM):
        assert queue(session, actor, QueueFilter()) == []


def test_clerk_of_two_offices_sees_both_queues_in_one(session: Session) -> None:
    first = submitted(session, citizen(session))
    second = submitted(
        session, citizen(session), permanent_residence={"ward_code": "00070", "province_code": "01", "detail": "Số 2"}
    )
    both = replace(clerk(session), duties=frozenset({Duty(Role.CLERK, OFFICE), Duty(Role.CLERK, OTHER_OFFICE)}))
    assert set(codes(queue(session, both, QueueFilter()))) == {first.code, second.code}
    assert counts(session, both) == {SUBMITTED: 2}


def test_duty_for_one_procedure_shows_that_procedures_dossiers_alone(session: Session) -> None:
    dossier = submitted(session, citizen(session))
    covered, other = (
        replace(clerk(session), duties=frozenset({Duty(Role.CLERK, OFFICE, frozenset({code}))}))
        for code in (dossier.procedure_code, "1.001193")
    )
    assert codes(queue(session, covered, QueueFilter())) == [dossier.code]
    assert queue(session, other, QueueFilter()) == []
    assert (counts(session, covered), counts(session, other)) == ({SUBMITTED: 1}, {})


def test_queue_is_narrowed_to_places_and_to_stages_within_processing(session: Session) -> None:
    who = hands(session, citizen(session))
    waiting, taken_in = submitted(session, citizen(session)), received(session, citizen(session), who.clerk)
    handed_over = unassigned(session, who)
    appraising(session, citizen(session), who.clerk, who.officer)
    assert codes(queue(session, who.clerk, QueueFilter(places=(SUBMITTED,)))) == [waiting.code]
    assert set(codes(queue(session, who.clerk, QueueFilter(places=(RECEIVED, UNASSIGNED))))) == {taken_in.code, handed_over.code}
    assert queue(session, who.clerk, QueueFilter(places=(Place(State.FINISHED),))) == []


def test_every_place_is_counted_and_drafts_at_none(session: Session) -> None:
    who = hands(session, citizen(session))
    submitted(session, citizen(session))
    unassigned(session, who)
    unassigned(session, hands(session, citizen(session)))
    ended = submitted(session, citizen(session))
    ended.state = "not_received"
    session.flush()
    filled_draft(session, citizen(session))
    assert counts(session, who.clerk) == {SUBMITTED: 1, UNASSIGNED: 2, NOT_RECEIVED: 1}


def test_officer_finds_what_they_hold_and_not_what_a_colleague_holds(session: Session) -> None:
    who, colleague = hands(session, citizen(session)), officer(session)
    mine = unassigned(session, who)
    theirs = unassigned(session, hands(session, citizen(session)))
    assign(session, who.officer, str(mine.code), expected_version=mine.version)
    assign(session, colleague, str(theirs.code), expected_version=theirs.version)
    assert codes(queue(session, who.officer, QueueFilter(mine_only=True))) == [mine.code]


def test_due_filter_finds_what_is_promised_before_the_moment_and_nothing_without_a_promise(
    session: Session, clock: time_machine.Traveller
) -> None:
    taker = clerk(session)
    soon = received(session, citizen(session), taker)
    clock.shift(timedelta(days=1))
    received(session, citizen(session), taker)
    submitted(session, citizen(session))
    assert soon.promised_at is not None
    assert codes(queue(session, taker, QueueFilter(due_before=soon.promised_at + timedelta(seconds=1)))) == [soon.code]
    assert queue(session, taker, QueueFilter(due_before=soon.promised_at)) == []


def test_pages_follow_one_another_from_the_code_where_one_ends_and_back(
    session: Session, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.services.dossiers.queues.PAGE_SIZE", 3)
    taker, filed = clerk(session), []
    for _ in range(7):
        filed.append(str(submitted(session, citizen(session)).code))
        clock.shift(timedelta(seconds=1))

    def page(**where: Any) -> list[str]:
        return codes(queue(session, taker, QueueFilter(**where)))

    assert page() == filed[:4]
    assert page(after=filed[2]) == filed[3:7]
    assert page(after=filed[5]) == filed[6:7]
    assert page(after=filed[6]) == []
    assert page(before=filed[6]) == filed[2:6]
    assert page(before=filed[1]) == filed[:1]
    assert page(newest_first=True) == filed[:2:-1]
    assert page(newest_first=True, after=filed[4]) == filed[3::-1]
    assert page(newest_first=True, before=filed[2]) == filed[6:2:-1]
    assert PAGE_SIZE == 50


def test_page_that_begins_at_another_offices_dossier_is_empty(session: Session) -> None:
    submitted(session, citizen(session))
    there = submitted(
        session, citizen(session), permanent_residence={"ward_code": "00070", "province_code": "01", "detail": "Số 2"}
    )
    for mark in (str(there.code), "H26.31-20260101-0000000", "x"):
        assert queue(session, clerk(session), QueueFilter(after=mark)) == []


@pytest.mark.parametrize(
    ("name", "searches"),
    [
        ("Nguyễn Văn Dũng", ["nguyen van dung", "DŨNG", "dung nguyen", "  Văn   Dũng ", "nguyễn"]),
        ("Đường Thị Dương", ["duong", "Đường", "DUONG THI"]),
        ("H'Linh Niê", ["h'linh", "H’Linh", "nie"]),
        ("Ê-ban Y-Thu", ["Ê-ban", "e-ban", "y-thu ê-ban", "Ê‑BAN"]),
        ("Ỷ", ["y", "ỷ"]),
        ("Hoà Thị Thuý", ["hòa", "hoà thuý", "thúy"]),
    ],
)
def test_name_is_found_without_diacritics_in_any_order_and_with_its_own_signs(
    session: Session, name: str, searches: list[str]
) -> None:
    wanted = submitted(session, citizen(session, name), full_name=name)
    submitted(session, citizen(session, "Trần Quốc Khánh"), full_name="Trần Quốc Khánh")
    for search in searches:
        assert found(session, clerk(session), search) == [wanted.code], search


@pytest.mark.parametrize("search", ["duon", "nguyenvan", "Trần Dũng", "%", "_", "nguyen%", "' OR 1=1 --", "\\"])
def test_part_of_a_word_another_name_or_a_trick_finds_nobody(session: Session, search: str) -> None:
    submitted(session, citizen(session, "Nguyễn Văn Dũng"), full_name="Nguyễn Văn Dũng")
    assert found(session, clerk(session), search) == []


def test_search_of_marks_alone_does_not_show_everything(session: Session) -> None:
    submitted(session, citizen(session))
    assert found(session, clerk(session), "\u0301\u0323") == []


def test_dossier_is_found_by_its_code_however_it_is_typed_and_only_at_its_office(session: Session) -> None:
    dossier = submitted(session, citizen(session))
    code = str(dossier.code)
    for typed in (code, code.lower(), f"  {code} "):
        assert found(session, clerk(session), typed) == [code]
    assert found(session, clerk(session, OTHER_OFFICE), code) == []
    assert found(session, clerk(session), code[:-1]) == []


def test_dossier_is_found_by_the_owners_personal_id_and_by_no_part_of_it(session: Session) -> None:
    owner = citizen(session, personal_id="001190009999")
    dossier = submitted(session, owner)
    submitted(session, citizen(session))
    assert found(session, clerk(session), " 001190009999 ") == [dossier.code]
    assert found(session, clerk(session), "00119000999") == []
    assert found(session, clerk(session), "001190009998") == []


def test_owner_finds_their_own_by_code_and_nobody_elses(session: Session) -> None:
    owner, other = citizen(session), citizen(session)
    dossier = submitted(session, owner)
    assert owned(session, owner, str(dossier.code)).id == dossier.id
    for actor in (other, clerk(session), ANONYMOUS, SYSTEM):
        with pytest.raises(NotFound):
            owned(session, actor, str(dossier.code))


def test_owner_sees_drafts_and_dossiers_together_the_last_touched_first(session: Session, clock: time_machine.Traveller) -> None:
    owner = citizen(session)
    first = submitted(session, owner)
    clock.shift(timedelta(hours=1))
    draft = filled_draft(session, owner)
    clock.shift(timedelta(hours=1))
    receive(session, clerk(session), str(first.code), expected_version=1)
    assert [dossier.id for dossier in owned_dossiers(session, owner)] == [first.id, draft.id]
    assert owned_dossiers(session, citizen(session)) == []


def test_draft_is_found_at_no_counter_though_its_office_is_known(session: Session) -> None:
    draft = filled_draft(session, citizen(session))
    draft.office_code, draft.code = OFFICE, "H26.31-20261116-0000777"
    session.flush()
    assert queue(session, clerk(session), QueueFilter()) == []
    for code in ("", str(draft.code)):
        with pytest.raises(NotFound):
            at_counter(session, clerk(session), code)


def test_paper_is_given_only_once_it_is_made_and_only_with_its_dossier(session: Session) -> None:
    who = hands(session, citizen(session))
    dossier = approved(session, who.owner, who.clerk, who.officer, who.leader)
    other = submitted(session, citizen(session))
    result = result_of(session, dossier)
    with pytest.raises(NotFound):
        paper_of(session, dossier, result.id)
    order = order_of(session, result.id)
    assert order is not None
    issue(session, order, PDF)
    assert paper_of(session, dossier, result.id)[0] is result
    for wrong_dossier, wrong_id in ((other, result.id), (dossier, uuid.uuid4())):
        with pytest.raises(NotFound):
            paper_of(session, wrong_dossier, wrong_id)


def test_papers_and_evidence_stand_in_the_order_in_which_they_came(session: Session, clock: time_machine.Traveller) -> None:
    who = hands(session, citizen(session))
    dossier = submitted(session, who.owner)
    for verb in ("receive", "forward", "assign", "propose", "approve"):
        clock.shift(timedelta(minutes=1))
        DOINGS[verb].do(session, who.of(DOINGS[verb].role), str(dossier.code), dossier.version)
    assert [paper.kind for paper in documents_of(session, dossier)] == ["acknowledgement", "form_01", "result"]
    moments = [row.fetched_at for row in evidence_of(session, dossier)]
    assert len(moments) == 2
    assert moments == sorted(moments)


def test_latest_answers_are_the_ones_that_were_filed(session: Session) -> None:
    one, other = submitted(session, citizen(session)), submitted(session, citizen(session), {"certificate.copies": "3"})
    assert latest_answers(session, one).content["certificate.copies"]["value"] == 1
    assert latest_answers(session, other).content["certificate.copies"]["value"] == 3
    assert latest_answers(session, one).version_hash == one.version_hash


def test_leader_and_officer_see_the_dossier_that_the_clerk_sees(session: Session) -> None:
    dossier = submitted(session, citizen(session))
    for actor in (clerk(session), officer(session), leader(session)):
        assert at_counter(session, actor, str(dossier.code)).id == dossier.id
