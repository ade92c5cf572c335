"""An administrator builds a procedure from nothing in the editor; a second one approves it; a citizen files it the same day."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.journeys.editor import add, fill, picture, save, when
from tests.journeys.office import decide, paper_of, receive_and_forward, wait_for_status, words_of
from tests.journeys.walker import Walker
from tests.journeys.world import DESK, PEOPLE, PHONE, World

pytestmark = pytest.mark.browser
AUTHOR, SECOND = "001088900124", "001189900126"
CODE = "1.900001"
FACTS = [
    "subject.full_name", "subject.personal_id", "subject.date_of_birth", "subject.permanent_residence", "subject.household",
    "contact.email", "contact.phone",
]  # fmt: skip
TEMPLATE = """<p>Cho phép ông/bà <strong>{{ full_name }}</strong> bày quầy {{ kind }} tại hội chợ.</p>
{% if permit %}<p>Cam kết an toàn thực phẩm: {{ permit }}.</p>{% endif %}
<p>Người phụ quầy:</p>
<ul>{% for helper in helpers %}<li>{{ loop.index }}. {{ helper.name }}</li>{% endfor %}</ul>"""
ANSWERS = {
    "stall.kind": "food",
    "stall.permit": "Giấy cam kết 12",
    "stall.helpers.count": "2",
    "stall.helpers.0.helper.name": "Lò Thị Mẩy",
    "stall.helpers.1.helper.name": "Nguyễn Văn Tám",
    "delivery.method": "electronic",
}


def write_down(author: Walker) -> None:
    """Everything that the law says of the procedure, part by part."""
    save(author, CODE, "@identity", {"field": "Hội chợ", "field@en": "Fairs", "level": "full", "valid_from": "2025-07-01"})
    save(
        author, CODE, "@page",
        {
            "outcome": "Giấy cho phép bày quầy.", "outcome@en": "A permit for a stall.", "who": "Người cư trú trong phường.",
            "who@en": "Residents of the ward.", "steps_in_words": "Nộp trên cổng.\nNhận giấy.",
            "steps_in_words@en": "File on the portal.\nReceive the permit.",
        },
    )  # fmt: skip
    save(author, CODE, "competence", {"level": "commune", "by_address": "subject.permanent_residence"})
    add(
        author, CODE, "lookups",
        {
            "registry": "population", "purpose": "HOI-CHO", "legal_ground": "Luật Căn cước 26/2023/QH15",
            "why": "để điền sẵn họ tên và nơi ở", "why@en": "to fill in your name and address", "elements": FACTS,
        },
    )  # fmt: skip
    save(
        author, CODE, "@refusal", {"refusal_grounds": "Không cư trú trong phường (quy chế hội chợ, Điều 3)"},
    )  # fmt: skip
    add(author, CODE, "legal_basis", {"name": "Quy chế hội chợ phường", "title": "Quy chế hội chợ phường"})
    add(
        author, CODE, "components",
        {"id": "form", "name": "Đơn bày quầy", "name@en": "Application", "satisfied_by": "declaration", "is_required": True},
    )  # fmt: skip


def draw_the_form(author: Walker) -> None:
    """Elements of its own, three pages of questions with a condition and a repeating group, and how the result is received."""
    add(
        author, CODE, "elements",
        {
            "own_key": "stall.kind", "kind": "choice", "label": "Bày quầy gì?\nWhat kind of stall?",
            "options": "food | Ăn uống | Food\ngoods | Hàng thủ công | Handicraft",
        },
    )  # fmt: skip
    add(author, CODE, "elements", {"own_key": "stall.permit", "kind": "text", "label": "Số giấy cam kết\nPermit number"})
    add(author, CODE, "elements", {"own_key": "helper.name", "kind": "name", "label": "Họ tên người phụ\nHelper's name"})
    add(author, CODE, "pages", {"id": "stall", "title": "Quầy hàng", "title@en": "The stall"})
    add(author, CODE, "pages/stall/questions", {"element": "stall.kind", "is_required": True})
    add(
        author,
        CODE,
        "pages",
        {"id": "food", "title": "An toàn thực phẩm", "title@en": "Food safety", **when("stall.kind", "equals", "food")},
    )
    picture(author, "guide-condition")
    add(author, CODE, "pages/food/questions", {"element": "stall.permit", "is_required": True})
    add(author, CODE, "pages", {"id": "helpers", "title": "Người phụ quầy", "title@en": "Helpers"})
    add(
        author, CODE, "pages/helpers/groups",
        {
            "key": "stall.helpers", "title": "Những người phụ quầy", "title@en": "The helpers", "item_title": "Người phụ",
            "item_title@en": "Helper", "minimum": "1", "maximum": "5",
        },
    )  # fmt: skip
    add(author, CODE, "pages/helpers/groups/stall.helpers/questions", {"element": "helper.name", "is_required": True})
    author.go(f"/admin/procedures/{CODE}/draft/part/pages/helpers")
    picture(author, "guide-page")
    add(author, CODE, "pages/helpers/questions", {"element": "delivery.method", "is_required": True})
    save(
        author, CODE, "@filing",
        {
            "delivery_element": "delivery.method", "declaration": "Tôi cam đoan những điều trên là đúng.",
            "declaration@en": "I declare that this is true.",
        },
    )  # fmt: skip


def say_what_the_office_does(author: Walker) -> None:
    """Fee, term, two steps, the result and its template."""
    add(
        author, CODE, "fees",
        {
            "label": "Lệ phí người phụ", "label@en": "Fee for helpers", "kind": "lệ phí", "amount_vnd": "5.000", "charge": "main",
            "counted_by": "stall.helpers", "counted_from": "1", "valid_from": "2025-07-01", "collected": "on_return",
            "legal_basis": "Quy chế hội chợ, Điều 5", "channels": ["online", "counter", "post"],
        },
    )  # fmt: skip
    add(
        author,
        CODE,
        "terms",
        {"term": "2wd", "legal_basis": "Quy chế hội chợ, Điều 6", "channels": ["online", "counter", "post"]},
    )
    add(
        author,
        CODE,
        "process",
        {"name": "Thẩm định", "name@en": "Appraisal", "role": "officer", "hours": "8", "office": "professional"},
    )
    add(
        author,
        CODE,
        "process",
        {"name": "Ký duyệt", "name@en": "Signature", "role": "leader", "hours": "4", "office": "professional"},
    )
    save(
        author, CODE, "result",
        {
            "title": "Giấy cho phép bày quầy", "title@en": "Permit for a stall", "series": "UBND-HC", "template": TEMPLATE,
            "fields": "full_name: subject.full_name\nkind: stall.kind\npermit: stall.permit\nhelpers: stall.helpers",
        },
    )  # fmt: skip
    picture(author, "guide-result")


def rehearsal(name: str, decision: str, **more: Any) -> dict[str, Any]:
    answers = "\n".join(f"{key}: {value}" for key, value in {**ANSWERS, **more.pop("answers", {})}.items())
    return {
        "name": name, "person": PEOPLE["single"], "full_name": "Nguyễn Thu Hà", "date_of_birth": "1998-03-14",
        "decision": decision, "answers": answers, **more,
    }  # fmt: skip


def test_procedure_built_in_the_editor_is_filed_the_same_day(world: World, tmp_path: Path) -> None:
    author = Walker(world, world.logged_in(AUTHOR, DESK), looks_closely=True)
    author.go("/admin/procedures/new")
    fill(author, {"code": CODE, "name": "Cho phép bày quầy hội chợ"})
    author.press()
    assert author.here == "admin.draft"
    write_down(author)
    draw_the_form(author)
    say_what_the_office_does(author)
    hands_in_too_early(author)
    add(author, CODE, "rehearsals", rehearsal("hai người phụ", "grant", result_says="Lò Thị Mẩy", expects_fee_vnd="10000"))
    add(
        author,
        CODE,
        "rehearsals",
        rehearsal("từ chối", "refuse", reason="Không đủ chỗ bày quầy.", answers={"stall.kind": "goods"}),
    )
    translates_what_is_left(author)
    rehearses(author)
    author.go(f"/admin/procedures/{CODE}/draft")
    picture(author, "guide-draft")
    author.follow(author.page.get_by_role("button", name="Trình duyệt"))
    assert author.here == "admin.procedure", author.page.locator("main").inner_text()
    approves_and_publishes(world)
    files_and_receives(world, tmp_path)
    assert author.said == []
    author.context.close()


def hands_in_too_early(author: Walker) -> None:
    """What is not ready is told with the part that lacks it."""
    author.go(f"/admin/procedures/{CODE}/draft")
    author.follow(author.page.get_by_role("button", name="Trình duyệt"))
    assert author.says("Chưa trình được")
    assert author.says("Chưa có ca diễn tập nào được giải quyết.")
    picture(author, "guide-check")


def translates_what_is_left(author: Walker) -> None:
    author.go(f"/admin/procedures/{CODE}/draft/english")
    for box in author.page.locator("main textarea").all():
        if not box.input_value():
            box.fill("A stall at the ward's fair")
    author.press()


def rehearses(author: Walker) -> None:
    author.go(f"/admin/procedures/{CODE}/draft")
    author.follow(author.page.get_by_role("button", name="Diễn tập"))
    assert author.here == "admin.rehearse_draft"
    assert author.page.locator(".mc-tag--jade").count() == 2, author.page.locator("main").inner_text()
    picture(author, "guide-rehearsal")
    href = author.page.locator("main a[href$='/result.pdf']").first.get_attribute("href")
    drawn = author.context.request.get(f"{author.world.portal}{href}")
    assert drawn.body().startswith(b"%PDF-"), drawn.text()[:500]
    assert b"/ByteRange" not in drawn.body(), "a rehearsed paper is not signed"


def approves_and_publishes(world: World) -> None:
    """The author may not approve; somebody else may, and publishes."""
    second = Walker(world, world.logged_in(SECOND, PHONE), looks_closely=True)
    second.go(f"/admin/procedures/{CODE}")
    second.follow(second.page.locator("main .mc-versions a").first)
    second.follow(second.page.get_by_role("button", name="Duyệt bản này"))
    assert second.says("Đã duyệt")
    second.follow(second.page.locator("main .mc-versions a").first)
    second.follow(second.page.get_by_role("button", name="Công bố bản này"))
    assert second.says("đang có hiệu lực")
    second.context.close()


def files_and_receives(world: World, folder: Path) -> None:
    """On a phone: the page is found, the condition and the group work, the result says every helper."""
    citizen = Walker(world, world.logged_in(PEOPLE["single"], PHONE), looks_closely=True)
    citizen.go("/procedures?q=quay+hoi+cho")
    assert citizen.says("Cho phép bày quầy hội chợ")
    citizen.go(f"/procedures/{CODE}/apply")
    citizen.press()
    citizen.press()
    citizen.answer({"stall.kind": "food"})
    citizen.press()
    assert citizen.says("An toàn thực phẩm")
    citizen.answer({"stall.permit": "Giấy cam kết 12"})
    citizen.press()
    citizen.answer({"stall.helpers.0.helper.name": "Lò Thị Mẩy"})
    assert citizen.says("Những người phụ quầy"), citizen.page.locator("main").inner_text()
    citizen.follow(citizen.page.get_by_role("button", name="Thêm một mục"))
    citizen.answer({"stall.helpers.1.helper.name": "Nguyễn Văn Tám", "delivery.method": "electronic"})
    citizen.press()
    assert citizen.here == "citizen.review", citizen.page.locator("main").inner_text()
    assert citizen.says("Lò Thị Mẩy")
    assert citizen.says("10.000")
    citizen.page.locator("main input[type=checkbox]").check()
    citizen.press()
    code = citizen.page.locator("main").get_attribute("data-dossier-code") or ""
    receive_and_forward(world, code)
    decide(world, code, {"decision": "grant", "result_says": ["Nguyễn Văn Tám"]})
    wait_for_status(citizen, code, 10)
    words = words_of(paper_of(citizen, "Giấy cho phép bày quầy", folder))
    assert "Lò Thị Mẩy" in words
    assert "Ăn uống" in words
    citizen.context.close()


def test_procedure_is_begun_with_the_keyboard_alone(world: World) -> None:
    author = Walker(world, world.logged_in(AUTHOR, DESK))
    author.go("/admin/procedures/new")
    types(author, "code", "1.900002")
    types(author, "name", "Thủ tục gõ phím")
    author.page.keyboard.press("Enter")
    author.page.wait_for_url("**/admin/procedures/1.900002/draft")
    opens(author, "Các trang và câu hỏi")
    opens(author, "Thêm vào «Các trang và câu hỏi»")
    types(author, "id", "first")
    types(author, "title", "Trang đầu")
    author.page.keyboard.press("Enter")
    author.page.wait_for_url("**/draft/part/pages/first")
    opens(author, "Thêm vào «Câu hỏi»")
    types(author, "element", "delivery.method")
    author.page.keyboard.press("Enter")
    author.page.wait_for_url("**/questions/delivery.method")
    author.go("/admin/procedures/1.900002/draft/preview")
    assert author.says("Ông/bà nhận kết quả thế nào?")
    author.context.close()


def types(author: Walker, name: str, words: str) -> None:
    """Tab to a box and type."""
    reaches(author, f'main [name="{name}"]')
    author.page.keyboard.type(words)


def opens(author: Walker, words: str) -> None:
    """Tab to a link and open it."""
    address = author.page.url
    reaches(author, f'main a:text-is("{words}")')
    author.page.keyboard.press("Enter")
    author.page.wait_for_url(lambda url: url != address)


def reaches(author: Walker, selector: str) -> None:
    """Press Tab until the thing has the focus, which one can see."""
    thing = author.page.locator(selector).first
    for _press in range(150):
        author.page.keyboard.press("Tab")
        if thing.evaluate("one => one === document.activeElement"):
            outline = thing.evaluate("one => getComputedStyle(one).outlineStyle + getComputedStyle(one).boxShadow")
            assert outline != "nonenone", f"nobody sees where the focus is: {selector}"
            return
    raise AssertionError(f"the keyboard does not reach {selector}")
