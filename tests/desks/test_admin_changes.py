from __future__ import annotations

import re

import pytest

from portal import clock, db
from portal.auth.permissions import SYSTEM
from portal.services.oversight.changes import PAGE_SIZE, record_change
from tests import visitors
from tests.desks.admin_forms import duty_of, fill, member_of
from tests.desks.cast import Cast


def numbers(page: str) -> list[int]:
    return [int(number) for number in re.findall(r'data-change="(\d+)"', page)]


@pytest.fixture(scope="module")
def recorded(cast: Cast) -> None:
    """Something of each kind, and more than one page."""
    browser = cast["administrator"]
    fill(browser, "/admin/offices/H26.31/edit", {"phone": "0900 111 222"})
    path = f"/admin/staff/{member_of(visitors.CLERK)}/duties/{duty_of(visitors.CLERK)}/change"
    form = {"valid_to.day": "31", "valid_to.month": "12", "valid_to.year": "2099"}
    assert fill(browser, path, form).status_code == 302
    with db.transaction() as session:
        for number in range(PAGE_SIZE):
            after = {"title": {"vi": f"Bản {number}", "en": "<script>alert(1)</script>"}, "pages": [1, {"a": None}]}
            record_change(
                session, SYSTEM, subject_kind="procedure", subject_id="9.000001", verb="drafted", before=None, after=after
            )


def test_changes_are_told_in_words_before_and_after(cast: Cast, recorded: None) -> None:
    page = cast["auditor"].get("/admin/changes?kind=office").text
    assert "0900 000 031" in page
    assert "0900 111 222" in page
    assert "Hồ Anh Khoa" in page
    assert "Điện thoại" in page
    assert "Tên tiếng Anh" not in page  # what did not change is not told


def test_duty_names_the_person_on_the_page_alone(cast: Cast, recorded: None) -> None:
    page = cast["administrator"].get(f"/admin/changes?kind=duty&member={member_of(visitors.CLERK)}").text
    assert "Nguyễn Thị Thanh Tâm" in page
    assert "31/12/2099" in page
    assert f"/admin/staff/{member_of(visitors.CLERK)}" in page
    assert f"/admin/staff/{member_of(visitors.CLERK)}" not in cast["auditor"].get("/admin/changes?kind=duty").text


def test_pages_follow_each_other_and_keep_the_filter(cast: Cast, recorded: None) -> None:
    first = cast["auditor"].get("/admin/changes").text
    second = cast["auditor"].get("/admin/changes?page=2").text
    assert len(numbers(first)) == PAGE_SIZE
    assert numbers(first) == sorted(numbers(first), reverse=True)
    assert not set(numbers(first)) & set(numbers(second))
    filtered = cast["auditor"].get("/admin/changes?kind=procedure").text
    assert len(numbers(filtered)) == PAGE_SIZE
    assert "page=2" not in filtered


def test_filters_find_who_and_when(cast: Cast, recorded: None) -> None:
    account = cast.account_of("administrator")
    assert len(numbers(cast["auditor"].get(f"/admin/changes?by={account}").text)) == 2
    today = f"{clock.today():%d/%m/%Y}"
    assert numbers(cast["auditor"].get(f"/admin/changes?from={today}&to={today}").text)
    assert not numbers(cast["auditor"].get("/admin/changes?from=01/01/2199").text)
    assert numbers(cast["auditor"].get("/admin/changes?from=rubbish&page=0&by=nobody' OR 1=1").text) == []


def test_whatever_was_changed_is_shown_as_text(cast: Cast, recorded: None) -> None:
    page = cast["auditor"].get("/admin/changes?kind=procedure").text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert(1)" not in page


@pytest.mark.parametrize("person", ["clerk", "leader", "citizen A"])
def test_record_does_not_exist_for_others(cast: Cast, person: str) -> None:
    assert cast[person].get("/admin/changes").status_code == 404
