from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from portal.config import CHECKOUT
from portal.services.catalogue.compare import changes_between
from portal.services.catalogue.conditions import ALWAYS
from portal.services.catalogue.elements import Text2
from portal.services.catalogue.form import Ordering, Question
from portal.services.catalogue.handling import Appraisal, Awaited, Case, Competence, PayerClass, Reception, Result
from portal.services.catalogue.loader import procedure_of
from portal.services.catalogue.schema import Definition, OwnElement
from tests.procedures import edited, the_procedure
from tools.english import read

CATALOGUE = CHECKOUT / "portal" / "translations" / "en" / "LC_MESSAGES" / "messages.po"

Data = dict[str, Any]


WRITE_BACK = {
    "registry": "civil-status",
    "fact": "note",
    "purpose": "GHI",
    "legal_ground": "Luật",
    "fields": {"who": "subject.personal_id"},
}


def told(edit: Callable[[Data], None], *, seen_only: bool = False, language: str = "vi") -> list[str]:
    changes = changes_between(the_procedure(), procedure_of(edited(edit)), language)
    return [change.text for change in changes if change.is_seen or not seen_only]


def test_same_version_has_no_changes() -> None:
    assert changes_between(the_procedure(), the_procedure()) == ()


CASES: dict[str, tuple[Callable[[Data], Any], str, bool]] = {
    "fee": (lambda d: d["fees"][0].update(amount_vnd=8000), "amount_vnd 3000 → 8000", False),
    "new fee": (
        lambda d: d["fees"].append({**d["fees"][0], "label": "Phí bản sao", "charge": "copy"}),
        "Lệ phí: thêm «Phí bản sao",
        False,
    ),
    "term": (lambda d: d["terms"][0].update(term="5wd"), "term 3wd → 5wd", False),
    "step": (lambda d: d["process"].pop(0), "Bước xử lý: bỏ «Tiếp nhận, kiểm tra»", False),
    "component": (lambda d: d["components"].pop(0), "Giấy tờ: bỏ «Tờ khai", False),
    "page": (lambda d: d["pages"].pop(1), "Bỏ trang «Người ông/bà dự định kết hôn»", True),
    "page moved": (lambda d: d["pages"].reverse(), "Thứ tự các trang", False),
    "page renamed": (lambda d: d["pages"][0].update(title="Khác"), "nay ghi «Khác»", False),
    "question": (lambda d: d["pages"][0]["questions"].pop(), "Không hỏi nữa: Số bản cần cấp", True),
    "new question": (
        lambda d: d["pages"][0]["questions"].append({"element": "appraisal.note"}),
        "Thêm câu hỏi: Ghi chú thẩm định",
        True,
    ),
    "must be answered": (
        lambda d: d["pages"][3]["questions"][1].update(is_required=True),
        "Nay phải trả lời: Thư điện tử",
        True,
    ),
    "need not be answered": (
        lambda d: d["pages"][0]["questions"][2].update(is_required=False),
        "Nay không bắt buộc: Số bản",
        True,
    ),
    "asked otherwise": (
        lambda d: d["pages"][0]["questions"][2].update(label="Mấy bản?"),
        "nay hỏi «Mấy bản?»",
        True,
    ),
    "asked when": (lambda d: d["pages"][0]["questions"][1].pop("when"), "Điều kiện để hỏi thay đổi: Việc gì?", False),
    "name": (lambda d: d.update(name="Tên khác"), "thành «Tên khác»", True),
    "declaration": (lambda d: d.update(declaration="Khác"), "Lời cam đoan thay đổi", True),
    "look-up": (lambda d: d["lookups"].pop(), "Việc tra cứu cơ sở dữ liệu thay đổi", True),
    "template": (lambda d: d["result"].update(template="<p>x</p>"), "Kết quả hoặc mẫu", False),
    "write-back": (lambda d: d["result"].update(write_back=[WRITE_BACK]), "Việc ghi kết quả", True),
    "refusal": (lambda d: d["refusal_grounds"].pop(), "Các căn cứ từ chối", False),
    "competence": (
        lambda d: d.update(competence={"level": "province", "by_address": "subject.permanent_residence"}),
        "thẩm quyền",
        True,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_change_is_told_in_words_and_to_whom_it_matters(name: str) -> None:
    edit, words, is_for_citizens = CASES[name]
    if name == "look-up":
        edit = _without_civil_status
    assert any(words in one for one in told(edit)), told(edit)
    assert any(words in one for one in told(edit, seen_only=True)) is is_for_citizens


@pytest.mark.parametrize("name", CASES)
def test_change_is_told_to_english_readers_too(name: str) -> None:
    edit = _without_civil_status if name == "look-up" else CASES[name][0]
    english = {message.id for message in read(CATALOGUE) if message.string}
    changes = changes_between(the_procedure(), procedure_of(edited(edit)))
    assert [change.what for change in changes if change.what not in english] == []


def _without_civil_status(data: Data) -> None:
    data["lookups"].pop()


def test_labels_are_in_the_reader_s_language() -> None:
    assert any("Number of certificates" in one for one in told(CASES["question"][0], language="en"))


def test_answers_to_choose_are_told_by_their_labels() -> None:
    own = {"kind": "choice", "label": {"vi": "Loại", "en": "Kind"}, "options": []}

    def offering(*values: str) -> Callable[[Data], None]:
        options = [{"value": value, "label": {"vi": value.upper(), "en": value}} for value in values]

        def edit(data: Data) -> None:
            data["elements"] = {"my.kind": {**own, "options": options}}
            data["pages"][0]["questions"].append({"element": "my.kind"})

        return edit

    one, other = (procedure_of(edited(offering(*values))) for values in (("a", "b"), ("b", "c")))
    assert [change.text for change in changes_between(one, other)] == ["Loại: thêm mục «C».", "Loại: bỏ mục «A»."]


NOT_COMPARED = {"code", "format"}  # a version of another procedure, another format: neither meets its like
OTHERWISE: dict[str, Any] = {
    "valid_from": date(2026, 1, 1),
    "valid_to": date(2030, 1, 1),
    "levels": ("province",),
    "level": "partial",
    "partial_reason_kind": "presence",
    "assurance": 1,
    "tags": {"list": "source"},
    "forms_family": "residence",
    "competence": Competence(level="province"),
    "cases": (Case(id="other", name="Khác"),),
    "payer_classes": (PayerClass(id="poor", name="Hộ nghèo", when=ALWAYS, legal_basis="Luật"),),
    "orderings": (Ordering(earlier="a.b", later="a.c", message="Sai thứ tự."),),
    "reception": Reception(dossier_sets=2),
    "appraisal": Appraisal(draft_is_confirmed=True),
    "result": Result(title="Khác"),
    "awaits": (Awaited(organ="payment", name="Trả tiền", note="Chưa có."),),
    "elements": {"my.kind": OwnElement(kind="text", label=Text2(vi="Riêng", en="Own"))},
    "english": {"a": "b"},
}


@pytest.mark.parametrize("name", sorted(Definition.model_fields.keys() - NOT_COMPARED))
def test_no_part_of_a_definition_changes_without_a_word(name: str) -> None:
    before = the_procedure()
    value = getattr(before.definition, name)
    other = OTHERWISE[name] if name in OTHERWISE else _otherwise(value)
    assert other != value, "say how this part may differ"
    after = before.model_copy(update={"definition": before.definition.model_copy(update={name: other})})
    assert changes_between(before, after) != ()


def _otherwise(value: Any) -> Any:
    if isinstance(value, str):
        return f"{value} khác"
    return (*value, "khác") if not value or isinstance(value[0], str) else value[:-1]


@pytest.mark.parametrize("name", sorted(Question.model_fields.keys() - {"element"}))
def test_no_part_of_a_question_changes_without_a_word(name: str) -> None:
    otherwise = {"is_required": False, "when": {"element": "certificate.copies", "at_least": 2}}.get(name, "Khác")
    assert told(lambda d: d["pages"][0]["questions"][2].update({name: otherwise})) != []


@pytest.mark.parametrize("part", ["components", "fees", "terms", "process"])
def test_order_of_rules_is_told_because_the_first_that_fits_stands(part: str) -> None:
    def doubled(data: Data) -> None:
        data[part] = [
            data[part][0],
            {**data[part][0], "unsure" if part != "process" else "hours": "Chưa rõ" if part != "process" else 1},
        ]
        if part == "components":
            data[part][1]["id"] = "another"

    def turned(data: Data) -> None:
        doubled(data)
        data[part].reverse()

    one, other = (procedure_of(edited(edit)) for edit in (doubled, turned))
    assert changes_between(one, other) != ()


def test_question_that_moves_to_another_page_is_told_with_both_pages() -> None:
    def edit(data: Data) -> None:
        data["pages"][3]["questions"].append(data["pages"][0]["questions"].pop())

    titles = [page.title for page in the_procedure().definition.pages]
    (moved,) = [one for one in told(edit) if "chuyển từ trang" in one]
    assert titles[0] in moved
    assert titles[3] in moved
