"""The pages on which staff say when they are away, and what a stand-in sees."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from html import unescape

import pytest
from werkzeug.test import TestResponse

from portal import clock
from tests import visitors
from tests.desks.admin_forms import carried, day_boxes, fill, member_of, today_boxes
from tests.desks.cast import Cast
from tests.people import OFFICE

LIST = "/counter/absences"
NOTE = "Gọi phòng tư pháp, máy lẻ 12"


def days(first: int, last: int) -> dict[str, str]:
    """So many days from today, in their boxes."""
    first_day, last_day = ((clock.today() + timedelta(days=number)).isoformat() for number in (first, last))
    return {**day_boxes("first_day", first_day), **day_boxes("last_day", last_day)}


@pytest.fixture(scope="module", autouse=True)
def second_officer(cast: Cast) -> None:
    """The other clerk appraises too."""
    form = {"role": "officer", "office_code": OFFICE, **today_boxes("valid_from")}
    assert fill(cast["administrator"], f"/admin/staff/{member_of(visitors.OTHER_CLERK)}/duties/new", form).status_code == 302


def page_of(personal_id: str) -> str:
    return f"{LIST}/{member_of(personal_id)}/new"


def main_of(answer: TestResponse) -> str:
    found = re.search(r"<main.*</main>", answer.text, re.DOTALL)
    assert found
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", found[0])).split())


def end_all(cast: Cast) -> None:
    """Everybody of the office is back."""
    page = cast["leader"].get(LIST).text
    for path, version in re.findall(r'action="(/counter/absences/[^"]+/end)".*?name="version" value="(\d+)"', page, re.DOTALL):
        assert cast["leader"].post(path, {"version": version}).status_code == 302


def test_officer_says_so_oneself_and_the_stand_in_goes_on_and_reads_why(cast: Cast) -> None:
    filed = cast.file("appraising")
    path = f"/counter/dossiers/{filed.code}"
    assert "/propose" not in cast["other clerk"].get(path).text
    form = {**days(0, 3), "stand_in": str(member_of(visitors.OTHER_CLERK)), "note": NOTE}
    assert cast["officer"].post(page_of(visitors.OFFICER), form).status_code == 302
    listed = main_of(cast["officer"].get(LIST))
    assert NOTE in listed
    assert "Người thay: " in listed
    page = cast["other clerk"].get(path).text
    assert f"{path}/propose" in page
    assert "Vì sao việc này của tôi:</strong> Ông/bà thay " in page
    form = {"version": "4", "office_code": "H26.32", "question": "Người này đã từng cư trú ở đó chưa?", "days": "2"}
    assert cast["other clerk"].post(f"{path}/ask-opinion", form).status_code == 302
    assert re.search(r"Chuyên viên thụ lý · thay [^·<]+ vắng mặt", unescape(cast["leader"].get(path).text))
    end_all(cast)
    assert "/propose" not in cast["other clerk"].get(path).text


def test_what_is_wrong_is_told_at_its_box_and_nothing_typed_is_lost(cast: Cast) -> None:
    form = {**days(2, 1), "stand_in": str(uuid.uuid4()), "note": NOTE}
    answer = cast["clerk"].post(page_of(visitors.CLERK), form)
    assert answer.status_code == 422
    assert 'id="error-last_day"' in answer.text
    assert 'href="#field-last_day"' in answer.text
    assert f'value="{NOTE}"' in answer.text
    assert f'name="first_day.day" type="text" inputmode="numeric" maxlength="2" value="{form["first_day.day"]}"' in answer.text
    refused = cast["clerk"].post(page_of(visitors.CLERK), {**form, **days(1, 2)})
    assert 'id="error-stand_in"' in refused.text


def test_leader_says_so_for_the_office_and_an_administrator_for_anybody(cast: Cast) -> None:
    assert cast["leader"].post(page_of(visitors.OFFICER), days(10, 11)).status_code == 302
    assert cast["leader elsewhere"].get(page_of(visitors.OFFICER)).status_code == 404
    assert cast["leader elsewhere"].post(page_of(visitors.OFFICER), days(20, 21)).status_code == 404
    assert cast["other clerk"].post(page_of(visitors.OFFICER), days(20, 21)).status_code == 404
    person = f"/admin/staff/{member_of(visitors.OFFICER)}"
    assert fill(cast["administrator"], f"{person}/absences/new", {**days(20, 21), "note": NOTE}).status_code == 302
    page = cast["administrator"].get(person)
    assert NOTE in page.text
    wrong = fill(cast["administrator"], f"{person}/absences/new", days(21, 22))
    assert wrong.status_code == 422
    ends = re.findall(rf'href="({person}/absences/[^"]+/end)"', page.text)
    assert len(ends) == 2
    stale = cast["administrator"].get(ends[1])
    assert fill(cast["other administrator"], ends[1], {}).status_code == 302
    assert cast["administrator"].post(ends[1], carried(stale)).status_code == 409
    assert NOTE not in cast["administrator"].get(person).text
    changes = cast["auditor"].get("/admin/changes?kind=absence").text
    assert "Vắng mặt" in changes
    assert NOTE not in changes
    end_all(cast)


def test_absence_of_somebody_who_stands_in_is_entered_and_it_is_said_who_is_left_alone(cast: Cast) -> None:
    form = {**days(0, 3), "stand_in": str(member_of(visitors.OTHER_CLERK))}
    assert cast["officer"].post(page_of(visitors.OFFICER), form).status_code == 302
    assert cast["other clerk"].post(page_of(visitors.OTHER_CLERK), days(1, 1)).status_code == 302
    assert "họ không có người thay" in cast["other clerk"].get(LIST).text
    end_all(cast)


def test_leader_is_told_that_another_leader_signs(cast: Cast) -> None:
    assert "Lãnh đạo khác của cơ quan vẫn ký được" in cast["leader"].get(page_of(visitors.LEADER)).text
    assert "Lãnh đạo khác" not in cast["clerk"].get(page_of(visitors.CLERK)).text


def test_absent_officer_is_named_apart_and_cannot_be_chosen(cast: Cast) -> None:
    filed = cast.file("appraising")
    assert cast["leader"].post(page_of(visitors.OTHER_CLERK), days(0, 0)).status_code == 302
    path, away = f"/counter/dossiers/{filed.code}/reassign", str(cast.account_of("other clerk"))
    page = cast["leader"].get(path).text
    assert "Đang vắng mặt: " in page
    assert away not in page
    answer = cast["leader"].post(path, {"version": "4", "to": away})
    assert answer.status_code == 422
    assert "Người này đang vắng mặt" in answer.text
    end_all(cast)
