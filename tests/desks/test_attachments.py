"""Papers over HTTP: the citizen's step, the desk's list, and files that can do nothing to whoever opens them."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal import db
from portal.config import settings
from portal.models import Attachment, Dossier
from portal.postgres import EmbeddedServer
from portal.services.vault import scanner, store
from portal.web.uploads import ROOM_FOR_FIELDS
from tests import carrying
from tests.carrying import CARRYING, EARLIER, PAPER, PHOTOS, publish_carrying, withdraw_carrying
from tests.desks.addresses import UNKNOWN, without_names
from tests.desks.cast import DESK_ELSEWHERE, DESK_HERE, Cast, actor_of
from tests.emptying import empty_database
from tests.services.vault import papers
from tests.services.vault.clamd import EICAR, clamd
from tests.visitors import HA, QUAN, Visitor, error_of

STEP = f"/procedures/{CARRYING}/apply/attachments"
REVIEW = f"/procedures/{CARRYING}/apply/review"
NASTY = "<img src=x onerror=alert(1)>&'họ'; x=.pdf"


@pytest.fixture(scope="module", autouse=True)
def carrying_procedure(cast: Cast, town: EmbeddedServer) -> Iterator[None]:
    with db.transaction() as session:
        publish_carrying(session)
    yield
    owner = db.make_engine(town.url("owner"), pool_size=1)
    empty_database(owner)
    withdraw_carrying(owner)
    owner.dispose()


@pytest.fixture
def mine(cast: Cast) -> Iterator[Visitor]:
    """Citizen A's browser, with such a draft."""
    with db.transaction() as session:
        made = carrying.draft(session, actor_of(session, HA))
        for one in session.scalars(select(Attachment).where(Attachment.dossier_id == made.id)):
            one.removed_at = one.added_at
    return cast["citizen A"]


def send(browser: Visitor, button: str = "add", more: dict[str, Any] | None = None, **files: tuple[bytes, str]) -> TestResponse:
    """The step's form with files in its fields, sent by one of its buttons."""
    form = {f"file.{name.replace('_', '-')}": (io.BytesIO(content), called) for name, (content, called) in files.items()}
    answer = browser.post(STEP, {button: "1", **form, **(more or {})}, content_type="multipart/form-data")
    answer.request.environ["wsgi.input"].close()  # the browser's own copy of what it sent
    return answer


def on_page(answer: TestResponse) -> list[str]:
    """The names of the attached files that a page shows."""
    return [html.unescape(name) for name in re.findall(r'<span class="mc-attached__name">([^<]*)</span>', answer.text)]


def rows() -> list[Attachment]:
    with db.transaction() as session:
        query = select(Attachment).join(Attachment.dossier).where(Dossier.state == "draft", Attachment.removed_at.is_(None))
        return list(session.scalars(query.order_by(Attachment.added_at)))


def filed(browser: Visitor) -> tuple[str, list[str]]:
    """A dossier with its papers, filed by its pages: its code, and the ids of its attachments."""
    send(browser, birth_paper=(papers.pdf(2), NASTY), photos=(papers.image_with_place(), "nhà.jpg"))
    assert send(browser, "continue", status=(papers.pdf(3), "giấy cũ.pdf")).headers["Location"].endswith("/apply/review")
    ids = [str(one.id) for one in rows()]
    draft_id = re.search(r'name="draft_id" value="([^"]+)"', browser.get(REVIEW).text)
    assert draft_id
    sent = browser.post(REVIEW, {"draft_id": draft_id[1], "declare": "yes", "continue": "1"})
    return sent.headers["Location"].split("/")[3], ids


def test_step_says_what_is_wanted_and_why(mine: Visitor) -> None:
    page = mine.get(STEP)
    assert 'data-page="citizen.attachments"' in page.text
    for said in (
        "Giấy chứng sinh",
        "Bản do cơ sở y tế cấp.",
        "Luật Hộ tịch, Điều 16",
        "Ảnh chụp nơi ở",
        "Nếu có",
        "Chỉ cần xuất trình",
    ):
        assert said in page.text
    assert "Giấy ủy quyền" not in page.text
    assert page.text.count('name="continue"') == 1
    assert page.text.count('enctype="multipart/form-data"') == 1


