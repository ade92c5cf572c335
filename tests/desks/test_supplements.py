"""Supplements over HTTP: the desk marks, the citizen's one page, nothing typed is lost, and what came beside what stood there."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal import clock, db
from portal.models import Attachment, Dossier
from portal.postgres import EmbeddedServer
from portal.services.dossiers.supplements import newest_request
from tests import completing, visitors
from tests.completing import BLURRED, COMPLETING, COPIES, OVERRIDE, PAPER, PHOTOS, PURPOSE, UNCLEAR
from tests.desks.cast import DESK_ELSEWHERE, Cast, actor_of
from tests.services.vault import papers
from tests.visitors import CLERK, HA, OFFICER, Visitor, error_of


@pytest.fixture(scope="module", autouse=True)
def completing_procedure(cast: Cast, town: EmbeddedServer) -> Iterator[None]:
    with completing.offered_in(town):
        yield


@pytest.fixture
def code() -> str:
    """A dossier of citizen A that lies at the counter."""
    with db.transaction() as session:
        return str(completing.filed(session, actor_of(session, HA)).code)


def asking(code: str, *items: dict[str, str]) -> str:
    """The same dossier, of which the counter asked for these things; gives the one attached file's id."""
    with db.transaction() as session:
        dossier = session.scalars(select(Dossier).where(Dossier.code == code)).one()
        (file,) = completing.attachments_of(session, dossier)
        completing.asked(session, actor_of(session, CLERK), dossier, *items, completing.pages(file, "2"))
        return str(file.id)


def page_of(browser: Visitor, code: str) -> TestResponse:
    return browser.get(f"/my/dossiers/{code}/supplements")


def send(browser: Visitor, code: str, form: dict[str, Any], button: str = "continue", **files: bytes) -> TestResponse:
    """The page's form as it was drawn, with this in its fields, sent by one of its buttons."""
    drawn = page_of(browser, code).text
    hidden = dict(re.findall(r'<input type="hidden" name="(request_id|seen)" value="([^"]*)"', drawn))
    sent = {f"file.{name.replace('_', '-')}": (io.BytesIO(content), f"{name}.png") for name, content in files.items()}
    answer = browser.post(
        f"/my/dossiers/{code}/supplements", {**hidden, **form, button: "1", **sent}, content_type="multipart/form-data"
    )
    answer.request.environ["wsgi.input"].close()
    return answer


def seen(code: str) -> str:
    """The version that a desk's form carries."""
    with db.transaction() as session:
        return str(session.scalars(select(Dossier.version).where(Dossier.code == code)).one())


def state(code: str) -> str:
    with db.transaction() as session:
        return session.scalars(select(Dossier.state).where(Dossier.code == code)).one()


def fields_of(page: str) -> set[str]:
    """The names of the boxes on a page in which something can be said or chosen."""
    ours = {"csrf_token", "request_id", "seen", "save", "continue"}
    return set(re.findall(r'<(?:input|textarea|select)[^>]* name="([^"]+)"', page)) - ours


def test_desk_marks_answers_papers_and_pages_each_with_its_reason(cast: Cast, code: str) -> None:
    page = cast["clerk"].get(f"/counter/dossiers/{code}/request-supplements").text
    for words in ("Câu trả lời cần sửa", "Giấy tờ còn thiếu", "Tệp cần gửi lại", "hết ngày", "Chỉ được yêu cầu một lần"):
        assert words.replace("hết ngày", "có đến hết") in page
    assert f'value="question.{PURPOSE}"' in page
    assert 'value="question.subject.full_name"' not in page
    assert 'name="override"' not in page
    form = {"version": seen(code), "ask": [f"question.{PURPOSE}", f"component.{PHOTOS}"], f"reason.question.{PURPOSE}": UNCLEAR}
    answer = cast["clerk"].post(f"/counter/dossiers/{code}/request-supplements", form)
    assert (answer.status_code, state(code)) == (422, "submitted")
    assert f'id="error-reason.component.{PHOTOS}"' in answer.text
    assert UNCLEAR in answer.text, "what was written is kept"
    assert len(re.findall(r'name="ask"[^>]* checked', answer.text)) == 2
    answer = cast["clerk"].post(
        f"/counter/dossiers/{code}/request-supplements", {**form, f"reason.component.{PHOTOS}": "Cần ảnh chụp nơi ở."}
    )
    assert (answer.status_code, state(code)) == (302, "supplement_requested")
    shown = cast["clerk"].get(f"/counter/dossiers/{code}").text
    assert "Đã yêu cầu người nộp bổ sung" in shown
    assert UNCLEAR in shown


def test_nothing_marked_is_told_where_one_marks(cast: Cast, code: str) -> None:
    answer = cast["clerk"].post(f"/counter/dossiers/{code}/request-supplements", {"version": seen(code)})
    assert answer.status_code == 422
    assert 'href="#field-ask"' in answer.text
    assert "Hãy đánh dấu ít nhất một điều cần bổ sung." in answer.text


