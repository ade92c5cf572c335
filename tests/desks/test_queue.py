"""The lists of the desks: who sees which, what they are called, in which order, and what one page of them costs."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from sqlalchemy import update
from werkzeug.test import TestResponse

from portal import db
from portal.counter.queue_tabs import TABS
from portal.models import Dossier, LoginSession
from portal.web.dues import due_of
from tests.desks.cast import Cast
from tests.desks.counting import MOST, statements

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)  # a Friday


@pytest.fixture(scope="module")
def codes(cast: Cast) -> list[str]:
    """Dossiers of several places, three of them waiting for the clerk."""
    return [cast.file(place).code for place in ("submitted", "submitted", "submitted", "received", "appraising", "proposed")]


def rows(page: TestResponse) -> list[str]:
    return re.findall(r'<a href="/counter/dossiers/([^"/]+)" data-row-link', page.text)


def links(page: TestResponse, rel: str) -> list[str]:
    found = re.findall(rf'<a class="mc-pagination__step" href="([^"]+)" rel="{rel}"', page.text)
    return [unescape(address) for address in found]


def tabs(page: TestResponse) -> list[str]:
    listed = re.search(r'<nav class="mc-tabs".*?</nav>', page.text, re.DOTALL)
    assert listed
    return [" ".join(re.sub(r"<[^>]+>", " ", name).split()) for name in re.findall(r"<a .*?</a>", listed[0])]


@pytest.mark.parametrize("name", ["clerk", "officer", "leader"])
def test_no_page_of_a_desk_sends_more_than_six_statements(cast: Cast, codes: list[str], name: str) -> None:
    searches = [f"?q={codes[0]}", "?q=nguyen+thi+mau", "?q=001190000001", "?tab=submitted&mine=1&due=overdue&procedure=1.004873"]
    cast[name].get("/counter/queue")
    for search in [*searches, *(f"?tab={tab}" for tab in TABS), f"?tab=submitted&after={codes[0]}"]:
        with statements() as sent:
            assert cast[name].get(f"/counter/queue{search}").status_code == 200
        assert len(sent) <= MOST, (search, sent)


@pytest.mark.parametrize("name", ["clerk", "officer", "leader"])
def test_page_of_one_dossier_sends_no_more_than_six_either(cast: Cast, codes: list[str], name: str) -> None:
    for code in codes:
        cast[name].get(f"/counter/dossiers/{code}")
        with statements() as sent:
            assert cast[name].get(f"/counter/dossiers/{code}").status_code == 200
        assert len(sent) <= MOST, sent


def test_desk_sees_the_lists_of_its_role_with_their_counts(cast: Cast, codes: list[str]) -> None:
    clerk, officer, leader = (tabs(cast[name].get("/counter/queue")) for name in ("clerk", "officer", "leader"))
    assert {"Chờ tiếp nhận 3", "Chờ chuyển xử lý 1", "Đang xử lý 2", "Chờ bổ sung 0", "Quá hạn 0"} <= set(clerk)
    assert {"Rút / từ chối / dừng 0", "Sắp đến hạn 0", "Chờ trả kết quả 0", "Chờ nghĩa vụ tài chính 0"} <= set(clerk)
    assert {"Chờ xử lý 1", "Trình ký 1", "Chờ ý kiến phối hợp 0", "Dự thảo 0", "Đã phát hành 0"} <= set(officer)
    assert "Chờ phê duyệt 1" in leader
    assert not any(name.startswith("Chờ tiếp nhận") for name in (*officer, *leader))


def test_first_list_is_the_one_that_waits_for_the_role(cast: Cast, codes: list[str]) -> None:
    assert rows(cast["clerk"].get("/counter/queue")) == codes[:3]
    assert rows(cast["leader"].get("/counter/queue")) == [codes[5]]


def test_why_the_first_row_stands_first_is_said(cast: Cast, codes: list[str]) -> None:
    assert "nộp trước đứng trước" in cast["clerk"].get("/counter/queue").text
    assert "hẹn trả sớm nhất đứng đầu" in cast["leader"].get("/counter/queue").text


def test_filters_stand_in_the_address_and_on_the_page_and_go_along_to_the_next_one(
    cast: Cast, codes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("portal.services.dossiers.queues", "portal.counter.queue"):
        monkeypatch.setattr(f"{module}.PAGE_SIZE", 2)
    page = cast["clerk"].get("/counter/queue?tab=submitted&procedure=1.004873")
    assert rows(page) == codes[:2]
    assert '<option value="1.004873" selected>' in page.text
    (following,) = links(page, "next")
    assert "procedure=1.004873" in following
    second = cast["clerk"].get(following)
    assert rows(second) == [codes[2]]
    assert links(second, "next") == []
    (back,) = links(second, "prev")
    assert rows(cast["clerk"].get(back)) == codes[:2]
    assert links(cast["clerk"].get(back), "prev") == []


def test_filter_for_another_procedure_another_holder_or_lateness_finds_nothing(cast: Cast, codes: list[str]) -> None:
    for narrowed in ("procedure=1.001193", "mine=1", "due=overdue", "due=due_soon"):
        assert rows(cast["clerk"].get(f"/counter/queue?tab=submitted&{narrowed}")) == [], narrowed
    assert rows(cast["officer"].get("/counter/queue?tab=appraising&mine=1")) == [codes[4]]


@pytest.mark.parametrize("odd", ["?tab=x", "?due=x&mine=x", "?after=x", "?before=-", "?procedure=%27", "?page=99999999999"])
def test_odd_address_is_no_error(cast: Cast, codes: list[str], odd: str) -> None:
    assert cast["clerk"].get(f"/counter/queue{odd}").status_code == 200


def dossier(**facts: Any) -> Dossier:
    return Dossier(state="in_processing", **facts)


def test_due_soon_is_one_working_day_and_not_twenty_four_hours(app) -> None:
    friday, monday = NOW, NOW + timedelta(days=3)
    with app.test_request_context():
        assert due_of(dossier(promised_at=monday), friday, monday)["kind"] == "due_soon"
        assert due_of(dossier(promised_at=monday + timedelta(minutes=1)), friday, monday)["kind"] == "in_time"
        assert due_of(dossier(promised_at=friday - timedelta(minutes=1)), friday, monday)["kind"] == "overdue"


def test_late_dossier_stands_in_both_lists_and_a_paused_one_in_neither(cast: Cast, codes: list[str]) -> None:
    with db.transaction() as session:
        late = update(Dossier).where(Dossier.code == codes[4])
        session.execute(late.values(promised_at=datetime(2026, 1, 5, tzinfo=UTC)))
    page = cast["clerk"].get("/counter/queue?tab=overdue")
    assert rows(page) == [codes[4]]
    assert "Quá hạn 1" in tabs(page)
    assert 'data-due="overdue"' in page.text


def test_session_that_was_not_seen_for_a_while_costs_one_statement_more_once(cast: Cast, codes: list[str]) -> None:
    with db.transaction() as session:
        session.execute(update(LoginSession).values(seen_at=LoginSession.seen_at - timedelta(minutes=2)))
    counts = []
    for _ in range(2):
        with statements() as sent:
            cast["clerk"].get("/counter/queue")
        counts.append(len(sent))
    assert counts[0] == counts[1] + 1 <= MOST


def test_what_was_sent_back_stands_in_a_list_of_its_own_until_it_is_proposed_again(cast: Cast) -> None:
    filed = cast.file("proposed")
    for name in ("leader", "officer"):
        assert rows(cast[name].get("/counter/queue?tab=sent_back")) == []
    version = cast.place_of(filed)[2]
    sent = cast["leader"].post(
        f"/counter/dossiers/{filed.code}/send-back", {"version": version, "reason": "Xin xem lại kết luận."}
    )
    assert sent.status_code == 302
    for name in ("leader", "officer"):
        page = cast[name].get("/counter/queue?tab=sent_back")
        assert rows(page) == [filed.code]
        assert "Trả lại 1" in tabs(page)
    assert not any(name.startswith("Trả lại") for name in tabs(cast["clerk"].get("/counter/queue")))
    proposal = {"version": version + 1, "decision": "grant", "appraisal.conclusion": "never_married"}
    assert cast["officer"].post(f"/counter/dossiers/{filed.code}/propose", proposal).status_code == 302
    assert rows(cast["leader"].get("/counter/queue?tab=sent_back")) == []
