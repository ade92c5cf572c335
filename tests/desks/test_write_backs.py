"""What the desks and the owner read of a result's way to the registers, and trying again by hand."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from portal import db
from portal.models import WriteBack
from portal.services.dossiers.follow_change import note_adjusting
from portal.services.dossiers.receipts import ESCALATED_AFTER, note_receipt
from portal.services.registries.write_back import Receipt
from tests.births import DOWN, MOTHER, TWICE, birth_approved, the_write_back, written
from tests.desks.cast import Cast, actor_of
from tests.desks.counting import MOST, statements
from tests.services.dossiers.doings import Hands
from tests.visitors import CLERK, LEADER, OFFICER, Visitor


@pytest.fixture(scope="module")
def mother(cast: Cast, portal_app: Flask) -> Visitor:
    browser = Visitor(portal_app)
    browser.log_in(MOTHER["personal_id"])
    return browser


def said(browser: Visitor, path: str) -> str:
    page = browser.get(path)
    assert page.status_code == 200, page.status_code
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


def newest() -> str:
    with db.transaction() as session:
        return str(session.scalars(select(WriteBack.id).order_by(WriteBack.created_at.desc()).limit(1)).one())


def noted(*receipts: Receipt) -> None:
    """The newest write-back was answered so."""
    with db.transaction() as session:
        row = session.scalars(select(WriteBack).order_by(WriteBack.created_at.desc()).limit(1)).one()
        for receipt in receipts:
            note_receipt(session, row.id, receipt)


@pytest.fixture
def code(cast: Cast, mother: Visitor) -> str:
    with db.transaction() as session:
        owner, clerk, officer, leader = (actor_of(session, one) for one in (MOTHER["personal_id"], CLERK, OFFICER, LEADER))
        dossier = birth_approved(session, Hands(replace(owner, level=2), clerk, officer, leader))
        assert the_write_back(session, dossier).state == "waiting"
        return str(dossier.code)


def test_while_the_number_is_awaited_desk_and_owner_read_it(cast: Cast, mother: Visitor, code: str) -> None:
    desk = said(cast["officer"], f"/counter/dossiers/{code}")
    assert "Kết quả chỉ được in và ký khi cơ sở dữ liệu đã cấp số" in desk
    assert "Cơ sở dữ liệu hộ tịch điện tử : Chờ số định danh" in desk
    assert "Đang chờ cơ sở dữ liệu cấp số định danh" in said(mother, f"/my/dossiers/{code}")


def test_what_is_written_names_the_entry_and_who_has_adjusted(cast: Cast, mother: Visitor, code: str) -> None:
    noted(written())
    with db.transaction() as session:
        row = session.scalars(select(WriteBack).order_by(WriteBack.created_at.desc()).limit(1)).one()
        note_adjusting(session, row.id, {"social-insurance": "adjusted", "tax": "not_received"})
    desk = said(cast["officer"], f"/counter/dossiers/{code}")
    assert "Số 1234/2026, quyển 02/2026" in desk
    assert "Cơ sở dữ liệu bảo hiểm: đã cập nhật" in desk
    assert "Cơ sở dữ liệu thuế: chưa nhận được" in desk
    own = said(mother, f"/my/dossiers/{code}")
    assert "Sổ hộ tịch đã ghi nhận." in own
    assert "Cơ quan bảo hiểm đã nhận, ông/bà không phải báo." in own
    assert "Cơ quan thuế chưa nhận được; cổng đang theo dõi và tự gửi lại." in own


def test_the_same_is_said_in_english(cast: Cast, mother: Visitor, code: str) -> None:
    mother.get("/language/en?next=/")
    try:
        assert "Waiting for the register to give the personal ID" in said(mother, f"/my/dossiers/{code}")
    finally:
        mother.get("/language/vi?next=/")


def test_refusal_before_printing_is_read_in_words_by_the_leader_who_has_it_again(cast: Cast, mother: Visitor, code: str) -> None:
    noted(TWICE)
    page = said(cast["leader"], f"/counter/dossiers/{code}")
    assert f"Bị từ chối. {TWICE.words}" in page
    assert "Cơ sở dữ liệu từ chối ghi, hồ sơ trở lại chờ ký" in page
    assert "Phê duyệt và ký số" in page
    assert "Trả lại chuyên viên" in page
    assert "Thử ghi lại" not in page
    assert TWICE.words not in said(mother, f"/my/dossiers/{code}"), "the register's own words are the desk's"


def test_what_is_long_unanswered_is_listed_marked_and_tried_again(cast: Cast, code: str) -> None:
    noted(*[DOWN] * ESCALATED_AFTER)
    page = said(cast["leader"], f"/counter/dossiers/{code}")
    assert f"Đã thử {ESCALATED_AFTER} lần, chưa được trả lời. Cần xem" in page
    assert "Chưa in được kết quả" in page
    assert f"{code} Đăng ký khai sinh Cơ sở dữ liệu hộ tịch điện tử Chờ số định danh" in said(
        cast["leader"], "/counter/write-backs"
    )
    assert "Kết quả chưa ghi được" in said(cast["officer"], f"/counter/queue?q={code}")
    assert code not in said(cast["leader elsewhere"], "/counter/write-backs")
    address = f"/counter/dossiers/{code}/write-backs/{newest()}/write-again"
    assert cast["clerk"].post(address).status_code == 404
    assert cast["officer"].post(address).status_code == 302
    assert "Cổng đang thử lại" in said(cast["officer"], f"/counter/dossiers/{code}")
    noted(written())
    assert code not in said(cast["officer"], "/counter/write-backs")
    assert cast["officer"].post(address).status_code == 302
    assert "Việc ghi này đã xong" in said(cast["officer"], f"/counter/dossiers/{code}")


def test_the_page_asks_the_database_no_more_often(cast: Cast, code: str) -> None:
    noted(written())
    cast["officer"].get(f"/counter/dossiers/{code}")
    with statements() as asked:
        cast["officer"].get(f"/counter/dossiers/{code}")
    assert len(asked) <= MOST, asked