def test_citizen_sees_only_what_was_asked_with_the_offices_reasons(cast: Cast, code: str) -> None:
    file_id = asking(code, completing.question(), completing.component())
    page = page_of(cast["citizen A"], code).text
    assert fields_of(page) == {PURPOSE, f"file.{PAPER}", f"file.{PHOTOS}", "note"}
    for words in (UNCLEAR, BLURRED, "giấy.pdf", "trang 2", "Hạn bổ sung:", "Phần còn lại của hồ sơ giữ nguyên"):
        assert words in page
    assert f"/my/attachments/{file_id}" in page, "the file that is to be replaced can be looked at"
    assert page.count('name="continue"') == 1
    own = cast["citizen A"].get(f"/my/dossiers/{code}").text
    assert f"/my/dossiers/{code}/supplements" in own
    assert "Cần ông/bà bổ sung" in own


def test_whatever_is_wanted_still_is_told_beside_its_field_and_nothing_typed_is_lost(cast: Cast, code: str) -> None:
    asking(code, completing.question(), completing.question(COPIES), completing.component())
    answer = send(cast["citizen A"], code, {PURPOSE: "loan", COPIES: "không", "note": "Lời thêm"}, photos=papers.image())
    assert (answer.status_code, state(code)) == (422, "supplement_requested")
    errors = set(re.findall(r'id="error-([^"]+)"', answer.text))
    assert errors == {COPIES, f"file.{PAPER}"}
    assert 'value="loan" checked' in " ".join(answer.text.split())
    assert "photos.png" in answer.text, "the file that was sent with it is kept"
    again = Visitor(cast["citizen A"].client.application)
    again.log_in(HA)
    page = page_of(again, code).text
    assert "photos.png" in page
    assert re.search(r'value="loan"\s*checked', page)
    assert "Lời thêm" in page


def test_sent_and_saved_are_told_apart_and_the_desk_sees_both_sides(cast: Cast, code: str) -> None:
    asking(code, completing.question())
    saved = send(cast["citizen A"], code, {PURPOSE: "loan"}, "save", birth_paper=papers.image())
    assert (saved.status_code, state(code)) == (302, "supplement_requested")
    assert "Nội dung bổ sung chưa được gửi" in page_of(cast["citizen A"], code).text
    assert "birth_paper.png" not in cast["clerk"].get(f"/counter/dossiers/{code}").text
    sent = send(cast["citizen A"], code, {PURPOSE: "loan"})
    assert (sent.headers["Location"], state(code)) == (f"/my/dossiers/{code}", "submitted")
    assert "Đã gửi bổ sung" in cast["citizen A"].get(f"/my/dossiers/{code}").text
    section = re.search(r"<section[^>]*data-supplement>.*?</section>", cast["clerk"].get(f"/counter/dossiers/{code}").text, re.S)
    assert section
    for words in ("Người nộp đã bổ sung", "Vay vốn", "giấy.pdf", "birth_paper.png"):
        assert words in html.unescape(section[0]), words


def test_pressed_again_or_after_all_is_over_leads_to_the_dossier(cast: Cast, code: str) -> None:
    asking(code, completing.question())
    first = page_of(cast["citizen A"], code).text
    request_id = re.search(r'name="request_id" value="([^"]+)"', first)[1]
    send(cast["citizen A"], code, {PURPOSE: "loan"}, birth_paper=papers.image())
    version = seen(code)
    for form in ({"request_id": request_id, PURPOSE: "loan", "continue": "1"}, {"continue": "1"}):
        answer = cast["citizen A"].post(f"/my/dossiers/{code}/supplements", form)
        assert (answer.status_code, answer.headers["Location"]) == (302, f"/my/dossiers/{code}")
    assert page_of(cast["citizen A"], code).status_code == 302
    assert seen(code) == version


def test_answer_that_calls_up_another_question_asks_it_without_blame(cast: Cast, code: str) -> None:
    asking(code, completing.question())
    answer = send(cast["citizen A"], code, {PURPOSE: "other"}, birth_paper=papers.image())
    assert answer.status_code == 200
    assert "Cần hỏi thêm một chút" in answer.text
    assert {completing.DETAIL, f"file.{completing.SOMETIMES}"} <= fields_of(answer.text)
    assert "data-error-summary" not in answer.text
    answer = send(cast["citizen A"], code, {PURPOSE: "other", completing.DETAIL: "Thừa kế"}, sometimes=papers.image())
    assert (answer.status_code, state(code)) == (302, "submitted")


def test_unfit_file_is_told_by_name_and_the_others_are_kept(cast: Cast, code: str) -> None:
    asking(code)
    answer = send(cast["citizen A"], code, {}, birth_paper=b"not a picture")
    assert answer.status_code == 422
    assert "birth_paper.png" in answer.text
    assert f'id="error-file.{PAPER}"' in answer.text


