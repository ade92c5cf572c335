"""Asking the citizen to complete a dossier: what may be pointed at, how often, how late, and what the letter says."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor
from portal.clock import LOCAL
from portal.models import Dossier, Notice
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.propose_supplements import propose_supplements
from portal.services.dossiers.queries import documents_of
from portal.services.dossiers.refuse import refuse
from portal.services.dossiers.request_supplements import request_supplements
from portal.services.dossiers.supplements import newest_request, open_request, targets
from portal.services.dossiers.tell import letter_of as notice_letter
from portal.services.errors import Forbidden, GuardRefused, IllegalMove, InvalidInput, NotFound, Stale
from tests import completing
from tests.completing import BLURRED, OVERRIDE, PAPER, PHOTOS, PURPOSE, UNCLEAR, asked, component, pages, question
from tests.people import OTHER_OFFICE, citizen, clerk, officer
from tests.services.dossiers.doings import GROUND, REASON, last_event, place_of, standing

TUESDAY = datetime(2026, 11, 17, 9, 0, tzinfo=LOCAL)


@pytest.fixture
def owner(session: Session) -> Actor:
    completing.publish_completing(session)
    return citizen(session)


def keys_of(session: Session, dossier: Dossier) -> list[str]:
    return [target.key for target in targets(session, dossier, by_hash(session, dossier.version_hash))]


def letter_of(session: Session, dossier: Dossier) -> dict[str, object]:
    return [paper.facts for paper in documents_of(session, dossier) if paper.kind == "form_02"][-1]


def test_counter_may_point_at_answers_papers_and_files_and_at_nothing_of_a_registry(session: Session, owner: Actor) -> None:
    dossier = completing.filed(session, owner)
    keys = keys_of(session, dossier)
    assert {f"question.{PURPOSE}", f"component.{PAPER}", f"component.{PHOTOS}"} <= set(keys)
    assert [key for key in keys if key.startswith("pages.")], "the file that was attached"
    assert [key for key in keys if key.startswith("question.subject.")] == []
    assert "question.certificate.purpose_detail" not in keys, "it was not asked"


def test_one_letter_lists_everything_with_its_reason(session: Session, owner: Actor) -> None:
    dossier, who = completing.filed(session, owner), clerk(session)
    (file,) = completing.attachments_of(session, dossier)
    asked(session, who, dossier, pages(file, "2, 4-5"), component(), question())
    letter = letter_of(session, dossier)
    assert [(item["name"], item["pages"], item["reason"]) for item in letter["items"]] == [  # in the order of the dossier
        ("Ông/bà dùng giấy này để làm gì?", "", UNCLEAR),
        ("Ảnh chụp nơi ở", "", "Cần ảnh chụp nơi ở để đối chiếu."),
        ("Giấy chứng sinh: giấy.pdf", "2, 4-5", BLURRED),
    ]
    assert letter["signed_by"] == {"name": who.display_name, "title": "NGƯỜI HƯỚNG DẪN"}
    assert (letter["title"], letter["override"]) == ("Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ", "")
    assert letter["number"] == 1


def test_dossier_waits_for_its_owner_until_the_last_day_of_the_window_is_over(session: Session, owner: Actor) -> None:
    with time_machine.travel(TUESDAY, tick=False):
        dossier = completing.filed(session, owner)
        request = asked(session, clerk(session), dossier)
    last = datetime(2026, 11, 27, 23, 59, 59, 999999, tzinfo=LOCAL)  # the 24th is a day off
    assert request.window_ends_at == dossier.waits_until == last
    assert (place_of(dossier), dossier.supplement_requests) == ("supplement_requested/before_receipt", 1)
    assert datetime.fromisoformat(str(letter_of(session, dossier)["until"])) == last


def test_where_the_sector_sets_no_window_the_owner_has_all_the_time(session: Session) -> None:
    completing.publish_completing(session, window="")
    dossier = completing.filed(session, citizen(session))
    assert asked(session, clerk(session), dossier).window_ends_at is None
    assert dossier.waits_until is None
    with pytest.raises(GuardRefused, match="chưa hết"):
        refuse(session, clerk(session), str(dossier.code), expected_version=dossier.version, reason=REASON, ground=GROUND)


def test_silence_beyond_the_window_may_be_refused_and_not_a_moment_earlier(session: Session, owner: Actor) -> None:
    with time_machine.travel(TUESDAY, tick=False):
        dossier, who = completing.filed(session, owner), clerk(session)
        asked(session, who, dossier)
    ground = by_hash(session, dossier.version_hash).definition.refusal_grounds[0]
    for moment, is_over in ((dossier.waits_until, False), (dossier.waits_until + timedelta(microseconds=1), True)):
        with time_machine.travel(moment, tick=False):
            if is_over:
                refuse(session, who, str(dossier.code), expected_version=dossier.version, reason=REASON, ground=ground)
                assert (place_of(dossier), dossier.waits_until) == ("not_received", None)
                assert open_request(session, dossier) is None
            else:
                with pytest.raises(GuardRefused):
                    refuse(session, who, str(dossier.code), expected_version=dossier.version, reason=REASON, ground=ground)


@pytest.mark.parametrize(
    ("items", "field"),
    [
        ([], "ask"),
        ([{"kind": "question", "of": "subject.full_name", "reason": UNCLEAR}], "ask"),
        ([{"kind": "component", "of": "another", "reason": UNCLEAR}], "ask"),
        ([{"kind": "pages", "of": "00000000-0000-7000-8000-000000000000", "reason": UNCLEAR}], "ask"),
        ([{"kind": "question", "of": PURPOSE, "reason": "sai"}], f"reason.question.{PURPOSE}"),
        ([question(), {"kind": "component", "of": PHOTOS, "reason": ""}], f"reason.component.{PHOTOS}"),
    ],
)
def test_nothing_is_sent_that_names_nothing_of_the_dossier_or_gives_no_reason(
    session: Session, owner: Actor, items: list[dict[str, str]], field: str
) -> None:
    dossier = completing.filed(session, owner)
    before = standing(session, dossier)
    with pytest.raises(InvalidInput) as wrong:
        request_supplements(session, clerk(session), str(dossier.code), expected_version=dossier.version, items=items)
    assert list(wrong.value.errors) == [field]
    assert (standing(session, dossier), newest_request(session, dossier)) == (before, None)


def test_pages_are_named_shortly(session: Session, owner: Actor) -> None:
    dossier = completing.filed(session, owner)
    (file,) = completing.attachments_of(session, dossier)
    for which in ("9" * 61, "1\u202e2"):
        with pytest.raises(InvalidInput) as wrong:
            asked(session, clerk(session), dossier, pages(file, which))
        assert list(wrong.value.errors) == [f"pages.{file.id}"]


def test_second_request_needs_a_reason_of_its_own_which_the_owner_reads_and_the_figures_count(
    session: Session, owner: Actor
) -> None:
    dossier, who = completing.filed(session, owner), clerk(session)
    assert asked(session, who, dossier).counts_as_late is False
    completing.supplied(session, owner, dossier)
    for override in ("", "vì thế"):
        with pytest.raises(InvalidInput) as wrong:
            asked(session, who, dossier, override=override)
        assert list(wrong.value.errors) == ["override"]
    second = asked(session, who, dossier, override=OVERRIDE)
    assert (second.round, second.counts_as_late, second.override) == (2, True, OVERRIDE)
    assert letter_of(session, dossier)["override"] == OVERRIDE
    event = last_event(session, dossier)
    assert (event.facts["counts_as_late"], event.details["override"]) == (True, OVERRIDE)
    assert OVERRIDE not in str(event.facts)


def test_reason_that_is_not_needed_makes_no_request_late(session: Session, owner: Actor) -> None:
    request = asked(session, clerk(session), completing.filed(session, owner), override=OVERRIDE)
    assert (request.counts_as_late, request.override) == (False, None)


def test_how_often_one_may_ask_is_the_procedures_to_say(session: Session) -> None:
    completing.publish_completing(session, requests=2)
    owner, who = citizen(session), clerk(session)
    dossier = completing.filed(session, owner)
    for late, purpose in ((False, "loan"), (False, "property"), (True, "loan")):
        assert asked(session, who, dossier, override=OVERRIDE if late else "").counts_as_late is late
        completing.supplied(session, owner, dossier, completing.TYPED | {PURPOSE: purpose})


def test_what_the_officer_misses_goes_to_the_citizen_through_the_counter_alone(session: Session, owner: Actor) -> None:
    who, expert = clerk(session), officer(session)
    dossier = completing.appraising(session, owner, who, expert)
    with pytest.raises(Forbidden):
        request_supplements(session, expert, str(dossier.code), expected_version=dossier.version, items=[question()])
    with pytest.raises(IllegalMove):
        request_supplements(session, who, str(dossier.code), expected_version=dossier.version, items=[question()])
    letters = len(documents_of(session, dossier))
    propose_supplements(session, expert, str(dossier.code), expected_version=dossier.version, items=[question(), component()])
    assert place_of(dossier) == "in_processing/awaiting_request"
    assert (len(documents_of(session, dossier)), dossier.supplement_requests, dossier.paused_at) == (letters, 0, None)
    drawn_up = open_request(session, dossier)
    assert (drawn_up.requested_at, drawn_up.proposed_by) == (None, expert.account_id)


def test_counter_may_put_the_officers_reasons_better_but_adds_and_drops_nothing(session: Session, owner: Actor) -> None:
    who, expert = clerk(session), officer(session)
    dossier = completing.appraising(session, owner, who, expert)
    propose_supplements(session, expert, str(dossier.code), expected_version=dossier.version, items=[question(), component()])
    better = "Xin ghi rõ vay vốn ở ngân hàng nào."
    request = asked(session, who, dossier, question(reason=better), question("certificate.copies"))
    assert [(item["kind"], item["of"], item["reason"]) for item in request.items] == [
        ("question", PURPOSE, better), ("component", PHOTOS, "Cần ảnh chụp nơi ở để đối chiếu."),
    ]  # fmt: skip
    assert (request.proposed_by, request.requested_by) == (expert.account_id, who.account_id)


def test_clock_stands_still_while_the_owner_completes_a_received_dossier(session: Session, owner: Actor) -> None:
    dossier = completing.asked_after_receipt(session, owner, clerk(session), officer(session))
    assert place_of(dossier) == "supplement_requested/after_receipt"
    assert dossier.paused_at is not None
    assert dossier.assigned_to is not None, "the officer holds it still"


@pytest.mark.parametrize(("days", "is_late"), [(0, False), (3, False), (4, True)])
def test_after_three_working_days_from_receipt_the_request_is_late(
    session: Session, owner: Actor, days: int, is_late: bool
) -> None:
    received = datetime(2026, 11, 30, 9, 0, tzinfo=LOCAL)
    with time_machine.travel(received, tick=False):
        who, expert = clerk(session), officer(session)
        dossier = completing.appraising(session, owner, who, expert)
    with time_machine.travel(received.replace(hour=16) + timedelta(days=days), tick=False):
        propose_supplements(session, expert, str(dossier.code), expected_version=dossier.version, items=[question()])
        if is_late:
            with pytest.raises(InvalidInput) as wrong:
                asked(session, who, dossier)
            assert list(wrong.value.errors) == ["override"]
        assert asked(session, who, dossier, override=OVERRIDE).counts_as_late is is_late


def test_reasons_are_sealed_in_history_and_request(session: Session, owner: Actor) -> None:
    dossier = completing.filed(session, owner)
    request = asked(session, clerk(session), dossier)
    event = last_event(session, dossier)
    assert event.name == "supplements_requested"
    assert event.details["items"][0]["reason"] == UNCLEAR
    assert UNCLEAR not in str(event.facts)
    assert UNCLEAR.encode() not in bytes(request.sealed_items) + bytes(event.sealed_details or b"")


def test_only_a_clerk_of_the_office_who_saw_the_dossier_as_it_is_asks(session: Session, owner: Actor) -> None:
    dossier = completing.filed(session, owner)

    def ask(actor: Actor, seen: int) -> None:
        request_supplements(session, actor, str(dossier.code), expected_version=seen, items=[question()])

    for actor, seen, refusal in (
        (clerk(session, OTHER_OFFICE), dossier.version, NotFound), (owner, dossier.version, NotFound),
        (officer(session), dossier.version, Forbidden), (clerk(session), dossier.version - 1, Stale),
    ):  # fmt: skip
        with pytest.raises(refusal):
            ask(actor, seen)
    assert newest_request(session, dossier) is None
    assert clock.now() > dossier.updated_at


def test_letter_to_the_owner_names_the_last_day_and_nothing_of_the_matter(session: Session, owner: Actor) -> None:
    with time_machine.travel(TUESDAY, tick=False):
        dossier = completing.filed(session, owner)
        asked(session, clerk(session), dossier)
    told = select(Notice.id).where(Notice.dossier_id == dossier.id, Notice.kind == "supplements_requested")
    text = notice_letter(session, session.scalars(told).one(), "email").text
    assert "Hạn bổ sung: hết ngày 27/11/2026." in text
    assert UNCLEAR not in text
