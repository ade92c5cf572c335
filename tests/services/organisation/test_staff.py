from __future__ import annotations

import threading
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from portal import clock, db
from portal.auth.permissions import Actor, Duty, Permission, Role
from portal.auth.standing import duties_of
from portal.blind_index import personal_id_hash
from portal.models import StaffDuty, StaffMember
from portal.postgres import EmbeddedServer
from portal.services.dossiers.lifecycle import allowed
from portal.services.dossiers.queries import at_counter, facts_of, for_act
from portal.services.dossiers.queue_counts import queue_counts
from portal.services.dossiers.queues import QueueFilter, queue
from portal.services.dossiers.vocabulary import Act
from portal.services.errors import EditedMeanwhile, Forbidden, GuardRefused, InvalidInput, LevelTooLow, NotFound, PortalError
from portal.services.organisation.staff import add_person, change_duty, end_duty, give_duty, people
from portal.services.oversight.changes import ChangeFilter, changes_of
from tests.filings import CODE, submitted
from tests.people import citizen, clerk
from tests.services.organisation.administrators import CENTRE, administrator, as_now, in_post
from tests.waiting import wait_for

TODAY = clock.today()
TOMORROW = TODAY + timedelta(days=1)
LAN = {"personal_id": "001190000777", "full_name": "Lê Thị Lan", "date_of_birth": "1990-03-08"}
CLERK = {"role": "clerk", "office_code": "H26.31", "procedure_codes": "", "valid_from": TODAY.isoformat(), "valid_to": ""}


def duties(session: Session, personal_id: str = LAN["personal_id"]) -> set[tuple[str, str]]:
    session.flush()
    return {(duty.role, duty.office_code) for duty in duties_of(session, personal_id_hash(personal_id), TODAY)}


def duty_of(session: Session, actor: Actor) -> StaffDuty:
    query = select(StaffDuty).join(StaffMember).where(StaffMember.subject_hash == actor.subject_hash)
    return session.scalars(query.execution_options(populate_existing=True)).one()


def test_person_is_added_given_a_duty_and_relieved_of_it(session: Session) -> None:
    actor = administrator(session)
    member, is_new = add_person(session, actor, LAN)
    duty = give_duty(session, actor, member.id, CLERK)
    assert is_new
    assert duties(session) == {("clerk", "H26.31")}
    end_duty(session, actor, member.id, duty.id, expected_version=duty.version)
    assert duties(session) == set()


def test_record_of_a_person_names_nobody(session: Session) -> None:
    actor = administrator(session)
    member, _new = add_person(session, actor, LAN)
    give_duty(session, actor, member.id, CLERK)
    written = str([(change.before, change.after, change.subject_id) for change in changes_of(session, ChangeFilter())])
    assert LAN["personal_id"] not in written
    assert "Lan" not in written
    assert str(member.id) in written


def test_person_known_already_is_given_back_and_found_by_id_and_name(session: Session) -> None:
    actor = administrator(session)
    member, _new = add_person(session, actor, LAN)
    assert add_person(session, actor, {**LAN, "full_name": "Tên Khác"}) == (member, False)
    assert [person.full_name for person in people(session, search="001190000777")] == ["Lê Thị Lan"]
    assert [person.full_name for person in people(session, search="le thi lan")] == ["Lê Thị Lan"]
    assert people(session, office_code="H26.32", search="lan") == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"personal_id": "123"}, "personal_id"),
        ({"full_name": ""}, "full_name"),
        ({"full_name": "Л Кириллица"}, "full_name"),
        ({"date_of_birth": "1990-02-30"}, "date_of_birth"),
        ({"date_of_birth": "2990-01-01"}, "date_of_birth"),
    ],
)
def test_person_who_cannot_be_is_refused_at_the_field(session: Session, change: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        add_person(session, administrator(session), {**LAN, **change})
    assert set(refused.value.errors) == {field}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"role": "king"}, "role"),
        ({"office_code": "H99.99"}, "office_code"),
        ({"valid_from": (TODAY - timedelta(days=1)).isoformat()}, "valid_from"),
        ({"valid_from": TOMORROW.isoformat(), "valid_to": TODAY.isoformat()}, "valid_to"),
        ({"procedure_codes": "9.999999"}, "procedure_codes"),
        ({"role": "auditor", "procedure_codes": CODE}, "procedure_codes"),
    ],
)
def test_duty_that_cannot_be_is_refused_at_the_field(session: Session, change: dict[str, str], field: str) -> None:
    actor = administrator(session)
    member, _new = add_person(session, actor, LAN)
    with pytest.raises(InvalidInput) as refused:
        give_duty(session, actor, member.id, {**CLERK, **change})
    assert set(refused.value.errors) == {field}


