"""Reading and writing rows of the working calendar as an administrator pastes them: one a line, or YAML."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import yaml

from portal.services.errors import InvalidInput, Said
from portal.text import clean, fold, refused_characters

KINDS = {"nghi": "off", "off": "off", "lam bu": "make_up", "make_up": "make_up", "make up": "make_up"}
WRITTEN = {"off": "nghỉ", "make_up": "làm bù"}
LARGEST_TEXT = 40_000
LONGEST_LINE = 200
MOST_ROWS = 400


@dataclass(frozen=True)
class DayRow:
    """One day that differs from the plain week: `kind` is off or make_up."""

    day: date
    kind: str
    name: str
    source: str
    swapped_with: date | None = None


def read_rows(text: str) -> list[DayRow]:
    """The rows that the text holds: `24/11/2026 | nghỉ | name | source [| swapped with]` a line, or a YAML list of mappings.

    Raises:
        InvalidInput: under `rows`, naming the line and what is wrong with it; or a day is there twice.
    """
    if len(text) > LARGEST_TEXT:
        raise _refusal("Danh sách dài quá: một năm không có nhiều ngày như vậy.")
    is_yaml = text.lstrip().startswith(("-", "["))
    rows = [read_row(number, **parts) for number, parts in (_from_yaml(text) if is_yaml else _from_lines(text))]
    if not rows:
        raise _refusal("Hãy dán ít nhất một ngày.")
    _refuse_twice(rows)
    return rows


def _from_lines(text: str) -> Iterable[tuple[int, dict[str, str]]]:
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        parts = [part.strip() for part in line.split("|")]
        if not 4 <= len(parts) <= 5:
            raise _refusal(Said("Dòng %(line)s: cần ngày, loại, tên và căn cứ, ngăn bằng dấu |.", line=number))
        yield number, dict(zip(("day", "kind", "name", "source", "swapped_with"), [*parts, ""][:5], strict=True))


def _from_yaml(text: str) -> Iterable[tuple[int, dict[str, str]]]:
    try:
        rows: Any = yaml.safe_load(text)
    except yaml.YAMLError as wrong:
        raise _refusal("Danh sách YAML viết sai: xin xem lại dấu cách và dấu gạch đầu dòng.") from wrong
    if not isinstance(rows, list) or len(rows) > MOST_ROWS:
        raise _refusal("Danh sách YAML phải là một dãy các ngày.")
    for number, row in enumerate(rows, 1):
        if not isinstance(row, dict) or set(row) - {"day", "kind", "name", "source", "swapped_with"}:
            raise _refusal(Said("Dòng %(line)s: cần ngày, loại, tên và căn cứ, không thêm gì khác.", line=number))
        said = {**row, "kind": "off" if row.get("kind") is False else row.get("kind")}  # YAML takes a bare `off` for a no
        yield number, {name: str(said.get(name) or "") for name in ("day", "kind", "name", "source", "swapped_with")}


def read_row(number: int, day: str, kind: str, name: str, source: str, swapped_with: str = "") -> DayRow:
    """One row from its texts; `number` is the line that a message names.

    Raises:
        InvalidInput: under `rows`.
    """
    known = KINDS.get(fold(kind))
    if known is None:
        raise _refusal(Said("Dòng %(line)s: loại ngày là «nghỉ» hoặc «làm bù».", line=number))
    name, source = clean(name), clean(source)
    for text in (name, source):
        if not text or len(text) > LONGEST_LINE or refused_characters(text):
            raise _refusal(Said("Dòng %(line)s: thiếu tên ngày hoặc căn cứ, hoặc dài quá.", line=number))
    return DayRow(_day(day, number), known, name, source, _day(swapped_with, number) if swapped_with else None)


def _day(text: str, number: int) -> date:
    for pattern in ("%d/%m/%Y", "%Y-%m-%d"):
        if re.fullmatch(r"[\d/-]{8,10}", text):
            try:
                return datetime.strptime(text, pattern).date()  # noqa: DTZ007 (a day of the wall calendar has no zone)
            except ValueError:
                continue
    raise _refusal(Said("Dòng %(line)s: ngày viết như 24/11/2026 và phải có thật.", line=number))


def _refuse_twice(rows: list[DayRow]) -> None:
    days = [row.day for row in rows]
    twice = next((day for day in days if days.count(day) > 1), None)
    if twice is not None:
        raise _refusal(Said("Ngày %(day)s có hai lần trong danh sách.", day=f"{twice:%d/%m/%Y}"))


def write_rows(rows: Iterable[DayRow]) -> str:
    """The rows as lines, such as `read_rows` reads."""
    return "\n".join(
        " | ".join(
            [f"{row.day:%d/%m/%Y}", WRITTEN[row.kind], row.name, row.source]
            + ([f"{row.swapped_with:%d/%m/%Y}"] if row.swapped_with else [])
        )
        for row in rows
    )


def _refusal(message: str) -> InvalidInput:
    return InvalidInput({"rows": [message]})
