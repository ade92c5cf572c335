"""The cleansing board: counts of the owners beside published figures, which administrators alone enter and take back."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal import db
from portal.models import AdministratorChange, PublishedFigure
from tests.desks.admin_forms import fill, today_boxes
from tests.desks.cast import Cast

BOARD, NEW = "/admin/data-quality", "/admin/data-quality/figures/new"
FORM = {
    "registry": "driving-licences", "about": "Giấy phép đã làm sạch, cả nước", "about_en": "Licences cleansed, whole country",
    "value": "34.900.000", "source": "Báo cáo Tổ công tác Đề án 06", **today_boxes("published_on"),
}  # fmt: skip


def figure() -> PublishedFigure:
    with db.transaction() as session:
        return session.scalars(select(PublishedFigure).order_by(PublishedFigure.created_at.desc()).limit(1)).one()


def test_owners_are_asked_and_their_counts_stand_on_the_board_and_place_by_place(cast: Cast, outside: str) -> None:
    asked = cast["administrator"].post(f"{BOARD}/ask", {})
    assert asked.status_code == 302
    page = cast["administrator"].get(BOARD).text
    assert "Cơ sở dữ liệu thuế" in page
    assert "Đã mất, chưa ghi nhận" in page
    by_place = cast["administrator"].get(f"{BOARD}/tax").text
    assert "Thành phố Hà Nội" in by_place
    assert "Không rõ nơi cư trú" in by_place
    assert cast["administrator"].get(f"{BOARD}/horoscopes").status_code == 404


def test_published_figure_stands_with_source_and_day_until_it_is_taken_back_and_both_are_on_record(cast: Cast) -> None:
    assert fill(cast["administrator"], NEW, FORM).status_code == 302
    page = cast["administrator"].get(BOARD).text
    assert "34.900.000" in page
    assert "Báo cáo Tổ công tác Đề án 06" in page
    one = figure()
    take_back = f"{BOARD}/figures/{one.id}/take-back"
    assert fill(cast["administrator"], take_back, {}).status_code == 302
    assert "34.900.000" not in cast["administrator"].get(BOARD).text
    assert fill(cast["administrator"], take_back, {}).status_code == 409
    with db.transaction() as session:
        query = select(AdministratorChange.verb).where(AdministratorChange.subject_id == str(one.id))
        assert list(session.scalars(query.order_by(AdministratorChange.number))) == ["entered", "taken_back"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("registry", "horoscopes"), ("about", " "), ("about_en", "x" * 201), ("value", "-5"), ("value", "nhiều"),
        ("value", "9" * 40), ("source", "a\u202eb"), ("published_on.year", "2999"), ("published_on.day", "99"),
    ],
)  # fmt: skip
def test_wrong_figure_is_refused_beside_its_box_and_nothing_typed_is_lost(cast: Cast, name: str, value: str) -> None:
    answer = fill(cast["administrator"], NEW, {**FORM, name: value})
    assert answer.status_code == 422
    assert "govuk-error-message" in answer.text
    assert FORM["about"] in answer.text or name == "about"


def test_auditor_sees_the_board_and_enters_nothing_and_nobody_else_sees_it(cast: Cast) -> None:
    board = cast["auditor"].get(BOARD)
    assert board.status_code == 200
    assert "figures/new" not in board.text
    assert cast["auditor"].post(NEW, FORM).status_code in (403, 404)
    for name in ("clerk", "leader", "citizen A"):
        assert cast[name].get(BOARD).status_code == 404
