"""What holds of each act of the desks: whose it is, when it can be done, and what it leaves behind, changed or refused."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.auth.permissions import ANONYMOUS, SYSTEM, Actor, Duty, Role
from portal.models import Dossier, Notice, OutboxItem
from portal.services.dossiers.history import events_of
from portal.services.dossiers.queries import buttons
from portal.services.errors import Forbidden, GuardRefused, IllegalMove, NotFound, Stale
from portal.services.oversight.audit import verify
from portal.services.vault.keys import destroy
from tests.people import OFFICE, OTHER_OFFICE, citizen, staff
from tests.services.dossiers.doings import DOINGS, Doing, hands, last_event, place_of, standing

NOW = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
AT_DESKS = (Role.CLERK, Role.OFFICER, Role.LEADER)
each_act = pytest.mark.parametrize("doing", DOINGS.values(), ids=DOINGS)


@pytest.fixture(autouse=True)
def on_monday_morning():
    with time_machine.travel(NOW, tick=False):
        yield


def refused(
    session: Session, doing: Doing, actor: Actor, dossier: Dossier, error: type[Exception], seen: int | None = None
) -> Exception:
    """The act is refused with the error, and the dossier stands as it stood, by its row, its history and its papers."""
    before = standing(session, dossier)
    with pytest.raises(error) as told:
        doing.do(session, actor, str(dossier.code), dossier.version if seen is None else seen)
    assert standing(session, dossier) == before
    return told.value


@each_act
def test_lawful_act_leads_where_it_leads_and_leaves_one_event(session: Session, doing: Doing) -> None:
    who = hands(session, citizen(session))
    dossier = doing.start(session, who)
    version, actor = dossier.version, who.of(doing.role)
    assert place_of(dossier) == doing.leads[0]
    doing.do(session, actor, str(dossier.code), version)
    session.expire(dossier)
    event = last_event(session, dossier)
    assert (place_of(dossier), dossier.version) == (doing.leads[1], version + 1)
    assert (event.name, event.from_place, event.to_place) == (doing.event, *doing.leads)
    assert (event.actor_id, event.actor_role, event.office_code) == (str(actor.account_id), doing.role.value, OFFICE)
    assert (event.dossier_code, event.dossier_version, event.happened_at) == (dossier.code, version + 1, NOW)
    assert [one.dossier_version for one in events_of(session, dossier.id)] == list(range(1, version + 2))
    assert verify(session).findings == ()


@each_act
def test_event_names_nobody_and_says_nothing_of_the_matter_in_the_open(session: Session, doing: Doing) -> None:
    owner = citizen(session, "Nguyễn Thị Kín Đáo")
    who = hands(session, owner)
    dossier = doing.start(session, who)
    doing.do(session, who.of(doing.role), str(dossier.code), dossier.version)
    event = last_event(session, dossier)
    in_the_open = f"{event.facts} {event.actor_id} {event.actor_role} {event.name}"
    for private in ("Kín Đáo", "Nguyễn", "0011", "mau@thu.example", "cư trú", "never_married", who.of(doing.role).display_name):
        assert private not in in_the_open


HOLDERS = {"propose", "propose_supplements", "ask_opinion", "record_verification"}  # only whoever holds the dossier does these
SHARED = {("assign", Role.LEADER)}  # a leader gives what an officer takes


@each_act
@pytest.mark.parametrize("role", AT_DESKS)
def test_act_belongs_to_one_role_alone(session: Session, doing: Doing, role: Role) -> None:
    dossier = doing.start(session, hands(session, citizen(session)))
    is_theirs = role is doing.role or (doing.verb, role) in SHARED
    if not is_theirs:
        refused(session, doing, staff(session, role), dossier, Forbidden)
    assert (doing.verb in {move.act.value for move in buttons(dossier, staff(session, role))}) is (
        is_theirs and doing.verb not in HOLDERS
    )


@each_act
@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR])
def test_whoever_keeps_or_inspects_the_portal_finds_no_dossier_to_act_on(session: Session, doing: Doing, role: Role) -> None:
    dossier = doing.start(session, hands(session, citizen(session)))
    refused(session, doing, staff(session, role), dossier, NotFound)


@each_act
def test_right_role_at_another_office_finds_nothing(session: Session, doing: Doing) -> None:
    dossier = doing.start(session, hands(session, citizen(session)))
    refused(session, doing, staff(session, doing.role, OTHER_OFFICE), dossier, NotFound)


@each_act
def test_right_role_elsewhere_and_another_role_here_do_not_add_up(session: Session, doing: Doing) -> None:
    dossier = doing.start(session, hands(session, citizen(session)))
    other = next(role for role in AT_DESKS if role is not doing.role)
    both = replace(
        staff(session, doing.role, OTHER_OFFICE), duties=frozenset({Duty(doing.role, OTHER_OFFICE), Duty(other, OFFICE)})
    )
    refused(session, doing, both, dossier, Forbidden)


@each_act
def test_owner_stranger_and_portal_do_not_act_in_the_offices_place(session: Session, doing: Doing) -> None:
    who = hands(session, citizen(session))
    dossier = doing.start(session, who)
    for actor in (who.owner, citizen(session), ANONYMOUS, SYSTEM):
        refused(session, doing, actor, dossier, NotFound)


@each_act
@pytest.mark.parametrize("kinship", ["owner", "subject", "household"])
def test_nobody_decides_on_themself_or_their_household(session: Session, doing: Doing, kinship: str) -> None:
    who = hands(session, citizen(session))
    dossier = doing.start(session, who)
    actor = who.of(doing.role)
    if kinship == "owner":
        actor = replace(who.owner, duties=frozenset({Duty(doing.role, OFFICE)}))
        dossier.subject_hash = citizen(session).subject_hash  # filed for somebody else, and still one's own
    elif kinship == "subject":
        dossier.subject_hash = actor.subject_hash
    else:
        dossier.household_hashes = [b"\x00" * 32, actor.subject_hash]
    session.flush()
    if doing.verb == "return_result":  # handing over what was decided is no decision
        assert doing.do(session, actor, str(dossier.code), dossier.version).state == "returned"
    else:
        assert "chính mình" in str(refused(session, doing, actor, dossier, GuardRefused))
        assert doing.verb not in {move.act.value for move in buttons(dossier, actor)}


@each_act
@pytest.mark.parametrize("off_by", [-1, 1, 100])
def test_actor_who_saw_another_version_is_told_who_was_faster_and_when(session: Session, doing: Doing, off_by: int) -> None:
    who = hands(session, citizen(session))
    dossier = doing.start(session, who)
    stale = refused(session, doing, who.of(doing.role), dossier, Stale, seen=dossier.version + off_by)
    assert isinstance(stale, Stale)
    assert (stale.by, stale.at) == (last_event(session, dossier).actor_role, NOW)


@each_act
def test_nothing_but_what_starts_there_is_possible_where_an_act_starts(session: Session, doing: Doing) -> None:
    who = hands(session, citizen(session))
    dossier = doing.start(session, who)
    for other in DOINGS.values():
        if doing.leads[0] not in (other.leads[0], *other.also_from):
            refused(session, other, who.of(other.role), dossier, IllegalMove)


@each_act
def test_act_that_was_done_cannot_be_done_again(session: Session, doing: Doing) -> None:
    who = hands(session, citizen(session))
    dossier = doing.start(session, who)
    doing.do(session, who.of(doing.role), str(dossier.code), dossier.version)
    if doing.again:
        refused(session, doing, who.of(doing.role), dossier, doing.again)


@each_act
def test_code_that_does_not_exist_and_one_whose_content_was_destroyed_are_not_found(session: Session, doing: Doing) -> None:
    who = hands(session, citizen(session))
    dossier = doing.start(session, who)
    actor, version = who.of(doing.role), dossier.version
    for code in ("H26.31-20260101-9999999", str(uuid.uuid4()), "", str(dossier.code).lower()):
        with pytest.raises(NotFound):
            doing.do(session, actor, code, version)
    destroy(session, dossier.data_key_id)
    with pytest.raises(NotFound):
        doing.do(session, actor, str(dossier.code), version)


TOLD = {
    "receive", "refuse", "forward", "return_result", "transfer", "request_payment", "record_payment", "extend_deadline", "stop",
    "resume", "confirm_withdrawal", "request_supplements", "accept_supplements",
}  # fmt: skip


@each_act
def test_owner_is_told_of_each_change_of_status_once_by_every_channel_they_gave(session: Session, doing: Doing) -> None:
    who = hands(session, citizen(session))
    dossier = doing.start(session, who)
    before = set(session.scalars(select(Notice.id)))
    doing.do(session, who.of(doing.role), str(dossier.code), dossier.version)
    notices = [notice for notice in session.scalars(select(Notice)) if notice.id not in before]
    assert [(notice.kind, notice.account_id, notice.dossier_id) for notice in notices] == (
        [(doing.event, who.owner.account_id, dossier.id)] if doing.verb in TOLD else []
    )
    sent = [item.payload for item in session.scalars(select(OutboxItem).where(OutboxItem.kind == "send_notice"))]
    for notice in notices:
        channels = [payload["channel"] for payload in sent if payload["notice_id"] == str(notice.id)]
        assert sorted(channels) == ["email", "phone"]


@each_act
def test_owner_who_left_no_contact_is_told_in_the_portal_alone(session: Session, doing: Doing) -> None:
    who = hands(session, citizen(session))
    dossier = doing.start(session, who)
    dossier.parties = {**dossier.parties, "contact": {"email": None, "phone": ""}}
    session.flush()
    waiting = len(session.scalars(select(OutboxItem).where(OutboxItem.kind == "send_notice")).all())
    doing.do(session, who.of(doing.role), str(dossier.code), dossier.version)
    assert len(session.scalars(select(OutboxItem).where(OutboxItem.kind == "send_notice")).all()) == waiting
    told = session.scalars(select(Notice.kind).where(Notice.dossier_id == dossier.id)).all()
    assert (doing.event in told) is (doing.verb in TOLD)


PAPERS = {
    "receive", "refuse", "approve", "request_payment", "record_verification", "extend_deadline", "stop", "confirm_withdrawal",
    "request_supplements", "accept_supplements",
}  # fmt: skip
MOVED = {"extend_deadline", "resume", "record_payment", "accept_supplements"}


@each_act
def test_paper_of_an_act_is_ordered_in_the_same_breath(session: Session, doing: Doing) -> None:
    who = hands(session, citizen(session))
    dossier = doing.start(session, who)
    before = standing(session, dossier)[-1]
    doing.do(session, who.of(doing.role), str(dossier.code), dossier.version)
    added = [paper_id for paper_id in standing(session, dossier)[-1] if paper_id not in before]  # type: ignore[attr-defined]
    ordered = session.scalars(select(OutboxItem).where(OutboxItem.kind == "make_document")).all()
    assert len(added) == (doing.verb in PAPERS)
    for paper_id in added:
        assert last_event(session, dossier).facts["document_id"] == str(paper_id)
        (item,) = (item for item in ordered if item.payload["document_id"] == str(paper_id))
        assert (item.dossier_id, item.done_at) == (dossier.id, None)


@each_act
def test_promised_moment_is_set_at_reception_and_moved_only_by_what_moves_it(session: Session, doing: Doing) -> None:
    who = hands(session, citizen(session))
    dossier = doing.start(session, who)
    before = (dossier.received_at, dossier.promised_at)
    with time_machine.travel(NOW.replace(hour=8), tick=False):
        doing.do(session, who.of(doing.role), str(dossier.code), dossier.version)
    after = (dossier.received_at, dossier.promised_at)
    if doing.verb == "receive":
        assert before == (None, None)
        assert after == (datetime(2026, 11, 16, 8, 0, tzinfo=UTC), datetime(2026, 11, 19, 8, 0, tzinfo=UTC))
    elif doing.verb not in MOVED:
        assert after == before


@each_act
def test_duty_for_other_procedures_alone_finds_nothing_and_one_for_this_procedure_acts(session: Session, doing: Doing) -> None:
    who = hands(session, citizen(session))
    dossier = doing.start(session, who)
    actor = who.of(doing.role)
    elsewhere = replace(actor, duties=frozenset({Duty(doing.role, OFFICE, frozenset({"1.001193", "2.000635"}))}))
    refused(session, doing, elsewhere, dossier, NotFound)
    here = replace(actor, duties=frozenset({Duty(doing.role, OFFICE, frozenset({"1.001193", dossier.procedure_code}))}))
    doing.do(session, here, str(dossier.code), dossier.version)
    assert place_of(dossier) == doing.leads[1]
