"""One act on many dossiers: what is told beforehand, what is done, and what is named when it could not be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor, Duty, Role
from portal.db import new_id
from portal.models import Attachment, BulkItem, BulkRun, Dossier, Event, IssuedDocument, OutboxItem
from portal.services.dossiers.assign import assign
from portal.services.dossiers.at_counter import note_originals
from portal.services.dossiers.bulk import BULK, BY_SUGGESTION, MOST, assess, codes_of_list, officers_to_choose
from portal.services.dossiers.bulk_runs import (
    CARRY_RUN,
    carry_item,
    confirm,
    end_run,
    forget_runs,
    items_of,
    own_run,
    own_runs,
    prepare,
    still_waiting,
)
from portal.services.dossiers.forward import forward
from portal.services.dossiers.issue import issue, order_of
from portal.services.dossiers.propose import propose
from portal.services.dossiers.queues import QueueFilter
from portal.services.dossiers.receive import receive
from portal.services.dossiers.send_back import send_back
from portal.services.dossiers.submit import submit
from portal.services.dossiers.vocabulary import SIGNATURE, SUBMITTED, Act
from portal.services.dossiers.withdraw import withdraw
from portal.services.errors import Forbidden, GuardRefused, InvalidInput, NotFound
from tests import carrying
from tests.filings import GRANT, appraising, proposed, submitted
from tests.intakes import taken_in
from tests.people import OFFICE, OTHER_OFFICE, citizen, clerk, leader, officer
from tests.services.dossiers.doings import DOINGS, PDF, REASON, Hands, hands, issued, result_of, unassigned
from tests.services.organisation.administrators import in_post

STARTS: dict[Act, Callable[[Session, Hands], Dossier]] = {act: DOINGS[act.value].start for act in BULK}


def code_of(dossier: Dossier) -> str:
    return str(dossier.code)


def carried(session: Session, actor: Actor, run: BulkRun, *, assign_to: str = "") -> dict[str, BulkItem]:
    """The run confirmed and every item's turn come; what came of each, by code."""
    confirm(session, actor, run.id, assign_to=assign_to)
    for position in still_waiting(session, run.id):
        carry_item(session, actor, run.id, position)
    end_run(session, run.id)
    return {item.code: item for item in items_of(session, run.id)}


def outcomes(items: dict[str, BulkItem]) -> dict[str, str]:
    return {code: item.outcome for code, item in items.items()}


@pytest.mark.parametrize("act", BULK, ids=str)
def test_each_act_of_many_does_to_each_what_the_single_act_does(session: Session, act: Act) -> None:
    doing = DOINGS[act.value]
    people = [hands(session, citizen(session)) for _ in range(3)]
    who = people[0]
    chosen = [doing.start(session, replace(who, owner=one.owner)) for one in people]
    actor = who.of(doing.role)
    run = prepare(session, actor, act, [code_of(one) for one in chosen])
    assert set(outcomes(carried(session, actor, run)).values()) == {"done"}
    for dossier in chosen:
        session.refresh(dossier)
        last = session.scalars(select(Event).where(Event.dossier_id == dossier.id).order_by(Event.number.desc())).first()
        assert last is not None
        assert (last.name, last.actor_id, last.to_place) == (doing.event, str(actor.account_id), doing.leads[1])


def test_nothing_is_done_by_choosing_and_nothing_without_confirming(session: Session) -> None:
    who = hands(session, citizen(session))
    dossier = submitted(session, who.owner)
    run = prepare(session, who.clerk, Act.RECEIVE, [code_of(dossier)])
    assert still_waiting(session, run.id) == []
    assert (dossier.state, dossier.version) == ("submitted", 1)
    assert session.scalar(select(func.count()).where(OutboxItem.kind == CARRY_RUN)) == 0


def test_dossiers_stand_in_the_order_in_which_they_were_chosen_each_once(session: Session) -> None:
    who = hands(session, citizen(session))
    one, other = (code_of(submitted(session, citizen(session))) for _ in range(2))
    run = prepare(session, who.clerk, Act.RECEIVE, [other, one, f" {other} ", "", other])
    assert [item.code for item in items_of(session, run.id)] == [other, one]


