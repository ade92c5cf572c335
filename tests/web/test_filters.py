"""How days, hours, money, numbers and sizes are written, in both languages."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.web import filters

EVENING_IN_LONDON = datetime(2026, 1, 4, 17, 30, tzinfo=UTC)  # already the fifth in Vietnam


def test_a_day_is_written_the_vietnamese_way_in_both_languages() -> None:
    assert filters.write_date(date(2026, 1, 5)) == filters.write_date("2026-01-05") == "05/01/2026"


def test_a_moment_is_shown_on_the_clock_of_vietnam() -> None:
    assert filters.write_date(EVENING_IN_LONDON) == "05/01/2026"
    assert filters.write_moment(EVENING_IN_LONDON, "vi") == "00 giờ 30 phút, ngày 05/01/2026"
    assert filters.write_moment(EVENING_IN_LONDON.isoformat(), "en") == "00:30 on 05/01/2026"


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        filters.write_moment(datetime(2026, 1, 5, 8, 30), "vi")  # noqa: DTZ001 (the very case)


def test_a_long_date_is_in_words() -> None:
    assert filters.write_long_date(date(2026, 1, 5), "vi") == "ngày 05 tháng 01 năm 2026"
    assert filters.write_long_date(date(2026, 1, 5), "en") == "5 January 2026"


@pytest.mark.parametrize(("iso", "shown"), [("1965", "1965"), ("1965-05", "05/1965"), ("1965-05-01", "01/05/1965"), (None, "")])
def test_a_date_of_birth_may_be_known_in_part(iso: str | None, shown: str) -> None:
    assert filters.write_partial_date(iso) == shown


@pytest.mark.parametrize(
    ("value", "boxes"),
    [
        ({"day": "31", "month": "4"}, ("31", "4", "")),
        ({"year": None}, ("", "", "")),
        ("1965-05", ("", "05", "1965")),
        (date(2026, 1, 5), ("05", "01", "2026")),
        ("", ("", "", "")),
        (None, ("", "", "")),
        ("hôm nay", ("", "", "hôm nay")),
    ],
)
def test_the_boxes_of_a_date_take_whatever_was_typed(value: Any, boxes: tuple[str, str, str]) -> None:
    assert tuple(filters.date_parts(value)[part] for part in ("day", "month", "year")) == boxes


@given(st.one_of(st.none(), st.text(), st.integers(), st.dates(), st.dictionaries(st.text(), st.text())))
def test_the_boxes_of_a_date_never_break_a_page(value: Any) -> None:
    assert set(filters.date_parts(value)) == {"day", "month", "year"}


def test_numbers_have_dots_for_thousands_and_a_comma_for_decimals() -> None:
    assert filters.write_number(Decimal("1234567.891"), "vi", 2) == "1.234.567,89"
    assert filters.write_number(Decimal("1234567.891"), "en", 2) == "1,234,567.89"
    assert filters.write_number(10**18, "vi") == "1.000.000.000.000.000.000"
    assert filters.write_number(-1500, "vi") == "-1.500"


def test_money_is_whole_dong() -> None:
    assert filters.write_money(20_000, "vi") == "20.000 đồng"
    assert filters.write_money(20_000, "en") == "VND 20,000"
    assert filters.write_money(0, "vi") == "0 đồng"
    assert filters.write_money(None, "vi") == ""


def test_a_share_is_a_percentage() -> None:
    assert filters.write_percent(0.9875, "vi", 2) == "98,75%"


def test_working_days_keep_their_halves() -> None:
    assert filters.write_working_days(3, "vi") == "3 ngày làm việc"
    assert filters.write_working_days(2.5, "vi") == "2,5 ngày làm việc"
    assert [filters.write_working_days(n, "en") for n in (1, 2)] == ["1 working day", "2 working days"]


@pytest.mark.parametrize(
    ("size", "shown"),
    [(0, "0 byte"), (640, "640 byte"), (38_400, "38 KB"), (999_499, "999 KB"), (999_500, "1,0 MB"), (1_400_000, "1,4 MB")],
)
def test_sizes_can_be_weighed(size: int, shown: str) -> None:
    assert filters.write_file_size(size, "vi") == shown


def test_another_zone_makes_no_other_day() -> None:
    in_tokyo = EVENING_IN_LONDON.astimezone(timezone(timedelta(hours=9)))
    assert filters.as_day(in_tokyo) == filters.as_day(EVENING_IN_LONDON)


def test_a_column_of_moments_is_short() -> None:
    assert filters.write_short_moment(EVENING_IN_LONDON) == "05/01/2026 00:30"
    assert filters.write_short_moment(None) == ""


def test_facts_of_one_source_and_day_stand_together_in_order_of_coming() -> None:
    rows = [
        {"label": "Họ tên", "source": "population", "source_label": "Dân cư", "as_of": "2026-11-25"},
        {"label": "Hôn nhân", "source": "civil-status", "source_label": "Hộ tịch", "as_of": None},
        {"label": "Thư điện tử", "source": "population", "source_label": "Dân cư", "as_of": "2026-11-25"},
        {"label": "Điện thoại", "source": "population", "source_label": "Dân cư", "as_of": "2020-01-01"},
    ]
    groups = filters.by_source(rows)
    assert [(group["source_label"], group["day"]) for group in groups] == [
        ("Dân cư", "25/11/2026"),
        ("Hộ tịch", ""),
        ("Dân cư", "01/01/2020"),
    ]
    assert [row["label"] for row in groups[0]["rows"]] == ["Họ tên", "Thư điện tử"]
