"""This is not right, over HTTP: from the fact that is wrong to the desk that sees both, with and without a paper."""

from __future__ import annotations

import html
import io
import re

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal import db
from portal.models import Dossier
from portal.services.registries.prefill import registries
from tests.desks.cast import Cast
from tests.desks.test_intake import begin, confirm, draft_of, fill
from tests.filings import ANSWERS, CODE
from tests.services.vault import papers
from tests.visitors import Visitor

HERE = f"/procedures/{CODE}/apply"
FACT = f"{HERE}/facts/subject.full_name"
NEW = "Nguyễn Thu Hà Mới"
CLAIM = {"subject.full_name": NEW, "reason": "Giấy khai sinh ghi khác.", "continue": "1"}


@pytest.fixture
def mine(cast: Cast) -> Visitor:
    """Citizen A's browser, with what the registries said."""
    registries.cache_clear()
    browser = cast["citizen A"]
    assert browser.post(HERE, {"agree": "1"}).status_code == 302
    return browser


def seen(answer: TestResponse) -> str:
    assert answer.status_code == 200, answer.text[:2000]
    return html.unescape(answer.text)


def file(browser: Visitor) -> str:
    """The dossier filed by its pages; gives its code."""
    where = browser.post(f"{HERE}/facts", {"continue": "1"}).headers["Location"]
    while not where.endswith("/review"):
        where = browser.post(where, {**ANSWERS, "continue": "1"}).headers["Location"]
    found = re.search(r'name="draft_id" value="([^"]+)"', browser.get(where).text)
    assert found
    sent = browser.post(where, {"draft_id": found[1], "declare": "yes"})
    return sent.headers["Location"].split("/")[3]


def test_fact_says_its_source_record_and_moments_and_can_be_disputed(mine: Visitor) -> None:
    page = seen(mine.get(f"{HERE}/facts"))
    assert re.search(r'data-source="population" data-element="subject.full_name"', page)
    assert "Mã trả lời của cơ sở dữ liệu: " in page
    assert "Dữ liệu tính đến" in page
    assert "Cổng tra cứu lúc" in page
    assert f'href="{FACT}?back=facts"' in page


def test_claim_with_a_paper_goes_with_the_dossier_to_the_desk_which_sees_both(cast: Cast, mine: Visitor) -> None:
    form = {**CLAIM, "back": "review", "file.dispute.subject.full_name": (io.BytesIO(papers.pdf()), "khai sinh.pdf")}
    answer = mine.post(FACT, form, content_type="multipart/form-data")
    assert answer.headers["Location"] == f"{HERE}/review"
    again = seen(mine.get(FACT))
    assert "khai sinh.pdf" in again
    assert f'value="{NEW}"' in again
    code = file(mine)
    for browser, address in ((mine, f"/my/dossiers/{code}"), (cast["clerk"], f"/counter/dossiers/{code}")):
        page = seen(browser.get(address))
        for words in ("Nguyễn Thu Hà", f"ghi: {NEW}", "báo chưa đúng", "Giấy khai sinh ghi khác.", "khai sinh.pdf"):
            assert words in page, (address, words)


def test_what_is_wrong_is_told_beside_its_field_and_nothing_typed_is_lost(mine: Visitor) -> None:
    answer = mine.post(FACT, {"subject.full_name": "", "reason": "Một lý do"})
    assert answer.status_code == 422
    assert 'id="error-subject.full_name"' in answer.text
    assert "Một lý do" in html.unescape(answer.text)
    bad = {**CLAIM, "file.dispute.subject.full_name": (io.BytesIO(b"not a file"), "a.pdf")}
    answer = mine.post(FACT, bad, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert 'id="error-file.dispute.subject.full_name"' in answer.text
    assert f'value="{NEW}"' in html.unescape(answer.text)
    assert "Ông/bà báo chưa đúng" not in seen(mine.get(f"{HERE}/facts"))


def test_claim_is_taken_back_where_it_was_made(mine: Visitor) -> None:
    mine.post(FACT, CLAIM)
    assert f"Ông/bà ghi: {NEW}" in seen(mine.get(f"{HERE}/facts"))
    assert mine.post(FACT, {"take_back": "1"}).status_code == 302
    assert NEW not in seen(mine.get(f"{HERE}/facts"))


def test_what_no_registry_gave_has_no_such_page(mine: Visitor) -> None:
    for key in ("certificate.purpose", "subject.nothing", "delivery.method"):
        assert mine.get(f"{HERE}/facts/{key}").status_code == 404
        assert mine.post(f"{HERE}/facts/{key}", {key: "x", "reason": "y"}).status_code == 404


def test_clerk_writes_the_claim_down_and_the_person_signs_a_paper_that_shows_it(cast: Cast) -> None:
    registries.cache_clear()
    draft = draft_of(begin(cast["clerk"]))
    fact = f"/counter/intake/{draft}/facts/subject.full_name"
    assert "Dữ liệu chưa đúng" in seen(cast["clerk"].get(fact))
    for name in ("other clerk", "clerk elsewhere", "officer", "citizen A"):
        assert cast[name].post(fact, CLAIM).status_code == 404, name
    assert cast["clerk"].post(fact, CLAIM).headers["Location"] == f"/counter/intake/{draft}/facts"
    fill(cast["clerk"], draft)
    paper = seen(cast["clerk"].get(f"/counter/intake/{draft}/declaration"))
    assert f"Người nộp ghi: {NEW}" in paper
    assert "<details" not in paper.split('class="mc-facts"')[1].split("</section>")[0], "a paper has nothing folded"
    assert confirm(cast["clerk"], draft).status_code == 302
    with db.transaction() as session:
        code = session.scalars(select(Dossier.code).where(Dossier.id == draft)).one()
    assert f"Người nộp ghi: {NEW}" in seen(cast["clerk"].get(f"/counter/dossiers/{code}"))
