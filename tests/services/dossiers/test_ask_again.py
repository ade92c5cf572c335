"""Registries that kept silent are asked again by the portal itself: boundedly, on the ground of the law, and kept."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor
from portal.models import AccessEntry, Dossier, Evidence, UnansweredLookUp
from portal.services.catalogue.answers import shown_pages
from portal.services.catalogue.versions import by_hash, current
from portal.services.dossiers.ask_again import keep_answer, let_ended_go, next_silent
from portal.services.dossiers.fill_draft import answer_facts, answer_page, decline_lookups
from portal.services.dossiers.folder import folder_of
from portal.services.dossiers.open_draft import open_draft
from portal.services.dossiers.queries import latest_answers
from portal.services.dossiers.register_marks import register_mark
from portal.services.dossiers.silent_registries import checks
from portal.services.dossiers.submit import submit
from portal.services.dossiers.withdraw import withdraw
from portal.services.registries.exchange import Outcome, Reply
from tests import intakes
from tests.filings import ANSWERS, CODE, population_fields, replies, taken
from tests.people import citizen, clerk

BOTH = frozenset({"population", "civil-status"})
TYPED = {
    "subject.full_name": "Nguyễn Thị Mẫu",
    "subject.personal_id": "001190000001",
    "subject.date_of_birth.day": "12", "subject.date_of_birth.month": "5", "subject.date_of_birth.year": "1990",
    "subject.sex": "female",
    "subject.ethnicity": "Kinh",
    "subject.nationality": "Việt Nam",
    "subject.identity_card": "001190000001",
    "subject.permanent_residence": "Số 9 phố Mẫu, phường Ba Đình",
    "subject.residence_from.day": "1", "subject.residence_from.month": "1", "subject.residence_from.year": "2010",
    "subject.household": "Chủ hộ Nguyễn Văn Chủ Hộ",
    "subject.marital_status": "never_married",
    "subject.marriages": "Chưa kết hôn",
    "office": "H26.31",
}  # fmt: skip


@pytest.fixture
def owner(session: Session) -> Actor:
    return citizen(session)


def filed(
    session: Session, owner: Actor, outcome: Outcome = Outcome.UNAVAILABLE, silent: str = "population", **typed: str
) -> Dossier:
    """A dossier during whose filling one registry gave nothing."""
    procedure = current(session, CODE)
    draft = open_draft(session, owner, procedure, language="vi")
    answered = {**replies(), silent: Reply(silent, "request", outcome, clock.now())}
    taken(session, owner, draft, procedure, answered)
    return finished(session, owner, draft, **typed)


def finished(session: Session, owner: Actor, draft: Dossier, **typed: str) -> Dossier:
    procedure = by_hash(session, draft.version_hash)
    answer_facts(session, draft, procedure, {**TYPED, **typed})
    done: set[str] = set()
    while page := next((one for one in shown_pages(procedure, draft.draft["answers"]) if one.id not in done), None):
        answer_page(draft, procedure, page, ANSWERS)
        done.add(page.id)
    session.flush()
    return submit(session, owner, draft.id, is_declared=True)


def rows(session: Session, dossier: Dossier) -> list[UnansweredLookUp]:
    return list(session.scalars(select(UnansweredLookUp).where(UnansweredLookUp.dossier_id == dossier.id)))


def reply(outcome: Outcome = Outcome.FOUND, **changes: object) -> Reply:
    fields = population_fields(**changes) if outcome is Outcome.FOUND else {}
    return Reply("population", f"r-{clock.now()}", outcome, clock.now(), "answer-later", clock.now(), 5, fields)


def findings(session: Session, dossier: Dossier) -> dict[str, str]:
    folder = folder_of(session, dossier)
    procedure = by_hash(session, dossier.version_hash)
    found = checks(folder.unanswered, folder.evidence, procedure, folder.answers.content)
    return {key: one.finding for key, one in found.items()}


def test_what_a_silent_registry_did_not_give_is_noted_at_filing(session: Session, owner: Actor) -> None:
    dossier = filed(session, owner)
    (row,) = rows(session, dossier)
    assert (row.source, row.reason, row.state) == ("population", "unavailable", "waiting")
    assert "subject.sex" in row.elements
    assert "contact.phone" not in row.elements, "what everybody may type is no registry's word"
    assert next_silent(session, BOTH) is None, "not before a while"
    assert set(findings(session, dossier).values()) == {"waiting"}


@pytest.mark.parametrize(
    ("outcome", "is_asked"),
    [(Outcome.UNAVAILABLE, True), (Outcome.REFUSED, True), (Outcome.NOT_MATCHED, False), (Outcome.FOUND, False)],
)
def test_only_silence_is_asked_again(session: Session, owner: Actor, outcome: Outcome, is_asked: bool) -> None:
    assert bool(rows(session, filed(session, owner, outcome))) is is_asked


def test_whoever_would_rather_type_everything_is_not_taken_behind_their_back(session: Session, owner: Actor) -> None:
    draft = open_draft(session, owner, current(session, CODE), language="vi")
    decline_lookups(draft, current(session, CODE), {})
    assert rows(session, finished(session, owner, draft)) == []


def test_registry_is_asked_on_the_ground_of_the_law_for_exactly_what_was_typed(session: Session, owner: Actor) -> None:
    dossier = filed(session, owner)
    with time_machine.travel(clock.now() + timedelta(minutes=3)):
        one = next_silent(session, BOTH)
        assert one is not None
        assert next_silent(session, BOTH) is None, "two workers never ask at once"
    said = one.ask.to_json(clock.now())
    assert (said["basis"]["kind"], said["requester"]["kind"], said["requester"]["office"]) == ("law", "system", "H26.31")
    assert (said["dossier_code"], said["subject"]["full_name"]) == (dossier.code, "Nguyễn Thị Mẫu")
    assert {"full_name", "sex"} <= set(said["scope"])
    assert not {"contact", "household"} & set(said["scope"])


def test_answer_confirms_what_is_the_same_and_shows_what_differs(session: Session, owner: Actor) -> None:
    dossier = filed(session, owner, **{"subject.sex": "male"})
    with time_machine.travel(clock.now() + timedelta(minutes=3)):
        one = next_silent(session, BOTH)
        assert one is not None
        keep_answer(session, one.row_id, one.ask, reply())
        keep_answer(session, one.row_id, one.ask, reply())
    found = findings(session, dossier)
    assert (found["subject.full_name"], found["subject.sex"]) == ("confirmed", "differs")
    (row,) = rows(session, dossier)
    assert (row.state, row.differs, row.next_at) == ("answered", True, None)
    kept = session.scalars(select(Evidence).where(Evidence.response_id == "answer-later")).all()
    assert [one.requester_kind for one in kept] == ["system"]
    assert session.scalars(select(register_mark()).where(Dossier.id == dossier.id)).one() == "differs"
    assert latest_answers(session, dossier).content["subject.sex"]["value"] == "male", "what was filed stays as it was filed"


def test_look_up_that_comes_too_late_to_be_of_use_is_in_the_ledger_all_the_same(session: Session, owner: Actor) -> None:
    dossier = filed(session, owner)
    with time_machine.travel(clock.now() + timedelta(minutes=3)):
        one = next_silent(session, BOTH)
        assert one is not None
        (row,) = rows(session, dossier)
        row.state, row.next_at = "given_up", None
        keep_answer(session, one.row_id, one.ask, Reply("population", "r-late", Outcome.FOUND, clock.now(), "answer-late"))
    (entry,) = session.scalars(select(AccessEntry).where(AccessEntry.request_id == one.ask.request_id))
    assert (entry.actor_role, entry.basis, entry.dossier_code) == ("system", "law", dossier.code)
    assert session.scalars(select(Evidence).where(Evidence.response_id == "answer-late")).all() == []


def test_what_stood_on_the_card_at_the_counter_is_checked_too(session: Session) -> None:
    helper = clerk(session)
    draft = intakes.begun(session, helper, intakes.visit(session), intakes.silent(), accepts_unmatched=True)
    procedure = by_hash(session, draft.version_hash)
    answer_facts(session, draft, procedure, TYPED)
    for page in shown_pages(procedure, draft.draft["answers"]):
        answer_page(draft, procedure, page, ANSWERS)
    dossier = intakes.taken_in(session, helper, draft)
    with time_machine.travel(clock.now() + timedelta(minutes=3)):
        one = next_silent(session, {"population"})
        assert one is not None
        keep_answer(session, one.row_id, one.ask, reply())
    assert latest_answers(session, dossier).content["subject.full_name"]["source"] == "card"
    assert findings(session, dossier)["subject.full_name"] == "confirmed"


def test_registry_that_then_knows_nobody_is_told_as_such(session: Session, owner: Actor) -> None:
    dossier = filed(session, owner)
    with time_machine.travel(clock.now() + timedelta(minutes=3)):
        one = next_silent(session, BOTH)
        assert one is not None
        keep_answer(session, one.row_id, one.ask, reply(Outcome.NOT_MATCHED))
    assert set(findings(session, dossier).values()) == {"not_matched"}


def test_asking_grows_rarer_and_ends(session: Session, owner: Actor) -> None:
    dossier = filed(session, owner)
    asked: list[float] = []
    with time_machine.travel(clock.now(), tick=False) as now:
        for _ in range(4 * 24 * 10):
            now.shift(timedelta(minutes=15))
            one = next_silent(session, BOTH)
            if one is not None:
                asked.append(clock.now().timestamp())
                keep_answer(session, one.row_id, one.ask, reply(Outcome.UNAVAILABLE))
    waits = [later - earlier for earlier, later in zip(asked, asked[1:], strict=False)]
    assert len(asked) == 10
    assert waits == sorted(waits)
    (row,) = rows(session, dossier)
    assert (row.state, row.next_at, row.outcome) == ("given_up", None, "unavailable")
    assert set(findings(session, dossier).values()) == {"given_up"}


def test_registry_that_is_not_connected_is_left_alone_until_it_is(session: Session, owner: Actor) -> None:
    dossier = filed(session, owner)
    with time_machine.travel(clock.now() + timedelta(days=3)):
        assert next_silent(session, {"civil-status"}) is None
        assert next_silent(session, BOTH, {"population"}) is None
        assert rows(session, dossier)[0].attempts == 0
        assert next_silent(session, BOTH) is not None


def test_nothing_more_is_asked_for_a_dossier_that_has_ended(session: Session, owner: Actor) -> None:
    dossier = filed(session, owner)
    withdraw(session, owner, str(dossier.code), expected_version=dossier.version)
    session.flush()
    with time_machine.travel(clock.now() + timedelta(minutes=3)):
        assert next_silent(session, BOTH) is None
        let_ended_go(session)
    session.expire_all()
    assert rows(session, dossier)[0].state == "given_up"
