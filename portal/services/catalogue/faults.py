"""What is wrong with a procedure's file, in words: each fault with the place where it stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pydantic import ValidationError
from pydantic_core import ErrorDetails

WORDS = {
    "missing": "Thiếu mục này.",
    "extra_forbidden": "Cổng không biết mục này.",
    "string_type": "Phải là chữ; nếu là số hoặc yes/no, hãy đặt trong dấu ngoặc kép.",
    "int_type": "Phải là số nguyên.",
    "int_parsing": "Phải là số nguyên.",
    "int_from_float": "Phải là số nguyên.",
    "bool_type": "Phải là true hoặc false.",
    "bool_parsing": "Phải là true hoặc false.",
    "date_type": "Phải là ngày, viết năm-tháng-ngày.",
    "date_parsing": "Phải là ngày, viết năm-tháng-ngày.",
    "date_from_datetime_parsing": "Phải là ngày, viết năm-tháng-ngày.",
    "tuple_type": "Phải là một danh sách.",
    "dict_type": "Phải là các cặp tên và giá trị.",
    "model_type": "Phải là các cặp tên và giá trị.",
    "model_attributes_type": "Phải là các cặp tên và giá trị.",
}


@dataclass(frozen=True)
class Fault:
    """One thing that keeps a file from being a procedure: where it stands in the file, and what is wrong there."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}" if self.where else self.what


class BadProcedure(ValueError):
    """A text that does not make a procedure; `faults` name every place."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(str(fault) for fault in self.faults))


def faults_of(wrong: ValidationError) -> list[Fault]:
    """The faults of a file, each place told once (a condition fails once for every shape it could have had)."""
    found: dict[str, Fault] = {}
    for error in wrong.errors(include_url=False):
        place = _place(error)
        found.setdefault(place, Fault(place, _what(error)))
    return list(found.values())


def _place(error: ErrorDetails) -> str:
    """`pages[2].questions[1].when`: places as one reads the file, without the names of our own classes."""
    place = ""
    for step in error["loc"]:
        if isinstance(step, int):
            place += f"[{step + 1}]"
        elif step[:1].isupper():
            return place
        else:
            place += f".{step}" if place else step
    return place


def _what(error: ErrorDetails) -> str:
    if any(isinstance(step, str) and step[:1].isupper() for step in error["loc"]):
        return "Điều kiện này không thuộc dạng nào cổng hiểu."
    kind, context = error["type"], error.get("ctx", {})
    if kind == "literal_error":
        return f"Chỉ nhận một trong: {context['expected']}."
    if kind == "string_pattern_mismatch":
        return f"«{error['input']}» không đúng dạng ({context['pattern']})."
    if kind in ("greater_than_equal", "less_than_equal", "too_short", "too_long", "string_too_long"):
        return f"Số hoặc độ dài ngoài giới hạn: {error['msg']}."
    return WORDS.get(kind, error["msg"])