def test_duty_held_already_is_refused_and_after_its_end_given_again(session: Session) -> None:
    actor = administrator(session)
    member, _new = add_person(session, actor, LAN)
    duty = give_duty(session, actor, member.id, CLERK)
    with pytest.raises(InvalidInput):
        give_duty(session, actor, member.id, {**CLERK, "valid_from": TOMORROW.isoformat()})
    end_duty(session, actor, member.id, duty.id, expected_version=1)
    give_duty(session, actor, member.id, CLERK)
    assert duties(session) == {("clerk", "H26.31")}


def test_duty_of_tomorrow_is_none_today(session: Session) -> None:
    actor = administrator(session)
    member, _new = add_person(session, actor, LAN)
    give_duty(session, actor, member.id, {**CLERK, "valid_from": TOMORROW.isoformat()})
    assert duties(session) == set()
    assert duties_of(session, personal_id_hash(LAN["personal_id"]), TOMORROW)


def test_clerk_of_some_procedures_sees_and_does_those_alone(session: Session) -> None:
    dossier = submitted(session, citizen(session))
    within = in_post(session, clerk(session), Role.CLERK, "H26.31", procedure_codes=[CODE])
    without = in_post(session, clerk(session), Role.CLERK, "H26.31", procedure_codes=["1.001193"])
    assert queue(session, within, QueueFilter()) == [dossier]
    assert sum(queue_counts(session, within, now=clock.now(), soon=clock.now()).places.values()) == 1
    for_act(session, within, Act.RECEIVE, str(dossier.code), expected_version=dossier.version)
    assert queue(session, without, QueueFilter()) == []
    assert queue_counts(session, without, now=clock.now(), soon=clock.now()).places == {}
    with pytest.raises(NotFound):
        at_counter(session, without, str(dossier.code))
    with pytest.raises(NotFound):
        for_act(session, without, Act.RECEIVE, str(dossier.code), expected_version=dossier.version)


def test_table_of_moves_itself_asks_for_the_procedure(session: Session) -> None:
    facts = facts_of(submitted(session, citizen(session)))
    person = clerk(session)
    for procedures, is_allowed in (({CODE}, True), ({"1.001193"}, False), (set(), True)):
        actor = replace(person, duties=frozenset({Duty(Role.CLERK, "H26.31", frozenset(procedures))}))
        assert (Act.RECEIVE in {move.act for move in allowed(facts, actor)}) is is_allowed


def test_duty_for_some_procedures_adds_to_one_at_another_office(session: Session) -> None:
    dossier = submitted(session, citizen(session))
    person = in_post(session, clerk(session), Role.CLERK, "H26.32")
    member = duty_of(session, person).member
    give_duty(session, administrator(session), member.id, {**CLERK, "procedure_codes": CODE})
    session.flush()
    assert queue(session, as_now(session, person), QueueFilter()) == [dossier]


def test_procedures_and_last_day_of_a_duty_are_changed_and_recorded(session: Session) -> None:
    actor = administrator(session)
    person = in_post(session, clerk(session), Role.CLERK, "H26.31")
    duty = duty_of(session, person)
    form = {"procedure_codes": CODE, "valid_to": TOMORROW.isoformat()}
    change_duty(session, actor, duty.member_id, duty.id, form, expected_version=0)
    change = changes_of(session, ChangeFilter(subject_id=str(duty.id)))[0]
    assert (change.verb, change.before["procedure_codes"], change.after["procedure_codes"]) == ("changed", [], [CODE])
    assert as_now(session, person).role_for(Permission.RECEIVE, "H26.31", "1.001193") is None
    assert as_now(session, person).role_for(Permission.RECEIVE, "H26.31", CODE) is Role.CLERK


