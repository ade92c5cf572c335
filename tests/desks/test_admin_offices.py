from __future__ import annotations

from datetime import timedelta

import pytest

from portal import clock
from portal.models.office import LEVELS
from portal.services.results.seals import seal_of, seal_path
from portal.worker import drain
from tests.desks.admin_forms import carried, day_boxes, fill, today_boxes, typed
from tests.desks.cast import Cast
from tests.services.organisation.test_offices import NEW

TOMORROW = (clock.today() + timedelta(days=1)).isoformat()
FORM = {name: value for name, value in NEW.items() if name != "valid_from"}
BA_DINH = "/admin/offices/H26.31"


def test_rooms_are_those_that_the_person_may_enter(cast: Cast) -> None:
    links = {name: cast[name].get("/admin/").text for name in ("administrator", "auditor")}
    for room in ("/admin/offices", "/admin/staff", "/admin/calendar"):
        assert f'href="{room}"' in links["administrator"]
        assert f'href="{room}"' not in links["auditor"]
    assert 'href="/admin/changes"' in links["auditor"]
    assert 'href="/admin/"' not in cast["clerk"].get("/counter/queue").text


def test_every_level_has_a_name_in_the_form(cast: Cast) -> None:
    page = cast["administrator"].get("/admin/offices/new").text
    for level in LEVELS:
        assert f'value="{level}"' in page


def test_office_is_added_and_stands_in_the_tree(cast: Cast) -> None:
    answer = fill(cast["administrator"], "/admin/offices/new", {**FORM, **today_boxes("valid_from")})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/admin/offices/H26.33")
    assert "Ủy ban nhân dân phường Mẫu" in cast["administrator"].get("/admin/offices").text


def test_new_office_is_brought_its_seal(cast: Cast) -> None:
    form = {**FORM, "code": "H26.34", "name": "Ủy ban nhân dân phường Mẫu Hai", **today_boxes("valid_from")}
    assert fill(cast["administrator"], "/admin/offices/new", form).status_code == 302
    assert not seal_path("H26.34").exists()
    drain()
    assert seal_of("H26.34")


def test_office_that_cannot_be_keeps_what_was_typed_and_says_where(cast: Cast) -> None:
    answer = fill(cast["administrator"], "/admin/offices/new", {**FORM, "code": "sai", "address": "Số 7 phố Giữ Nguyên"})
    assert answer.status_code == 422
    assert "#field-code" in answer.text
    assert typed(answer)["address"] == "Số 7 phố Giữ Nguyên"


def test_stale_save_shows_both_values_and_keeps_what_was_typed(cast: Cast) -> None:
    path = f"{BA_DINH}/edit"
    mine, other = cast["administrator"], cast["other administrator"]
    page = mine.get(path)
    assert fill(other, path, {"phone": "0900 000 111"}).status_code == 302
    stale = mine.post(path, {**carried(page), **typed(page), "phone": "0900 000 222"})
    assert stale.status_code == 409
    assert "0900 000 111" in stale.text
    assert typed(stale)["phone"] == "0900 000 222"
    assert "0900 000 111" in mine.get(BA_DINH).text
    again = mine.post(path, {**carried(stale), **typed(stale)})
    assert again.status_code == 302
    assert "0900 000 222" in mine.get(BA_DINH).text


def test_form_without_a_version_saves_nothing(cast: Cast) -> None:
    browser = cast["administrator"]
    page = browser.get(f"{BA_DINH}/edit")
    assert browser.post(f"{BA_DINH}/edit", {**typed(page), "phone": "1"}).status_code == 409
    assert browser.post(f"{BA_DINH}/edit", {**typed(page), "version": "x", "phone": "1"}).status_code == 409


def test_who_serves_a_ward_on_a_day_is_answered_by_the_address(cast: Cast) -> None:
    browser = cast["administrator"]
    form = {"wards": "00070", "to_code": "H26.31", **day_boxes("from_day", TOMORROW)}
    assert fill(browser, "/admin/offices/H26.32/move-wards", form).status_code == 302
    today, later = (f"{day:%d/%m/%Y}" for day in (clock.today(), clock.today() + timedelta(days=9)))
    assert "Phục vụ 00070" in browser.get(f"/admin/offices?ward=00070&on={today}").text
    for day, served in ((today, "Hoàn Kiếm"), (later, "Ba Đình")):
        table = browser.get(f"/admin/offices?ward=00070&on={day}").text.split("Phục vụ 00070")[1].split("</table>")[0]
        assert served in table


def test_refusal_stands_on_the_form_with_what_was_typed(cast: Cast) -> None:
    answer = fill(cast["administrator"], "/admin/offices/H26.31/close", {"to_code": "", **today_boxes("from_day")})
    assert answer.status_code == 409
    assert "phường, xã" in answer.text
    assert "data-error-summary" in answer.text


@pytest.mark.parametrize("person", ["auditor", "clerk", "leader", "citizen A"])
@pytest.mark.parametrize("path", ["/admin/offices/new", f"{BA_DINH}/edit", f"{BA_DINH}/close", f"{BA_DINH}/move-wards"])
def test_offices_do_not_exist_for_others(cast: Cast, person: str, path: str) -> None:
    assert cast[person].get(path).status_code == 404
    assert cast[person].post(path, FORM).status_code == 404


def test_unknown_office_is_not_found(cast: Cast) -> None:
    for path in ("", "/edit", "/close", "/move-wards", "/serve-wards"):
        assert cast["administrator"].get(f"/admin/offices/H99.99{path}").status_code == 404