def test_three_bad_ones_are_named_in_the_guards_own_words_and_the_rest_is_done(session: Session) -> None:
    who = hands(session, citizen(session))
    good = [code_of(submitted(session, citizen(session))) for _ in range(4)]
    own = submitted(session, who.clerk)
    gone_owner = citizen(session)
    gone = submitted(session, gone_owner)
    withdraw(session, gone_owner, code_of(gone), expected_version=1)
    foreign = submitted(session, citizen(session))
    foreign.office_code = OTHER_OFFICE
    bad = [code_of(one) for one in (own, gone, foreign)]
    run = prepare(session, who.clerk, Act.RECEIVE, [*bad[:1], *good, *bad[1:]])
    told = {item.code: item.reason for item in items_of(session, run.id) if item.outcome == "refused"}
    assert told == {
        bad[0]: "Ông/bà không được giải quyết hồ sơ của chính mình hoặc của người cùng hộ.",
        bad[1]: "Hồ sơ đang ở bước khác nên không thể làm việc này.",
        bad[2]: "Không tìm thấy nội dung này.",
    }
    assert outcomes(carried(session, who.clerk, run)) == dict.fromkeys(good, "done") | dict.fromkeys(bad, "refused")


def test_code_of_another_office_is_told_like_one_that_does_not_exist(session: Session) -> None:
    foreign = code_of(submitted(session, citizen(session)))
    verdicts = assess(session, clerk(session, OTHER_OFFICE), Act.RECEIVE, [foreign, "H26.31-20261125-9999999", "x'--"])
    assert {(one.outcome, one.reason, one.dossier) for one in verdicts} == {("refused", NotFound.message, None)}


def test_leader_who_appraised_one_of_them_signs_the_others(session: Session) -> None:
    who = hands(session, citizen(session))
    signer = who.leader
    both = replace(signer, duties=signer.duties | {Duty(Role.OFFICER, "H26.31")})
    mine = appraising(session, citizen(session), who.clerk, both)
    propose(session, both, code_of(mine), expected_version=mine.version, form=GRANT)
    others = [proposed(session, citizen(session), who.clerk, who.officer) for _ in range(2)]
    run = prepare(session, both, Act.APPROVE, [code_of(one) for one in (others[0], mine, others[1])])
    came = carried(session, both, run)
    assert [came[code_of(one)].outcome for one in (others[0], mine, others[1])] == ["done", "refused", "done"]
    assert "không được ký" in str(came[code_of(mine)].reason)
    results = session.scalars(select(IssuedDocument.dossier_id).where(IssuedDocument.kind == "result"))
    assert Counter(results) == Counter(one.id for one in others)


def test_guard_that_comes_to_stand_after_the_preview_still_holds(session: Session) -> None:
    who = hands(session, citizen(session))
    dossier = proposed(session, who.owner, who.clerk, who.officer)
    run = prepare(session, who.leader, Act.APPROVE, [code_of(dossier)])
    dossier.received_by = who.leader.account_id
    session.flush()
    assert "không được ký" in str(carried(session, who.leader, run)[code_of(dossier)].reason)


def test_dossier_that_changed_after_the_preview_is_named_and_not_done(session: Session) -> None:
    who = hands(session, citizen(session))
    dossier = proposed(session, who.owner, who.clerk, who.officer)
    run = prepare(session, who.leader, Act.APPROVE, [code_of(dossier)])
    other = leader(session)
    send_back(session, other, code_of(dossier), expected_version=dossier.version, reason=REASON)
    refused = {"decision": "refuse", "reason": REASON}
    propose(session, who.officer, code_of(dossier), expected_version=dossier.version, form=refused)
    item = carried(session, who.leader, run)[code_of(dossier)]
    assert (item.outcome, item.reason) == ("refused", "Hồ sơ vừa được người khác xử lý. Xin xem lại trước khi làm tiếp.")
    assert dossier.stage == SIGNATURE.stage, "the other proposal was never read, so it is not signed"


def test_what_somebody_else_did_meanwhile_is_told_as_done_already_and_when(session: Session) -> None:
    who = hands(session, citizen(session))
    late, early = (submitted(session, citizen(session)) for _ in range(2))
    receive(session, who.clerk, code_of(early), expected_version=1)
    run = prepare(session, who.clerk, Act.RECEIVE, [code_of(late), code_of(early)])
    assert [item.outcome for item in items_of(session, run.id)] == ["waiting", "already"]
    receive(session, clerk(session), code_of(late), expected_version=1)
    came = carried(session, who.clerk, run)
    assert [came[code_of(one)].outcome for one in (late, early)] == ["already", "already"]
    assert [came[code_of(one)].done_at for one in (late, early)] == [late.received_at, early.received_at]


