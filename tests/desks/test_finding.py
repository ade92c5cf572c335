"""Finding and reading procedures as citizens do: by words, by life's events, and for one's own case."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from typing import Any

import brotli
import pytest
import time_machine
from flask import Flask
from playwright.sync_api import Browser, Page
from sqlalchemy import text

from portal import clock, db
from portal.models import ProcedurePublication
from portal.postgres import EmbeddedServer
from portal.services.catalogue.file_format import write
from portal.services.catalogue.life_events import LIFE_EVENTS
from portal.services.catalogue.loader import texts_for
from portal.services.catalogue.versions import store
from portal.services.publishing.bulk import begin, take_in
from portal.services.publishing.describe import descriptions
from portal.web.assets import PRELOADED_FONTS
from tests.desks.cast import Cast
from tests.desks.test_first_visit_and_logs import FETCHED_AT_FIRST, MOST_BYTES, compressed
from tests.journeys.walker import RUN_AXE, axe_source
from tests.look.stage import open_browser
from tests.procedures import MARITAL_STATUS, edited
from tests.visitors import HA, Visitor

DESCRIBED = list(descriptions(45, seed=3))
CODE, RICH = DESCRIBED[0].code, "1.900999"
LONG_AGO = datetime(2026, 1, 5, tzinfo=UTC)
WIDTHS = (320, 390, 1280)


def rich(data: dict[str, Any]) -> None:
    """A procedure with everything that a page can tell: cases, payers, brackets, several ways, what is not there yet."""
    data.update(
        code=RICH, name="Cấp giấy đủ mọi mục", level="partial", partial_reason_kind="presence", aliases=["2.900888"],
        partial_reason="Ông/bà ký trước mặt công chức.", decision="QĐ 999/QĐ-MAU", kind="Thủ tục mẫu", levels=["commune"],
        requirements=["Đủ 18 tuổi."], unsure="Chưa chắc mã này.", tags={"essential_06": "QĐ 06/QĐ-TTg"},
        cases=[{"id": "late", "name": "Nộp muộn", "when": {"element": "certificate.purpose", "equals": "marriage_abroad"}},
               {"id": "usual", "name": "Nộp đúng hạn"}],
        payer_classes=[{"id": "poor", "name": "Hộ nghèo", "legal_basis": "NQ 1",
                        "when": {"element": "certificate.purpose", "equals": "loan"}}],
        awaits=[{"organ": "registry", "name": "customs", "note": "Ông/bà tự khai mã số thuế."},
                {"organ": "registry", "name": "tax", "note": "Khi nối sẽ điền sẵn."}],
        terms=[{"channels": ["online"], "term": "1wd", "legal_basis": "L1", "description": "Nhanh hơn trên mạng."},
               {"channels": ["counter", "post"], "term": "3wd", "legal_basis": "L1"},
               {"channels": ["counter"], "cases": ["late"], "term": "10wd", "legal_basis": "L2", "unsure": "Nhớ không rõ."}],
    )  # fmt: skip
    rule = {**data["fees"][0], "amount_vnd": 8000}
    data["fees"] = [
        {**rule, "label": "Lệ phí trực tiếp"},
        {**rule, "label": "Lệ phí trực tuyến", "amount_vnd": 5000, "channels": ["online"]},
        {**rule, "label": "Miễn cho hộ nghèo", "amount_vnd": 0, "payer_classes": ["poor"]},
        {**rule, "label": "Lệ phí muộn", "amount_vnd": 20000, "cases": ["late"], "channels": ["counter"]},
    ]
    data["reception"] = {"is_paper_allowed": False, "paper_rule": "Chỉ nhận hồ sơ điện tử.", "dossier_sets": 2}
    data["competence"]["coordinating"] = ["Công an thành phố"]
    data["components"] += [
        {"id": "shown", "name": "Thẻ thương binh", "satisfied_by": "upload", "must_present": True, "legal_ground": "L3"},
        {"id": "late-only", "name": "Bản giải trình", "cases": ["late"], "satisfied_by": "upload", "form": "original",
         "count": 2, "legal_ground": "L3"},
        {"id": "earlier", "name": "Kết quả lần trước", "satisfied_by": "earlier_result", "result_of": [MARITAL_STATUS]},
    ]  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def shelf(town: EmbeddedServer) -> Iterator[None]:
    """Invented descriptions and one procedure with everything, taken out again at the end."""
    with db.transaction() as session:
        take_in(session, begin(session), [(one.code, write(one)) for one in DESCRIBED])
        version = store(session, texts_for(edited(rich)), state="shipped")
        session.add(
            ProcedurePublication(
                code=RICH, version_hash=version.content_hash, starts_at=LONG_AGO, published_at=clock.now()
            )
        )  # fmt: skip
    yield
    engine = db.make_engine(town.url("owner"), pool_size=1)
    with engine.begin() as connection:
        for table in ("procedure_publications", "procedure_versions"):
            connection.execute(text(f"DELETE FROM {table} WHERE code LIKE '_.9%'"))  # noqa: S608 (our own tables)
    engine.dispose()


def page_of(app: Flask, path: str, *, lang: str = "vi") -> str:
    visitor = Visitor(app)
    visitor.client.set_cookie("lang", lang, domain="127.0.0.1")
    answer = visitor.get(path)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def words(page: str) -> str:
    main = page[page.index("<main") : page.index("</main>")]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", main)))


def codes(page: str) -> list[str]:
    return re.findall(r'class="mc-tile" href="/procedures/([^"]+)"', page)


def fee(page: str) -> int:
    (found,) = re.findall(r'data-fee-vnd="(\d+)"', page)
    return int(found)


def test_home_leads_to_the_eleven_events_of_life(app: Flask) -> None:
    page = page_of(app, "/")
    assert re.findall(r'href="/procedures\?event=([^"]+)"', page) == [event.slug for event in LIFE_EVENTS]
    assert all(event.vi in unescape(page) for event in LIFE_EVENTS)
    english = unescape(page_of(app, "/", lang="en"))
    assert all(event.en in english for event in LIFE_EVENTS)


def test_event_shows_its_procedures_and_no_others(app: Flask) -> None:
    event = next(event for event in LIFE_EVENTS if event.vi == DESCRIBED[0].life_events[0])
    wanted = {one.code for one in DESCRIBED if event.vi in one.life_events}
    assert wanted <= set(codes(page_of(app, f"/procedures?event={event.slug}")))
    assert not {one.code for one in DESCRIBED} - wanted & set(codes(page_of(app, f"/procedures?event={event.slug}")))


def test_list_is_paged_and_every_procedure_stands_on_one_page(app: Flask) -> None:
    seen: list[str] = []
    page, number = page_of(app, "/procedures"), 1
    while True:
        seen += codes(page)
        number += 1
        if f"page={number}" not in page:
            break
        page = page_of(app, f"/procedures?page={number}")
    assert len(seen) == len(set(seen)) == int(re.findall(r'data-found="(\d+)"', page)[0])
    assert {one.code for one in DESCRIBED} <= set(seen)


@pytest.mark.parametrize("number", ["0", "-1", "999999", "x", "1e9", "%F0", "９"])
def test_page_that_is_none_is_answered_all_the_same(app: Flask, number: str) -> None:
    assert Visitor(app).get(f"/procedures?page={number}").status_code == 200


def test_filters_keep_the_field_and_what_can_be_filed_here(app: Flask) -> None:
    field = DESCRIBED[0].field
    assert set(codes(page_of(app, f"/procedures?field={field}"))) >= {CODE}
    online = codes(page_of(app, "/procedures?online=1"))
    assert MARITAL_STATUS in online
    assert not set(online) & {one.code for one in DESCRIBED}


def test_hit_says_why_it_was_found_where_its_name_does_not(app: Flask) -> None:
    page = page_of(app, "/procedures?q=giay doc than")
    assert "từ thường gọi: giấy độc thân" in words(page)
    plain = page_of(app, "/procedures?q=tinh trang hon nhan")
    assert codes(plain)[0] == MARITAL_STATUS
    assert "data-reason" not in plain[: plain.index("</li>", plain.index("mc-tile"))]
    assert "mã gọi khác: 2.900888" in words(page_of(app, "/procedures?q=2.900888"))


def test_nothing_found_helps_on(app: Flask) -> None:
    page = page_of(app, "/procedures?q=xyzabc hôn")
    assert 'data-notice="nothing_found"' in page
    assert "tel:" in page
    assert MARITAL_STATUS in codes(page)
    filtered = page_of(app, "/procedures?q=doc than&event=hoc-tap")
    assert "Tìm lại, bỏ các điều kiện lọc" in filtered


def test_what_is_typed_is_shown_as_text_only(app: Flask) -> None:
    assert "<script>alert" not in page_of(app, "/procedures?q=<script>alert(1)</script>&field=<script>alert(2)</script>")


def test_page_tells_everything_in_the_order_in_which_people_ask(app: Flask) -> None:
    said = words(page_of(app, f"/procedures/{RICH}"))
    order = [
        "Cấp giấy đủ mọi mục", "Một phần", "Dịch vụ thiết yếu", "pháp luật đòi có mặt trực tiếp", "Ai được nộp", "Đủ 18 tuổi.",
        "Ông/bà cần", "Xuất trình, không phải nộp", "Thẻ thương binh", "Không phải mang theo", "Kết quả lần trước",
        "Phí, lệ phí và ngày có kết quả", "Cơ quan giải quyết", "Số 1 phố Mẫu", "0900 000 031", "Công an thành phố", "Các bước",
        "Cổng chưa tự tra cứu được hết", "Ông/bà tự khai mã số thuế.", "Hình thức nộp",
        "Nhanh hơn trên mạng.", "Luật Hộ tịch", "Khi nào bị từ chối", "2.900888", "QĐ 999/QĐ-MAU", "cấp xã", "Thủ tục mẫu",
        "Số bộ hồ sơ 2", "Không nhận hồ sơ giấy", "Chỉ nhận hồ sơ điện tử.", "Nộp hồ sơ",
    ]  # fmt: skip
    at = 0
    for piece in order:
        at = said.find(piece, at)
        assert at >= 0, piece
    assert "Bản giải trình" not in said
    assert "Khi nối sẽ điền sẵn." not in said  # the tax database is connected by now


def test_page_tells_which_registry_is_not_connected(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.citizen.procedure.connected", lambda: frozenset({"population"}))
    said = words(page_of(app, f"/procedures/{RICH}"))
    assert "Cổng chưa kết nối: Cơ sở dữ liệu thuế" in said
    assert "Khi nối sẽ điền sẵn." in said


@pytest.mark.parametrize(
    ("chosen", "wanted", "why"),
    [
        ("", 5_000, "Lệ phí trực tuyến"),
        ("?channel=counter", 8_000, "Lệ phí trực tiếp"),
        ("?channel=counter&n.certificate.copies=3", 24_000, "3 × 8.000 đồng"),
        ("?channel=counter&case=late", 20_000, "trường hợp: Nộp muộn"),
        ("?channel=counter&payer=poor", 0, "diện: Hộ nghèo"),
        ("?channel=balloon&case=zzz&payer=king&office=X&n.certificate.copies=-7", 5_000, "Lệ phí trực tuyến"),
    ],
)
def test_fee_is_worked_out_for_the_chosen_case_line_by_line(app: Flask, chosen: str, wanted: int, why: str) -> None:
    page = page_of(app, f"/procedures/{RICH}{chosen}")
    assert fee(page) == wanted
    assert why in words(page)


def test_date_of_the_result_follows_the_way_and_the_case(app: Flask) -> None:
    with time_machine.travel("2026-11-16T09:00:00+07:00", tick=False):
        assert "ngày 17/11/2026" in words(page_of(app, f"/procedures/{RICH}"))
        assert "ngày 19/11/2026" in words(page_of(app, f"/procedures/{RICH}?channel=post"))
        assert "ngày 01/12/2026" in words(page_of(app, f"/procedures/{RICH}?channel=counter&case=late"))


def test_papers_follow_the_case(app: Flask) -> None:
    said = words(page_of(app, f"/procedures/{RICH}?case=late"))
    assert "Bản giải trình 2 bản chính" in said


def test_table_of_ways_has_a_row_for_each_case_that_differs(app: Flask) -> None:
    page = page_of(app, f"/procedures/{RICH}")
    table = page[page.index("<tbody>") : page.index("</tbody>")]
    assert table.count("<tr>") == 4  # online and post treat both cases alike, the counter does not
    assert "10 ngày làm việc" in table


def test_what_is_unsure_is_told_to_administrators_only(app: Flask, cast: Cast) -> None:
    assert "Chưa chắc mã này" not in page_of(app, f"/procedures/{RICH}")
    told = cast["administrator"].get(f"/procedures/{RICH}").get_data(as_text=True)
    assert "Chưa chắc mã này" in told
    assert "Nhớ không rõ" in told
    assert "Nhớ không rõ" not in cast["clerk"].get(f"/procedures/{RICH}").get_data(as_text=True)


def test_procedure_that_is_only_described_says_where_to_go_and_has_no_form(app: Flask) -> None:
    page = page_of(app, f"/procedures/{CODE}")
    assert "/apply" not in page
    assert "Nộp tại cơ quan giải quyết" in page
    visitor = Visitor(app)
    visitor.log_in(HA, level=2)
    for path in ("apply", "apply/facts", "apply/review", "apply/x"):
        assert visitor.get(f"/procedures/{CODE}/{path}").status_code == 404
    assert visitor.post(f"/procedures/{CODE}/apply", {}).status_code == 404


def test_description_that_says_next_to_nothing_is_shown_without_inventing(app: Flask) -> None:
    bare = "format: 2\ncode: '1.900998'\nname: Chỉ có tên\nlevel: offline\n"
    with db.transaction() as session:
        take_in(session, begin(session), [("bare", bare)])
    said = words(page_of(app, "/procedures/1.900998"))
    assert "Chưa công bố" in said
    assert "Chưa tính được" in said
    assert "Không mất phí" not in said


def test_page_speaks_english_where_the_file_does(app: Flask) -> None:
    said = words(page_of(app, f"/procedures/{CODE}", lang="en"))
    assert DESCRIBED[0].english[DESCRIBED[0].name] in said


@pytest.mark.parametrize("path", [f"/procedures/{MARITAL_STATUS}", f"/procedures/{RICH}", "/procedures", "/"])
def test_first_visit_to_any_of_these_pages_fits_in_sixty_kilobytes(app: Flask, path: str) -> None:
    page = Visitor(app).get(path).get_data()
    assets = sum(compressed(name) for name in (*FETCHED_AT_FIRST, *PRELOADED_FONTS))
    assert len(brotli.compress(page, quality=4)) + assets <= MOST_BYTES


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="vi-VN")
    yield context.new_page()
    context.close()


@pytest.mark.browser
@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize(
    "path",
    ["/", "/procedures", "/procedures?q=xyzabc", "/procedures?event=viec-lam&online=1", f"/procedures/{RICH}?case=late",
     f"/procedures/{CODE}"],
)  # fmt: skip
def test_nothing_bars_a_reader(page: Page, served: str, path: str, lang: str) -> None:
    page.context.add_cookies([{"name": "lang", "value": lang, "url": served}])
    page.goto(served + path)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    page.evaluate(axe_source())
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert page.evaluate(RUN_AXE) == [], f"{path} at {width}"


@pytest.mark.browser
def test_fee_is_worked_out_by_keyboard_and_without_scripts(browser: Browser, served: str) -> None:
    context = browser.new_context(locale="vi-VN", java_script_enabled=False, viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto(f"{served}/procedures/{RICH}")
    page.locator("summary", has_text="Tính cho trường hợp").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Trực tiếp", exact=True).focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Tính", exact=True).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**channel=counter**")
    assert page.locator("[data-fee-vnd]").get_attribute("data-fee-vnd") == "8000"
    context.close()
