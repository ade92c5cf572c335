"""Births, deaths, marriages and their extracts: what the law asks of citizens, and what it spares them."""

from __future__ import annotations

from typing import Any

import pytest

from portal.services.catalogue.conditions import holds
from tests.procedures import the_procedure
from tests.services.catalogue.asking import Somebody, somebody

BIRTH, EXTRACT, DEATH, MARRIAGE = "1.001193", "2.000635", "1.000656", "1.000894"
FAMILY = [BIRTH, EXTRACT, DEATH, MARRIAGE, "1.004873"]


def born(day_of_birth: str = "2026-11-01", **said: Any) -> Somebody:
    usual = {
        "child__date_of_birth": day_of_birth,
        "child__requester_is": "mother",
        "birth__kind": "both_parents",
        "birth__place_kind": "facility",
        "subject__marital_status": "married",
        "copies__wanted": 0,
    }
    return somebody(BIRTH, **{**usual, **said})


@pytest.mark.parametrize(("day_of_birth", "case", "fee"), [("2026-09-26", "in-time", 0), ("2026-09-25", "late", 5000)])
def test_birth_is_free_to_the_sixtieth_day_and_late_from_the_next(day_of_birth: str, case: str, fee: int) -> None:
    mother = born(day_of_birth)
    assert (mother.case, mother.pays(), mother.waits()) == (case, fee, "0")


def test_poor_and_disabled_pay_no_late_fee_but_digital_citizens_do() -> None:
    late = "2026-01-01"
    assert born(late, payer__exemption="poor").pays() == 0
    assert born(late, payer__exemption="disabled").pays() == 0
    assert born(late, payer__exemption="digital_citizen").pays() == 5000


def test_abandoned_child_is_never_late_and_waits_for_the_public_notice() -> None:
    found = born("2020-01-01", birth__kind="abandoned", child__requester_is="carer")
    assert (found.case, found.pays(), found.waits()) == ("abandoned", 0, "8d")


def test_exemption_is_asked_only_where_there_is_something_to_pay() -> None:
    assert "payer.exemption" not in born().asked
    assert "payer.exemption" in born(copies__wanted=1).asked
    assert "payer.exemption" in born("2026-01-01").asked


def test_married_mother_in_a_hospital_brings_no_paper_and_types_no_parent() -> None:
    mother = born()
    assert mother.papers == set()
    assert "spouse.person" in mother.asked
    assert not {"mother.person", "father.person", "birth.proof"} & mother.asked


@pytest.mark.parametrize(
    ("who", "kind", "marital_status", "named"),
    [
        ("mother", "mother_only", "never_married", set()),
        ("mother", "both_parents", "divorced", {"father.person"}),
        ("father", "both_parents", "never_married", {"mother.person"}),
        ("father", "surrogacy", "married", {"spouse.person"}),
        ("grandparent", "both_parents", "married", {"mother.person", "father.person"}),
        ("grandparent", "mother_only", "married", {"mother.person"}),
        ("carer", "abandoned", "married", set()),
        ("self", "undetermined", "never_married", set()),
    ],
)
def test_only_parents_that_no_register_names_are_asked(who: str, kind: str, marital_status: str, named: set[str]) -> None:
    filer = born(child__requester_is=who, birth__kind=kind, subject__marital_status=marital_status)
    assert filer.asked & {"mother.person", "father.person", "spouse.person"} == named


@pytest.mark.parametrize(
    ("said", "paper"),
    [
        ({"birth__kind": "surrogacy"}, "surrogacy-proof"),
        ({"birth__kind": "abandoned", "birth__place_kind": "elsewhere"}, "abandoned-minutes"),
        ({"birth__place_kind": "elsewhere", "birth__proof": "witness"}, "witness"),
        ({"subject__marital_status": "never_married"}, "parentage"),
    ],
)
def test_each_unusual_birth_wants_the_one_paper_that_the_law_names(said: dict[str, str], paper: str) -> None:
    assert born(**said).papers == {paper}


def test_undertaking_takes_the_place_of_a_witness_without_a_paper() -> None:
    alone = born(birth__place_kind="elsewhere", birth__proof="undertaking")
    assert "birth.undertaking" in alone.asked
    assert alone.papers == set()


def died(day: str, **said: Any) -> Somebody:
    return somebody(DEATH, **{"death__date": day, "death__circumstances": "home", "copies__wanted": 0, **said})


@pytest.mark.parametrize(("day", "case", "fee"), [("2026-11-10", "in-time", 0), ("2026-11-09", "late", 5000)])
def test_death_is_free_to_the_fifteenth_day_and_late_from_the_next(day: str, case: str, fee: int) -> None:
    family = died(day)
    assert (family.case, family.pays(), family.waits()) == (case, fee, "0")


@pytest.mark.parametrize(
    ("circumstances", "papers"),
    [("facility", set()), ("home", set()), ("accident", {"police-finding"}), ("declared", {"court-decision"})],
)
def test_mourning_family_brings_a_paper_only_where_no_agency_has_it(circumstances: str, papers: set[str]) -> None:
    assert died("2026-11-20", death__circumstances=circumstances).papers == papers


def test_family_is_not_asked_what_the_population_database_knows_of_the_dead() -> None:
    asked = {key for key in died("2026-11-20").asked if key.startswith("deceased.")}
    assert asked == {"deceased.requester_is", "deceased.full_name", "deceased.personal_id", "deceased.date_of_birth"}


def copies(count: int, day: str = "2026-11-25", **said: Any) -> Somebody:
    usual = {"extract__kind": "birth", "extract__whose": "own", "payer__exemption": "none"}
    return somebody(EXTRACT, day, copies__count=count, **{**usual, **said})