def test_continue_without_a_required_paper_says_which_beside_its_field(mine: Visitor) -> None:
    answer = send(mine, "continue", photos=(papers.image(), "a.jpg"))
    assert answer.status_code == 422
    assert answer.text.count("Hãy chọn tệp của giấy tờ này.") == 4  # in the list above and beside each of two fields
    assert f'id="error-file.{PAPER}"' in answer.text
    assert f'id="error-file.{EARLIER}"' in answer.text
    assert on_page(answer) == ["a.jpg"], "what was sent with it is kept"
    assert mine.get(REVIEW).headers["Location"] == STEP


def test_continue_takes_chosen_files_along_and_the_review_shows_them(mine: Visitor) -> None:
    code, _ids = filed(mine)
    assert code.startswith("H26.31-")
    with db.transaction() as session:
        assert session.scalars(select(Dossier).where(Dossier.code == code)).one().state == "submitted"


def test_review_groups_what_is_attached(mine: Visitor) -> None:
    send(mine, "continue", birth_paper=(papers.pdf(), "a.pdf"), status=(papers.pdf(2), "b.pdf"))
    page = mine.get(REVIEW).text
    assert "Đính kèm" in page
    assert "a.pdf" in page
    assert f'href="{STEP}"' in page


def test_several_files_go_into_one_component_and_one_can_be_taken_away(mine: Visitor) -> None:
    form = {"add": "1", f"file.{PHOTOS}": [(io.BytesIO(papers.image(size=(64, side))), f"{side}.jpg") for side in (40, 50, 60)]}
    mine.post(STEP, form, content_type="multipart/form-data")
    assert on_page(mine.get(STEP)) == ["40.jpg", "50.jpg", "60.jpg"]
    assert mine.post(STEP, {"remove": str(rows()[1].id)}).status_code == 302
    assert on_page(mine.get(STEP)) == ["40.jpg", "60.jpg"]


def test_bad_file_is_told_beside_its_field_and_good_ones_and_answers_stay(mine: Visitor) -> None:
    answer = send(mine, birth_paper=(b"MZ", "<b>x.pdf"), photos=(papers.image(), "a.jpg"))
    assert answer.status_code == 422
    assert "&lt;b&gt;x.pdf: Cổng chỉ nhận tệp PDF, JPG hoặc PNG" in answer.text
    assert "<b>x" not in answer.text
    assert on_page(answer) == ["a.jpg"]
    with db.transaction() as session:
        answers = (
            session.scalars(select(Dossier).where(Dossier.state == "draft", Dossier.procedure_code == CARRYING))
            .one()
            .draft["answers"]
        )
    assert answers["certificate.purpose"]["value"] == "property"


def test_same_file_sent_twice_is_one(mine: Visitor) -> None:
    content = papers.pdf(2)
    for name in ("a.pdf", "b.pdf"):
        send(mine, birth_paper=(content, name))
    assert on_page(mine.get(STEP)) == ["a.pdf"]


