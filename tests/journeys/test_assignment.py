"""A leader gives a dossier away, its officer goes away, and somebody else goes on with it: at a desk and on a telephone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from portal import clock, db
from portal.blind_index import personal_id_hash
from portal.models import StaffDuty, StaffMember
from tests.journeys.office import act, at_desk, receive_and_forward
from tests.journeys.walker import Walker
from tests.journeys.world import CODE, PEOPLE, PHONE, World, cases

pytestmark = pytest.mark.browser
CASE = cases()["single"]
OFFICE, SECOND = "H26.31", "001194900102"


@pytest.fixture
def second(world: World) -> Iterator[Walker]:
    """Somebody else of the office who appraises this procedure for a while, before their telephone."""
    with db.transaction() as session:
        member = session.scalars(select(StaffMember).where(StaffMember.subject_hash == personal_id_hash(SECOND))).one()
        duty = StaffDuty(office_code=OFFICE, role="officer", procedure_codes=[CODE], valid_from=clock.today())
        member.duties.append(duty)
    yield Walker(world, world.logged_in(SECOND, PHONE), looks_closely=True)
    with db.transaction() as session:
        session.get_one(StaffDuty, duty.id).ended_at = clock.now()


def test_dossier_is_given_to_an_officer_who_goes_away_and_a_colleague_goes_on_with_it(world: World, second: Walker) -> None:
    citizen = Walker(world, world.logged_in(PEOPLE["single"], PHONE))
    code = citizen.file(CASE["answers"])
    receive_and_forward(world, code)
    world.desk("officer", OFFICE)  # whoever has never logged in cannot be chosen
    leader = at_desk(world, "leader", code, looks_closely=True)
    leader.follow(leader.page.locator('.mc-acts a[href$="/assign"]'))
    assert leader.says("được giao riêng thủ tục này"), "the colleague has a duty for this very procedure"
    assert leader.says("cổng đề xuất")
    leader.page.locator('input[type=radio][name="to"]').last.check()
    leader.press()
    assert leader.says("Ai thụ lý, vì sao:")

    officer = at_desk(world, "officer", code, looks_closely=True)
    assert officer.says("Vì sao việc này của tôi:")
    officer.go("/counter")
    officer.follow(officer.page.get_by_role("link", name="Vắng mặt và người thay"))
    officer.follow(officer.page.get_by_role("link", name="Ghi tôi vắng mặt"))
    today = clock.today().isoformat()
    officer.answer({"first_day": today, "last_day": today, "note": "Gọi bộ phận một cửa khi gấp"})
    officer.page.locator('[data-field="stand_in"] select').select_option(label="Đỗ Hải Yến")
    officer.press()
    assert officer.here == "counter.absences"
    assert officer.says("Người thay:")

    second.go(f"/counter/dossiers/{code}")
    assert second.says("Vì sao việc này của tôi: Ông/bà thay")
    act(second, "propose", {"decision": CASE["decision"]})
    assert second.says("vắng mặt"), "the history names for whom"

    leader.go("/counter/absences")
    leader.follow(leader.page.get_by_role("button", name="Kết thúc sớm:").first)
    assert leader.says("Không có ai vắng mặt")
