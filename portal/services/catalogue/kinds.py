"""The kinds of element: how each is read from a form, and how its value is put into words. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from portal import clock
from portal.services.catalogue.schema import Element
from portal.text import clean, refused_characters

Form = Mapping[str, str]
PHONE = re.compile(r"(?:\+84|0)[35789]\d{8}|02\d{8,9}")
EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
PERSONAL_ID = re.compile(r"\d{12}")


class Unreadable(ValueError):
    """What was typed cannot be taken; the text says what to do, as a Vietnamese msgid."""


def typed_text(element: Element, form: Form) -> str:
    """The text typed for the element: NFC, trimmed, within its length, without characters that hide.

    Raises:
        Unreadable: too long, or with refused characters.
    """
    raw = form.get(element.key, "")[: element.max_length * 4]
    is_name = element.kind == "name"
    text = clean(raw) if element.kind != "long_text" else "\n".join(clean(line) for line in raw.splitlines()).strip()
    if refused_characters(text, is_name=is_name):
        raise Unreadable("Có ký tự không dùng được ở đây. Hãy gõ lại bằng bàn phím tiếng Việt.")
    if len(text) > element.max_length:
        raise Unreadable("Dài quá. Hãy viết ngắn lại.")
    return text


def _read_choice(element: Element, form: Form) -> str | None:
    text = typed_text(element, form)
    if not text:
        return None
    if text not in {option.value for option in element.options}:
        raise Unreadable("Hãy chọn một trong các mục đã nêu.")
    return text


def _read_count(element: Element, form: Form) -> int | None:
    text = typed_text(element, form)
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise Unreadable("Hãy ghi một số nguyên, chỉ gồm chữ số.")
    number = int(text)
    if element.minimum is not None and number < element.minimum:
        raise Unreadable("Số này nhỏ quá.")
    if element.maximum is not None and number > element.maximum:
        raise Unreadable("Số này lớn quá.")
    return number


def _date_parts(element: Element, form: Form) -> tuple[str, str, str]:
    return tuple(form.get(f"{element.key}.{part}", "").strip()[:8] for part in ("year", "month", "day"))  # type: ignore[return-value]


def _read_partial_date(element: Element, form: Form) -> str | None:
    year, month, day = _date_parts(element, form)
    if not (year or month or day):
        return None
    if not re.fullmatch(r"[0-9]{4}", year):
        raise Unreadable("Năm gồm bốn chữ số, ví dụ 1965.")
    if (month and not re.fullmatch(r"[0-9]{1,2}", month)) or (day and not re.fullmatch(r"[0-9]{1,2}", day)):
        raise Unreadable("Ngày và tháng chỉ gồm chữ số.")
    if day and not month:
        raise Unreadable("Có ngày thì phải có tháng.")
    return _checked_date(element, year, month, day)


def _read_date(element: Element, form: Form) -> str | None:
    parts = _date_parts(element, form)
    if not any(parts):
        return None
    if not all(parts):
        raise Unreadable("Hãy ghi đủ ngày, tháng, năm.")
    return _read_partial_date(element, form)


def _checked_date(element: Element, year: str, month: str, day: str) -> str:
    try:
        latest = date(int(year), int(month or 1), int(day or 1))
    except ValueError as wrong:
        raise Unreadable("Không có ngày này trong lịch.") from wrong
    if not 1900 <= latest.year <= 2100:
        raise Unreadable("Năm phải từ 1900 trở đi.")
    if element.is_past and latest > clock.today():
        raise Unreadable("Ngày này còn ở phía trước.")
    return "-".join([year, *(part.zfill(2) for part in (month, day) if part)])


def _read_email(element: Element, form: Form) -> str | None:
    text = typed_text(element, form)
    if text and (len(text) > 254 or not EMAIL.fullmatch(text)):
        raise Unreadable("Địa chỉ thư điện tử chưa đúng, ví dụ ten@thu.example.")
    return text or None


def _read_phone(element: Element, form: Form) -> str | None:
    text = re.sub(r"[ .\-()]", "", typed_text(element, form))
    if text and not PHONE.fullmatch(text):
        raise Unreadable("Số điện thoại chưa đúng, ví dụ 0900 000 012.")
    return re.sub(r"^0", "+84", text) or None


def _read_personal_id(element: Element, form: Form) -> str | None:
    text = re.sub(r"[ .\-]", "", typed_text(element, form))
    if text and not PERSONAL_ID.fullmatch(text):
        raise Unreadable("Số định danh gồm đúng 12 chữ số.")
    return text or None


def _read_text(element: Element, form: Form) -> str | None:
    return typed_text(element, form) or None


READERS: dict[str, Callable[[Element, Form], Any]] = {
    "choice": _read_choice,
    "count": _read_count,
    "date": _read_date,
    "partial_date": _read_partial_date,
    "email": _read_email,
    "phone": _read_phone,
    "personal_id": _read_personal_id,
}


def read(element: Element, form: Form) -> Any:
    """The value typed for the element, or None where nothing was typed; what a registry words otherwise is text here.

    Raises:
        Unreadable: with the message to stand beside the field.
    """
    return READERS.get(element.kind, _read_text)(element, form)


def show_date(value: str) -> str:
    """A whole or partial ISO date as it is read in Vietnam: 05/01/2026, 05/1965, 1965."""
    return "/".join(reversed(value.split("-")))


def show_address(value: Mapping[str, Any]) -> str:
    """An address in one line; what the registry could not place is shown as it was entered."""
    parts = [value.get("detail"), value.get("ward_name"), value.get("province_name")]
    return ", ".join(str(part) for part in parts if part) or str(value.get("as_entered_text") or "")


def _show_card(value: Mapping[str, Any], language: str) -> str:
    words = ("số", "cấp ngày", "tại") if language == "vi" else ("no.", "issued on", "by")
    parts = [f"{words[0]} {value.get('number', '')}"]
    if value.get("issued_on"):
        parts.append(f"{words[1]} {show_date(value['issued_on'])}")
    if value.get("issued_by"):
        parts.append(f"{words[2]} {value['issued_by']}")
    return ", ".join(parts)


_ENDINGS = {
    "vi": {"divorce": "đã ly hôn", "death": "vợ/chồng đã chết", "annulment": "đã hủy kết hôn"},
    "en": {"divorce": "divorced", "death": "spouse died", "annulment": "annulled"},
}


def _show_marriages(value: list[Mapping[str, Any]], language: str) -> str:
    none, spouse, on = ("Không có", "với", "ngày") if language == "vi" else ("None", "to", "on")
    lines = []
    for marriage in value:
        line = f"{spouse} {marriage['spouse'].get('full_name', '')}, {on} {show_date(marriage['registered_on'])}"
        if marriage.get("ended"):
            ended = marriage["ended"]
            line += f"; {_ENDINGS[language][ended['kind']]} {on} {show_date(ended['on'])}"
            line += f" ({ended['document']})" if ended.get("document") else ""
        lines.append(line)
    return ". ".join(lines) or none


def _show_household(value: Mapping[str, Any], language: str) -> str:
    head, people = str((value.get("head") or {}).get("full_name", "")), len(value.get("members", []))
    if language == "vi":
        return f"Chủ hộ {head}, {people} người"
    return f"Head {head}, {people} {'person' if people == 1 else 'people'}"


def show(element: Element, value: Any, language: str = "vi") -> str:
    """The value in words, in the language; a value typed in place of a structured one is shown as typed."""
    if value is None:
        return ""
    if element.kind == "choice":
        return next((getattr(option.label, language) for option in element.options if option.value == value), str(value))
    if element.kind in ("date", "partial_date"):
        return show_date(str(value))
    if element.kind == "phone":
        return str(value).replace("+84", "0", 1)
    if isinstance(value, str | int):
        return str(value)
    structured: dict[str, Callable[[], str]] = {
        "address": lambda: show_address(value),
        "identity_card": lambda: _show_card(value, language),
        "coded": lambda: str(value.get("name", "")),
        "nationalities": lambda: ", ".join(str(item.get("name", "")) for item in value),
        "household": lambda: _show_household(value, language),
        "marriages": lambda: _show_marriages(value, language),
    }
    return structured[element.kind]()
