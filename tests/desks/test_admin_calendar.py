from __future__ import annotations

import pytest

from tests.desks.admin_forms import carried, day_boxes, typed
from tests.desks.cast import Cast
from tests.visitors import Visitor

DAY = {"kind": "off", "name": "Ngày hội mẫu", "source": "QĐ 1/2026", **day_boxes("day", "2026-12-17")}


def year_page(browser: Visitor, year: int = 2026) -> str:
    return browser.get(f"/admin/calendar?year={year}").text


def previewed(browser: Visitor, form: dict[str, str], path: str = "/admin/calendar/day"):
    page = browser.post(path, form)
    assert page.status_code == 200, page.text[:2000]
    return page


def save(browser: Visitor, form: dict[str, str], path: str = "/admin/calendar/day"):
    return browser.post(path, carried(previewed(browser, form, path)))


def test_day_is_shown_first_saved_then_and_taken_away_again(cast: Cast) -> None:
    browser = cast["administrator"]
    page = previewed(browser, DAY)
    assert "Ngày hội mẫu" not in year_page(browser)
    assert "Ngày đã hẹn thì giữ nguyên" in page.text
    assert "Thứ Năm, 17/12/2026" in page.text
    answer = browser.post("/admin/calendar/day", carried(page))
    assert answer.headers["Location"] == "/admin/calendar?year=2026"
    assert "Ngày hội mẫu" in year_page(browser)
    assert save(browser, {"kind": "plain", **day_boxes("day", "2026-12-17")}).status_code == 302
    assert "Ngày hội mẫu" not in year_page(browser)


def test_effect_on_open_dossiers_is_told(cast: Cast) -> None:
    cast.file("received")
    with_day = previewed(cast["administrator"], DAY)
    assert "hồ sơ đang giải quyết sẽ khác" in with_day.text


def test_swap_saves_two_days(cast: Cast) -> None:
    form = {**DAY, "name": "Hoán đổi mẫu", **day_boxes("day", "2027-12-16"), **day_boxes("swapped_with", "2027-12-18")}
    assert save(cast["administrator"], form).status_code == 302
    page = year_page(cast["administrator"], 2027)
    assert page.count("Hoán đổi mẫu") == 2
    assert "Ngày làm bù" in page


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "make_up"},
        {"kind": "sleep"},
        {"name": ""},
        {"source": " "},
        day_boxes("day", "2026-02-30"),
        day_boxes("day", "0001-01-01"),
        {"day.year": ""},
    ],
)
def test_nonsense_is_refused_with_what_was_typed(cast: Cast, changes: dict[str, str]) -> None:
    answer = cast["administrator"].post("/admin/calendar/day", {**DAY, **changes})
    assert answer.status_code == 422
    assert "data-error-summary" in answer.text
    assert typed(answer)["name"] == {**DAY, **changes}["name"]


def test_holiday_on_a_weekend_is_doubted_and_may_be_saved(cast: Cast) -> None:
    form = {**DAY, "name": "Chủ nhật mẫu", **day_boxes("day", "2026-12-13")}
    page = previewed(cast["administrator"], form)
    assert "chưa có ngày nghỉ bù" in page.text
    assert cast["administrator"].post("/admin/calendar/day", carried(page)).status_code == 302


def test_stale_plan_is_shown_anew_against_what_the_other_saved(cast: Cast) -> None:
    form = {**DAY, **day_boxes("day", "2026-12-10")}
    mine, other = cast["administrator"], cast["other administrator"]
    page = previewed(mine, {**form, "name": "Của tôi"})
    assert save(other, {**form, "name": "Của người khác"}).status_code == 302
    stale = mine.post("/admin/calendar/day", carried(page))
    assert stale.status_code == 409
    assert "Của người khác" in stale.text
    assert typed(stale)["name"] == "Của tôi"
    assert "Của tôi" not in year_page(mine)
    assert mine.post("/admin/calendar/day", carried(stale)).status_code == 302
    assert "Của tôi" in year_page(mine)


def test_year_is_pasted_shown_as_a_difference_and_saved(cast: Cast) -> None:
    browser, path = cast["administrator"], "/admin/calendar/import"
    kept = typed(browser.get(f"{path}?year=2025"))["rows"]
    pasted = kept.replace("Quốc tế Lao động", "Ngày Quốc tế Lao động") + "\n26/12/2025 | nghỉ | Thêm mẫu | QĐ 2"
    page = previewed(browser, {"year": "2025", "rows": pasted}, path)
    table = page.text.split("Sẽ thay đổi")[1].split("</table>")[0]
    assert table.count("<tr") == 3
    assert browser.post(path, carried(page)).status_code == 302
    assert "Thêm mẫu" in year_page(browser, 2025)


def test_pasted_nonsense_names_its_line_and_stays(cast: Cast) -> None:
    answer = cast["administrator"].post("/admin/calendar/import", {"year": "2025", "rows": "01/01/2025 | nghỉ | A | B\nrubbish"})
    assert answer.status_code == 422
    assert "Dòng 2" in answer.text
    assert "rubbish" in typed(answer)["rows"]


@pytest.mark.parametrize("person", ["auditor", "clerk", "citizen A"])
def test_calendar_does_not_exist_for_others(cast: Cast, person: str) -> None:
    for path in ("/admin/calendar", "/admin/calendar/day", "/admin/calendar/import"):
        assert cast[person].get(path).status_code == 404
    assert cast[person].post("/admin/calendar/day", {**DAY, "seen": "x"}).status_code == 404


@pytest.mark.parametrize("query", ["year=x", "year=0", "year=99999", "year=-1"])
def test_odd_years_are_years_all_the_same(cast: Cast, query: str) -> None:
    assert cast["administrator"].get(f"/admin/calendar?{query}").status_code == 200
    assert cast["administrator"].get("/admin/calendar/day?day=rubbish").status_code == 200