def test_stale_form_does_not_end_what_somebody_changed(session: Session) -> None:
    actor = administrator(session)
    duty = duty_of(session, in_post(session, clerk(session), Role.CLERK, "H26.31"))
    change_duty(session, actor, duty.member_id, duty.id, {"procedure_codes": CODE}, expected_version=0)
    with pytest.raises(EditedMeanwhile):
        end_duty(session, actor, duty.member_id, duty.id, expected_version=0)


def test_nobody_gives_changes_or_ends_a_duty_of_their_own(session: Session) -> None:
    actor = administrator(session)
    administrator(session, "Người Thứ Hai")
    own = duty_of(session, actor)
    for act in (
        lambda: give_duty(session, actor, own.member_id, {**CLERK, "role": "leader"}),
        lambda: change_duty(session, actor, own.member_id, own.id, {}, expected_version=0),
        lambda: end_duty(session, actor, own.member_id, own.id, expected_version=0),
    ):
        with pytest.raises(GuardRefused, match="chính mình"):
            act()


def test_last_administrator_is_neither_ended_nor_given_a_last_day(session: Session) -> None:
    acting = administrator(session, valid_to=TOMORROW)
    last = duty_of(session, administrator(session, "Người Cuối"))
    with pytest.raises(GuardRefused, match="cuối cùng"):
        end_duty(session, acting, last.member_id, last.id, expected_version=0)
    with pytest.raises(GuardRefused, match="cuối cùng"):
        change_duty(session, acting, last.member_id, last.id, {"valid_to": TOMORROW.isoformat()}, expected_version=0)


def test_administrator_who_was_relieved_meanwhile_changes_nothing(session: Session) -> None:
    actor, other = administrator(session), administrator(session, "Người Thứ Hai")
    own = duty_of(session, actor)
    end_duty(session, other, own.member_id, own.id, expected_version=0)
    with pytest.raises(Forbidden):
        add_person(session, actor, LAN)


def test_staff_are_changed_by_administrators_of_level_2_alone(session: Session) -> None:
    with pytest.raises(Forbidden):
        add_person(session, in_post(session, clerk(session), Role.CLERK), LAN)
    with pytest.raises(LevelTooLow):
        add_person(session, replace(administrator(session), level=1), LAN)


def test_duty_of_another_person_is_not_found_under_this_one(session: Session) -> None:
    actor = administrator(session)
    duty = duty_of(session, in_post(session, clerk(session), Role.CLERK))
    with pytest.raises(NotFound):
        end_duty(session, actor, uuid.uuid4(), duty.id, expected_version=0)


def test_two_administrators_who_end_each_other_at_once_leave_one(committed: EmbeddedServer) -> None:
    with db.transaction() as session:
        pair = [administrator(session, name) for name in ("Một", "Hai")]
        held = [(duty_of(session, actor).member_id, duty_of(session, actor).id) for actor in pair]
    refused: list[type[PortalError]] = []

    def end_the_first() -> None:
        try:
            with db.transaction() as session:
                end_duty(session, pair[1], *held[0], expected_version=0)
        except PortalError as error:
            refused.append(type(error))

    second = threading.Thread(target=end_the_first)
    with db.transaction() as session:
        end_duty(session, pair[0], *held[1], expected_version=0)
        second.start()
        wait_for(lambda: not second.is_alive() or somebody_waits())
    second.join(20)
    with db.transaction() as session:
        left = session.scalars(select(StaffDuty).where(StaffDuty.ended_at.is_(None), StaffDuty.office_code == CENTRE)).all()
        assert [duty.id for duty in left] == [held[0][1]]
    assert refused == [Forbidden]


def somebody_waits() -> bool:
    """Whether a transaction waits for another's lock."""
    with db.transaction() as session:
        return bool(session.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar_one())
