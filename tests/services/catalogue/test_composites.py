from __future__ import annotations

from typing import Any

import pytest

from portal.services.catalogue.composites import Unreadable, parts_of, provinces
from portal.services.catalogue.elements import Element
from portal.services.catalogue.reading import read
from portal.services.catalogue.showing import show


def element(kind: str, **more: Any) -> Element:
    return Element(key="my.x", kind=kind, label={"vi": "Nhãn", "en": "Label"}, **more)


def boxes(**values: str) -> dict[str, str]:
    return {f"my.x.{name}": value for name, value in values.items()}


def days(first: str, last: str) -> dict[str, str]:
    named = {"from": first, "to": last}
    return {
        f"my.x.{end}.{box}": part
        for end, day in named.items()
        for box, part in zip(("year", "month", "day"), day.split("-"), strict=True)
    }


def test_there_are_the_thirty_four_provinces_of_2025() -> None:
    assert len(provinces()) == 34
    assert provinces()["33"] == "Hưng Yên"


def test_address_is_typed_box_by_box_and_carries_its_day() -> None:
    value = read(element("typed_address"), boxes(detail="Số 9 phố Mẫu", ward_name="Phường Ba Đình", province_code="01"))
    assert (value["country"], value["province_name"]) == ("VN", "Thành phố Hà Nội")
    assert value["valid_as_of"]
    assert show(element("typed_address"), value) == "Số 9 phố Mẫu, Phường Ba Đình, Thành phố Hà Nội"


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("typed_address", boxes(detail="Số 9", ward_name="", province_code="01")),
        ("typed_address", boxes(detail="Số 9", ward_name="X", province_code="99")),
        ("person", boxes(full_name="", personal_id="001190000001")),
        ("person", boxes(full_name="An", personal_id="1")),
        ("bank_account", boxes(holder="An", number="12-34!", bank="NH")),
        ("bank_account", boxes(holder="An", number="1234", bank="")),
        ("period", days("2026-02-01", "2026-01-01")),
        ("period", {"my.x.from.year": "2026"}),
    ],
)
def test_boxes_that_do_not_fit_together_are_refused(kind: str, typed: dict[str, str]) -> None:
    with pytest.raises(Unreadable):
        read(element(kind), typed)


@pytest.mark.parametrize("kind", ["person", "typed_address", "bank_account", "period"])
def test_empty_boxes_are_no_answer(kind: str) -> None:
    assert read(element(kind), {}) is None
    assert len(parts_of(element(kind))) >= 2


def test_values_of_several_boxes_are_put_into_words() -> None:
    period = read(element("period"), days("2026-01-01", "2026-02-01"))
    assert show(element("period"), period) == "01/01/2026, đến ngày 01/02/2026"
    person = read(element("person"), boxes(full_name="Lò Thị Mẩy", personal_id="001 190 000 001"))
    assert show(element("person"), person, "en") == "Lò Thị Mẩy, personal id number 001190000001"


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        ("money", "1.250.000 đồng", 1_250_000), ("money", "1250000", 1_250_000), ("money", "20.000 ₫", 20_000), ("money", "0", 0),
        ("year", "1965", 1965), ("time", "7h", "07:00"), ("time", "14:30", "14:30"), ("time", "8 giờ 05 phút", "08:05"),
        ("tax_code", "0100109106", "0100109106"), ("tax_code", "0100109106-001", "0100109106-001"),
        ("tax_code", "001190000001", "001190000001"), ("declaration", "yes", True), ("declaration", "no", None),
    ],
)  # fmt: skip
def test_typing_is_read_as_it_is_meant(kind: str, typed: str, value: object) -> None:
    assert read(element(kind), {"my.x": typed}) == value


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("money", "1,250,000"), ("money", "1.25"), ("money", "-5"), ("money", "1e6"), ("money", "１２３"), ("money", "9" * 20),
        ("year", "65"), ("time", "25:00"), ("time", "12:75"), ("tax_code", "0100109107"), ("tax_code", "12345"),
    ],
)  # fmt: skip
def test_what_could_mean_two_things_is_not_guessed(kind: str, typed: str) -> None:
    with pytest.raises(Unreadable):
        read(element(kind), {"my.x": typed})


WORDS = {"vi": "Một", "en": "One"}
OPTIONS = [{"value": value, "label": WORDS} for value in ("a", "b", "c")]


def test_several_choices_come_in_the_order_of_the_form_whatever_was_sent() -> None:
    many = element("choices", options=OPTIONS)
    assert read(many, {"my.x": ["c", "a", "c"]}) == ["a", "c"]
    assert read(many, {"my.x": "b"}) == ["b"]
    assert read(many, {}) is None
    with pytest.raises(Unreadable):
        read(many, {"my.x": ["a", "z"]})