def test_copy_costs_eight_thousand_dong_each() -> None:
    assert [copies(count).pays() for count in (1, 3)] == [8000, 24_000]


@pytest.mark.parametrize(("day", "fee"), [("2026-08-14", 8000), ("2026-08-15", 0), ("2027-02-28", 0), ("2027-03-01", 8000)])
def test_digital_citizen_has_copies_free_from_and_to_the_day_of_the_resolution(day: str, fee: int) -> None:
    assert copies(1, day, payer__exemption="digital_citizen").pays() == fee


def test_own_entry_is_found_in_the_register_and_somebody_elses_is_asked_for() -> None:
    asked_of_another = {"extract.requester_is", "extract.full_name", "extract.date_of_birth", "extract.registered_at"}
    assert not asked_of_another & copies(1).asked
    assert asked_of_another <= copies(1, extract__whose="other").asked
    assert asked_of_another <= copies(1, extract__kind="death", extract__whose=None).asked


def test_relatives_need_no_authority_and_authorised_persons_do() -> None:
    assert copies(1, extract__whose="other", extract__requester_is="child").papers == set()
    assert copies(1, extract__whose="other", extract__requester_is="authorised").papers == {"authorisation"}


@pytest.mark.parametrize(
    ("kind", "whose", "is_stated"), [("birth", "own", False), ("marriage", "other", True), ("death", "", True)]
)
def test_officer_states_an_extract_only_where_the_register_did_not_answer(kind: str, whose: str, is_stated: bool) -> None:
    questions = {one.element: one for one in the_procedure(EXTRACT).definition.appraisal.questions}
    filed = {"extract.kind": kind, **({"extract.whose": whose} if whose else {})}
    assert holds(questions["registered.extract_body"].when, filed) is is_stated


def marrying(sex: str, own: str, other: str, day: str = "2026-11-25", **said: Any) -> Somebody:
    usual = {"subject__sex": sex, "subject__date_of_birth": own, "intended__date_of_birth": other, "marriage__kinship": "none"}
    return somebody(MARRIAGE, day, **{**usual, "copies__wanted": 0, **said})


@pytest.mark.parametrize(
    ("sex", "own", "other", "is_of_age"),
    [
        ("male", "2006-11-25", "2008-11-25", True),
        ("male", "2006-11-26", "2008-11-25", False),
        ("male", "2006-11-25", "2008-11-26", False),
        ("female", "2008-11-25", "2006-11-25", True),
        ("female", "2008-11-26", "2006-11-25", False),
        ("female", "2008-11-25", "2006-11-26", False),
        ("female", "2008", "1990-01-01", False),
    ],
)
def test_he_is_twenty_and_she_eighteen_on_the_very_day(sex: str, own: str, other: str, is_of_age: bool) -> None:
    couple = marrying(sex, own, other)
    assert couple.case == ("ordinary" if is_of_age else "waits-for-age")
    assert ("marriage.waits_for_age" in couple.asked) is not is_of_age
    assert couple.waits() == ("0" if is_of_age else "5wd")


def test_marriage_is_free_and_kinship_is_verified_within_five_days() -> None:
    couple = marrying("male", "1990-01-01", "1992-01-01", marriage__kinship="related")
    assert (couple.case, couple.pays(), couple.waits()) == ("verification", 0, "5wd")
    assert "marriage.kinship_detail" in couple.asked


@pytest.mark.parametrize(("day", "fee"), [("2026-08-14", 16_000), ("2026-08-15", 0), ("2027-02-28", 0), ("2027-03-01", 16_000)])
def test_digital_citizen_who_marries_has_copies_free_while_the_resolution_runs(day: str, fee: int) -> None:
    couple = marrying("male", "1990-01-01", "1992-01-01", day, copies__wanted=2, payer__exemption="digital_citizen")
    assert couple.pays() == fee


def test_couple_that_wants_no_copies_is_not_asked_whether_it_is_exempt() -> None:
    assert "payer.exemption" not in marrying("male", "1990-01-01", "1992-01-01").asked
    assert "payer.exemption" in marrying("male", "1990-01-01", "1992-01-01", copies__wanted=1).asked


@pytest.mark.parametrize("marital_status", ["never_married", "divorced", "widowed"])
def test_nobody_brings_a_certificate_of_marital_status_to_marry(marital_status: str) -> None:
    assert marrying("male", "1990-01-01", "1992-01-01", subject__marital_status=marital_status).papers == set()


def test_marriage_is_partly_online_because_both_must_be_present() -> None:
    definition = the_procedure(MARRIAGE).definition
    assert (definition.level, definition.partial_reason_kind) == ("partial", "presence")
    assert "Điều 18" in definition.partial_reason
    assert definition.refusal_grounds[0].startswith("Nam chưa đủ 20 tuổi")


@pytest.mark.parametrize("code", FAMILY)
def test_name_number_and_birth_of_the_filer_come_from_the_population_database(code: str) -> None:
    lookup = next(one for one in the_procedure(code).definition.lookups if one.registry == "population")
    assert {"subject.full_name", "subject.personal_id", "subject.date_of_birth", "subject.household"} <= set(lookup.elements)
    assert "subject.identity_card" in lookup.elements


@pytest.mark.parametrize("code", [BIRTH, DEATH, MARRIAGE])
def test_essential_service_takes_no_paper_but_helps_at_the_counter(code: str) -> None:
    definition = the_procedure(code).definition
    assert "essential_06" in definition.tags
    assert not definition.reception.is_paper_allowed
    assert "counter" in definition.reception.channels
    assert "khai giúp" in definition.reception.paper_rule
