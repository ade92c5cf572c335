"""Assignment at the desks: who may be chosen and why, by whom, and what the page of the dossier says of it afterwards."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest
from sqlalchemy import select

from portal import db
from portal.blind_index import personal_id_hash
from portal.models import Dossier, StaffDuty, StaffMember
from portal.services.dossiers.forward import forward
from tests import visitors
from tests.desks.admin_forms import duty_of, fill, member_of
from tests.desks.cast import PEOPLE, Cast, Filed, actor_of
from tests.filings import CODE
from tests.people import OFFICE

HINT = re.compile(r'<div class="govuk-hint govuk-radios__hint"[^>]*>(.*?)</div>', re.DOTALL)
ASSIGNING = f"/admin/offices/{OFFICE}/choose-assignment"
DUTY_OF_OFFICER = "/admin/staff/{}/duties/{}/change"


@pytest.fixture
def waiting(cast: Cast) -> Filed:
    """A dossier that was handed over and that nobody has yet."""
    filed = cast.file("received")
    with db.transaction() as session:
        forward(session, actor_of(session, PEOPLE["clerk"][0]), filed.code, expected_version=2)
    return filed


@pytest.fixture
def by_rule(cast: Cast) -> Iterator[None]:
    fill(cast["administrator"], ASSIGNING, {"who": "rule"})
    yield
    fill(cast["administrator"], ASSIGNING, {"who": "people"})


def why(cast: Cast, name: str, filed: Filed) -> str:
    page = cast[name].get(f"/counter/dossiers/{filed.code}").text
    found = re.search(
        r"<p><strong>(Vì sao việc này của tôi|Ai thụ lý, vì sao|Why this is mine):</strong>(.*?)</p>", page, re.DOTALL
    )
    return unescape(f"{found[1]}:{found[2]}") if found else ""


def test_leader_chooses_among_those_who_fit_and_reads_what_speaks_for_each(cast: Cast, waiting: Filed) -> None:
    path = f"/counter/dossiers/{waiting.code}/assign"
    assert "Phân công" in cast["leader"].get(f"/counter/dossiers/{waiting.code}").text
    page = cast["leader"].get(path).text
    hint = unescape(HINT.findall(page)[0])
    assert "cổng đề xuất" in page
    assert hint.startswith("được giao mọi thủ tục của cơ quan; đang giữ ")
    chosen = str(cast.account_of("officer"))
    assert re.search(rf'value="{chosen}" checked', page), "the suggested one is chosen beforehand"
    assert cast["leader"].post(path, {"version": "3", "to": chosen}).status_code == 302
    assert cast.place_of(waiting) == ("in_processing", "appraising", 4)
    mine = why(cast, "officer", waiting)
    with db.transaction() as session:
        giver = actor_of(session, PEOPLE["leader"][0]).display_name
    assert mine.startswith(f"Vì sao việc này của tôi: {giver} giao cho ông/bà lúc")
    assert "được giao mọi thủ tục của cơ quan; lúc ấy giữ" in mine
    assert why(cast, "clerk", waiting).startswith("Ai thụ lý, vì sao: ")


def test_officer_takes_it_oneself_sees_the_others_and_gives_it_to_nobody(cast: Cast, waiting: Filed) -> None:
    path = f"/counter/dossiers/{waiting.code}/assign"
    page = cast["officer"].get(path).text
    assert "Ai phù hợp" in page
    assert 'type="radio"' not in page
    other = str(cast.account_of("clerk"))
    assert cast["officer"].post(path, {"version": "3", "to": other}).status_code == 403
    assert cast["officer"].post(path, {"version": "3"}).status_code == 302
    assert why(cast, "officer", waiting).startswith("Vì sao việc này của tôi: Ông/bà tự nhận lúc")


@pytest.mark.parametrize("to", ["", "no-id", "00000000-0000-0000-0000-000000000000"])
def test_leader_who_names_nobody_that_fits_is_told_at_the_box(cast: Cast, waiting: Filed, to: str) -> None:
    answer = cast["leader"].post(f"/counter/dossiers/{waiting.code}/assign", {"version": "3", "to": to})
    assert answer.status_code == 422
    assert 'id="error-to"' in answer.text
    assert cast.place_of(waiting)[1] == "awaiting_assignment"


def test_rule_that_the_administrator_chose_assigns_and_the_page_says_so(cast: Cast, by_rule: None) -> None:
    assert "Cổng tự giao theo quy tắc" in cast["administrator"].get(f"/admin/offices/{OFFICE}").text
    filed = cast.file("received")
    page = cast["clerk"].post(f"/counter/dossiers/{filed.code}/forward", {"version": "2"})
    assert page.status_code == 302
    assert cast.place_of(filed) == ("in_processing", "appraising", 4)
    assert "Hệ thống giao cho ông/bà theo quy tắc của cơ quan" in why(cast, "officer", filed)
    assert "Đổi cách phân công" in cast["auditor"].get(f"/admin/changes?kind=office&subject={OFFICE}").text


def test_list_says_where_the_rule_found_nobody(cast: Cast, by_rule: None) -> None:
    path, words = (
        DUTY_OF_OFFICER.format(member_of(visitors.OFFICER), duty_of(visitors.OFFICER)),
        "Chờ phân công: không ai phù hợp",
    )
    fill(cast["administrator"], path, {"procedure_codes": "1.001193"})
    filed = cast.file("received")
    cast["clerk"].post(f"/counter/dossiers/{filed.code}/forward", {"version": "2"})
    assert cast.place_of(filed) == ("in_processing", "awaiting_assignment", 3)
    for page in ("/counter/queue?tab=unassigned", f"/counter/dossiers/{filed.code}"):
        assert words in cast["leader"].get(page).text
    fill(cast["administrator"], path, {"procedure_codes": ""})
    fill(cast["administrator"], ASSIGNING, {"who": "people"})
    assert words not in cast["leader"].get("/counter/queue?tab=unassigned").text


def test_choice_of_nobody_is_told_at_the_box(cast: Cast) -> None:
    answer = fill(cast["administrator"], ASSIGNING, {"who": "nobody"})
    assert answer.status_code == 422
    assert 'id="error-who"' in answer.text


def test_wards_are_of_officers_alone_and_each_has_five_digits(cast: Cast) -> None:
    path = DUTY_OF_OFFICER.format(member_of(visitors.OFFICER), duty_of(visitors.OFFICER))
    wrong = fill(cast["administrator"], path, {"ward_codes": "00004, 12"})
    assert (wrong.status_code, "12" in wrong.text) == (422, True)
    assert fill(cast["administrator"], path, {"ward_codes": "00008\n00004"}).status_code == 302
    with db.transaction() as session:
        member = session.scalars(select(StaffMember).where(StaffMember.subject_hash == personal_id_hash(visitors.OFFICER))).one()
        duty = session.scalars(select(StaffDuty).where(StaffDuty.member_id == member.id)).one()
        assert duty.ward_codes == ["00004", "00008"]
    of_clerk = DUTY_OF_OFFICER.format(member_of(visitors.CLERK), duty_of(visitors.CLERK))
    assert "ward_codes" not in cast["administrator"].get(of_clerk).text
    refused = fill(cast["administrator"], of_clerk, {"ward_codes": "00004"})
    assert refused.status_code == 422


def test_ward_speaks_for_the_officer_who_serves_it(cast: Cast, waiting: Filed) -> None:
    hint = unescape(HINT.findall(cast["leader"].get(f"/counter/dossiers/{waiting.code}/assign").text)[0])
    assert "phụ trách địa bàn của chủ hồ sơ" in hint
    with db.transaction() as session:
        assert session.scalars(select(Dossier.procedure_code).where(Dossier.code == waiting.code)).one() == CODE
