from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Permission, Role
from portal.models import Office
from portal.services.catalogue.versions import current
from portal.services.dossiers.forward import forward
from portal.services.dossiers.offices import competent_office, handling_office
from portal.services.dossiers.queries import at_counter
from portal.services.dossiers.queues import QueueFilter, queue
from portal.services.errors import EditedMeanwhile, Forbidden, GuardRefused, InvalidInput, LevelTooLow, NotFound
from portal.services.organisation.close_office import close_office
from portal.services.organisation.offices import all_offices, as_tree, edit_office, names_of, office_of, open_office, particulars
from portal.services.organisation.territory import move_wards, serve_wards, who_serves
from portal.services.oversight.changes import ChangeFilter, changes_of
from tests.filings import CODE, received, submitted
from tests.people import citizen, clerk
from tests.services.organisation.administrators import administrator, as_now, in_post

TODAY = clock.today()
TOMORROW, LATER = TODAY + timedelta(days=1), TODAY + timedelta(days=30)
BA_DINH, HOAN_KIEM, CENTRE, POLICE = "H26.31", "H26.32", "H26.01", "G01.26.31"
NEW = {
    "code": "H26.33", "level": "commune", "name": "Ủy ban nhân dân phường Mẫu", "name_en": "People's Committee of Mẫu ward",
    "parent_code": CENTRE, "parent_name": "THÀNH PHỐ HÀ NỘI", "unit_name": "TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG PHƯỜNG MẪU",
    "place_name": "Mẫu", "signatory": "TM. ỦY BAN NHÂN DÂN\r\nCHỦ TỊCH", "symbol": "TTPVHCC", "province_code": "01",
    "address": "Số 5 phố Mẫu", "phone": "0900 000 033", "valid_from": TODAY.isoformat(),
}  # fmt: skip


def form_of(office: Office, **changes: str) -> dict[str, str]:
    said = {name: value for name, value in particulars(office).items() if isinstance(value, str)}
    return {**said, "signatory": "\n".join(office.signatory), **changes}


def serving(session: Session, ward: str, on: date) -> set[str]:
    return {office.code for office, _row in who_serves(session, ward, on)}


def verbs(session: Session, code: str) -> list[str]:
    return [change.verb for change in changes_of(session, ChangeFilter(subject_kind="office", subject_id=code))]


def test_new_office_takes_its_place_in_the_tree_and_in_the_record(session: Session) -> None:
    opened = open_office(session, administrator(session), NEW)
    depths = {office.code: depth for depth, office in as_tree(all_offices(session, TODAY))}
    expected = {CENTRE: 0, POLICE: 0, BA_DINH: 1, HOAN_KIEM: 1, "H26.33": 1}
    assert {code: depths[code] for code in expected} == expected
    assert [name.name for name in names_of(session, opened.code)] == [NEW["name"]]
    assert (verbs(session, opened.code), opened.version) == (["opened"], 1)