def test_duty_that_ends_between_preview_and_turn_ends_the_act_too(session: Session) -> None:
    who = hands(session, citizen(session))
    codes = [code_of(submitted(session, citizen(session))) for _ in range(3)]
    run = prepare(session, who.clerk, Act.RECEIVE, codes)
    confirm(session, who.clerk, run.id)
    first, *later = still_waiting(session, run.id)
    carry_item(session, who.clerk, run.id, first)
    moved = replace(who.clerk, duties=frozenset({Duty(Role.LEADER, "H26.31")}))
    gone = replace(who.clerk, duties=frozenset())
    for position, actor in zip(later, (moved, gone), strict=True):
        carry_item(session, actor, run.id, position)
    reasons = [(item.outcome, item.reason) for item in items_of(session, run.id)]
    assert reasons == [("done", None), ("refused", Forbidden.message), ("refused", NotFound.message)]


def test_second_turn_of_an_item_changes_nothing(session: Session) -> None:
    who = hands(session, citizen(session))
    dossier = submitted(session, who.owner)
    run = prepare(session, who.clerk, Act.RECEIVE, [code_of(dossier)])
    carried(session, who.clerk, run)
    assert [carry_item(session, who.clerk, run.id, 1) for _ in range(2)] == ["done", "done"]
    assert dossier.version == 2


def test_confirming_twice_promises_once(session: Session) -> None:
    who = hands(session, citizen(session))
    run = prepare(session, who.clerk, Act.RECEIVE, [code_of(submitted(session, who.owner))])
    moments = {confirm(session, who.clerk, run.id).confirmed_at for _ in range(2)}
    assert len(moments) == 1
    assert session.scalar(select(func.count()).where(OutboxItem.kind == CARRY_RUN)) == 1


def test_run_is_its_actors_alone(session: Session) -> None:
    who = hands(session, citizen(session))
    run = prepare(session, who.clerk, Act.RECEIVE, [code_of(submitted(session, who.owner))])
    for stranger in (clerk(session), who.leader, who.owner):
        for reaching in (own_run, confirm):
            with pytest.raises(NotFound):
                reaching(session, stranger, run.id)
        assert own_runs(session, stranger) == []
    assert own_runs(session, who.clerk) == [], "not confirmed yet"
    confirm(session, who.clerk, run.id)
    assert own_runs(session, who.clerk) == [run]


@pytest.mark.parametrize("act", [Act.REFUSE, Act.SEND_BACK, Act.SUBMIT, Act.ISSUE])
def test_act_that_needs_its_own_words_is_none_for_many(session: Session, act: Act) -> None:
    with pytest.raises(NotFound):
        prepare(session, clerk(session), act, ["x"])


def test_nobody_prepares_what_no_duty_of_theirs_lets_them_do(session: Session) -> None:
    dossier = submitted(session, citizen(session))
    for stranger in (officer(session), leader(session), citizen(session)):
        with pytest.raises(Forbidden):
            prepare(session, stranger, Act.RECEIVE, [code_of(dossier)])


def test_five_hundred_are_taken_and_five_hundred_and_one_are_told_so(session: Session) -> None:
    who = clerk(session)
    codes = [f"H26.31-20261125-{number:07d}" for number in range(MOST + 1)]
    with pytest.raises(InvalidInput) as refused:
        prepare(session, who, Act.RECEIVE, codes)
    ((said,),) = refused.value.errors.values()
    assert (said.facts["most"], said.facts["chosen"]) == ("500", "501")  # type: ignore[attr-defined]
    assert session.scalar(select(func.count()).select_from(BulkRun)) == 0
    assert len(items_of(session, prepare(session, who, Act.RECEIVE, [*codes[:MOST], codes[0]]).id)) == MOST
    with pytest.raises(InvalidInput, match="cần sửa"):
        prepare(session, who, Act.RECEIVE, ["", " "])


def test_paper_that_nobody_compared_is_received_one_at_a_time(session: Session) -> None:
    carrying.publish_carrying(session)
    who = hands(session, citizen(session))
    draft = carrying.draft(session, who.owner)
    papers = [carrying.attached(session, who.owner, draft, component) for component in (carrying.PAPER, carrying.EARLIER)]
    with_paper = submit(session, who.owner, draft.id, is_declared=True)
    without = submitted(session, citizen(session))
    codes = [code_of(with_paper), code_of(without)]
    run = prepare(session, who.clerk, Act.RECEIVE, codes)
    assert outcomes(carried(session, who.clerk, run)) == {codes[0]: "separate", codes[1]: "done"}
    assert with_paper.state == "submitted"
    for paper in papers:
        paper.checked_against_original_at, paper.checked_against_original_by = clock.now(), who.clerk.account_id
    session.flush()
    assert [one.outcome for one in assess(session, who.clerk, Act.RECEIVE, codes[:1])] == ["waiting"]


