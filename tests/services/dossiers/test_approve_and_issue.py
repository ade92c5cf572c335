"""Approval, issue and return: one result, numbered once, made once, handed over once."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.auth.permissions import SYSTEM
from portal.crypto import sha256
from portal.models import Dossier, OutboxItem, StoredFile
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.approve import approve, proposed_result
from portal.services.dossiers.issue import issue, order_of
from portal.services.dossiers.papers import CODE_ALPHABET, CODE_LENGTH, new_verification_code, order_paper, refusal_facts
from portal.services.dossiers.queries import documents_of, for_system
from portal.services.dossiers.refuse import refuse
from portal.services.dossiers.return_result import release_result, return_result
from portal.services.dossiers.vocabulary import Act, Document
from portal.services.errors import Forbidden, GuardRefused, IllegalMove
from portal.services.vault.store import read_file
from tests.filings import approved, filled_draft, proposed, submitted
from tests.people import citizen, clerk
from tests.services.dossiers.doings import DOINGS, GROUND, PDF, REASON, Hands, hands, issued, last_event, result_of


def approved_on(session: Session, moment: datetime) -> Dossier:
    with time_machine.travel(moment, tick=False):
        who = hands(session, citizen(session))
        return approved(session, who.owner, who.clerk, who.officer, who.leader)


@pytest.mark.parametrize("conclusion", ["never_married", "divorced"])
def test_leader_reads_before_signing_the_very_facts_that_are_signed(session: Session, conclusion: str) -> None:
    who = hands(session, citizen(session))
    form = {"decision": "grant", "appraisal.conclusion": conclusion}
    dossier = proposed(session, who.owner, who.clerk, who.officer, form)
    read = proposed_result(session, dossier, by_hash(session, dossier.version_hash), who.leader.display_name)
    approve(session, who.leader, str(dossier.code), expected_version=dossier.version)
    signed = result_of(session, dossier).facts
    assert {name: signed[name] for name in read} == read
    assert signed["fields"]["conclusion"]["value"] == conclusion


@pytest.mark.parametrize("had_a_hand_in_it", ["received", "appraised", "proposed"])
@pytest.mark.parametrize("act", ["approve", "send_back"])
def test_whoever_had_a_hand_in_the_dossier_does_not_decide_on_the_proposal(
    session: Session, had_a_hand_in_it: str, act: str
) -> None:
    who = hands(session, citizen(session))
    dossier = proposed(session, who.owner, who.clerk, who.officer)
    column = {"received": "received_by", "appraised": "assigned_to", "proposed": "proposed_by"}[had_a_hand_in_it]
    setattr(dossier, column, who.leader.account_id)
    session.flush()
    with pytest.raises(GuardRefused, match="không được ký"):
        DOINGS[act].do(session, who.leader, str(dossier.code), dossier.version)


def test_result_says_nothing_of_the_contact_the_history_or_the_note_of_the_officer(session: Session) -> None:
    who = hands(session, citizen(session))
    form = {"decision": "grant", "appraisal.conclusion": "never_married", "appraisal.note": "Ghi chú nội bộ của chuyên viên"}
    dossier = proposed(session, who.owner, who.clerk, who.officer, form)
    approve(session, who.leader, str(dossier.code), expected_version=dossier.version)
    assert "Ghi chú nội bộ" not in str(result_of(session, dossier).facts)


@pytest.mark.parametrize(
    ("approved_at", "last_day"),
    [
        ("2026-11-16T02:00", date(2027, 5, 16)),
        ("2026-08-31T02:00", date(2027, 2, 28)),  # February has no 31st
        ("2026-11-30T18:00", date(2027, 6, 1)),  # already 1 December in Vietnam
        ("2027-08-30T02:00", date(2028, 2, 29)),  # a leap year has the 29th
    ],
)
def test_certificate_holds_for_six_months_of_the_calendar_in_vietnam(session: Session, approved_at: str, last_day: date) -> None:
    dossier = approved_on(session, datetime.fromisoformat(approved_at).replace(tzinfo=UTC))
    assert result_of(session, dossier).expires_on == last_day


def test_refusal_after_appraisal_has_a_number_and_never_expires(session: Session) -> None:
    who = hands(session, citizen(session))
    dossier = proposed(session, who.owner, who.clerk, who.officer, {"decision": "refuse", "reason": REASON})
    approve(session, who.leader, str(dossier.code), expected_version=dossier.version)
    result = result_of(session, dossier)
    assert (result.number, result.expires_on, result.facts["valid_months"]) == (1, None, None)
    assert "từ chối" in result.title.lower()


def test_event_of_approval_says_which_way_it_went_and_which_paper(session: Session) -> None:
    who = hands(session, citizen(session))
    dossier = approved(session, who.owner, who.clerk, who.officer, who.leader)
    facts = last_event(session, dossier).facts
    assert (facts["decision"], facts["document_id"]) == ("grant", str(result_of(session, dossier).id))


def test_results_of_one_office_and_year_are_numbered_one_after_another(session: Session) -> None:
    numbers = [result_of(session, approved_on(session, datetime(2026, 12, 31, 3, 0, tzinfo=UTC))).number for _ in range(3)]
    next_year = result_of(session, approved_on(session, datetime(2026, 12, 31, 17, 0, tzinfo=UTC)))
    assert numbers == [1, 2, 3]
    assert (next_year.year, next_year.number) == (2027, 1)


def test_verification_codes_are_long_unlike_each_other_and_free_of_look_alikes() -> None:
    codes = {new_verification_code() for _ in range(2_000)}
    assert len(codes) == 2_000
    assert all(len(code) == CODE_LENGTH == 16 for code in codes)
    used = set("".join(codes))
    assert not used & set("01ILOU")
    assert used == set(CODE_ALPHABET)


def test_every_paper_has_a_code_of_its_own(session: Session) -> None:
    who = hands(session, citizen(session))
    dossier = approved(session, who.owner, who.clerk, who.officer, who.leader)
    codes = [paper.verification_code for paper in documents_of(session, dossier)]
    assert len(set(codes)) == len(codes) == 3


def test_paper_cannot_be_ordered_for_a_draft_that_no_office_holds(session: Session) -> None:
    draft = filled_draft(session, citizen(session))
    procedure = by_hash(session, draft.version_hash)
    with pytest.raises(ValueError, match="office"):
        order_paper(session, draft, procedure, Document.REFUSAL, refusal_facts(REASON, GROUND, "x"))


def test_issued_dossier_has_its_paper_its_hash_in_the_history_and_the_end_of_processing(session: Session) -> None:
    who = hands(session, citizen(session))
    with time_machine.travel(datetime(2026, 11, 18, 3, 0, tzinfo=UTC), tick=False):
        dossier = issued(session, who)
    result, event = result_of(session, dossier), last_event(session, dossier)
    assert result.file is not None
    assert read_file(result.file) == PDF
    assert (event.name, event.actor_id, event.actor_role) == ("issued", "system", "system")
    assert event.facts["sha256"] == sha256(PDF).hex()
    assert event.facts["number"] == result.number == 1
    assert dossier.finished_at == datetime(2026, 11, 18, 3, 0, tzinfo=UTC)


def test_slip_that_is_made_moves_nothing_and_releases_nothing(session: Session) -> None:
    dossier = submitted(session, citizen(session))
    (slip,) = documents_of(session, dossier)
    order = order_of(session, slip.id)
    assert order is not None
    issue(session, order, PDF)
    assert (dossier.state, dossier.version, last_event(session, dossier).name) == ("submitted", 1, "submitted")
    assert slip.issued_at is not None
    assert session.scalars(select(OutboxItem).where(OutboxItem.kind == "release_result")).all() == []


def test_form_03_that_is_made_after_the_refusal_leaves_the_dossier_refused(session: Session) -> None:
    dossier = submitted(session, citizen(session))
    refuse(session, clerk(session), str(dossier.code), expected_version=1, reason=REASON, ground=GROUND)
    for paper in documents_of(session, dossier):
        order = order_of(session, paper.id)
        assert order is not None
        issue(session, order, PDF)
    assert (dossier.state, dossier.version) == ("not_received", 2)


def test_second_worker_with_the_same_order_stores_no_second_file(session: Session) -> None:
    who = hands(session, citizen(session))
    dossier = approved(session, who.owner, who.clerk, who.officer, who.leader)
    order = order_of(session, result_of(session, dossier).id)
    assert order is not None
    for attempt in (PDF, PDF + b"2", PDF + b"3"):
        issue(session, order, attempt)
    assert len(session.scalars(select(StoredFile)).all()) == 1
    assert session.scalars(select(OutboxItem.key).where(OutboxItem.kind == "release_result")).all() == [str(dossier.id)]


def counter_dossier(session: Session, who: Hands) -> Dossier:
    """A finished dossier whose owner fetches the result at the counter."""
    dossier = submitted(session, who.owner, {"delivery.method": "counter"})
    for verb in ("receive", "forward", "assign", "propose", "approve"):
        DOINGS[verb].do(session, who.of(DOINGS[verb].role), str(dossier.code), dossier.version)
    order = order_of(session, result_of(session, dossier).id)
    assert order is not None
    issue(session, order, PDF)
    return dossier


def test_result_fetched_at_the_counter_is_handed_over_by_the_clerk_and_says_so(session: Session) -> None:
    who = hands(session, citizen(session))
    dossier = counter_dossier(session, who)
    return_result(session, who.clerk, str(dossier.code), expected_version=dossier.version)
    event = last_event(session, dossier)
    assert (event.name, event.actor_role, event.facts["way"]) == ("result_returned", "clerk", "counter")
    assert dossier.returned_at == event.happened_at


def test_portal_never_releases_what_is_to_be_fetched_however_often_it_is_asked(session: Session) -> None:
    who = hands(session, citizen(session))
    dossier = counter_dossier(session, who)
    for _ in range(3):
        with pytest.raises(GuardRefused):
            release_result(session, dossier.id)
    assert (dossier.state, dossier.returned_at) == ("finished", None)


def test_result_is_not_released_before_it_is_made(session: Session) -> None:
    who = hands(session, citizen(session))
    dossier = approved(session, who.owner, who.clerk, who.officer, who.leader)
    with pytest.raises(IllegalMove):
        release_result(session, dossier.id)
    assert dossier.stage == "issuing"


def test_electronic_result_that_the_clerk_handed_over_first_is_not_released_again(session: Session) -> None:
    who = hands(session, citizen(session))
    dossier = issued(session, who)
    return_result(session, who.clerk, str(dossier.code), expected_version=dossier.version)
    moment, version = dossier.returned_at, dossier.version
    release_result(session, dossier.id)
    assert (dossier.returned_at, dossier.version) == (moment, version)
    assert last_event(session, dossier).facts["way"] == "counter"


def test_nobody_but_the_portal_finishes_a_dossier(session: Session) -> None:
    who = hands(session, citizen(session))
    dossier = approved(session, who.owner, who.clerk, who.officer, who.leader)
    for actor in (who.leader, who.clerk, who.owner):
        with pytest.raises(Forbidden):
            for_system(session, actor, Act.ISSUE, dossier.id, result_is_signed=True)
    assert for_system(session, SYSTEM, Act.ISSUE, dossier.id, result_is_signed=True)[0].id == dossier.id
