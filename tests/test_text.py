"""Vietnamese text at the door, in search, in order and in match."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.text import clean, fold, given_name_sort_key, match_key, refused_characters, reveal, sort_key

IN_ORDER = [
    "An",
    "An Bình",
    "Anh",
    "Ánh",
    "Ăn",
    "Ân",
    "Ba",
    "Dung",
    "dũng",
    "Dũng",
    "Đào",
    "Em",
    "Ê",
    "Mộng",
    "Ngà",
    "Ơn",
    "Uyên",
    "Ưng",
]
TONES_IN_ORDER = ["ma", "mà", "mả", "mã", "má", "mạ"]


def test_three_ways_of_typing_a_name_become_one() -> None:
    typed = ["Nguyễn", unicodedata.normalize("NFD", "Nguyễn"), "  Nguyễn\u00a0"]
    assert {clean(text) for text in typed} == {"Nguyễn"}


@pytest.mark.parametrize(("text", "typed"), [("Đường Hoà Bình", "duong hoa binh"), ("H’Mông", "h'mong"), ("Ê‑ban", "e-ban")])
def test_search_needs_no_diacritics(text: str, typed: str) -> None:
    assert fold(text) == fold(typed) == typed


@pytest.mark.parametrize(("one", "other"), [("Hoà", "HÒA"), ("Thuỷ", "thủy"), ("Uý", "Úy"), ("Khoẻ", "khỏe")])
def test_the_place_of_the_tone_makes_no_other_name(one: str, other: str) -> None:
    assert match_key(one) == match_key(other)


@pytest.mark.parametrize(("one", "other"), [("Hoa", "Hòa"), ("Dung", "Dũng"), ("Đào", "Dào"), ("Cán", "Căn")])
def test_a_diacritic_makes_another_name(one: str, other: str) -> None:
    assert match_key(one) != match_key(other)


@pytest.mark.parametrize("names", [IN_ORDER, TONES_IN_ORDER])
def test_names_stand_in_the_order_of_the_alphabet(names: list[str]) -> None:
    shuffled = sorted(names, key=len)
    assert sorted(shuffled, key=lambda name: sort_key(name).encode()) == names


def test_lists_by_given_name_look_at_the_last_word_first() -> None:
    names = ["Trần Văn An", "Nguyễn Thị Bích", "Lê An", "Y"]
    assert sorted(names, key=given_name_sort_key) == ["Lê An", "Trần Văn An", "Nguyễn Thị Bích", "Y"]


@pytest.mark.parametrize("name", ["Y", "H'Mông", "Ê-ban", "Y Wăl Ê̆ban", "NGUYỄN VĂN ĐỨC", "Đặng " * 40, "François Müller Jr."])
def test_names_that_people_really_bear_are_taken(name: str) -> None:
    assert not refused_characters(name, is_name=True)


@pytest.mark.parametrize(
    "name",
    [
        "Nguyễn Vаn",  # a Cyrillic а among Latin letters
        "Nguyễn\u200bVăn",
        "Nguyễn \u202eVăn",
        "Nguyễn\x00",
        "Trần 🙂",
        "\ud800",
        "\ufdd0",
        "Trần2",
        "Ｔrần",
        "<b>",
        "\u0301An",
        "A\u0301\u0302\u0303\u0309n",
    ],
)
def test_names_with_look_alikes_or_hidden_characters_are_refused(name: str) -> None:
    assert refused_characters(name, is_name=True)


def test_free_text_takes_lines_and_signs_but_nothing_hidden() -> None:
    assert not refused_characters("Vay vốn (5%)\n— «đợt 2» 🙂")
    assert refused_characters("a\u202eb\ud800") == {"\u202e", "\ud800"}


def test_what_is_hidden_in_foreign_text_is_shown() -> None:
    assert reveal("Nguyễn\u202e Văn") == "Nguyễn[U+202E] Văn"


@given(st.text())
def test_any_text_can_be_cleaned_folded_and_ordered(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert fold(fold(text)) == fold(text)
    assert "\x00" not in sort_key(text) or "\x00" in text
    assert all(ord(sign) for sign in reveal(text))
