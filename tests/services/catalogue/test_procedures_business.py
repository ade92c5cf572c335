"""Household businesses and the tax code of a person: what is asked, what it costs, whom the register spares."""

from __future__ import annotations

import pytest

from portal.services.catalogue.groups import seeded_items
from tests.procedures import the_procedure
from tests.services.catalogue.asking import somebody

BUSINESS, TAX = "1.001612", "1.007042"


def test_registering_online_is_free_and_at_the_counter_it_costs_a_hundred_thousand() -> None:
    owner = somebody(BUSINESS, business__owner_kind="individual")
    assert (owner.pays("online"), owner.pays("counter"), owner.pays("post")) == (0, 100_000, 100_000)
    assert owner.waits() == "3wd"


def test_one_owner_names_no_members_and_attaches_nothing() -> None:
    owner = somebody(BUSINESS, business__owner_kind="individual")
    assert "business.members" not in owner.asked
    assert owner.papers == set()


def test_household_names_its_members_and_attaches_their_authority() -> None:
    owner = somebody(BUSINESS, business__owner_kind="household")
    assert owner.case == "household"
    assert "business.members" in owner.asked
    assert owner.papers == {"authorisation"}


def test_members_are_offered_from_the_household_on_record_without_the_owner() -> None:
    group = the_procedure(BUSINESS).definition.pages[0].groups[0]
    people = [
        {"full_name": "Trần Minh Quân", "personal_id": "001088900002"},
        {"full_name": "Lê Thị Thanh Vân", "personal_id": "001190900003"},
    ]
    answers = {
        "subject.personal_id": {"value": "001088900002", "source": "population"},
        "subject.household": {"value": {"head": people[0], "members": people}, "source": "population"},
    }
    offered = seeded_items(group, answers)
    assert [item["answers"]["business_member.full_name"]["value"] for item in offered] == ["Lê Thị Thanh Vân"]


def test_address_is_asked_only_where_the_business_is_not_at_home() -> None:
    assert "business.place" not in somebody(BUSINESS, business__place_kind="home").asked
    assert "business.place" in somebody(BUSINESS, business__place_kind="elsewhere").asked


def test_line_with_conditions_brings_an_undertaking_and_no_paper() -> None:
    owner = somebody(BUSINESS, business__owner_kind="individual", business__regulated="yes")
    assert "business.keeps_conditions" in owner.asked
    assert owner.papers == set()


@pytest.mark.parametrize(("has_old_code", "case"), [("no", "first"), ("yes", "old-code"), ("unknown", "old-code")])
def test_old_tax_code_is_merged_even_where_nobody_remembers_it(has_old_code: str, case: str) -> None:
    payer = somebody(TAX, tax__income="obligation", tax__has_old_code=has_old_code)
    assert (payer.case, payer.pays(), payer.waits()) == (case, 0, "3wd")
    assert ("tax.old_code" in payer.asked) is (has_old_code == "yes")


def test_payer_of_the_income_is_asked_of_employees_alone() -> None:
    assert "tax.payer_name" in somebody(TAX, tax__income="salary").asked
    assert "tax.payer_name" not in somebody(TAX, tax__income="other_income").asked


def test_nobody_is_asked_for_an_old_tax_code_that_the_register_knows_or_rules_out() -> None:
    assert "tax.has_old_code" in somebody(TAX, tax__income="obligation").asked
    clean = somebody(TAX, tax__income="obligation", tax__status="Chưa đăng ký")
    assert (clean.asked & {"tax.has_old_code", "tax.old_code"}, clean.case) == (set(), "first")
    assert somebody(TAX, tax__status="Đang hoạt động", tax__old_code="8100000008").case == "old-code"


def test_tax_code_is_suggested_from_the_personal_id() -> None:
    assert the_procedure(TAX).definition.appraisal.prefill == {"registered.tax_code": "subject.personal_id"}
    assert the_procedure(BUSINESS).definition.appraisal.prefill == {"registered.business_code": "subject.personal_id"}


def test_code_that_nobody_published_is_marked_unsure() -> None:
    assert "1.007042" in the_procedure(TAX).definition.unsure
