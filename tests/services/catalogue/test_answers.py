from __future__ import annotations

import contextlib
import time
from datetime import datetime

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from portal.clock import LOCAL
from portal.services.catalogue.answers import read_questions, shown_pages, unsettled_questions
from portal.services.catalogue.composites import Unreadable
from portal.services.catalogue.elements import Element
from portal.services.catalogue.form import Question
from portal.services.catalogue.reading import read
from portal.services.catalogue.schema import Procedure
from portal.services.catalogue.showing import show
from portal.services.errors import InvalidInput
from tests.procedures import the_procedure

TWO = {"vi": "Nhãn", "en": "Label"}


def element(kind: str, **more: object) -> Element:
    return Element(key="my.x", kind=kind, label=TWO, **more)


def typed(kind: str, text: str, **more: object) -> object:
    return read(element(kind, **more), {"my.x": text})


def typed_date(day: str, month: str, year: str, kind: str = "date", **more: object) -> object:
    return read(element(kind, **more), {"my.x.day": day, "my.x.month": month, "my.x.year": year})


@pytest.fixture(scope="module")
def procedure() -> Procedure:
    return the_procedure()


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("name", "  Nguyễn   Thị  Mẫu ", "Nguyễn Thị Mẫu"),
        ("name", "Nguye\u0302\u0303n", "Nguyễn"),
        ("name", "H'Linh Niê", "H'Linh Niê"),
        ("name", "Ê-ban", "Ê-ban"),
        ("name", "A", "A"),
        ("count", "05", 5),
        ("email", "Ten.Nguoi@thu.example", "Ten.Nguoi@thu.example"),
        ("phone", "0900 000 012", "+84900000012"),
        ("phone", "+84 900.000.012", "+84900000012"),
        ("personal_id", "001 198 900 001", "001198900001"),
        ("text", "", None),
        ("long_text", "dòng một\r\n  dòng hai ", "dòng một\ndòng hai"),
    ],
)
def test_typing_is_read_as_it_is_meant(kind: str, text: str, value: object) -> None:
    assert typed(kind, text) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("count", "1.5"), ("count", "-1"), ("count", "9" * 30), ("count", "hai"),
        ("email", "khong-phai-thu"), ("email", "a@b"), ("email", "a b@thu.example"), ("email", "a@thu.example\nBcc: x@y.example"),
        ("phone", "123"), ("phone", "0100000000"), ("personal_id", "12345678901"), ("personal_id", "001198900001x"),
        ("name", "Nguyễn\u202eThị"), ("name", "Nguyễn\u200bThị"), ("text", "a\x00b"), ("name", "x" * 201),
    ],
)  # fmt: skip
def test_typing_that_cannot_be_meant_is_refused_with_words(kind: str, text: str) -> None:
    with pytest.raises(Unreadable) as refused:
        typed(kind, text)
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize(
    ("day", "month", "year", "value"),
    [
        ("5", "1", "2026", "2026-01-05"),
        ("29", "2", "2024", "2024-02-29"),
        ("", "", "", None),
        (" 12 ", "03", "1990", "1990-03-12"),
    ],
)
def test_date_is_day_month_year(day: str, month: str, year: str, value: str | None) -> None:
    assert typed_date(day, month, year) == value


@pytest.mark.parametrize(
    ("day", "month", "year"),
    [
        ("29", "2", "2026"),
        ("31", "4", "2026"),
        ("13", "13", "2026"),
        ("1", "1", "26"),
        ("1", "", "2026"),
        ("a", "1", "2026"),
        ("1", "1", "1899"),
    ],
)
def test_date_that_no_calendar_has_is_refused(day: str, month: str, year: str) -> None:
    with pytest.raises(Unreadable):
        typed_date(day, month, year)


@pytest.mark.parametrize(
    ("day", "month", "year", "value"), [("", "", "1965", "1965"), ("", "5", "1965", "1965-05"), ("1", "5", "1965", "1965-05-01")]
)
def test_birth_date_may_be_known_in_part(day: str, month: str, year: str, value: str) -> None:
    assert typed_date(day, month, year, "partial_date") == value


def test_birth_date_with_a_day_but_no_month_is_refused() -> None:
    with pytest.raises(Unreadable, match="tháng"):
        typed_date("5", "", "1965", "partial_date")


def test_date_to_come_is_refused_where_the_past_is_asked() -> None:
    with time_machine.travel(datetime(2026, 11, 25, 9, 0, tzinfo=LOCAL), tick=False):
        assert typed_date("25", "11", "2026", is_past=True) == "2026-11-25"
        with pytest.raises(Unreadable, match="phía trước"):
            typed_date("26", "11", "2026", is_past=True)


