"""Whom a dossier may be about beside who files: those alone whom the registry names, and whom it names as what the file says."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.services.catalogue.faults import BadProcedure
from portal.services.catalogue.loader import procedure_of
from portal.services.catalogue.others import RELATIVES, birth_year, choosable, known_people
from tests.procedures import edited, the_procedure

TODAY = date(2026, 11, 25)
CHILD, GROWN, WARD, WIFE = "001213900010", "001005900011", "001215900023", "001190900003"
TOLD = [
    {"relation": "child", "full_name": "Trần Gia Hân", "personal_id": CHILD},
    {"relation": "child", "full_name": "Trần Đã Lớn", "personal_id": GROWN},
    {"relation": "ward", "full_name": "Mai Đức Duy", "personal_id": WARD},
    {"relation": "spouse", "full_name": "Lê Thị Vân", "personal_id": WIFE},
    {"relation": "mother", "full_name": "Phan Hồng Thúy", "personal_id": None},
]


def said(value: Any = TOLD, source: str = "population") -> dict[str, dict[str, Any]]:
    return {RELATIVES: {"value": value, "source": source, "record": "R-7", "as_of": "A", "fetched_at": "F"}}


def test_extract_is_of_minor_children_and_wards_and_of_nobody_who_can_ask_for_it_themself() -> None:
    found = choosable(the_procedure("2.000635"), said(), TODAY)
    assert [one.full_name for one in found] == ["Trần Gia Hân", "Mai Đức Duy"]
    assert found[0].answer == {
        "value": {"full_name": "Trần Gia Hân", "personal_id": CHILD, "date_of_birth": "2013"},
        "source": "population", "record": "R-7", "as_of": "A", "fetched_at": "F",
    }  # fmt: skip


def test_death_is_of_anybody_whom_the_registry_names_with_a_number() -> None:
    found = choosable(the_procedure("1.000656"), said(), TODAY)
    assert [one.personal_id for one in found] == [CHILD, GROWN, WARD, WIFE]


@pytest.mark.parametrize("answers", [{}, said(source="citizen"), said("Trần Gia Hân"), said([]), said([{}])], ids=str)
def test_nobody_may_be_chosen_whom_no_registry_names(answers: dict[str, Any]) -> None:
    assert choosable(the_procedure("1.000656"), answers, TODAY) == ()


def test_procedure_that_is_about_nobody_else_offers_nobody() -> None:
    assert choosable(the_procedure(), said(), TODAY) == ()


def test_citizen_looks_nobody_up_whom_they_typed_and_the_desk_does() -> None:
    procedure = the_procedure("1.001193")
    husband = {"full_name": "Trần Minh Quân", "personal_id": "001088900002", "date_of_birth": "1988-07-22"}
    for source, by_desk, expected in (("civil-status", False, 1), ("citizen", False, 0), ("citizen", True, 1)):
        married = {"value": "married", "source": "civil-status"}
        answers = {"spouse.person": {"value": husband, "source": source}, "subject.marital_status": married}
        assert len(list(known_people(procedure, answers, by_desk=by_desk))) == expected
    half = {"spouse.person": {"value": {**husband, "date_of_birth": ""}, "source": "civil-status"}}
    assert list(known_people(procedure, half, by_desk=True)) == []


@pytest.mark.parametrize("status", ["divorced", "widowed", None])
def test_marriage_that_has_ended_opens_nobodys_record_to_whom_they_left(status: str | None) -> None:
    procedure = the_procedure("1.001193")
    left = {"full_name": "Trần Minh Quân", "personal_id": "001088900002", "date_of_birth": "1988-07-22"}
    answers = {"spouse.person": {"value": left, "source": "civil-status"}}
    if status:
        answers["subject.marital_status"] = {"value": status, "source": "civil-status"}
    assert list(known_people(procedure, answers)) == []
    assert len(list(known_people(procedure, answers, by_desk=True))) == 1
    claimed = {**answers, "subject.marital_status": {"value": "married", "source": "citizen"}}
    assert list(known_people(procedure, claimed)) == []


WRONG_NUMBERS = ["012345678", 1213900010, "00121390001x", ""]


@pytest.mark.parametrize(
    "relative", ["Trần", None, 7, {"full_name": 7}, *({"personal_id": one} for one in WRONG_NUMBERS)], ids=str
)
def test_relative_whom_the_registry_writes_down_wrongly_is_not_offered_and_breaks_nothing(relative: Any) -> None:
    wrong = {**TOLD[0], **relative} if isinstance(relative, dict) else relative
    found = choosable(the_procedure("1.000656"), said([wrong, TOLD[2]]), TODAY)
    assert [one.personal_id for one in found] == [WARD]


def test_whoever_died_is_looked_up_for_a_citizen_only_where_a_registry_named_them() -> None:
    procedure = the_procedure("1.000656")
    somebody = {"full_name": "Nguyễn Văn Hàng Xóm", "personal_id": "001060900099", "date_of_birth": "1960-01-01"}
    for source, by_desk, expected in (("population", False, 1), ("citizen", False, 0), ("citizen", True, 1)):
        answers = {"deceased.person": {"value": somebody, "source": source}}
        assert len(list(known_people(procedure, answers, by_desk=by_desk))) == expected


@given(st.integers(1900, 2399), st.booleans(), st.integers(0, 999_999))
def test_year_of_birth_stands_in_the_number(year: int, is_female: bool, at_random: int) -> None:
    digit = (year - 1900) // 100 * 2 + is_female
    assert birth_year(f"001{digit}{year % 100:02d}{at_random:06d}") == year


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data["lookups"][1].update(about="deceased.full_name"),
        lambda data: data["whom"][0].update(element="deceased.full_name"),
        lambda data: data["lookups"][0]["elements"].remove(RELATIVES),
        lambda data: data["lookups"].append(data["lookups"][1]),
        lambda data: data["whom"][0].update(relations=["neighbour"]),
        lambda data: data["whom"].append(data["whom"][0]),
    ],
    ids=["about a name", "a name to choose", "relatives not asked", "twice", "no such relation", "two choices"],
)
def test_file_that_asks_about_others_wrongly_is_refused(change: Any) -> None:
    with pytest.raises((BadProcedure, ValueError)):
        procedure_of(edited(change, "1.000656"))