def test_form_that_is_too_large_meets_a_page_that_says_how_much_and_loses_nothing(
    mine: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(mine, birth_paper=(papers.pdf(), "a.pdf"))
    monkeypatch.setattr(settings(), "upload_file_bytes", 20_000)
    answer = send(mine, photos=(b"x" * (61_000 + ROOM_FOR_FIELDS), "x.jpg"))
    assert (answer.status_code, error_of(answer)) == (413, "413")
    assert "1,1 MB" in answer.text
    assert send(mine, photos=(papers.image() + b"\0" * 30_000, "x.jpg")).status_code == 422
    assert on_page(mine.get(STEP)) == ["a.pdf"]


def test_form_may_be_as_large_as_three_files_only_where_files_are_taken(mine: Visitor) -> None:
    large = {"q": "x" * (13 * 1024 * 1024)}
    assert mine.post(f"/procedures/{CARRYING}/apply/purpose", large).status_code == 413
    assert send(mine, birth_paper=(papers.image(comment=b"x") + b"\0" * (13 * 1024 * 1024), "x.jpg")).status_code == 422


def test_full_disk_is_told_as_such_and_nothing_is_lost(mine: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    send(mine, birth_paper=(papers.pdf(), "a.pdf"))

    def full(*_anything: object, **_more: object) -> None:
        raise store.BaseError("no space left")

    with monkeypatch.context() as patch:
        patch.setattr(store.obstore, "put", full)
        answer = send(mine, photos=(papers.image(), "b.jpg"))
    assert (answer.status_code, error_of(answer)) == (503, "503")
    assert answer.headers["Retry-After"].isdigit()
    assert on_page(mine.get(STEP)) == ["a.pdf"]
    assert send(mine, photos=(papers.image(), "b.jpg")).status_code == 302
    assert on_page(mine.get(STEP)) == ["a.pdf", "b.jpg"]


def test_tabs_at_once_keep_the_bounds(mine: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "upload_dossier_files", 3)
    token = mine.token()
    cookie = mine.session_cookie or ""

    def one(number: int) -> int:
        tab = Visitor(mine.client.application)
        tab.session_cookie = cookie
        form = {"add": "1", f"file.{PHOTOS}": (io.BytesIO(papers.image(size=(64, 40 + number))), f"{number}.jpg")}
        return tab.post(STEP, form, token=token, content_type="multipart/form-data").status_code

    with ThreadPoolExecutor(6) as tabs:
        codes = sorted(tabs.map(one, range(6)))
    assert codes == [302, 302, 302, 422, 422, 422]
    assert len(rows()) == 3


def test_infected_file_is_refused_and_a_silent_scanner_makes_it_wait(mine: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanner, "ANSWER_SECONDS", 0.3)
    with clamd() as address:
        monkeypatch.setattr(settings(), "clamd", address)
        answer = send(mine, photos=(papers.image(comment=EICAR), "a.jpg"))
        assert "Phần mềm diệt vi-rút báo tệp này có mã độc" in answer.text
        assert answer.status_code == 422
    with clamd("mute") as address:
        monkeypatch.setattr(settings(), "clamd", address)
        assert send(mine, photos=(papers.image(), "b.jpg")).status_code == 302
    page = mine.get(STEP).text
    assert "Chờ quét vi-rút" in page
    waiting = rows()[0]
    assert f"/my/attachments/{waiting.id}" not in page
    assert mine.get(f"/my/attachments/{waiting.id}").status_code == 404


def test_file_comes_back_to_be_kept_and_can_do_nothing(mine: Visitor) -> None:
    content = papers.image_with_place()
    send(mine, photos=(content, NASTY.replace(".pdf", ".jpg")))
    address = f"/my/attachments/{rows()[0].id}"
    kept = mine.get(address)
    assert kept.data == content
    assert kept.headers["Content-Type"] == "image/jpeg"
    disposition = kept.headers["Content-Disposition"]
    assert disposition.startswith('attachment; filename="')
    assert disposition.isascii()
    assert "<" not in disposition
    assert disposition.endswith("filename*=UTF-8''%3Cimg%20src%3Dx%20onerror%3Dalert%281%29%3E%26%27h%E1%BB%8D%27%3B%20x%3D.jpg")
    shown = mine.get(f"{address}/preview")
    assert shown.headers["Content-Type"] == "image/jpeg"
    assert b"GPS" not in shown.data
    assert shown.data != content
    for answer in (kept, shown):
        assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'; frame-ancestors 'none'")
        assert "allow-" not in answer.headers["Content-Security-Policy"]
        assert "script-src" not in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"


def test_pdf_has_no_picture_of_ours(mine: Visitor) -> None:
    send(mine, birth_paper=(papers.pdf(), "a.pdf"))
    assert mine.get(f"/my/attachments/{rows()[0].id}/preview").status_code == 404


def test_name_is_shown_as_text_everywhere(cast: Cast, mine: Visitor) -> None:
    code, _ids = filed(mine)
    pages = [mine.get(f"/my/dossiers/{code}").text, cast["clerk"].get(f"/counter/dossiers/{code}").text]
    pages.append(cast["clerk"].get(f"/counter/dossiers/{code}/receive").text)
    for page in pages:
        assert html.escape(NASTY).replace("&#x27;", "&#39;") in page
    for page in pages:
        assert "<img src=x" not in page


def test_desk_that_holds_the_dossier_opens_papers_and_nobody_else_does(cast: Cast, mine: Visitor) -> None:
    code, ids = filed(mine)
    for name in sorted(DESK_HERE):
        answer = cast[name].get(f"/counter/dossiers/{code}/attachments/{ids[0]}")
        assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
        assert cast[name].get(f"/counter/dossiers/{code}/attachments/{ids[1]}/preview").status_code == 200
    for name in [*sorted(DESK_ELSEWHERE), "administrator", "auditor", "citizen A", "citizen B"]:
        for tail in ("", "/preview"):
            foreign = cast[name].get(f"/counter/dossiers/{code}/attachments/{ids[1]}{tail}")
            unknown = cast[name].get(f"/counter/dossiers/{code}/attachments/{UNKNOWN.document_id}{tail}")
            assert (foreign.status_code, unknown.status_code) == (404, 404)
            assert without_names(foreign.text, ids[1]) == without_names(unknown.text, UNKNOWN.document_id)


def test_attachment_of_another_dossier_is_not_opened_through_this_one(cast: Cast, mine: Visitor) -> None:
    _code, ids = filed(mine)
    other = cast.file("submitted", owner="citizen B")
    assert cast["clerk"].get(f"/counter/dossiers/{other.code}/attachments/{ids[0]}").status_code == 404


@pytest.mark.parametrize("tail", ["", "/preview"])
def test_other_citizen_and_staff_do_not_open_a_draft_paper(cast: Cast, mine: Visitor, tail: str) -> None:
    send(mine, photos=(papers.image(), "a.jpg"))
    attachment_id = rows()[0].id
    for name in ("citizen B", "clerk", "leader", "administrator"):
        assert cast[name].get(f"/my/attachments/{attachment_id}{tail}").status_code == 404
    assert mine.get(f"/my/attachments/{attachment_id}{tail}").status_code == 200


def test_other_citizen_takes_nothing_away(cast: Cast, mine: Visitor) -> None:
    send(mine, photos=(papers.image(), "a.jpg"))
    attachment_id = str(rows()[0].id)
    with db.transaction() as session:
        carrying.draft(session, actor_of(session, QUAN))
    for said in (attachment_id, "nonsense", UNKNOWN.document_id):
        assert cast["citizen B"].post(STEP, {"remove": said}).status_code == 404
    assert [str(one.id) for one in rows()] == [attachment_id]


def test_clerk_ticks_originals_at_reception_and_the_page_says_who_and_when(cast: Cast, mine: Visitor) -> None:
    code, ids = filed(mine)
    clerk = cast["clerk"]
    page = clerk.get(f"/counter/dossiers/{code}/receive").text
    assert page.count('name="compared"') == 3
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    clerk.post(f"/counter/dossiers/{code}/receive", {"version": version[1], "compared": [ids[0], UNKNOWN.document_id]})
    page = clerk.get(f"/counter/dossiers/{code}").text
    assert page.count("Đã đối chiếu bản chính: ") == 1
    assert page.count("Người nộp gửi lúc") == 3


def test_procedure_that_wants_no_papers_has_no_such_step(cast: Cast) -> None:
    browser = cast["citizen B"]
    browser.post("/procedures/1.004873/apply", {"decline": "1"})
    with db.transaction() as session:
        open_draft = session.scalars(
            select(Dossier).where(Dossier.state == "draft", Dossier.procedure_code == "1.004873", Dossier.filed_by.is_(None))
        ).first()
        assert open_draft is not None
        open_draft.draft = {**open_draft.draft, "office_code": "H26.31"}
    assert browser.get("/procedures/1.004873/apply/attachments").status_code == 404
