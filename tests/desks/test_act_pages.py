"""The pages of the acts: what is missing is said beside its box, what was typed stays, and nothing is done."""

from __future__ import annotations

from typing import Any

import pytest

from tests.desks.cast import Cast, Filed

WORDS = "Những lời đã gõ phải còn nguyên sau khi báo lỗi."
WRONG: list[tuple[str, str, str, dict[str, str], list[str]]] = [
    ("clerk", "submitted", "transfer", {"reason": WORDS}, ["to_office"]),
    ("clerk", "submitted", "refuse", {"reason": WORDS}, ["ground"]),
    ("officer", "appraising", "ask-opinion", {"question": WORDS, "days": "99"}, ["office_code", "days"]),
    ("officer", "appraising", "record-verification", {"content": WORDS}, ["held_at", "place", "participants"]),
    ("leader", "appraising", "extend-deadline", {"reason": WORDS, "new_day.day": "31", "new_day.month": "2"}, ["new_day"]),
    ("leader", "appraising", "stop", {"reason": "ngắn"}, ["reason"]),
    ("leader", "appraising", "reassign", {"to": "00000000-0000-0000-0000-000000000000"}, ["to"]),
]


@pytest.fixture(scope="module")
def stands_at(cast: Cast) -> Any:
    made: dict[str, Filed] = {}
    return lambda place: made.setdefault(place, cast.file(place))


@pytest.mark.parametrize(("who", "place", "act", "typed", "fields"), WRONG, ids=[row[2] for row in WRONG])
def test_error_stands_beside_its_box_and_nothing_typed_is_lost(
    cast: Cast, stands_at: Any, who: str, place: str, act: str, typed: dict[str, str], fields: list[str]
) -> None:
    filed = stands_at(place)
    before = cast.place_of(filed)
    answer = cast[who].post(f"/counter/dossiers/{filed.code}/{act}", {"version": str(before[2]), **typed})
    assert answer.status_code == 422
    for field in fields:
        assert f'id="error-{field}"' in answer.text, field
        assert f'href="#field-{field}"' in answer.text, field
    for value in typed.values():
        if value == WORDS:
            assert value in answer.text
    assert cast.place_of(filed) == before


@pytest.mark.parametrize("act", ["transfer", "stop", "extend-deadline", "record-payment", "resume", "confirm-withdrawal"])
def test_page_of_an_act_that_is_not_possible_now_leads_back_to_the_dossier(cast: Cast, stands_at: Any, act: str) -> None:
    filed = stands_at("appraising")
    answer = cast["clerk"].get(f"/counter/dossiers/{filed.code}/{act}")
    assert (answer.status_code, answer.headers.get("Location", "")) == (302, f"/counter/dossiers/{filed.code}")


def test_owner_withdraws_once_and_the_second_press_finds_nothing_to_do(cast: Cast) -> None:
    filed = cast.file("submitted")
    page = f"/my/dossiers/{filed.code}/withdraw"
    assert cast["citizen B"].post(page, {"version": "1"}).status_code == 404
    assert cast["citizen A"].get(page).status_code == 200
    assert cast["citizen A"].post(page, {"version": "1"}).status_code == 302
    assert cast.place_of(filed) == ("withdrawn", None, 2)
    assert cast["citizen A"].post(page, {"version": "1"}).status_code == 409
    assert cast["citizen A"].get(page).status_code == 302
    assert cast.place_of(filed) == ("withdrawn", None, 2)


def test_days_hand_overs_are_listed_for_both_sides_to_sign(cast: Cast) -> None:
    code = cast.file("appraising").code
    today = cast["clerk"].get("/counter/handover").text
    assert code in today
    assert "Bên nhận (ký và ghi rõ họ tên)" in today
    then = cast["officer"].get("/counter/handover?office=H26.31&day.day=2&day.month=1&day.year=2026")
    assert then.status_code == 200
    assert "Ngày này chưa bàn giao hồ sơ nào" in then.text
    assert code in cast["clerk"].get("/counter/handover?day.day=99&day.month=x&day.year=").text, "an odd day is today"
    assert cast["clerk elsewhere"].get("/counter/handover?office=H26.31").status_code == 404


def test_register_of_another_office_is_not_found(cast: Cast) -> None:
    assert cast["clerk"].get("/counter/register?office=H26.31").status_code == 200
    assert cast["clerk elsewhere"].get("/counter/register?office=H26.31").status_code == 404
    assert cast["clerk elsewhere"].get("/counter/register.pdf?office=H26.31").status_code == 404


def test_control_sheet_is_a_paper_of_this_offices_dossiers_alone(cast: Cast) -> None:
    filed = cast.file("received")
    sheet = cast["clerk"].get(f"/counter/dossiers/{filed.code}/control-sheet")
    assert (sheet.mimetype, sheet.data[:5]) == ("application/pdf", b"%PDF-")
    assert cast["clerk elsewhere"].get(f"/counter/dossiers/{filed.code}/control-sheet").status_code == 404
