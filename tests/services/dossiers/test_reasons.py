from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.services.dossiers.reasons import LONGEST, SHORTEST, checked_reason
from portal.services.errors import InvalidInput

SOUND = "Thông tin khai không khớp với cơ sở dữ liệu hộ tịch."


def problem(reason: str) -> str:
    with pytest.raises(InvalidInput) as wrong:
        checked_reason(reason)
    ((field, messages),) = wrong.value.errors.items()
    assert field == "reason"
    return messages[0]


@pytest.mark.parametrize("reason", ["", "   ", "\n\t", "không", "sai", "a" * (SHORTEST - 1), "x" + " " * 50, "\u00a0" * 30])
def test_reason_too_short_to_be_one_asks_for_one(reason: str) -> None:
    assert "ghi rõ lý do" in problem(reason)


def test_reason_of_just_enough_and_of_just_not_too_many_characters_is_taken() -> None:
    assert checked_reason("đ" * SHORTEST) == "đ" * SHORTEST
    assert checked_reason("đ" * LONGEST) == "đ" * LONGEST
    assert "1.000" in problem("đ" * (LONGEST + 1))


def test_reason_typed_letter_by_letter_in_pieces_is_counted_as_it_reads() -> None:
    in_pieces = "e\u0302\u0301" * LONGEST
    assert checked_reason(in_pieces) == "ế" * LONGEST


@pytest.mark.parametrize("sign", ["\u202e", "\u200b", "\x00", "\x07", "\ufeff", "\ud800", "\ue000"])
def test_characters_that_hide_or_turn_the_text_are_refused(sign: str) -> None:
    assert "ký tự" in problem(f"{SOUND}{sign}{SOUND}")


def test_lines_and_spaces_are_put_in_order() -> None:
    assert checked_reason("  Thiếu   bản án\r\n ly hôn. ") == "Thiếu bản án ly hôn."


def test_message_stands_beside_the_field_that_asked() -> None:
    with pytest.raises(InvalidInput) as wrong:
        checked_reason("", "ground")
    assert list(wrong.value.errors) == ["ground"]


@given(st.text(max_size=1200))
def test_whatever_is_typed_is_taken_in_clean_text_or_refused_with_a_sentence(reason: str) -> None:
    try:
        taken = checked_reason(reason)
    except InvalidInput:
        assert problem(reason).endswith(".")
        return
    assert SHORTEST <= len(taken) <= LONGEST
    assert taken == taken.strip() == checked_reason(taken)
    taken.encode("utf-8")
