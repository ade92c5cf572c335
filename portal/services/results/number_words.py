"""Numbers and dates read aloud in Vietnamese, as official papers write them beside the figures."""

from __future__ import annotations

from datetime import date

DIGITS = "không một hai ba bốn năm sáu bảy tám chín".split()
SCALES = ("", "nghìn", "triệu")
BILLION = 10**9


def number_in_words(number: int) -> str:
    """`125000` as `một trăm hai mươi lăm nghìn`; a number below nothing has no words of its own.

    Raises:
        ValueError: the number is negative.
    """
    if number < 0:
        raise ValueError("no words for a number below nothing")
    if number == 0:
        return DIGITS[0]
    high, low = divmod(number, BILLION)
    words = [number_in_words(high), "tỷ"] if high else []
    return " ".join([*words, *_below_a_billion(low, is_after_more=bool(high))])


def _below_a_billion(number: int, *, is_after_more: bool) -> list[str]:
    words: list[str] = []
    for power in (2, 1, 0):
        group = number // 1000**power % 1000
        if group:
            words += [*_group(group, is_after_more=is_after_more or bool(words)), *SCALES[power].split()]
    return words


def _group(number: int, *, is_after_more: bool) -> list[str]:
    """Three figures; inside a greater number the missing hundreds are read too."""
    hundreds, rest = divmod(number, 100)
    words = [DIGITS[hundreds], "trăm"] if hundreds or is_after_more else []
    tens, units = divmod(rest, 10)
    if tens == 0:
        return words + (["linh", DIGITS[units]] if units and words else [DIGITS[units]] if units else [])
    words += ["mười"] if tens == 1 else [DIGITS[tens], "mươi"]
    return words + ([_unit(tens, units)] if units else [])


def _unit(tens: int, units: int) -> str:
    if units == 1 and tens > 1:
        return "mốt"
    return "lăm" if units == 5 else DIGITS[units]


def date_in_words(text: str) -> str:
    """`2026-08-15` as `ngày mười lăm tháng tám năm hai nghìn không trăm hai mươi sáu`.

    Raises:
        ValueError: no whole date of the calendar.
    """
    day = date.fromisoformat(text)
    month = "tư" if day.month == 4 else number_in_words(day.month)
    first = "mồng " if day.day <= 10 else ""
    return f"ngày {first}{number_in_words(day.day)} tháng {month} năm {number_in_words(day.year)}"


def in_words(value: object) -> str:
    """A value of a template read aloud: a number, a whole date, and of anything else nothing."""
    plain = getattr(value, "value", value)
    if isinstance(plain, int) and not isinstance(plain, bool):
        return number_in_words(plain) if plain >= 0 else ""
    try:
        return date_in_words(plain) if isinstance(plain, str) else ""
    except ValueError:
        return ""
