"""Who may get a dossier, from whom, and what the history says of the ground."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal import clock, db
from portal.auth.permissions import Actor, Duty, Role
from portal.models import Account, Dossier, Office, StaffDuty, StaffMember
from portal.postgres import EmbeddedServer
from portal.services.dossiers.assign import assign
from portal.services.dossiers.forward import forward
from portal.services.dossiers.officers import candidates_for
from portal.services.dossiers.reassign import reassign
from portal.services.dossiers.suggested_officer import suggested
from portal.services.dossiers.withdraw import withdraw
from portal.services.errors import Forbidden, GuardRefused, InvalidInput, NotFound
from portal.services.oversight.audit import verify
from tests.filings import CODE, appraising, received
from tests.people import OFFICE, OTHER_OFFICE, citizen, clerk, leader, officer
from tests.services.dossiers.doings import hands, last_event, place_of, unassigned
from tests.services.organisation.administrators import in_post

YESTERDAY = clock.today() - timedelta(days=1)


def post(session: Session, name: str, office: str = OFFICE, **more: object) -> Actor:
    """An officer in post, who has logged in before."""
    return in_post(session, citizen(session, name), Role.OFFICER, office, **more)


def waiting(session: Session, owner: Actor | None = None) -> Dossier:
    return unassigned(session, hands(session, owner or citizen(session)))


def by_rule(session: Session, *, is_on: bool = True) -> None:
    session.execute(update(Office).where(Office.code == OFFICE).values(assigns_automatically=is_on))
    session.expire_all()


def give(session: Session, who: Actor, dossier: Dossier, to: Actor) -> Dossier:
    return assign(session, who, str(dossier.code), expected_version=dossier.version, to=to.id)


def test_leader_gives_a_waiting_dossier_to_an_officer_of_the_office(session: Session) -> None:
    dossier, expert, head = waiting(session), post(session, "Phạm Văn Giỏi", procedure_codes=[CODE]), leader(session)
    give(session, head, dossier, expert)
    event = last_event(session, dossier)
    assert (dossier.assigned_to, place_of(dossier)) == (expert.account_id, "in_processing/appraising")
    assert (event.name, event.actor_id, event.actor_role) == ("assigned", head.id, "leader")
    assert (event.facts["to"], event.facts["how"]) == (expert.id, "given")
    assert event.facts["grounds"] == {
        "procedure": True, "territory": "any", "open_dossiers": 0, "is_fewest": True, "among": 1,
    }  # fmt: skip


def test_officer_takes_a_dossier_oneself_and_the_ground_stands_there_too(session: Session) -> None:
    dossier, own = waiting(session), post(session, "Phạm Văn Giỏi", ward_codes=["00004"])
    assign(session, own, str(dossier.code), expected_version=dossier.version)
    facts = last_event(session, dossier).facts
    assert (dossier.assigned_to, facts["how"], facts["grounds"]["territory"]) == (own.account_id, "taken", "match")


def test_officer_gives_nothing_to_a_colleague_and_a_leader_takes_nothing(session: Session) -> None:
    dossier, first, second = waiting(session), post(session, "Một"), post(session, "Hai")
    with pytest.raises(Forbidden):
        give(session, first, dossier, second)
    for to in ("", leader(session).id):
        with pytest.raises(InvalidInput) as wrong:
            assign(session, leader(session), str(dossier.code), expected_version=dossier.version, to=to)
        assert list(wrong.value.errors) == ["to"]
    assert dossier.assigned_to is None


@pytest.mark.parametrize(
    ("office", "more"),
    [
        (OTHER_OFFICE, {}),
        (OFFICE, {"procedure_codes": ["1.001193"]}),
        (OFFICE, {"ended_at": clock.now()}),
        (OFFICE, {"valid_to": YESTERDAY}),
        (OFFICE, {"valid_from": clock.today() + timedelta(days=1)}),
    ],
    ids=["of another office", "for other procedures", "ended", "over", "to come"],
)
def test_nothing_goes_to_whoever_does_not_appraise_it(session: Session, office: str, more: dict[str, object]) -> None:
    dossier, stranger = waiting(session), post(session, "Người Lạ", office, **more)
    with pytest.raises(InvalidInput):
        give(session, leader(session), dossier, stranger)
    held = appraising(session, citizen(session), clerk(session), officer(session))
    with pytest.raises(InvalidInput):
        reassign(session, leader(session), str(held.code), expected_version=held.version, to=stranger.id)


def test_nothing_goes_to_the_owner_the_household_a_locked_account_or_one_that_nobody_logged_in_to(session: Session) -> None:
    owner, kin, locked = (post(session, name) for name in ("Chủ Hồ Sơ", "Người Nhà", "Bị Khóa"))
    dossier = waiting(session, replace(owner, duties=frozenset()))
    dossier.household_hashes = [kin.subject_hash]
    session.get_one(Account, locked.account_id).locked_at = clock.now()
    session.flush()
    assert candidates_for(session, dossier) == []
    for somebody in (owner, kin, locked):
        with pytest.raises(InvalidInput):
            give(session, leader(session), dossier, somebody)
    with pytest.raises(GuardRefused, match="cùng hộ"):
        assign(session, kin, str(dossier.code), expected_version=dossier.version)


def test_leader_of_another_office_finds_nothing_to_give(session: Session) -> None:
    dossier, expert = waiting(session), post(session, "Phạm Văn Giỏi")
    with pytest.raises(NotFound):
        give(session, leader(session, OTHER_OFFICE), dossier, expert)


def test_rule_looks_at_procedure_then_ward_then_load(session: Session) -> None:
    free = post(session, "Đỗ Thị Rảnh")
    of_the_ward = post(session, "Bùi Thị Phường", ward_codes=["00004", "00008"])
    elsewhere = post(session, "An Văn Khác", ward_codes=["00008"])
    expert = post(session, "Phạm Văn Giỏi", procedure_codes=[CODE])
    dossier, order = waiting(session), [expert, of_the_ward, free, elsewhere]
    assert [one.account_id for one in candidates_for(session, dossier)] == [one.account_id for one in order]
    session.execute(update(StaffDuty).values(ward_codes=[], procedure_codes=[]))
    session.expire_all()
    give(session, leader(session), waiting(session), expert)
    assert suggested(candidates_for(session, dossier)).officer.account_id == elsewhere.account_id, "Khác comes before Phường"
    assert [one.open_dossiers for one in candidates_for(session, dossier)] == [0, 0, 0, 1]


def test_dossier_that_is_over_is_no_load_any_more(session: Session) -> None:
    owner, own = citizen(session), post(session, "Phạm Văn Giỏi")
    held = give(session, leader(session), waiting(session, owner), own)
    assert candidates_for(session, waiting(session))[0].open_dossiers == 1
    withdraw(session, owner, str(held.code), expected_version=held.version)
    session.flush()
    assert candidates_for(session, waiting(session))[0].open_dossiers == 0


def test_officers_of_the_office_that_took_over_get_the_dossiers_of_the_one_that_ended(session: Session) -> None:
    dossier, heir = waiting(session), post(session, "Người Kế Thừa", OTHER_OFFICE)
    ended = session.get_one(Office, OFFICE)
    ended.valid_to, ended.successor_code = YESTERDAY, OTHER_OFFICE
    session.flush()
    head = replace(leader(session), duties=frozenset({Duty(Role.LEADER, OFFICE, handed_over_from=OTHER_OFFICE)}))
    give(session, head, dossier, heir)
    assert dossier.assigned_to == heir.account_id


def test_office_that_assigns_by_rule_does_it_in_the_breath_of_forwarding(session: Session) -> None:
    expert = post(session, "Phạm Văn Giỏi", procedure_codes=[CODE])
    post(session, "Đỗ Thị Rảnh")
    by_rule(session)
    dossier = waiting(session)
    event = last_event(session, dossier)
    assert (dossier.assigned_to, place_of(dossier)) == (expert.account_id, "in_processing/appraising")
    assert (event.actor_id, event.actor_role, event.facts["how"]) == ("system", "system", "by_rule")
    assert dossier.step_due_at is not None, "the officer's step has begun"
    assert verify(session).findings == ()


def test_office_that_did_not_choose_so_waits_and_so_does_one_where_nobody_suits(session: Session) -> None:
    post(session, "Phạm Văn Giỏi", procedure_codes=["1.001193"])
    for is_on in (False, True):
        by_rule(session, is_on=is_on)
        dossier = waiting(session)
        assert (dossier.assigned_to, place_of(dossier)) == (None, "in_processing/awaiting_assignment")


def test_rule_never_names_a_clerk_who_forwards_to_themself_as_kin(session: Session) -> None:
    kin, other = post(session, "Người Nhà", procedure_codes=[CODE]), post(session, "Đỗ Thị Rảnh")
    by_rule(session)
    taker = clerk(session)
    dossier = received(session, citizen(session), taker)
    dossier.household_hashes = [kin.subject_hash]
    forward(session, taker, str(dossier.code), expected_version=dossier.version)
    assert dossier.assigned_to == other.account_id


def test_dossiers_forwarded_at_the_same_moment_are_shared_out_evenly(committed: EmbeddedServer) -> None:
    with db.transaction() as session:
        three = [post(session, name) for name in ("Một", "Hai", "Ba")]
        by_rule(session)
        taker = clerk(session)
        codes = [str(received(session, citizen(session), taker).code) for _ in range(12)]

    def hand_over(code: str) -> None:
        with db.transaction() as session:
            forward(session, taker, code, expected_version=2)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(hand_over, codes))
    with db.transaction() as session:
        by_rule(session, is_on=False)
        held = session.scalars(select(Dossier.assigned_to)).all()
        assert sorted(map(str, held)) == sorted([one.id for one in three] * 4)
        assert verify(session).findings == ()


def test_person_with_two_accounts_is_one_officer(session: Session) -> None:
    own = post(session, "Phạm Văn Giỏi")
    session.get_one(Account, citizen(session).account_id).subject_hash = own.subject_hash
    session.flush()
    assert len(candidates_for(session, waiting(session))) == 1
    assert session.scalars(select(StaffMember.id).where(StaffMember.subject_hash == own.subject_hash)).one()
