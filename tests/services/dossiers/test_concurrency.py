"""Many at once: one wins, the others are told; numbers have no gap; nothing waits for ever."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import func, select

from portal import db
from portal.auth.permissions import Actor
from portal.models import CorrectionCase, Dossier, Event, IssuedDocument, Notice
from portal.postgres import EmbeddedServer
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.approve import approve
from portal.services.dossiers.assist import HELPED, assist
from portal.services.dossiers.dispute import dispute
from portal.services.dossiers.fill_draft import answer_page
from portal.services.dossiers.open_draft import draft_for
from portal.services.dossiers.queries import latest_answers
from portal.services.dossiers.receive import receive
from portal.services.dossiers.refuse import refuse
from portal.services.dossiers.send_back import send_back
from portal.services.dossiers.submit import submit
from portal.services.dossiers.withdraw import withdraw
from portal.services.errors import IllegalMove, PortalError, Stale
from portal.services.oversight.audit import verify
from tests.filings import ANSWERS, filled_draft, proposed, submitted
from tests.intakes import NUMBER
from tests.people import citizen, clerk, leader, officer

GROUND = "Không thuộc thẩm quyền của Ủy ban nhân dân nơi nhận hồ sơ (NĐ 123/2015/NĐ-CP, Điều 21)"
AT_ONCE = 10


def at_once(acts: list[Callable[[], object]]) -> list[object]:
    """What came of each act, all started together on threads with connections of their own."""

    def outcome(act: Callable[[], object]) -> object:
        try:
            return act()
        except PortalError as refused:
            return type(refused)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(outcome, acts))


def test_fifty_decisions_on_one_dossier_give_one_decision(committed: EmbeddedServer) -> None:
    with db.transaction() as session:
        dossier = proposed(session, citizen(session), clerk(session), officer(session))
        signers = [leader(session) for _ in range(50)]
    code, seen = str(dossier.code), dossier.version

    def decide(index: int) -> str:
        with db.transaction() as session:
            if index % 2:
                approve(session, signers[index], code, expected_version=seen)
                return "approved"
            send_back(session, signers[index], code, expected_version=seen, reason="Xin xem lại hồ sơ này giúp.")
            return "sent back"

    outcomes = Counter(at_once([lambda index=index: decide(index) for index in range(50)]))
    assert outcomes[Stale] == 49
    with db.transaction() as session:
        again = session.get_one(Dossier, dossier.id)
        assert again.version == seen + 1
        results = session.scalar(select(func.count()).where(IssuedDocument.kind == "result"))
        assert results == outcomes["approved"]
        assert verify(session).findings == ()


def test_receiving_and_refusing_at_once_end_in_one_of_the_two(committed: EmbeddedServer) -> None:
    with db.transaction() as session:
        dossiers = [submitted(session, citizen(session)) for _ in range(10)]
        takers = [clerk(session) for _ in range(2)]

    def take(dossier: Dossier) -> str:
        with db.transaction() as session:
            return receive(session, takers[0], str(dossier.code), expected_version=1).state

    def turn_away(dossier: Dossier) -> str:
        with db.transaction() as session:
            reason = "Không thuộc thẩm quyền của phường."
            return refuse(session, takers[1], str(dossier.code), expected_version=1, reason=reason, ground=GROUND).state

    acts = [act for one in dossiers for act in (lambda one=one: take(one), lambda one=one: turn_away(one))]
    outcomes = Counter(at_once(acts))
    assert outcomes[Stale] == 10
    assert outcomes["received"] + outcomes["not_received"] == 10
    with db.transaction() as session:
        numbers = session.scalars(select(Dossier.register_number).where(Dossier.state == "received")).all()
        assert sorted(numbers) == list(range(1, outcomes["received"] + 1))
        assert verify(session).findings == ()


def test_citizens_who_send_at_once_get_codes_and_events_without_gap(committed: EmbeddedServer) -> None:
    with db.transaction() as session:
        drafts = [(owner, filled_draft(session, owner).id) for owner in (citizen(session) for _ in range(30))]

    def send(owner, draft_id) -> str:
        with db.transaction() as session:
            return str(submit(session, owner, draft_id, is_declared=True).code)

    codes = at_once([lambda pair=pair: send(*pair) for pair in drafts])
    assert sorted(int(str(code).rsplit("-", 1)[1]) for code in codes) == list(range(1, 31))
    with db.transaction() as session:
        assert sorted(session.scalars(select(Event.number)).all()) == list(range(1, 31))
        assert verify(session).findings == ()


def test_owner_who_withdraws_while_fifty_sign_is_obeyed_or_told(committed: EmbeddedServer) -> None:
    with db.transaction() as session:
        owner = citizen(session)
        dossier = proposed(session, owner, clerk(session), officer(session))
        signers = [leader(session) for _ in range(25)]
    code, seen = str(dossier.code), dossier.version

    def act(index: int) -> str:
        with db.transaction() as session:
            if index % 2:
                return str(approve(session, signers[index // 2], code, expected_version=seen).state)
            return str(withdraw(session, owner, code, expected_version=seen).state)

    outcomes = Counter(at_once([lambda index=index: act(index) for index in range(50)]))
    assert outcomes[Stale] == 49
    with db.transaction() as session:
        assert outcomes[session.get_one(Dossier, dossier.id).state] == 1
        results = session.scalar(select(func.count()).where(IssuedDocument.kind == "result"))
        assert results == outcomes["in_processing"]
        assert verify(session).findings == ()


def test_counters_that_open_a_dossier_at_once_tell_its_owner_once(committed: EmbeddedServer) -> None:
    with db.transaction() as session:
        dossier = submitted(session, citizen(session, personal_id=NUMBER))
        helpers = [clerk(session) for _ in range(10)]
    said = {"code": str(dossier.code), "card": NUMBER, "is_present": "yes"}

    def help_them(helper: Actor) -> str:
        with db.transaction() as session:
            return str(assist(session, helper, said).code)

    assert at_once([lambda helper=helper: help_them(helper) for helper in helpers]) == [dossier.code] * 10
    with db.transaction() as session:
        assert session.scalar(select(func.count()).where(Notice.kind == HELPED)) == 1


def test_claim_made_while_another_tab_files_is_filed_with_its_case_or_refused(committed: EmbeddedServer) -> None:
    key = "subject.full_name"
    with db.transaction() as session:
        owners = [citizen(session) for _ in range(10)]
        drafts = [filled_draft(session, owner) for owner in owners]

    def claim(owner: Actor, draft: Dossier) -> str:
        with db.transaction() as session:
            dispute(session, owner, draft.id, key, {key: "Nguyễn Thị Mẩu", "reason": "Giấy khai sinh ghi khác."})
            return "claimed"

    def send(owner: Actor, draft: Dossier) -> str:
        with db.transaction() as session:
            return submit(session, owner, draft.id, is_declared=True).state

    outcomes = at_once(
        [act for pair in zip(owners, drafts, strict=True) for act in (lambda p=pair: claim(*p), lambda p=pair: send(*p))]
    )
    assert set(outcomes) <= {"claimed", IllegalMove, "submitted"}
    assert outcomes.count("submitted") == 10
    with db.transaction() as session:
        claimed = [bool(latest_answers(session, session.get_one(Dossier, one.id)).content[key].get("disputed")) for one in drafts]
        cases = set(session.scalars(select(CorrectionCase.dossier_id)))
    assert cases == {one.id for one, is_claimed in zip(drafts, claimed, strict=True) if is_claimed}
    assert outcomes.count("claimed") == sum(claimed)


def test_page_answered_in_another_tab_does_not_undo_a_claim(committed: EmbeddedServer) -> None:
    key = "subject.full_name"
    with db.transaction() as session:
        owner = citizen(session)
        draft = filled_draft(session, owner)
    with db.transaction() as slow:
        stale = draft_for(slow, owner, draft.id)
        procedure = by_hash(slow, stale.version_hash)
        with db.transaction() as quick:
            dispute(quick, owner, draft.id, key, {key: "Nguyễn Thị Mẩu", "reason": "Giấy khai sinh ghi khác."})
        answer_page(stale, procedure, procedure.definition.pages[0], ANSWERS)
    with db.transaction() as session:
        assert draft_for(session, owner, draft.id).draft["answers"][key]["disputed"]["claimed"] == "Nguyễn Thị Mẩu"
