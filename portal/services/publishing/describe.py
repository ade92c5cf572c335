"""Invented descriptions of procedures, as many as a country's catalogue holds: the same ones for the same seed.

For trying the portal with a full catalogue. Every description says that it is invented; its code stands in a range that no
catalogue uses.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import yaml

from portal.crypto import sha256
from portal.services.catalogue.file_format import definition_of
from portal.services.catalogue.loader import shipped_files
from portal.services.catalogue.schema import Definition

SUBJECTS = Path(__file__).resolve().parent / "sample_subjects.yaml"
SERIES, RANGE, STEP = 6, 90_000, 7_919  # codes 1.9xxxxx to 6.9xxxxx; the step shares no divisor with the range
INVENTED = "Mô tả giả lập để thử cổng, không có giá trị pháp lý"
VERBS = (
    ("Cấp", "Grant of", "Quyết định"), ("Cấp lại", "Reissue of", "Bản cấp lại"), ("Gia hạn", "Extension of", "Văn bản gia hạn"),
    ("Điều chỉnh", "Adjustment of", "Văn bản điều chỉnh"), ("Xác nhận", "Confirmation of", "Giấy xác nhận"),
    ("Đăng ký", "Registration of", "Giấy chứng nhận đăng ký"), ("Thông báo", "Notification of", "Phiếu tiếp nhận thông báo"),
    ("Thẩm định", "Appraisal of", "Kết quả thẩm định"), ("Thu hồi", "Withdrawal of", "Quyết định thu hồi"),
    ("Công nhận", "Recognition of", "Quyết định công nhận"),
)  # fmt: skip
PAPERS = (
    ("Đơn theo mẫu", "Form of request"), ("Bản sao giấy tờ chứng minh", "Copy of the proof"),
    ("Bản thuyết minh, sơ đồ kèm theo", "Explanation with a sketch"),
    ("Văn bản đồng ý của người liên quan", "Consent of those concerned"),
    ("Ảnh chân dung", "Portrait photograph"), ("Hợp đồng hoặc văn bản thỏa thuận", "Contract or agreement"),
    ("Báo cáo kết quả hoạt động", "Report of activities"), ("Giấy ủy quyền", "Power of attorney"),
)  # fmt: skip
GROUNDS = (
    "Không thuộc thẩm quyền của cơ quan nhận hồ sơ",
    "Hồ sơ không bảo đảm điều kiện mà pháp luật quy định",
    "Thông tin khai không đúng với cơ sở dữ liệu",
)
ENGLISH = {
    "Hồ sơ thông thường": "An ordinary dossier",
    "Hồ sơ phải xác minh tại nơi": "A dossier that must be verified on the spot",
    "Ông/bà nộp hồ sơ tại bộ phận một cửa hoặc qua bưu chính.": "You file at the one-stop counter or by post.",
    "Cơ quan chuyên môn thẩm định hồ sơ.": "The professional office appraises the dossier.",
    "Ông/bà nhận kết quả theo giấy hẹn.": "You receive the result on the day of the slip.",
    "Cá nhân, tổ chức có yêu cầu.": "Persons and organisations who ask for it.",
    "Nộp tại quầy; cán bộ kiểm tra và đưa giấy hẹn.": "Filed at the counter, where the clerk checks it and gives a slip.",
    "Gửi qua bưu chính công ích; giấy hẹn được gửi lại.": "Sent by post; the slip is sent back.",
}
Item = TypeVar("Item")
Both = tuple[str, str]


@lru_cache(maxsize=1)
def _subjects() -> list[dict[str, Any]]:
    subjects: list[dict[str, Any]] = yaml.load(SUBJECTS.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return subjects


def most() -> int:
    """How many descriptions there can be."""
    return len(VERBS) * sum(len(subject["things"]) for subject in _subjects())


def descriptions(count: int, seed: int = 1) -> Iterator[Definition]:
    """So many invented descriptions, by code and name each alone of its kind.

    Raises:
        ValueError: there are not so many names.
    """
    if count > most():
        raise ValueError(f"at most {most()}")
    things = [(subject, thing) for subject in _subjects() for thing in subject["things"]]
    names = [(verb, subject, thing) for (subject, thing), verb in itertools.product(things, VERBS)]
    in_order = sorted(names, key=lambda name: sha256(f"{seed} {name[0][0]} {name[2]}".encode()))
    codes = _codes()
    for verb, subject, thing in in_order[:count]:
        yield _description(next(codes), verb, subject, _both(thing), _Draw(seed, f"{verb[0]} {thing}"))


def _codes() -> Iterator[str]:
    shipped = {path.stem for path in shipped_files()}
    for number in range(SERIES * RANGE):
        code = f"{1 + number % SERIES}.{900_000 + number // SERIES * STEP % RANGE:06d}"
        if code not in shipped:
            yield code


class _Draw:
    """Draws that depend on the seed and on what is drawn for, and on nothing else."""

    def __init__(self, seed: int, name: str) -> None:
        self._numbers = (
            int.from_bytes(sha256(f"{seed} {name} {number}".encode())[:4], "big") for number in itertools.count()
        )  # fmt: skip

    def below(self, limit: int) -> int:
        return next(self._numbers) % limit

    def one(self, items: Sequence[Item]) -> Item:
        return items[self.below(len(items))]

    def some(self, items: Sequence[Item], least: int) -> list[Item]:
        wanted = least + self.below(len(items) - least)
        return sorted(items, key=lambda _item: next(self._numbers))[:wanted]


def _both(text: str) -> Both:
    vi, _bar, en = text.partition(" | ")
    return vi, en


def _description(code: str, verb: tuple[str, str, str], subject: dict[str, Any], thing: Both, draw: _Draw) -> Definition:
    name = (f"{verb[0]} {thing[0]}", f"{verb[1]} {thing[1]}")
    field, outcome = _both(subject["field"]), (f"{verb[2]} về {thing[0]}", f"Document on {thing[1]}")
    has_cases = draw.below(3) == 0
    papers = draw.some(PAPERS, 2)
    cases = ["ordinary", "verified"] if has_cases else []
    fee_label = (f"Lệ phí: {thing[0]}", f"Fee: {thing[1]}")
    data = {
        "code": code,
        "name": name[0],
        "field": field[0],
        "decision": INVENTED,
        "kind": "Mô tả giả lập",
        "levels": [subject["level"] if subject["level"] == "commune" else "province"],
        "level": "offline",
        "life_events": [subject["event"]],
        "keywords": [thing[0]],
        "outcome": outcome[0],
        "who": "Cá nhân, tổ chức có yêu cầu.",
        "steps_in_words": [step for step in ENGLISH if step.startswith(("Ông/bà", "Cơ quan"))],
        "competence": {"level": subject["level"], "may_choose": True},
        "cases": [
            {"id": "ordinary", "name": "Hồ sơ thông thường"},
            {"id": "verified", "name": "Hồ sơ phải xác minh tại nơi"},
        ] if has_cases else [],
        "components": [
            {"id": f"paper-{number}", "name": paper[0], "satisfied_by": "upload", "form": draw.one(("original", "copy"))}
            for number, paper in enumerate(papers, 1)
        ],
        "fees": _fees(fee_label[0], subject, cases, draw),
        "terms": _terms(subject, cases, draw),
        "reception": {"channels": ["counter", "post"], "dossier_sets": 1 + draw.below(2)},
        "refusal_grounds": draw.some(GROUNDS, 1),
        "result": {"title": outcome[0], **({"valid_months": 12 * (1 + draw.below(5))} if draw.below(2) else {})},
        "legal_basis": [{"name": subject["law"], "title": field[0]}, {"name": "NĐ 118/2025/NĐ-CP", "title": "Cơ chế một cửa"}],
        "english": dict([name, field, outcome, fee_label, *papers, *ENGLISH.items()]),
    }  # fmt: skip
    return definition_of(data)


def _fees(label: str, subject: dict[str, Any], cases: list[str], draw: _Draw) -> list[dict[str, Any]]:
    """A fee, or two by case."""
    common = {
        "label": label,
        "kind": "lệ phí",
        "valid_from": "2025-07-01",
        "collected": "on_receipt",
        "legal_basis": subject["law"],
    }
    amounts = [draw.below(40) * 5_000 for _case in cases or [""]]
    return [
        {**common, "valid_from": "2025-07-01", "amount_vnd": amount, **({"cases": [case]} if case else {})}
        for case, amount in zip(cases or [""], amounts, strict=True)
    ]


def _terms(subject: dict[str, Any], cases: list[str], draw: _Draw) -> list[dict[str, Any]]:
    """A time limit for each way of filing, longer where something is verified."""
    words = [text for text in ENGLISH if text.startswith(("Nộp tại", "Gửi qua"))]
    days = 1 + draw.below(15)
    return [
        {"channels": [channel], **({"cases": [case]} if case else {}), "term": f"{days + 10 * (case == 'verified')}wd",
         "legal_basis": subject["law"], "description": text}
        for channel, text in zip(("counter", "post"), words, strict=True)
        for case in cases or [""]
    ]  # fmt: skip
