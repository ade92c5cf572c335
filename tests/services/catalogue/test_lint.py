from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from portal.services.catalogue.lint import counts, findings
from portal.services.catalogue.loader import parse, procedure_of, read_file, shipped_files
from tests.procedures import edited, the_procedure

Data = dict[str, Any]


@pytest.mark.parametrize("path", shipped_files(), ids=lambda path: path.stem)
def test_shipped_procedure_passes_its_own_check(path: Any) -> None:
    assert [str(finding) for finding in findings(parse(read_file(path)))] == []


def test_counts_say_how_little_a_citizen_types() -> None:
    how_many = counts(the_procedure())
    assert (how_many.asked, how_many.asked_sometimes, how_many.prefilled, how_many.removed) == (4, 8, 14, 2)


def test_usual_answer_is_nothing_that_anybody_types() -> None:
    def say_the_usual(data: Data) -> None:
        data["pages"][3]["questions"][0].update(usual="electronic")

    before, after = counts(the_procedure()), counts(procedure_of(edited(say_the_usual)))
    assert (before.asked - after.asked, after.usual, after.asked_sometimes) == (1, 1, before.asked_sometimes)


def test_questions_about_each_mover_are_not_typed_by_whoever_moves_alone() -> None:
    assert counts(the_procedure("1.004222")).asked == 4  # tenure, address, whether there is a head, whether alone


def asking(page: int, **question: Any) -> Callable[[Data], None]:
    return lambda data: data["pages"][page]["questions"].append(question)


def reached_when(page: int, **condition: Any) -> Callable[[Data], None]:
    return lambda data: data["pages"][page].update(when=condition)


def setting(**changes: Any) -> Callable[[Data], None]:
    return lambda data: data.update(changes)


def within(part: str, **changes: Any) -> Callable[[Data], None]:
    return lambda data: data[part].update(changes)


def first(part: str, **changes: Any) -> Callable[[Data], None]:
    return lambda data: data[part][0].update(changes)


def adding(part: str, **item: Any) -> Callable[[Data], None]:
    return lambda data: data.setdefault(part, []).append(item)


def without_lookup_of(element: str) -> Callable[[Data], None]:
    return lambda data: data["lookups"][0]["elements"].remove(element)


def translated_no_more(data: Data) -> None:
    del data["english"]["Hộ tịch"]


PURPOSE = "certificate.purpose"
BOTH = {"all": [{"element": PURPOSE, "equals": "loan"}, {"element": PURPOSE, "equals": "other"}]}
EITHER = {"any": [{"element": PURPOSE, "answered": True}, {"element": PURPOSE, "answered": False}]}
PAPER = {"id": "paper", "name": "Tờ khai cấp Giấy xác nhận tình trạng hôn nhân"}
FEE = {
    "label": "Lệ phí cấp Giấy xác nhận tình trạng hôn nhân", "kind": "lệ phí", "amount_vnd": 1, "valid_from": "2025-07-01",
    "collected": "on_return", "legal_basis": "x",
}  # fmt: skip