def with_an_original(session: Session, who: Hands, *, is_kept: bool) -> tuple[Dossier, Attachment]:
    """A finished dossier that was filed at the counter, and a paper of it whose original was compared there, or kept."""
    draft, (paper, _earlier) = carrying.with_papers(session, who.clerk, **{"delivery.method": "counter"})
    ids = [str(paper.id)]
    note_originals(session, who.clerk, draft.id, compared=ids, kept=ids if is_kept else [])
    dossier = taken_in(session, who.clerk, draft)
    for verb in ("forward", "assign", "propose", "approve"):
        DOINGS[verb].do(session, who.of(DOINGS[verb].role), code_of(dossier), dossier.version)
    order = order_of(session, result_of(session, dossier).id)
    assert order is not None
    issue(session, order, PDF)
    return dossier, paper


def test_original_that_the_counter_keeps_is_handed_back_one_at_a_time(session: Session) -> None:
    who = hands(session, citizen(session))
    keeping, _paper = with_an_original(session, who, is_kept=True)
    plain = issued(session, replace(who, owner=citizen(session)))
    run = prepare(session, who.clerk, Act.RETURN_RESULT, [code_of(keeping), code_of(plain)])
    assert outcomes(carried(session, who.clerk, run)) == {code_of(keeping): "separate", code_of(plain): "done"}


def test_original_that_came_into_custody_after_the_preview_is_not_forgotten(session: Session) -> None:
    who = hands(session, citizen(session))
    dossier, paper = with_an_original(session, who, is_kept=False)
    run = prepare(session, who.clerk, Act.RETURN_RESULT, [code_of(dossier)])
    paper.original_kept_at, paper.original_kept_by = clock.now(), who.clerk.account_id
    session.flush()
    assert outcomes(carried(session, who.clerk, run)) == {code_of(dossier): "separate"}
    assert dossier.state == "finished"


