from __future__ import annotations

import re

from tests.desks.cast import Cast


def test_number_is_given_called_shown_and_ended(cast: Cast) -> None:
    clerk = cast["clerk"]
    clerk.post("/counter/tickets", {})
    assert "Số 1" in clerk.get("/counter/tickets").text
    wrong = clerk.post("/counter/tickets/call", {"window": ""})
    assert (wrong.status_code, 'id="error-window"' in wrong.text) == (422, True)
    assert clerk.post("/counter/tickets/call", {"window": "3"}).status_code == 302
    page = clerk.get("/counter/tickets").text
    assert "Đang phục vụ số 1" in page
    assert 'value="3"' in page, "the window is typed once a day"
    board = cast["nobody"].get("/board/H26.31")
    assert board.headers["Refresh"] == "10"
    assert "Quầy 3" in board.text
    assert "Quầy 3" not in cast["nobody"].get("/board/H26.32").text
    ending = re.search(r'action="(/counter/tickets/[0-9a-f-]{36})"', page)
    assert ending
    assert cast["clerk elsewhere"].post(ending[1], {"outcome": "missed"}).status_code == 404
    assert clerk.post(ending[1], {"outcome": "missed"}).status_code == 302
    assert "Quầy 3" not in cast["nobody"].get("/board/H26.31").text


def test_counter_of_another_office_gives_no_number_here(cast: Cast) -> None:
    assert cast["clerk"].post("/counter/tickets", {"office": "H26.32"}).status_code == 404
    assert cast["clerk"].get("/counter/tickets?office=x").status_code == 404
    assert cast["nobody"].get("/board/H00.00").status_code == 404
