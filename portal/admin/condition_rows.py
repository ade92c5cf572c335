"""A condition as rows to fill in: question, comparison, value; what is nested deeper is shown in words and kept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

Row = dict[str, str]
Data = dict[str, Any]
SPARE_ROWS = 2
MOST_ROWS = 12
LONGEST_NUMBER = 18
COMPARISONS = ("equals", "one_of", "includes", "answered", "not_answered", "at_least", "at_most", "age_at_least", "days_at_least")
NUMBERS = frozenset({"at_least", "at_most", "age_at_least", "days_at_least"})


class BadCondition(ValueError):
    """What was typed is no condition; the text says what to mend, as a Vietnamese msgid."""


def comparison_words() -> dict[str, str]:
    """The comparisons as they are offered."""
    return {
        "equals": _("là"),
        "one_of": _("là một trong"),
        "includes": _("có chọn"),
        "answered": _("đã trả lời"),
        "not_answered": _("không trả lời"),
        "at_least": _("từ … trở lên"),
        "at_most": _("không quá"),
        "age_at_least": _("đủ … tuổi"),
        "days_at_least": _("đã qua … ngày"),
    }


def rows_of(condition: Data) -> tuple[str, list[Row]] | None:
    """How the rows are joined (`all`, `any`), and the rows; None for a condition that rows cannot show."""
    if condition.get("always"):
        return "all", []
    joined = "any" if "any" in condition else "all"
    parts = condition.get(joined, [condition]) if joined in condition else [condition]
    rows = [_row(part) for part in parts]
    return None if any(row is None for row in rows) else (joined, [row for row in rows if row is not None])


def _row(part: Data) -> Row | None:
    if "element" not in part:
        return None
    name, value = next((item for item in part.items() if item[0] != "element"), ("", ""))
    if name == "answered":
        return {"element": part["element"], "comparison": "answered" if value else "not_answered", "value": ""}
    text = ", ".join(map(str, value)) if isinstance(value, list) else _as_text(value)
    return {"element": part["element"], "comparison": name, "value": text}


def _as_text(value: Any) -> str:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def typed_rows(name: str, form: Mapping[str, str]) -> list[Row]:
    """The rows as they were typed, empty ones too."""
    count = form.get(f"{name}.rows", "0")
    rows = min(int(count), MOST_ROWS) if re.fullmatch(r"[0-9]{1,4}", count) else 0
    parts = ("element", "comparison", "value")
    return [{part: form.get(f"{name}.{index}.{part}", "").strip() for part in parts} for index in range(rows)]


def condition_of(name: str, form: Mapping[str, str], kept: Data) -> Data:
    """The condition that the rows say; `kept` where the form could not show it as rows.

    Raises:
        BadCondition: a row lacks its value, or has a number that is none.
    """
    if f"{name}.rows" not in form:
        return kept
    parts = [_part(row) for row in typed_rows(name, form) if row["element"]]
    if not parts:
        return {"always": True}
    joined = "any" if form.get(f"{name}.joined") == "any" else "all"
    return parts[0] if len(parts) == 1 else {joined: parts}


def _part(row: Row) -> Data:
    element, comparison, value = row["element"], row["comparison"], row["value"]
    if comparison in ("answered", "not_answered"):
        return {"element": element, "answered": comparison == "answered"}
    if comparison not in COMPARISONS or not value:
        raise BadCondition("Mỗi dòng điều kiện cần đủ câu hỏi, cách so và giá trị.")
    if comparison in NUMBERS:
        if not value.isdecimal() or len(value) > LONGEST_NUMBER:
            raise BadCondition("Chỗ này cần một số nguyên.")
        return {"element": element, comparison: int(value)}
    if comparison == "one_of":
        return {"element": element, "one_of": [_value(one.strip()) for one in value.split(",") if one.strip()]}
    return {"element": element, comparison: value if comparison == "includes" else _value(value)}


def _value(text: str) -> str | int | bool:
    if text in ("true", "false"):
        return text == "true"
    is_number = len(text) <= LONGEST_NUMBER and text.isascii() and text.isdigit()
    return int(text) if is_number and (text == "0" or not text.startswith("0")) else text


def in_words(condition: Data, labels: Mapping[str, str]) -> str:
    """A condition read aloud, however deep it is; `labels`: element -> what it asks."""
    if condition.get("always"):
        return _("Luôn luôn")
    for joined, word in (("all", _(" và ")), ("any", _(" hoặc "))):
        if joined in condition:
            return "(" + word.join(in_words(part, labels) for part in condition[joined]) + ")"
    if "not" in condition:
        return _("không phải") + " " + in_words(condition["not"], labels)
    row = _row(condition)
    if row is None:
        return ""
    return f"«{labels.get(row['element'], row['element'])}» {comparison_words()[row['comparison']]} {row['value']}".strip()