FAULTS: dict[str, tuple[Callable[[Data], None], str, str, str]] = {
    "asks what a registry holds": (without_lookup_of("contact.phone"), "form", "contact.phone", "đã giữ"),
    "asks what is settled already": (asking(2, element="subject.sex"), "form", "subject.sex", "điền sẵn và khóa"),
    "asks one thing twice": (asking(2, element="certificate.copies"), "form", "certificate.copies", "hai nơi"),
    "page never reached: no such answer": (reached_when(1, element=PURPOSE, equals="mars"), "form", "partner", "Không bao giờ"),
    "compares with an answer nobody can give": (
        reached_when(1, element=PURPOSE, one_of=["loan", "mars"]),
        "form",
        "partner",
        "mars",
    ),
    "page never reached: contradiction": (reached_when(1, **BOTH), "form", "partner", "Không bao giờ"),
    "page never reached: number out of bounds": (
        reached_when(1, element="certificate.copies", at_least=99),
        "form",
        "partner",
        "Không bao giờ",
    ),
    "condition that always holds": (reached_when(1, **EITHER), "form", "partner", "lúc nào cũng đúng"),
    "condition on what is asked later": (
        reached_when(1, element="certificate.period", equals="between"),
        "form",
        "partner",
        "chưa ai hỏi",
    ),
    "page that asks nothing": (adding("pages", id="empty", title="Hộ tịch"), "form", "empty", "không hỏi gì"),
    "page named like a step of the portal": (
        adding("pages", id="review", title="Hộ tịch", questions=[{"element": "delivery.method"}]),
        "form",
        "review",
        "bước có sẵn",
    ),
    "delivery is not asked": (lambda data: data["pages"][3]["questions"].pop(0), "form", "delivery.method", "nhận kết quả"),
    "no declaration": (setting(declaration=""), "form", "", "cam đoan"),
    "nobody knows whose dossier it is": (
        setting(subject_element="partner.place_of_registration", pages=[]),
        "form",
        "",
        "chưa có trang",
    ),
    "usual answer that is none": (
        lambda data: data["pages"][3]["questions"][0].update(usual="by pigeon"),
        "form",
        "delivery.method",
        "by pigeon",
    ),
    "usual answer where much is written": (
        lambda data: data["pages"][3]["questions"][1].update(usual="mau@thu.example"),
        "form",
        "contact.email",
        "mau@thu.example",
    ),
    "group fed by nothing": (
        lambda data: data["pages"][2].update(
            groups=[
                {
                    "key": "my.members",
                    "title": "Hộ tịch",
                    "item_title": "Hộ tịch",
                    "seed": {"element": "subject.marital_status", "fields": {"partner.full_name": "full_name"}},
                    "minimum": 5,
                    "maximum": 2,
                }
            ]
        ),
        "form",
        "my.members",
        "tối thiểu",
    ),
    "no term for a channel": (first("terms", channels=["online", "counter"]), "terms", "post", "Không hứa"),
    "steps beyond the term": (lambda data: data["process"][1].update(hours=40), "process", "online", "52 giờ"),
    "nobody signs": (lambda data: data["process"].pop(2), "process", "leader", "ký duyệt"),
    "no fee for some place": (first("fees", province_code="31"), "fees", "online", "Không có dòng lệ phí"),
    "no fee rule at all": (setting(fees=[]), "fees", "", "miễn phí"),
    "two fees apply alike": (adding("fees", **FEE, province_code="01"), "fees", "main", "như nhau"),
    "fee for an unknown case": (first("fees", cases=["late"]), "fees", "1", "late"),
    "fee for an unknown payer": (adding("fees", **FEE, payer_classes=["poor"]), "fees", "2", "poor"),
    "fee over before it begins": (first("fees", valid_to="2025-01-01"), "fees", "1", "hết hiệu lực"),
    "case behind a case that takes all": (
        setting(cases=[{"id": "all", "name": "Hộ tịch"}, {"id": "late", "name": "Hộ tịch"}]),
        "cases",
        "late",
        "Không bao giờ",
    ),
    "dossier of no case": (
        setting(cases=[{"id": "loan", "name": "Hộ tịch", "when": {"element": PURPOSE, "equals": "loan"}}]),
        "cases",
        "",
        "không thuộc",
    ),
    "no agency": (setting(competence={}), "identity", "competence", "Không cơ quan"),
    "partial without a reason": (setting(level="partial"), "identity", "level", "lý do"),
    "partial without the kind of reason": (setting(level="partial", partial_reason="Hộ tịch"), "identity", "level", "lý do"),
    "no ground for refusal": (setting(refusal_grounds=[]), "identity", "refusal_grounds", "từ chối"),
    "no legal basis": (setting(legal_basis=[]), "identity", "legal_basis", "căn cứ pháp lý"),
    "essential service that takes paper": (
        setting(tags={"essential_06": "QĐ 06/QĐ-TTg"}),
        "reception",
        "is_paper_allowed",
        "giấy",
    ),
    "paper whose data is in a registry": (
        adding("components", **PAPER, satisfied_by="upload", elements=["subject.identity_card"]),
        "components",
        "paper",
        "đã có",
    ),
    "paper that the portal issued itself": (
        adding("components", **PAPER, satisfied_by="upload", result_of=["1.004873"]),
        "components",
        "paper",
        "đã cấp",
    ),
    "registry stands for a paper with no data": (
        lambda data: data["components"][1].update(elements=[]),
        "components",
        "identity-and-residence",
        "Chưa ghi dữ liệu",
    ),
    "registry stands for a paper and is not asked": (
        lambda data: data["components"][1].update(elements=["certificate.purpose"]),
        "components",
        "identity-and-residence",
        "không tra cứu",
    ),
    "template names an unknown field": (
        within("result", template="<p>{{ full_name }} {{ colour }}</p>"),
        "result",
        "colour",
        "không có trường",
    ),
    "template is not well formed": (within("result", template="<p>{% if full_name %}</p>"), "result", "template", "dòng"),
    "result takes what nobody tells": (
        lambda data: data["result"]["fields"].update(full_name="delivery.method") or data["pages"][3]["questions"].pop(0),
        "result",
        "full_name",
        "không ai cho biết",
    ),
    "text without English": (translated_no_more, "english", "Hộ tịch", "tiếng Anh"),
    "no rehearsal": (setting(rehearsals=[]), "rehearsals", "", "diễn tập"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_planted_fault_is_told_with_its_place(fault: str) -> None:
    plant, section, where, what = FAULTS[fault]
    told = findings(procedure_of(edited(plant)))
    assert any((one.section, one.where) == (section, where) and what in one.text for one in told), [str(one) for one in told]


@pytest.mark.parametrize(
    "edit",
    [
        adding("components", **PAPER, satisfied_by="upload", elements=["subject.identity_card"], legal_ground="Luật"),
        lambda data: without_lookup_of("contact.phone")(data) or data["pages"][3]["questions"][2].update(legal_ground="Luật"),
        setting(level="partial", partial_reason_kind="presence", partial_reason="Hộ tịch"),
        adding("fees", **FEE, charge="copy"),
        adding("fees", **FEE),
    ],
)
def test_what_has_its_ground_is_let_through(edit: Callable[[Data], None]) -> None:
    assert [str(one) for one in findings(procedure_of(edited(edit)))] == []


def test_check_knows_for_which_provinces_it_speaks() -> None:
    told = findings(the_procedure(), ("01", "31"))
    assert {(one.section, one.facts["province"]) for one in told} == {("fees", "31")}