@given(st.text(max_size=400), st.sampled_from(["text", "name", "long_text", "count", "email", "phone", "personal_id", "date"]))
def test_whatever_is_typed_is_read_or_refused_and_never_breaks(text: str, kind: str) -> None:
    form = {"x": text, "x.day": text[:5], "x.month": text[5:9], "x.year": text[9:]}
    with contextlib.suppress(Unreadable):
        read(element(kind), form)


@pytest.mark.parametrize("kind", ["email", "phone", "personal_id", "name"])
def test_hundred_thousand_characters_are_refused_in_no_time(kind: str) -> None:
    begun = time.perf_counter()
    with pytest.raises(Unreadable):
        typed(kind, "a@" * 50_000)
    assert time.perf_counter() - begun < 0.1


def test_settled_fact_is_not_asked_again_and_missing_ones_are(procedure: Procedure) -> None:
    known = {"subject.full_name": {"value": "X", "source": "population"}}
    asked = [question.element for question in unsettled_questions(procedure, known)]
    assert "subject.full_name" not in asked
    assert "subject.date_of_birth" in asked


def test_page_of_the_other_person_is_shown_only_for_a_marriage(procedure: Procedure) -> None:
    for purpose, is_shown in (("marriage_abroad", True), ("loan", False)):
        pages = shown_pages(procedure, {"certificate.purpose": {"value": purpose, "source": "citizen"}})
        assert any(page.id == "partner" for page in pages) is is_shown


def test_all_errors_of_a_page_are_told_at_once_and_nothing_is_taken(procedure: Procedure) -> None:
    page = procedure.definition.pages[0]
    with pytest.raises(InvalidInput) as wrong:
        read_questions(procedure, page.questions, {"certificate.purpose": "other", "certificate.copies": "9"}, {})
    assert list(wrong.value.errors) == ["certificate.purpose_detail", "certificate.copies"]


def test_period_that_ends_before_it_starts_is_refused(procedure: Procedure) -> None:
    page = next(page for page in procedure.definition.pages if page.id == "period")
    form = {"certificate.period": "between"}
    for name, (day, month, year) in {"period_from": ("1", "1", "2020"), "period_to": ("31", "12", "2019")}.items():
        form |= {f"certificate.{name}.day": day, f"certificate.{name}.month": month, f"certificate.{name}.year": year}
    with pytest.raises(InvalidInput) as wrong:
        read_questions(procedure, page.questions, form, {})
    assert list(wrong.value.errors) == ["certificate.period_to"]


def test_registry_value_left_as_it_is_keeps_its_provenance_and_an_edited_one_is_the_citizens(procedure: Procedure) -> None:
    question = Question(element="contact.phone", is_required=False)
    known = {"contact.phone": {"value": "+84900000012", "source": "population", "record": "r"}}
    assert read_questions(procedure, (question,), {"contact.phone": "0900000012"}, known) == known
    changed = read_questions(procedure, (question,), {"contact.phone": "0900000013"}, known)
    assert changed["contact.phone"] == {"value": "+84900000013", "source": "citizen"}


def test_structured_value_is_put_into_words_and_a_typed_one_stays_as_typed() -> None:
    address = {"detail": "Số 9 phố Mẫu", "ward_name": "Phường Ba Đình", "province_name": "Thành phố Hà Nội"}
    assert show(element("address"), address) == "Số 9 phố Mẫu, Phường Ba Đình, Thành phố Hà Nội"
    assert show(element("address"), "ngõ nhỏ") == "ngõ nhỏ"
    assert show(element("partial_date"), "1965-05") == "05/1965"
    assert show(element("marriages"), []) == "Không có"
    ended = {"kind": "divorce", "on": "2020-02-03", "document": "Bản án 5/2020"}
    marriage = {"spouse": {"full_name": "Lê Văn A"}, "registered_on": "2011-01-02", "ended": ended}
    assert show(element("marriages"), [marriage]) == "với Lê Văn A, ngày 02/01/2011; đã ly hôn ngày 03/02/2020 (Bản án 5/2020)"


def test_settled_fact_is_not_read_from_the_browser_even_where_a_page_asks_for_it(procedure: Procedure) -> None:
    known = {"subject.sex": {"value": "female", "source": "population", "record": "r"}}
    question = Question(element="subject.sex")
    assert read_questions(procedure, (question,), {"subject.sex": "male"}, known) == known
