"""Kinds of element that are typed into several boxes: which boxes, and how their values become one."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from portal import clock
from portal.services.catalogue.elements import Element, Kind, Option, Text2

PROVINCES = Path(__file__).with_name("provinces.yaml")
_Box = tuple[str, Kind, str, str, bool]
_BOXES: dict[str, tuple[_Box, ...]] = {
    "person": (
        ("full_name", "name", "Họ, chữ đệm và tên", "Full name", True),
        ("personal_id", "personal_id", "Số định danh cá nhân", "Personal ID number", False),
        ("date_of_birth", "partial_date", "Ngày sinh", "Date of birth", False),
    ),
    "typed_address": (
        ("detail", "text", "Số nhà, đường, thôn, tổ dân phố", "House number, street, hamlet", True),
        ("ward_name", "text", "Xã, phường, đặc khu", "Commune, ward or special zone", True),
        ("province_code", "choice", "Tỉnh, thành phố", "Province or city", True),
    ),
    "bank_account": (
        ("holder", "name", "Tên chủ tài khoản", "Account holder", True),
        ("number", "text", "Số tài khoản", "Account number", True),
        ("bank", "text", "Ngân hàng, chi nhánh", "Bank and branch", True),
    ),
    "period": (
        ("from", "date", "Từ ngày", "From", True),
        ("to", "date", "Đến ngày", "To", True),
    ),
}


class Unreadable(ValueError):
    """What was typed cannot be taken; the text says what to do, as a Vietnamese msgid."""


@lru_cache(maxsize=1)
def provinces() -> dict[str, str]:
    """The provinces and cities by code."""
    named: dict[str, str] = yaml.load(PROVINCES.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return named


def is_composite(element: Element) -> bool:
    """Whether the element is typed into several boxes."""
    return element.kind in _BOXES


@lru_cache(maxsize=1024)
def parts_of(element: Element) -> tuple[tuple[str, Element, bool], ...]:
    """The boxes of a composite element: name in the value, the box as an element of its own, whether it must be filled."""
    return tuple(
        (name, _box(element, name, kind, Text2(vi=vi, en=en)), is_required)
        for name, kind, vi, en, is_required in _BOXES[element.kind]
    )


def _box(element: Element, name: str, kind: Kind, label: Text2) -> Element:
    options = tuple(Option(value=code, label=Text2(vi=name_vi, en=name_vi)) for code, name_vi in provinces().items())
    dates = {"is_past": element.is_past, "is_future": element.is_future}
    return Element(
        key=f"{element.key}.{name}", kind=kind, label=label, max_length=element.max_length,
        options=options if name == "province_code" else (), **dates,
    )  # fmt: skip


def put_together(element: Element, values: dict[str, Any]) -> dict[str, Any]:
    """One value from its boxes.

    Raises:
        Unreadable: the boxes contradict one another.
    """
    if element.kind == "period" and values["from"] > values["to"]:
        raise Unreadable("Ngày kết thúc phải sau ngày bắt đầu.")
    if element.kind == "bank_account" and not values["number"].replace(" ", "").isalnum():
        raise Unreadable("Số tài khoản chỉ gồm chữ số hoặc chữ cái.")
    if element.kind == "typed_address":
        place = {"country": "VN", "province_name": provinces()[values["province_code"]], "valid_as_of": clock.today().isoformat()}
        return {**values, **place}
    return values
