"""The counter over HTTP: from the card to what was filed, what is refused and told, and what a clerk can never open."""

from __future__ import annotations

import re

import pytest
import requests
from werkzeug.test import TestResponse

from portal import db
from portal.models import Account, Dossier
from tests.desks.cast import Cast
from tests.filings import ANSWERS, CODE
from tests.visitors import HA, Visitor

HA_QR = f"{HA}||Nguyễn Thu Hà|14031998|Nữ|Số 12, ngõ 5, phố Diều Sáo|14032023"
CARD = {"card": HA_QR, "procedure": CODE, "is_present": "yes", "continue": "1"}


def begin(browser: Visitor, **changes: str) -> TestResponse:
    return browser.post("/counter/intake", {**CARD, **changes})


def draft_of(answer: TestResponse) -> str:
    found = re.fullmatch(r"/counter/intake/([0-9a-f-]{36})/facts", answer.headers.get("Location", ""))
    assert found, answer.text[:3000]
    return found[1]


def fill(browser: Visitor, draft: str) -> str:
    """Answer page after page; gives the address where the steps end."""
    where = browser.post(f"/counter/intake/{draft}/facts", {"continue": "1"}).headers["Location"]
    while "/pages/" in where:
        answer = browser.post(where, {**ANSWERS, "continue": "1"})
        assert answer.status_code == 302, answer.text
        where = answer.headers["Location"]
    return where


def confirm(browser: Visitor, draft: str, **changes: str) -> TestResponse:
    return browser.post(f"/counter/intake/{draft}/review", {"declare": "yes", "confirmed": "signed", **changes})


def told(answer: TestResponse) -> set[str]:
    """The fields beside which the page tells of an error."""
    return set(re.findall(r'id="error-([^"]+)"', answer.text))


def test_scanned_card_fills_the_fields_and_nothing_is_looked_up_yet(cast: Cast) -> None:
    page = cast["clerk"].post("/counter/intake", {"card": HA_QR, "read": "1"})
    assert page.status_code == 200
    for said in (f'value="{HA}"', 'value="Nguyễn Thu Hà"', 'value="1998"', 'value="03"', 'value="14"'):
        assert said in page.text
    unread = cast["clerk"].post("/counter/intake", {"card": "không phải thẻ", "full_name": "Đã gõ", "read": "1"})
    assert (unread.status_code, told(unread)) == (422, {"card"})
    assert 'value="Đã gõ"' in unread.text


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"is_present": ""}, {"is_present"}),
        ({"procedure": ""}, {"procedure"}),
        ({"procedure": "1.000000"}, {"procedure"}),
        ({"office": "H26.32"}, {"office"}),
        ({"card": "123"}, {"card", "full_name", "date_of_birth"}),
        ({"card": HA, "full_name": "Nguyễn Thu Hà"}, {"date_of_birth"}),
    ],
)
def test_what_is_wanting_stands_beside_its_field_and_nothing_is_lost(
    cast: Cast, changes: dict[str, str], fields: set[str]
) -> None:
    answer = begin(cast["clerk"], **changes)
    assert answer.status_code == 422
    assert told(answer) == fields - {"office"}  # a field of those who serve at several counters
    assert f'value="{HA}"' in answer.text or "card" in fields


def test_person_whom_the_register_does_not_know_needs_a_second_look(cast: Cast) -> None:
    other = HA_QR.replace("Thu Hà", "Thu Hương")
    answer = begin(cast["clerk"], card=other)
    assert (answer.status_code, told(answer)) == (422, {"accept_unmatched"})
    draft = draft_of(begin(cast["clerk"], card=other, accept_unmatched="yes"))
    page = cast["clerk"].get(f"/counter/intake/{draft}/facts")
    assert "chưa xác nhận người này" in page.text
    assert "Thẻ xuất trình tại quầy, chờ xác minh" in page.text
    with db.transaction() as session:
        owner = session.get_one(Account, session.get_one(Dossier, draft).owner_id)
        assert owner.subject is None, "and not the account of the person whose number it is"


def test_person_who_has_died_by_the_register_is_not_filed_for(cast: Cast) -> None:
    answer = begin(cast["clerk"], card="001160900007||Đỗ Thị Nhàn|09091960|Nữ||")
    assert answer.status_code == 409
    assert "đã mất" in answer.text


