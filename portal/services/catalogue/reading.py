"""The kinds of element: how each is read from a form. Pure functions; `showing.py` puts the values into words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from portal import clock
from portal.services.catalogue.composites import Unreadable, parts_of, put_together
from portal.services.catalogue.elements import Element
from portal.text import clean, refused_characters

Form = Mapping[str, Any]
PHONE = re.compile(r"(?:\+84|0)[35789]\d{8}|02\d{8,9}")
EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
PERSONAL_ID = re.compile(r"[0-9]{12}")
TAX_CODE = re.compile(r"[0-9]{12}|[0-9]{10}(?:-[0-9]{3})?")
TAX_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)
DONG = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]{1,15}")


def typed_text(element: Element, form: Form) -> str:
    """The text typed for the element: NFC, trimmed, within its length, without characters that hide.

    Raises:
        Unreadable: too long, or with refused characters.
    """
    raw = str(form.get(element.key, ""))[: element.max_length * 4]
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


def _read_choices(element: Element, form: Form) -> list[str] | None:
    listed = form.getlist(element.key) if hasattr(form, "getlist") else form.get(element.key, [])
    wanted = {listed} if isinstance(listed, str) else {str(value) for value in listed}
    known = [option.value for option in element.options]
    if not wanted <= set(known):
        raise Unreadable("Hãy chọn trong các mục đã nêu.")
    return [value for value in known if value in wanted] or None


def _read_declaration(element: Element, form: Form) -> bool | None:
    return True if form.get(element.key) == "yes" else None


def _read_count(element: Element, form: Form) -> int | None:
    text = typed_text(element, form)
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise Unreadable("Hãy ghi một số nguyên, chỉ gồm chữ số.")
    return _within(element, int(text))


def _read_money(element: Element, form: Form) -> int | None:
    text = re.sub(r"(?i)[\s\u00a0]|đồng|vnđ|vnd|₫", "", typed_text(element, form))
    if not text:
        return None
    if not DONG.fullmatch(text):
        raise Unreadable("Hãy ghi số tiền tròn đồng, ví dụ 1.250.000.")
    return _within(element, int(text.replace(".", "")))


def _within(element: Element, number: int) -> int:
    if element.minimum is not None and number < element.minimum:
        raise Unreadable("Số này nhỏ quá.")
    if element.maximum is not None and number > element.maximum:
        raise Unreadable("Số này lớn quá.")
    return number


def _read_year(element: Element, form: Form) -> int | None:
    text = typed_text(element, form)
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{4}", text):
        raise Unreadable("Năm gồm bốn chữ số, ví dụ 1965.")
    return _within(element, int(text))


def _read_time(element: Element, form: Form) -> str | None:
    text = typed_text(element, form)
    match = re.fullmatch(r"([01]?[0-9]|2[0-3])\s*(?::|h|giờ)\s*([0-5]?[0-9])?(?:\s*phút)?", text.lower())
    if text and not match:
        raise Unreadable("Hãy ghi giờ và phút, ví dụ 14:30.")
    return f"{int(match[1]):02d}:{int(match[2] or 0):02d}" if match else None


def _date_parts(element: Element, form: Form) -> tuple[str, str, str]:
    year, month, day = (str(form.get(f"{element.key}.{part}", "")).strip()[:8] for part in ("year", "month", "day"))
    return year, month, day


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
    if element.is_future and latest < clock.today():
        raise Unreadable("Ngày này đã qua.")
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


def _read_tax_code(element: Element, form: Form) -> str | None:
    text = re.sub(r"[ .]", "", typed_text(element, form))
    if text and not (TAX_CODE.fullmatch(text) and _is_tax_code_whole(text)):
        raise Unreadable("Mã số thuế chưa đúng: 10 chữ số, 10 và 3 chữ số, hoặc 12 số định danh.")
    return text or None


def _is_tax_code_whole(code: str) -> bool:
    """Whether the tenth digit is the check digit of the first nine; a personal ID has none."""
    if len(code) == 12:
        return True
    check = 10 - sum(weight * int(digit) for weight, digit in zip(TAX_WEIGHTS, code[:9], strict=True)) % 11
    return check == int(code[9])


def _read_composite(element: Element, form: Form) -> dict[str, Any] | None:
    """A value of several boxes: nothing where all are empty; a box that must be filled is named by the message."""
    values: dict[str, Any] = {}
    missing = False
    for name, part, is_required in parts_of(element):
        value = read(part, form)
        if value is not None:
            values[name] = value
        missing = missing or (is_required and value is None)
    if not values:
        return None
    if missing:
        raise Unreadable("Còn ô chưa điền. Hãy điền đủ.")
    return put_together(element, values)


def _read_text(element: Element, form: Form) -> str | None:
    return typed_text(element, form) or None


READERS: dict[str, Callable[[Element, Form], Any]] = {
    "choice": _read_choice,
    "choices": _read_choices,
    "declaration": _read_declaration,
    "money": _read_money,
    "year": _read_year,
    "time": _read_time,
    "tax_code": _read_tax_code,
    "person": _read_composite,
    "typed_address": _read_composite,
    "bank_account": _read_composite,
    "period": _read_composite,
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
