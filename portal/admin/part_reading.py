"""Reading a part of a procedure from its form: field by field after its shape, with a message for each that cannot be read."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from portal.admin.condition_rows import LONGEST_NUMBER, condition_of
from portal.admin.part_form import ENGLISH, Data, Form, is_translated, ticked
from portal.admin.part_shapes import Field, Shape, shape_of
from portal.services.errors import InvalidInput


def read_part(shape: Shape, form: Form, kept: Data, prefix: str = "") -> tuple[Data, dict[str, str]]:
    """The part as typed, over what is kept of it (its inner lists stay), and the English of its texts.

    Raises:
        InvalidInput: with messages by field; nothing is taken.
    """
    part: Data = dict(kept)
    english: dict[str, str] = {}
    errors: dict[str, list[str]] = {}
    for field in shape.fields:
        name = prefix + field.name
        try:
            if field.kind == "part" and field.model:
                part[field.name], inner_english = _read_inner(field, form, kept.get(field.name), name)
                english |= inner_english
            else:
                part[field.name] = _read(field, name, form, kept)
        except (ValueError, InvalidInput) as wrong:
            errors |= wrong.errors if isinstance(wrong, InvalidInput) else {name: [str(wrong)]}
            continue
        if is_translated(shape, field):
            english |= _english_of(part[field.name], form.get(name + ENGLISH, ""))
    if errors:
        raise InvalidInput(errors)
    return part, english


def _read_inner(field: Field, form: Form, kept: Data | None, name: str) -> tuple[Data | None, dict[str, str]]:
    """A part inside a part; where all its boxes are empty there is none."""
    boxes = [value for key, value in form.items() if key.startswith(f"{name}.")]
    if field.model is None or not any(str(value).strip() for value in boxes):
        return None, {}
    return read_part(shape_of(field.model), form, kept or {}, prefix=f"{name}.")


def _read(field: Field, name: str, form: Form, kept: Data) -> Any:
    text = "\n".join(line.rstrip() for line in form.get(name, "").replace("\r\n", "\n").split("\n")).strip("\n")
    if field.kind == "condition":
        return condition_of(name, form, kept.get(field.name) or {"always": True})
    if field.kind in ("several", "yes"):
        chosen = ticked(form, name)
        return "yes" in chosen if field.kind == "yes" else _in_kept_order(chosen, kept.get(field.name) or [])
    if field.kind == "date":
        return _date(name, form)
    return READERS.get(field.kind, _plain_text)(field, text)


def _in_kept_order(chosen: list[str], kept: list[Any]) -> list[str]:
    """What is ticked, in the order in which it stood before; what is new comes last."""
    order = [str(one) for one in kept]
    return sorted(chosen, key=lambda one: order.index(one) if one in order else len(order))


def _plain_text(field: Field, text: str) -> str | None:
    if field.name == "template":
        return f"{text}\n" if text else ""
    return text.strip() or (None if field.name == "province_code" else "")


def _lines(_field: Field, text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


def _text2(_field: Field, text: str) -> Data | None:
    vi, _newline, en = text.partition("\n")
    return {"vi": vi.strip(), "en": en.strip()} if vi.strip() else None


def _choice(field: Field, text: str) -> str | int:
    return int(text) if text.isdigit() and text in field.values else text


def _pairs(_field: Field, text: str) -> dict[str, str]:
    pairs = {}
    for line in filter(str.strip, text.split("\n")):
        key, colon, value = line.partition(":")
        if not colon or not key.strip():
            raise ValueError("Mỗi dòng ghi tên, dấu hai chấm, rồi giá trị.")
        pairs[key.strip()] = value.strip()
    return pairs


def _option(line: str) -> Data:
    value, *labels = (one.strip() for one in line.split("|"))
    if not value or not labels:
        raise ValueError("Mỗi dòng ghi giá trị, nhãn tiếng Việt và nhãn tiếng Anh, cách nhau bằng dấu |.")
    return {"value": value, "label": {"vi": labels[0], "en": labels[-1]}}


def _number(_field: Field, text: str) -> int | None:
    digits = re.sub(r"[.\s]", "", text)
    if not digits:
        return None
    if not (digits.isascii() and digits.isdigit() and len(digits) <= LONGEST_NUMBER):
        raise ValueError("Hãy ghi một số nguyên, chỉ gồm chữ số.")
    return int(digits)


def _options(_field: Field, text: str) -> list[Data]:
    return [_option(line) for line in text.split("\n") if line.strip()]


READERS: dict[str, Callable[[Field, str], Any]] = {
    "lines": _lines,
    "pairs": _pairs,
    "options": _options,
    "text2": _text2,
    "number": _number,
    "choice": _choice,
}


def _date(name: str, form: Form) -> str | None:
    year, month, day = (form.get(f"{name}.{box}", "").strip() for box in ("year", "month", "day"))
    return f"{year:0>4}-{month:0>2}-{day:0>2}" if year or month or day else None


def _english_of(value: Any, typed: str) -> dict[str, str]:
    if isinstance(value, list):
        lines = [line.strip() for line in typed.replace("\r\n", "\n").split("\n")]
        return {text: lines[index] if index < len(lines) else "" for index, text in enumerate(value)}
    return {value: typed.strip()} if value else {}
