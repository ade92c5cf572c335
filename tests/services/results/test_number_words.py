from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.services.results.number_words import date_in_words, in_words, number_in_words
from portal.services.results.template_language import rendered


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "không"),
        (5, "năm"),
        (10, "mười"),
        (11, "mười một"),
        (15, "mười lăm"),
        (20, "hai mươi"),
        (21, "hai mươi mốt"),
        (24, "hai mươi bốn"),
        (101, "một trăm linh một"),
        (110, "một trăm mười"),
        (1_005, "một nghìn không trăm linh năm"),
        (2_026, "hai nghìn không trăm hai mươi sáu"),
        (125_000, "một trăm hai mươi lăm nghìn"),
        (1_000_000, "một triệu"),
        (50_000_500, "năm mươi triệu năm trăm"),
        (3_000_000_001, "ba tỷ không trăm linh một"),
        (10**15, "một triệu tỷ"),
    ],
)
def test_number_is_read_as_a_vietnamese_reads_it(number: int, words: str) -> None:
    assert number_in_words(number) == words


@given(st.integers(0, 10**15))
def test_every_amount_has_words_and_no_two_amounts_the_same(number: int) -> None:
    words = number_in_words(number)
    assert words == " ".join(words.split())
    assert words != number_in_words(number + 1)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2026-08-15", "ngày mười lăm tháng tám năm hai nghìn không trăm hai mươi sáu"),
        ("2026-04-01", "ngày mồng một tháng tư năm hai nghìn không trăm hai mươi sáu"),
        ("1999-12-31", "ngày ba mươi mốt tháng mười hai năm một nghìn chín trăm chín mươi chín"),
    ],
)
def test_day_of_birth_is_written_in_words(day: str, words: str) -> None:
    assert date_in_words(day) == words


@pytest.mark.parametrize("value", [None, "1950", "2026-02-30", "hôm qua", True, -1, ["2026-08-15"], {}])
def test_what_is_neither_number_nor_day_has_no_words(value: object) -> None:
    assert in_words(value) == ""


def test_template_may_have_a_value_read_aloud() -> None:
    fields = {"capital": {"value": 50_000_000, "text": "50.000.000 đồng"}}
    assert "năm mươi triệu" in rendered("<p>{{ capital|in_words }}</p>", fields, {})