def test_chosen_file_is_taken_out_again_and_the_filed_one_is_not(cast: Cast, code: str) -> None:
    filed_id = asking(code)
    send(cast["citizen A"], code, {}, "save", birth_paper=papers.image())
    with db.transaction() as session:
        new = session.scalars(select(Attachment).where(Attachment.request_id.is_not(None)).order_by(Attachment.id.desc())).first()
    address = f"/my/dossiers/{code}/supplements"
    assert cast["citizen A"].post(address, {"remove": filed_id}).status_code == 404
    assert cast["citizen A"].post(address, {"remove": str(new.id)}).status_code == 302
    assert "birth_paper.png" not in page_of(cast["citizen A"], code).text


def test_when_the_window_is_over_the_page_says_so_and_takes_nothing(cast: Cast, code: str) -> None:
    asking(code, completing.question())
    with db.transaction() as session:
        dossier = session.scalars(select(Dossier).where(Dossier.code == code)).one()
        dossier.waits_until = clock.now() - timedelta(minutes=1)
        newest_request(session, dossier).window_ends_at = dossier.waits_until
    page = page_of(cast["citizen A"], code).text
    assert "Đã hết hạn bổ sung" in page
    assert fields_of(page) == set()
    assert "Đã hết hạn bổ sung" in cast["citizen A"].get(f"/my/dossiers/{code}").text
    answer = cast["citizen A"].post(f"/my/dossiers/{code}/supplements", {PURPOSE: "loan", "continue": "1"})
    assert (answer.status_code, error_of(answer), state(code)) == (409, "409", "supplement_requested")
    assert "Đã hết hạn bổ sung" in cast["clerk"].get(f"/counter/dossiers/{code}").text


def test_officer_draws_up_and_the_clerk_puts_it_better_and_sends(cast: Cast) -> None:
    with db.transaction() as session:
        people = (actor_of(session, one) for one in (HA, CLERK, OFFICER))
        code = str(completing.appraising(session, *people).code)
    assert "Chỉ được yêu cầu" not in cast["officer"].get(f"/counter/dossiers/{code}/propose-supplements").text
    form = {"version": seen(code), "ask": f"question.{PURPOSE}", f"reason.question.{PURPOSE}": UNCLEAR}
    assert cast["officer"].post(f"/counter/dossiers/{code}/propose-supplements", form).status_code == 302
    assert "chưa gửi người nộp" in cast["clerk"].get(f"/counter/dossiers/{code}").text
    assert UNCLEAR not in cast["citizen A"].get(f"/my/dossiers/{code}").text
    page = cast["clerk"].get(f"/counter/dossiers/{code}/request-supplements").text
    assert UNCLEAR in page
    assert 'type="checkbox"' not in re.search(r"<form method=\"post\".*?</form>", page[page.index("act-heading") :], re.S)[0]
    better = "Xin ghi rõ vay vốn ở đâu."
    form |= {"version": seen(code), f"reason.question.{PURPOSE}": better}
    assert cast["clerk"].post(f"/counter/dossiers/{code}/request-supplements", form).status_code == 302
    assert better in page_of(cast["citizen A"], code).text
    send(cast["citizen A"], code, {PURPOSE: "loan"})
    page = cast["clerk"].get(f"/counter/dossiers/{code}/accept-supplements").text
    assert "Người nộp đã bổ sung" in page
    assert cast["clerk"].post(f"/counter/dossiers/{code}/accept-supplements", {"version": seen(code)}).status_code == 302
    assert state(code) == "in_processing"


def test_second_request_asks_the_desk_why(cast: Cast, code: str) -> None:
    asking(code, completing.question())
    send(cast["citizen A"], code, {PURPOSE: "loan"}, birth_paper=papers.image())
    address = f"/counter/dossiers/{code}/request-supplements"
    assert "bị tính là chậm" in cast["clerk"].get(address).text
    form = {"version": seen(code), "ask": f"question.{PURPOSE}", f"reason.question.{PURPOSE}": UNCLEAR}
    refused = cast["clerk"].post(address, form)
    assert (refused.status_code, 'id="error-override"' in refused.text) == (422, True)
    assert cast["clerk"].post(address, form | {"override": OVERRIDE}).status_code == 302
    assert OVERRIDE in page_of(cast["citizen A"], code).text


def test_nobody_else_has_such_a_page(cast: Cast, code: str) -> None:
    asking(code, completing.question())
    for name in ("citizen B", "clerk", *sorted(DESK_ELSEWHERE)):
        assert page_of(cast[name], code).status_code == 404
        assert cast[name].post(f"/my/dossiers/{code}/supplements", {PURPOSE: "loan", "continue": "1"}).status_code == 404


def test_completing_needs_the_level_that_filing_needed(app: Flask, code: str) -> None:
    asking(code, completing.question())
    low = Visitor(app)
    low.log_in(visitors.HA, level=1)
    assert error_of(page_of(low, code)) == "403"
    assert COMPLETING not in page_of(low, code).text