def test_counter_goes_on_when_no_register_answers(cast: Cast, outside: str) -> None:
    requests.post(f"{outside}/registries/faults", json={"fault": "down"}, timeout=10).raise_for_status()
    try:
        draft = draft_of(begin(cast["clerk"]))
    finally:
        requests.delete(f"{outside}/registries/faults", timeout=10).raise_for_status()
    answer = cast["clerk"].get(f"/counter/intake/{draft}/facts")
    assert "chưa trả lời" in answer.text
    assert 'href="/counter/intake?again=1"' in answer.text


def test_whole_way_at_the_office_that_decides(cast: Cast) -> None:
    clerk = cast["clerk"]
    draft = draft_of(begin(clerk))
    assert fill(clerk, draft).endswith("/review")
    assert "Nguyễn Thu Hà" in clerk.get(f"/counter/intake/{draft}/declaration").text
    assert told(confirm(clerk, draft, declare="", confirmed="")) == {"declare", "confirmed"}
    sent = confirm(clerk, draft)
    assert sent.headers["Location"] == f"/counter/intake/{draft}/done"
    page = clerk.get(f"/counter/intake/{draft}/done").text
    assert "Đã tiếp nhận hồ sơ" in page
    code = re.search(r'data-dossier-code="([^"]+)"', page)
    assert code
    assert confirm(clerk, draft).headers["Location"].endswith("/done"), "pressed twice"
    assert "Nguyễn Thu Hà" in clerk.get(f"/counter/dossiers/{code[1]}").text
    mine = cast["citizen A"].get("/my/dossiers")
    assert code[1] in mine.text, "the person sees it by their own login"
    for step in ("facts", "pages/purpose", "review", "attachments", "declaration"):
        assert clerk.get(f"/counter/intake/{draft}/{step}").headers["Location"].endswith("/done"), step


def test_at_another_counter_it_is_filed_and_waits_where_it_is_decided(cast: Cast) -> None:
    clerk = cast["clerk elsewhere"]
    draft = draft_of(begin(clerk))
    fill(clerk, draft)
    confirm(clerk, draft)
    page = clerk.get(f"/counter/intake/{draft}/done").text
    code = re.search(r'data-dossier-code="([^"]+)"', page)
    assert code
    assert "Hồ sơ đã được gửi" in page
    assert "phường Ba Đình" in page
    assert clerk.get(f"/counter/dossiers/{code[1]}").status_code == 404, "it is another office's now"
    assert code[1] in cast["clerk"].get("/counter/queue?tab=submitted").text


def test_draft_is_the_clerks_alone(cast: Cast) -> None:
    draft = draft_of(begin(cast["clerk"]))
    fill(cast["clerk"], draft)
    for name in ("other clerk", "clerk elsewhere", "officer", "leader", "citizen A", "administrator"):
        for step in ("facts", "pages/purpose", "attachments", "review", "declaration", "done"):
            assert cast[name].get(f"/counter/intake/{draft}/{step}").status_code == 404, (name, step)
        assert cast[name].post(f"/counter/intake/{draft}/review", {"declare": "yes", "confirmed": "signed"}).status_code == 404
    assert cast["citizen A"].post(f"/procedures/{CODE}/apply/review", {"draft_id": draft, "declare": "yes"}).status_code == 404
    assert draft not in cast["other clerk"].get("/counter/intake").text
    assert f"/counter/intake/{draft}/" in cast["clerk"].get("/counter/intake").text


def test_own_draft_of_the_person_is_neither_seen_nor_touched(cast: Cast) -> None:
    citizen = cast["citizen A"]
    citizen.post(f"/procedures/{CODE}/apply", {"decline": "1"})
    draft = draft_of(begin(cast["clerk"]))
    assert "decline" not in cast["clerk"].get(f"/counter/intake/{draft}/facts").text
    assert citizen.get(f"/procedures/{CODE}/apply/facts").status_code == 200
    assert "tự khai" in citizen.get(f"/procedures/{CODE}/apply/facts").text, "theirs is as they left it"
    assert draft not in citizen.get("/my/dossiers").text


def test_locked_facts_are_never_taken_from_the_form(cast: Cast) -> None:
    clerk = cast["clerk"]
    draft = draft_of(begin(clerk))
    forged = {"subject.full_name": "Kẻ Mạo Danh", "subject.personal_id": "001199900009", "owner_id": "x", "filed_by": "y"}
    clerk.post(f"/counter/intake/{draft}/facts", {**forged, "continue": "1"})
    fill(clerk, draft)
    assert "Kẻ Mạo Danh" not in clerk.get(f"/counter/intake/{draft}/review").text
