"""Dates, terms, sums, codes and names as official papers write them, whatever they hold."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta
from functools import lru_cache
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.clock import LOCAL
from portal.config import settings
from portal.services.results.template import (
    agency,
    day_in_words,
    dong,
    grouped,
    moment_in_words,
    paper_html,
    qr_image,
    qr_svg,
    sealed_at,
    term_in_words,
    verification_url,
)
from tests.services.results.papers import KINDS, facts_of, the_procedure

HOSTILE = {
    "a script": "<script>alert(1)</script>",
    "an attribute": '" onmouseover="alert(1)',
    "a template": "{{ 7 * 7 }}{% for x in y %}",
    "an address": "javascript:alert(1)",
    "an entity": "&amp;&lt;b&gt;",
    "a comment": "--><b>đậm</b><!--",
    "a style": "</style><style>*{display:none}</style>",
    "turned text": "An\u202egnàoH",
}


@lru_cache(maxsize=1)
def template_of_the_result() -> str:
    return the_procedure().definition.result.template


def marked_up(html: str) -> list[tuple[str, tuple[str, ...]]]:
    """Every tag with the names of its attributes, in order: what a browser would act on."""
    found: list[tuple[str, tuple[str, ...]]] = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attrs: found.append((tag, tuple(name for name, _value in attrs)))  # type: ignore[method-assign]
    parser.feed(html)
    return found


def kind_of(kind: str) -> str:
    return "result" if kind == "refusal_result" else kind


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2026-01-05T02:00:00+00:00", "05 tháng 01 năm 2026"),
        ("2026-02-09T02:00:00+00:00", "09 tháng 02 năm 2026"),
        ("2026-03-10T02:00:00+00:00", "10 tháng 3 năm 2026"),
        ("2026-11-25T02:00:00+00:00", "25 tháng 11 năm 2026"),
        ("2026-12-31T16:59:59+00:00", "31 tháng 12 năm 2026"),
        ("2026-12-31T17:00:00+00:00", "01 tháng 01 năm 2027"),
        ("2026-11-25T00:30:00+07:00", "25 tháng 11 năm 2026"),
    ],
)
def test_day_is_written_as_the_decree_wants_and_in_vietnam(moment: str, words: str) -> None:
    assert day_in_words(moment) == words


@given(st.dates(date(2025, 1, 1), date(2050, 12, 31)), st.times())
def test_days_below_ten_and_the_first_two_months_carry_a_zero_so_that_nobody_adds_a_digit(day: date, clock: datetime) -> None:
    words = day_in_words(datetime.combine(day, clock, LOCAL).isoformat())
    found = re.fullmatch(r"(\d{2}) tháng (\d{1,2}) năm (\d{4})", words)
    assert found
    assert (int(found[1]), int(found[2]), int(found[3])) == (day.day, day.month, day.year)
    assert (len(found[2]) == 2) is (day.month < 3 or day.month > 9)


def test_moment_is_written_with_hour_and_minute_and_is_empty_where_there_is_none() -> None:
    assert moment_in_words("2026-11-25T01:05:59+00:00") == "08 giờ 05 phút, ngày 25 tháng 11 năm 2026"
    assert moment_in_words(None) == moment_in_words("") == ""


def test_seal_shows_its_moment_to_the_second_with_the_zone() -> None:
    assert sealed_at("2026-11-25T02:30:05+00:00") == "25-11-2026 09:30:05 +07:00"


@pytest.mark.parametrize(
    ("term", "words"),
    [
        ("3wd", "03 ngày làm việc"), ("10wd", "10 ngày làm việc"), ("5d", "05 ngày"), ("8h", "08 giờ làm việc"),
        ("120d", "120 ngày"), ("0", "trong ngày"),
    ],
)  # fmt: skip
def test_term_is_written_with_two_digits_and_its_unit(term: str, words: str) -> None:
    assert term_in_words(term) == words


@pytest.mark.parametrize(
    ("amount", "words"),
    [(0, "0 đồng"), (500, "500 đồng"), (3_000, "3.000 đồng"), (20_000, "20.000 đồng"), (1_234_567, "1.234.567 đồng")],
)
def test_sum_is_written_with_points_and_its_unit(amount: int, words: str) -> None:
    assert dong(amount) == words


@given(st.integers(0, 10**18))
def test_sum_of_any_size_reads_back_as_itself(amount: int) -> None:
    number, unit = dong(amount).split(" ")
    assert (int(number.replace(".", "")), unit) == (amount, "đồng")
    assert all(len(group) == 3 for group in number.split(".")[1:])


@given(st.text("23456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=1, max_size=40))
def test_code_in_groups_of_four_reads_back_without_its_hyphens(code: str) -> None:
    groups = grouped(code).split("-")
    assert "".join(groups) == code
    assert all(len(group) == 4 for group in groups[:-1])
    assert 1 <= len(groups[-1]) <= 4


@pytest.mark.parametrize(
    ("name", "whole"),
    [
        ("Ủy ban nhân dân phường Ba Đình", "PHƯỜNG BA ĐÌNH"),
        ("Ủy ban nhân dân xã Đường Lâm", "XÃ ĐƯỜNG LÂM"),
        ("Trung tâm Phục vụ hành chính công thành phố Hà Nội", "THÀNH PHỐ HÀ NỘI"),
    ],
)
def test_place_in_an_agencys_name_is_never_broken_over_two_lines(name: str, whole: str) -> None:
    html = str(agency(name))
    assert f'<span class="whole">{whole}</span>' in html
    assert unescape(re.sub(r"<[^>]+>", "", html)).split() == name.upper().split()


def test_agency_without_a_place_and_one_that_is_hostile_stay_plain_text() -> None:
    assert "<script" not in str(agency("Bộ <script>alert(1)</script> phường X"))
    assert "BỘ NỘI VỤ" in str(agency("Bộ Nội vụ"))


def test_address_of_verification_holds_the_code_and_nothing_of_the_person() -> None:
    url = verification_url("8XV7Z64ZNVEZTAK6")
    assert url == f"{settings().base_url}/verify/8XV7Z64ZNVEZTAK6"
    assert qr_image(url).startswith("data:image/svg+xml")
    assert "<script" not in str(qr_svg(url))
    assert str(qr_svg(url)) != str(qr_svg(url + "X"))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("hostile", HOSTILE)
def test_whatever_a_name_holds_it_is_shown_as_words_and_runs_nowhere(kind: str, hostile: str) -> None:
    template, name = template_of_the_result(), HOSTILE[hostile]
    html = paper_html(kind_of(kind), facts_of(kind, name), template)
    assert marked_up(html) == marked_up(paper_html(kind_of(kind), facts_of(kind, "Tên Thường"), template))
    assert name in unescape(html)


@pytest.mark.parametrize("kind", KINDS)
def test_paper_is_in_one_form_of_unicode_whatever_form_came_in(kind: str) -> None:
    in_pieces = unicodedata.normalize("NFD", "Nguyễn Thị Thuý Hằng")
    html = paper_html(kind_of(kind), facts_of(kind, in_pieces), template_of_the_result())
    assert unicodedata.is_normalized("NFC", html)
    assert "Nguyễn Thị Thuý Hằng" in unescape(html)


@pytest.mark.parametrize("kind", KINDS)
def test_paper_says_that_it_is_of_the_demonstration_and_carries_its_code(kind: str) -> None:
    html = unescape(paper_html(kind_of(kind), facts_of(kind), template_of_the_result()))
    assert "KHÔNG CÓ GIÁ TRỊ PHÁP LÝ" in html.upper()
    assert "8XV7-Z64Z-NVEZ-TAK6" in html


@given(st.datetimes(datetime(2025, 1, 1), datetime(2049, 1, 1)))  # noqa: DTZ001 (given its zone below)
def test_words_of_a_day_and_of_a_moment_never_disagree(naive: datetime) -> None:
    moment = naive.replace(tzinfo=LOCAL, microsecond=0).isoformat()
    assert moment_in_words(moment).endswith(day_in_words(moment))
    later = (datetime.fromisoformat(moment) + timedelta(days=1)).isoformat()
    assert day_in_words(later) != day_in_words(moment)
