from __future__ import annotations

from collections.abc import Callable

import pytest

from tests import visitors
from tests.desks.admin_forms import carried, duty_of, fill, member_of, today_boxes, typed
from tests.desks.cast import Cast
from tests.filings import CODE
from tests.visitors import Visitor, ask_provider

LAN = {
    "personal_id": "001190000777",
    "full_name": "Lê Thị Lan Mẫu",
    **dict(zip(("date_of_birth.day", "date_of_birth.month", "date_of_birth.year"), "8 3 1990".split(), strict=True)),
}
SEALED = ("001190000777", "Lê Thị Lan Mẫu")


def path_of(personal_id: str, act: str = "") -> str:
    return f"/admin/staff/{member_of(personal_id)}{act}"


def duty_path(personal_id: str, act: str) -> str:
    return path_of(personal_id, f"/duties/{duty_of(personal_id)}/{act}")


def test_person_is_added_and_given_a_duty_for_one_procedure(cast: Cast) -> None:
    browser = cast["administrator"]
    assert fill(browser, "/admin/staff/new", LAN).headers["Location"] == path_of(LAN["personal_id"])
    form = {"role": "officer", "office_code": "H26.32", "procedure_codes": CODE, **today_boxes("valid_from")}
    assert fill(browser, path_of(LAN["personal_id"], "/duties/new"), form).status_code == 302
    page = browser.get(path_of(LAN["personal_id"])).text
    assert "Chuyên viên thụ lý" in page
    assert CODE in page
    assert "Lê Thị Lan Mẫu" in browser.get("/admin/staff?q=lan+mau").text
    assert "Lê Thị Lan Mẫu" not in browser.get("/admin/staff?office=H26.31&q=lan+mau").text


def test_person_known_already_is_shown_and_not_made_twice(cast: Cast) -> None:
    fill(cast["administrator"], "/admin/staff/new", LAN)
    answer = fill(cast["other administrator"], "/admin/staff/new", LAN)
    assert answer.headers["Location"] == path_of(LAN["personal_id"])


def test_relieved_clerk_is_locked_out_at_the_very_next_request(cast: Cast) -> None:
    clerk = cast["other clerk"]
    assert clerk.get("/counter/queue").status_code == 200
    assert fill(cast["administrator"], duty_path(visitors.OTHER_CLERK, "end"), {}).status_code == 302
    assert clerk.get("/counter/queue").status_code == 404


def test_relieved_administrator_is_locked_out_and_the_last_one_stays(cast: Cast) -> None:
    first, second = cast["administrator"], cast["other administrator"]
    stale = second.get(duty_path(visitors.ADMINISTRATOR, "end"))
    assert fill(first, duty_path(visitors.OTHER_ADMINISTRATOR, "end"), {}).status_code == 302
    assert second.get("/admin/").status_code == 404
    assert second.post(duty_path(visitors.ADMINISTRATOR, "end"), carried(stale)).status_code == 404
    own = fill(first, duty_path(visitors.ADMINISTRATOR, "end"), {})
    assert own.status_code == 409
    assert "chính mình" in own.text
    form = {"role": "administrator", "office_code": "H26.01", **today_boxes("valid_from")}
    assert fill(first, path_of(visitors.OTHER_ADMINISTRATOR, "/duties/new"), form).status_code == 302
    assert second.get("/admin/").status_code == 200


def test_stale_change_of_a_duty_shows_both_and_keeps_what_was_typed(cast: Cast) -> None:
    path = duty_path(visitors.OFFICER, "change")
    page = cast["administrator"].get(path)
    assert fill(cast["other administrator"], path, {"procedure_codes": CODE}).status_code == 302
    stale = cast["administrator"].post(
        path, {**carried(page), "valid_to.day": "1", "valid_to.month": "1", "valid_to.year": "2099"}
    )
    assert stale.status_code == 409
    assert f"«{CODE}»" in stale.text
    assert typed(stale)["valid_to.year"] == "2099"


def test_unknown_procedure_is_named(cast: Cast) -> None:
    answer = fill(cast["administrator"], duty_path(visitors.LEADER, "change"), {"procedure_codes": "9.999999"})
    assert answer.status_code == 422
    assert "9.999999" in answer.text


def test_administrator_of_level_1_steps_up_and_comes_back(visitor: Callable[..., Visitor]) -> None:
    browser = visitor()
    browser.log_in(visitors.ADMINISTRATOR, level=1)
    refused = browser.get("/admin/staff?q=lan")
    assert refused.status_code == 403
    assert "/login?level=2&amp;next=%2Fadmin%2Fstaff%3Fq%3Dlan" in refused.text
    returned = browser.log_in(visitors.ADMINISTRATOR, level=2, next_url="/admin/staff?q=lan")
    assert returned.headers["Location"] == "/admin/staff?q=lan"
    assert browser.get("/admin/staff?q=lan").status_code == 200


def test_what_was_typed_at_level_1_waits_behind_the_step_up(visitor: Callable[..., Visitor]) -> None:
    browser = visitor()
    browser.log_in(visitors.ADMINISTRATOR, level=1)
    assert browser.post("/admin/staff/new", LAN).status_code == 403
    returned = browser.come_back(ask_provider(browser.begin_login(2, "/"), visitors.ADMINISTRATOR))
    assert returned.headers["Location"] == "/my/unsent"
    page = browser.get("/my/unsent").text
    assert 'action="/admin/staff/new"' in page
    assert LAN["full_name"] in page


def test_form_from_elsewhere_is_not_kept_for_the_step_up(visitor: Callable[..., Visitor]) -> None:
    browser = visitor()
    browser.log_in(visitors.ADMINISTRATOR, level=1)
    assert browser.post("/admin/staff/new", LAN, headers={"Origin": "https://elsewhere.example"}).status_code == 403
    returned = browser.come_back(ask_provider(browser.begin_login(2, "/"), visitors.ADMINISTRATOR))
    assert returned.headers["Location"] == "/"


@pytest.mark.parametrize("person", ["auditor", "leader", "citizen A"])
def test_staff_do_not_exist_for_others(cast: Cast, person: str) -> None:
    for path in ("/admin/staff", "/admin/staff/new", path_of(visitors.CLERK), duty_path(visitors.CLERK, "end")):
        assert cast[person].get(path).status_code == 404
    assert cast[person].post(duty_path(visitors.CLERK, "end"), {"version": "0"}).status_code == 404
    assert cast["clerk"].get("/counter/queue").status_code == 200


def test_record_and_dump_name_nobody(cast: Cast, owner_engine) -> None:
    fill(cast["administrator"], "/admin/staff/new", LAN)
    with owner_engine.connect() as connection:
        for table in ("staff_members", "staff_duties", "administrator_changes"):
            written = str(connection.exec_driver_sql(f"SELECT t::text FROM {table} t").all())  # noqa: S608
            assert not [word for word in SEALED if word in written], table