def test_fault_of_one_act_leaves_no_trace_of_it(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    who = hands(session, citizen(session))
    dossier = submitted(session, who.owner)

    def half(of: Session, actor: Actor, code: str, *, expected_version: int) -> Dossier:
        receive(of, actor, code, expected_version=expected_version)
        raise GuardRefused("Nửa chừng.")

    monkeypatch.setitem(BULK, Act.RECEIVE, replace(BULK[Act.RECEIVE], do=half))
    run = prepare(session, who.clerk, Act.RECEIVE, [code_of(dossier)])
    assert carried(session, who.clerk, run)[code_of(dossier)].reason == "Nửa chừng."
    session.refresh(dossier)
    assert (dossier.state, dossier.version) == ("submitted", 1)
    assert session.scalar(select(func.count()).where(Event.dossier_id == dossier.id)) == 1


def test_whole_list_is_chosen_in_its_order_over_all_its_pages(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.services.dossiers.queues.PAGE_SIZE", 3)
    monkeypatch.setattr("portal.services.dossiers.bulk.MOST", 3)
    who = clerk(session)
    codes = [code_of(submitted(session, citizen(session))) for _ in range(5)]
    assert codes_of_list(session, who, QueueFilter(places=(SUBMITTED,), after=codes[3])) == codes[:3]
    monkeypatch.setattr("portal.services.dossiers.bulk.MOST", 500)
    assert codes_of_list(session, who, QueueFilter(places=(SUBMITTED,))) == codes
    assert codes_of_list(session, clerk(session, OTHER_OFFICE), QueueFilter(places=(SUBMITTED,))) == []


def test_what_was_never_confirmed_is_forgotten_after_a_day_and_a_report_after_a_month(session: Session) -> None:
    who = hands(session, citizen(session))
    code = code_of(submitted(session, who.owner))
    left, done = (prepare(session, who.clerk, Act.RECEIVE, [code]) for _ in range(2))
    carried(session, who.clerk, done)
    now = clock.now()
    assert forget_runs(session, now + timedelta(hours=23)) == 0
    assert forget_runs(session, now + timedelta(hours=25)) == 1
    assert forget_runs(session, now + timedelta(days=29)) == 0
    assert items_of(session, left.id) == []
    assert forget_runs(session, now + timedelta(days=31)) == 1
    assert session.scalar(select(func.count()).select_from(BulkItem)) == 0


def test_unknown_run_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        own_run(session, clerk(session), new_id())


def test_office_that_hands_over_does_so_for_each_and_an_officer_takes_each(session: Session) -> None:
    who = hands(session, citizen(session))
    dossiers = [submitted(session, citizen(session)) for _ in range(2)]
    codes = [code_of(one) for one in dossiers]
    carried(session, who.clerk, prepare(session, who.clerk, Act.RECEIVE, codes))
    forward(session, who.clerk, codes[0], expected_version=2)
    came = carried(session, who.clerk, prepare(session, who.clerk, Act.FORWARD, codes))
    assert outcomes(came) == {codes[0]: "already", codes[1]: "done"}
    assign(session, who.officer, codes[0], expected_version=3)
    came = carried(session, who.officer, prepare(session, who.officer, Act.ASSIGN, codes))
    assert outcomes(came) == {codes[0]: "already", codes[1]: "done"}
    assert {one.assigned_to for one in dossiers} == {who.officer.account_id}


def test_leader_gives_many_to_whom_the_rule_names_at_each_ones_turn(session: Session) -> None:
    who = hands(session, citizen(session))
    first, second = (in_post(session, citizen(session, name), Role.OFFICER, OFFICE) for name in ("Lê Văn An", "Lê Văn Bình"))
    dossiers = [unassigned(session, replace(who, owner=citizen(session))) for _ in range(4)]
    run = prepare(session, who.leader, Act.ASSIGN, [code_of(one) for one in dossiers])
    assert set(outcomes(carried(session, who.leader, run, assign_to=BY_SUGGESTION)).values()) == {"done"}
    assert Counter(one.assigned_to for one in dossiers) == {first.account_id: 2, second.account_id: 2}, "nobody gets all of them"


def test_leader_gives_many_to_one_officer_and_not_what_is_the_officers_own(session: Session) -> None:
    who = hands(session, citizen(session))
    named = in_post(session, citizen(session, "Lê Văn An"), Role.OFFICER, OFFICE)
    own, other = (unassigned(session, replace(who, owner=owner)) for owner in (named, citizen(session)))
    assert [one.account_id for one in officers_to_choose(session, [own, other])] in ([named.account_id], [])
    run = prepare(session, who.leader, Act.ASSIGN, [code_of(own), code_of(other)])
    came = carried(session, who.leader, run, assign_to=named.id)
    assert [came[code_of(one)].outcome for one in (own, other)] == ["separate", "done"]
    assert came[code_of(own)].reason == "Hãy chọn chuyên viên khác của cơ quan, được giao thủ tục này."
    assert (own.assigned_to, other.assigned_to) == (None, named.account_id)


def test_officer_takes_many_and_gives_none_to_a_colleague(session: Session) -> None:
    who = hands(session, citizen(session))
    colleague = in_post(session, citizen(session, "Lê Văn An"), Role.OFFICER, OFFICE)
    for to in (colleague.id, BY_SUGGESTION):
        dossier = unassigned(session, replace(who, owner=citizen(session)))
        run = prepare(session, who.officer, Act.ASSIGN, [code_of(dossier)])
        assert carried(session, who.officer, run, assign_to=to)[code_of(dossier)].reason == Forbidden.message
        assert dossier.assigned_to is None


def test_where_nobody_fits_nobody_is_given_anything(session: Session) -> None:
    who = hands(session, citizen(session))
    dossier = unassigned(session, who)
    run = prepare(session, who.leader, Act.ASSIGN, [code_of(dossier)])
    item = carried(session, who.leader, run, assign_to=BY_SUGGESTION)[code_of(dossier)]
    assert (item.outcome, item.reason) == ("refused", "Không có chuyên viên nào phù hợp đang làm việc.")


def test_to_whom_is_asked_of_assigning_alone(session: Session) -> None:
    who = hands(session, citizen(session))
    run = prepare(session, who.clerk, Act.RECEIVE, [code_of(submitted(session, who.owner))])
    assert set(outcomes(carried(session, who.clerk, run, assign_to="x" * 100)).values()) == {"done"}
    assert run.assign_to is None
