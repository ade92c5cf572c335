"""Papers at the counter over HTTP: scanned, compared, kept, given back; opened by the clerk who files, and by nobody else."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal import db
from portal.models import Attachment, Dossier
from portal.postgres import EmbeddedServer
from tests.carrying import CARRYING, EARLIER, PAPER, publish_carrying, withdraw_carrying
from tests.desks.cast import Cast
from tests.desks.test_intake import begin, confirm, draft_of, fill
from tests.emptying import empty_database
from tests.services.vault import papers
from tests.visitors import Visitor


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
def step(cast: Cast) -> str:
    """The step of papers of a draft to which nothing is attached."""
    draft = draft_of(begin(cast["clerk"], procedure=CARRYING))
    where = fill(cast["clerk"], draft)
    with db.transaction() as session:
        for one in session.scalars(select(Attachment).where(Attachment.dossier_id == draft)):
            one.removed_at = one.added_at
    assert where == f"/counter/intake/{draft}/attachments"
    return where


def send(browser: Visitor, where: str, button: str = "add", more: dict[str, Any] | None = None, **files: str) -> TestResponse:
    """The form of papers with a file for each component named."""
    names = {"paper": PAPER, "earlier": EARLIER}
    form: dict[str, Any] = {f"file.{names[key]}": (io.BytesIO(papers.pdf()), name) for key, name in files.items()}
    return browser.post(where, {button: "1", **form, **(more or {})}, content_type="multipart/form-data")


def ids(where: str) -> dict[str, str]:
    """The attachments of a draft, by component."""
    with db.transaction() as session:
        query = select(Attachment).where(Attachment.dossier_id == where.split("/")[3], Attachment.removed_at.is_(None))
        return {one.component_id: str(one.id) for one in session.scalars(query)}


def test_what_has_just_come_is_compared_before_the_next_step(cast: Cast, step: str) -> None:
    clerk = cast["clerk"]
    assert send(clerk, step, "continue", paper="a.pdf", earlier="b.pdf").headers["Location"] == step
    page = clerk.get(step).text
    assert page.count("Đã đối chiếu bản chính: ") == 2
    found = ids(step)
    more = {"compared": found[PAPER], "kept": found[EARLIER]}
    assert send(clerk, step, "continue", more).headers["Location"].endswith("/review")
    again = clerk.get(step).text
    assert f'name="compared" value="{found[PAPER]}" checked' in again
    assert f'name="kept" value="{found[EARLIER]}" checked' in again


def test_kept_original_is_listed_until_it_is_given_back(cast: Cast, step: str) -> None:
    clerk = cast["clerk"]
    send(clerk, step, paper="a.pdf", earlier="b.pdf")
    kept = ids(step)[EARLIER]
    send(clerk, step, "continue", {"kept": kept})
    draft = step.split("/")[3]
    confirm(clerk, draft)
    assert "Quầy đang giữ bản chính" in clerk.get(f"/counter/intake/{draft}/done").text
    assert kept in cast["other clerk"].get("/counter/originals").text, "whoever serves at the counter can give it back"
    assert kept not in cast["clerk elsewhere"].get("/counter/originals").text
    for name in ("clerk elsewhere", "officer", "citizen A"):
        assert cast[name].post(f"/counter/originals/{kept}").status_code == 404, name
    assert cast["other clerk"].post(f"/counter/originals/{kept}").status_code == 302
    assert kept not in clerk.get("/counter/originals").text


def test_missing_paper_is_told_and_what_was_ticked_stays(cast: Cast, step: str) -> None:
    clerk = cast["clerk"]
    send(clerk, step, paper="a.pdf")
    answer = send(clerk, step, "continue", {"compared": ids(step)[PAPER]})
    assert answer.status_code == 422
    assert re.findall(r'id="error-([^"]+)"', answer.text) == [f"file.{EARLIER}"]
    assert f'name="compared" value="{ids(step)[PAPER]}" checked' in answer.text


def test_scan_is_opened_by_the_clerk_who_files_and_by_nobody_else(cast: Cast, step: str) -> None:
    clerk = cast["clerk"]
    send(clerk, step, paper="a.pdf")
    where = f"{step}/{ids(step)[PAPER]}"
    assert clerk.get(where).data.startswith(b"%PDF-")
    for name in ("other clerk", "clerk elsewhere", "officer", "leader", "citizen B"):
        assert cast[name].get(where).status_code == 404, name
    assert clerk.post(step, {"remove": ids(step)[PAPER]}).status_code == 302
    assert clerk.get(where).status_code == 404


def test_clerk_opens_no_attachment_of_another_dossier_through_the_draft(cast: Cast, step: str) -> None:
    clerk = cast["clerk"]
    send(clerk, step, paper="a.pdf")
    other = draft_of(begin(cast["other clerk"], procedure=CARRYING))
    assert cast["other clerk"].get(f"/counter/intake/{other}/attachments/{ids(step)[PAPER]}").status_code == 404


def test_reuse_is_offered_only_on_the_persons_word(cast: Cast, step: str) -> None:
    clerk = cast["clerk"]
    assert 'name="agree_to_reuse"' in clerk.get(step).text
    assert clerk.post(step, {"agree_to_reuse": "1"}).status_code == 302
    assert 'name="agree_to_reuse"' not in clerk.get(step).text
    with db.transaction() as session:
        assert session.get_one(Dossier, step.split("/")[3]).draft["at_counter"]["reuse_agreed_at"]


def form_of(page: str) -> dict[str, str]:
    """What the form of pages holds as it is drawn."""
    hidden = dict(re.findall(r'<input type="hidden" name="(page\.\d+)" value="([^"]+)"', page))
    return hidden | {f"order.{place}": str(place + 1) for place in range(len(hidden))}


def test_scans_are_put_in_order_turned_and_joined(cast: Cast, step: str) -> None:
    clerk = cast["clerk"]
    form = {"add": "1", f"file.{PAPER}": [(io.BytesIO(papers.pdf(2)), "a.pdf"), (io.BytesIO(papers.image()), "b.jpg")]}
    clerk.post(step, form, content_type="multipart/form-data")
    where = step.replace("/attachments", f"/digitise/{PAPER}")
    page = clerk.get(where)
    assert page.status_code == 200
    assert page.text.count('<section class="mc-component"') == 3
    wanted = form_of(page.text) | {"order.2": "0", "turn.2": "90", "left_out.0": "yes", "continue": "1"}
    nothing = clerk.post(where, {"continue": "1"})
    assert (nothing.status_code, "ít nhất một trang" in nothing.text) == (422, True)
    assert clerk.post(where, wanted).headers["Location"] == step
    with db.transaction() as session:
        (joined,) = session.scalars(select(Attachment).where(Attachment.id == ids(step)[PAPER])).all()
        assert (joined.pages, joined.media_type, joined.name) == (2, "application/pdf", "Giấy chứng sinh.pdf")
    for name in ("other clerk", "officer", "citizen A"):
        assert cast[name].get(where).status_code == 404
        assert cast[name].post(where, wanted).status_code == 404
    forged = wanted | {"page.0": "00000000-0000-7000-8000-000000000000:1"}
    assert clerk.post(where, forged | {"left_out.0": ""}).status_code == 404


def test_key_data_are_typed_with_the_register_beside_and_seen_at_the_desk(cast: Cast, step: str) -> None:
    clerk = cast["clerk"]
    send(clerk, step, paper="a.pdf", earlier="b.pdf")
    where = step.replace("/attachments", f"/digitise/{PAPER}/{ids(step)[PAPER]}")
    page = clerk.get(where).text
    assert "Cơ sở dữ liệu ghi" in page
    assert "Nguyễn Thu Hà" in page
    wrong = clerk.post(where, {"extract.number": "7/2026", "extract.issued_on.year": "2999"})
    assert wrong.status_code == 422
    assert 'value="7/2026"' in wrong.text
    assert clerk.post(where, {"extract.number": "7/2026"}).headers["Location"] == step
    assert 'value="7/2026"' in clerk.get(where).text
    assert cast["other clerk"].get(where).status_code == 404
    draft = step.split("/")[3]
    assert send(clerk, step, "continue").headers["Location"].endswith("/review")
    confirm(clerk, draft)
    code = re.search(r'data-dossier-code="([^"]+)"', clerk.get(f"/counter/intake/{draft}/done").text)
    assert code
    seen = cast["officer"].get(f"/counter/dossiers/{code[1]}").text
    assert "Số, ký hiệu: 7/2026" in seen
    assert "Được số hóa" in seen