def test_offices_of_one_parent_stand_in_the_order_of_the_alphabet(session: Session) -> None:
    actor = administrator(session)
    for number, name in enumerate(["Phường Đông", "Phường Dương", "Phường Ăn", "Phường An"], 40):
        open_office(session, actor, {**NEW, "code": f"H26.{number}", "name": name})
    names = [office.name for depth, office in as_tree(all_offices(session)) if depth and office.name.startswith("Phường")]
    assert names == ["Phường An", "Phường Ăn", "Phường Dương", "Phường Đông"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": "H26.31"}, "code"),
        ({"code": "26.31"}, "code"),
        ({"code": "Z26.31"}, "code"),
        ({"code": "H26"}, "code"),
        ({"code": "H26." + ".".join(["99"] * 12)}, "code"),
        ({"code": "G01.99"}, "code"),
        ({"level": "police"}, "code"),
        ({"level": "galaxy"}, "level"),
        ({"name": ""}, "name"),
        ({"name": "Ẩn\u200b"}, "name"),
        ({"signatory": "\n"}, "signatory"),
        ({"province_code": "1"}, "province_code"),
        ({"parent_code": "H99.99"}, "parent_code"),
        ({"valid_from": "2026-02-30"}, "valid_from"),
    ],
)
def test_office_that_cannot_be_is_refused_at_its_field(session: Session, changes: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        open_office(session, administrator(session), {**NEW, **changes})
    assert field in refused.value.errors


def test_office_cannot_stand_under_itself_or_under_what_stands_under_it(session: Session) -> None:
    actor = administrator(session)
    for parent in (CENTRE, BA_DINH):
        with pytest.raises(InvalidInput) as refused:
            edit_office(session, actor, CENTRE, form_of(office_of(session, CENTRE), parent_code=parent), expected_version=0)
        assert "parent_code" in refused.value.errors


def test_earlier_name_is_kept_with_its_days(session: Session) -> None:
    actor = administrator(session)
    edit_office(session, actor, BA_DINH, form_of(office_of(session, BA_DINH), name="UBND phường Ba Đình mới"), expected_version=0)
    new, old = names_of(session, BA_DINH)
    assert (new.name, new.valid_from, new.valid_to) == ("UBND phường Ba Đình mới", TODAY, None)
    assert (old.name, old.valid_to) == ("Ủy ban nhân dân phường Ba Đình", TODAY - timedelta(days=1))
    edit_office(session, actor, BA_DINH, form_of(office_of(session, BA_DINH), name="Tên sửa trong ngày"), expected_version=1)
    assert [name.name for name in names_of(session, BA_DINH)] == ["Tên sửa trong ngày", "Ủy ban nhân dân phường Ba Đình"]


def test_saving_what_is_there_already_leaves_no_record(session: Session) -> None:
    office = edit_office(session, administrator(session), BA_DINH, form_of(office_of(session, BA_DINH)), expected_version=0)
    assert (verbs(session, BA_DINH), office.version) == ([], 0)


def test_who_served_a_ward_on_a_day_is_answered_after_it_moved(session: Session) -> None:
    move_wards(session, administrator(session), BA_DINH, HOAN_KIEM, "00004", LATER.isoformat(), expected_version=0)
    session.flush()
    assert serving(session, "00004", LATER - timedelta(days=1)) == {BA_DINH, POLICE}
    assert serving(session, "00004", LATER) == {HOAN_KIEM, POLICE}
    assert serving(session, "00004", date(2025, 7, 1)) == {BA_DINH, POLICE}
    assert serving(session, "00004", date(2025, 6, 30)) == set()
    assert (verbs(session, BA_DINH), verbs(session, HOAN_KIEM)) == (["wards_given_up"], ["wards_taken_on"])


def test_move_that_has_not_begun_can_be_moved_again(session: Session) -> None:
    actor = administrator(session)
    open_office(session, actor, NEW)
    move_wards(session, actor, BA_DINH, HOAN_KIEM, "00004", LATER.isoformat(), expected_version=0)
    move_wards(session, actor, HOAN_KIEM, "H26.33", "00004", LATER.isoformat(), expected_version=1)
    session.flush()
    assert serving(session, "00004", LATER) == {"H26.33", POLICE}


def test_competent_office_follows_the_ward_from_the_very_day(session: Session) -> None:
    procedure = current(session, CODE)
    answers = {procedure.definition.competence.by_address: {"value": {"ward_code": "00004"}}}
    move_wards(session, administrator(session), BA_DINH, HOAN_KIEM, "00004", TOMORROW.isoformat(), expected_version=0)
    session.flush()
    on = {day: competent_office(session, procedure, answers, None, day) for day in (TODAY, TOMORROW)}
    assert {day: office.code for day, office in on.items() if office} == {TODAY: BA_DINH, TOMORROW: HOAN_KIEM}


@pytest.mark.parametrize(
    ("wards", "to_code", "day", "field"),
    [
        ("00004", POLICE, TOMORROW, "to_code"),
        ("00004", BA_DINH, TOMORROW, "to_code"),
        ("00004", "H99.99", TOMORROW, "to_code"),
        ("00070", HOAN_KIEM, TOMORROW, "wards"),
        ("4", HOAN_KIEM, TOMORROW, "wards"),
        ("", HOAN_KIEM, TOMORROW, "wards"),
        ("00004", HOAN_KIEM, TODAY - timedelta(days=1), "from_day"),
    ],
)
def test_move_that_cannot_be_is_refused_at_its_field(session: Session, wards: str, to_code: str, day: date, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        move_wards(session, administrator(session), BA_DINH, to_code, wards, day.isoformat(), expected_version=0)
    assert field in refused.value.errors


def test_ward_is_not_served_by_two_offices_of_one_level_on_a_day(session: Session) -> None:
    with pytest.raises(InvalidInput) as refused:
        serve_wards(session, administrator(session), HOAN_KIEM, "00004", LATER.isoformat(), expected_version=0)
    assert "wards" in refused.value.errors
    statement = "INSERT INTO office_territories VALUES (gen_random_uuid(), 'H26.32', 'commune', '00004', '2030-01-01', NULL)"
    with pytest.raises(IntegrityError, match="one_office_of_a_level_on_a_day"), session.begin_nested():
        session.execute(text(statement))


def test_ward_that_nobody_serves_can_be_taken_on(session: Session) -> None:
    serve_wards(session, administrator(session), BA_DINH, "00008, 00010\n00008", TODAY.isoformat(), expected_version=0)
    session.flush()
    assert serving(session, "00008", TODAY) == serving(session, "00010", LATER) == {BA_DINH}


def test_successor_handles_what_it_took_over_from_the_day_of_the_merger(session: Session) -> None:
    dossier = received(session, citizen(session), clerk(session))
    heir = in_post(session, clerk(session, HOAN_KIEM), Role.CLERK, HOAN_KIEM)
    former = in_post(session, clerk(session), Role.CLERK, BA_DINH)
    close_office(
        session, administrator(session), BA_DINH, successor_code=HOAN_KIEM, from_day=TODAY.isoformat(), expected_version=0
    )
    heir, former = as_now(session, heir), as_now(session, former)
    with pytest.raises(NotFound):
        at_counter(session, former, str(dossier.code))
    assert queue(session, heir, QueueFilter()) == [dossier]
    forwarded = forward(session, heir, str(dossier.code), expected_version=dossier.version)
    assert (forwarded.code, forwarded.office_code) == (dossier.code, BA_DINH)
    assert handling_office(session, forwarded).code == HOAN_KIEM


def test_merger_of_tomorrow_changes_nothing_today(session: Session) -> None:
    dossier = received(session, citizen(session), clerk(session))
    heir = in_post(session, clerk(session, HOAN_KIEM), Role.CLERK, HOAN_KIEM)
    former = in_post(session, clerk(session), Role.CLERK, BA_DINH)
    close_office(
        session, administrator(session), BA_DINH, successor_code=HOAN_KIEM, from_day=TOMORROW.isoformat(), expected_version=0
    )
    assert at_counter(session, as_now(session, former), str(dossier.code)) is dossier
    with pytest.raises(NotFound):
        at_counter(session, as_now(session, heir), str(dossier.code))
    assert serving(session, "00004", TOMORROW) == {HOAN_KIEM, POLICE}


def test_merger_of_a_merger_leads_to_the_last_successor(session: Session) -> None:
    actor = administrator(session)
    open_office(session, actor, NEW)
    dossier = received(session, citizen(session), clerk(session))
    close_office(session, actor, BA_DINH, successor_code=HOAN_KIEM, from_day=TODAY.isoformat(), expected_version=0)
    close_office(session, actor, HOAN_KIEM, successor_code="H26.33", from_day=TODAY.isoformat(), expected_version=1)
    heir = in_post(session, clerk(session, "H26.33"), Role.CLERK, "H26.33")
    assert at_counter(session, heir, str(dossier.code)) is dossier
    assert serving(session, "00004", TODAY) == serving(session, "00070", TODAY) | {POLICE} == {"H26.33", POLICE}


def test_dossier_filed_after_the_merger_carries_the_successors_code(session: Session) -> None:
    close_office(
        session, administrator(session), BA_DINH, successor_code=HOAN_KIEM, from_day=TODAY.isoformat(), expected_version=0
    )
    assert submitted(session, citizen(session)).office_code == HOAN_KIEM


def test_office_with_open_dossiers_does_not_end_without_a_successor(session: Session) -> None:
    submitted(session, citizen(session))
    with pytest.raises(GuardRefused, match="hồ sơ"):
        close_office(session, administrator(session), BA_DINH, successor_code="", from_day=TODAY.isoformat(), expected_version=0)


def test_office_that_serves_wards_does_not_end_without_a_successor(session: Session) -> None:
    with pytest.raises(GuardRefused, match="phường"):
        close_office(session, administrator(session), BA_DINH, successor_code="", from_day=TODAY.isoformat(), expected_version=0)


def test_empty_office_ends_at_once(session: Session) -> None:
    actor = administrator(session)
    open_office(session, actor, NEW)
    close_office(session, actor, "H26.33", successor_code="", from_day=TODAY.isoformat(), expected_version=1)
    assert "H26.33" not in {office.code for office in all_offices(session, TODAY)}
    with pytest.raises(GuardRefused):
        close_office(session, actor, "H26.33", successor_code="", from_day=TODAY.isoformat(), expected_version=2)


def test_office_of_the_last_administrator_does_not_end(session: Session) -> None:
    actor = administrator(session)
    open_office(session, actor, {**NEW, "level": "province"})
    with pytest.raises(GuardRefused, match="quản trị"):
        close_office(session, actor, CENTRE, successor_code="H26.33", from_day=LATER.isoformat(), expected_version=0)


def test_offices_under_one_that_ends_come_under_its_successor(session: Session) -> None:
    actor = administrator(session)
    open_office(session, actor, {**NEW, "level": "province"})
    administrator(session, office="H26.33")
    close_office(session, actor, CENTRE, successor_code="H26.33", from_day=TODAY.isoformat(), expected_version=0)
    assert {office_of(session, code).parent_code for code in (BA_DINH, HOAN_KIEM)} == {"H26.33"}
    assert office_of(session, "H26.33").parent_code is None


def test_stale_form_is_refused(session: Session) -> None:
    actor = administrator(session)
    edit_office(session, actor, BA_DINH, form_of(office_of(session, BA_DINH), phone="0900 000 099"), expected_version=0)
    for act in (
        lambda: edit_office(session, actor, BA_DINH, form_of(office_of(session, BA_DINH)), expected_version=0),
        lambda: move_wards(session, actor, BA_DINH, HOAN_KIEM, "00004", TOMORROW.isoformat(), expected_version=0),
        lambda: close_office(session, actor, BA_DINH, successor_code=HOAN_KIEM, from_day=TODAY.isoformat(), expected_version=0),
    ):
        with pytest.raises(EditedMeanwhile):
            act()


def test_only_administrators_of_level_2_change_offices(session: Session) -> None:
    with pytest.raises(Forbidden, match=Permission.MANAGE_OFFICES):
        open_office(session, clerk(session), NEW)
    actor = administrator(session)
    with pytest.raises(LevelTooLow):
        open_office(session, type(actor)(actor.account_id, "", 1, actor.subject_hash, actor.duties), NEW)
