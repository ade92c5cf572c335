"""Driving licences and criminal records: what the provincial police take for them, and what need not be brought."""

from __future__ import annotations

from typing import Any

import pytest

from portal.services.catalogue.lint import counts
from tests.procedures import the_procedure
from tests.services.catalogue.asking import Somebody, somebody

EXCHANGE, REISSUE, RECORD = "3.000347", "3.000348", "3.000333"
LICENCES = [EXCHANGE, REISSUE]


def wants_a_slip(day: str = "2026-11-25", **said: Any) -> Somebody:
    usual = {
        "record__purpose": "work",
        "record__copies": 1,
        "record__history": "complete",
        "payer__exemption": "none",
        "record__is_student": "no",
        "subject__date_of_birth": "1990-06-06",
    }
    return somebody(RECORD, day, **{**usual, **said})


@pytest.mark.parametrize("code", LICENCES)
def test_filing_online_was_cheaper_until_the_end_of_2025(code: str) -> None:
    before, after = somebody(code, "2025-12-31"), somebody(code, "2026-01-01")
    assert (before.pays("online"), before.pays("counter")) == (115000, 135000)
    assert (after.pays("online"), after.pays("counter")) == (135000, 135000)
    assert after.waits() == "5wd"


@pytest.mark.parametrize("code", LICENCES)
def test_motorcyclists_bring_no_health_certificate_and_drivers_only_what_no_register_holds(code: str) -> None:
    assert somebody(code, licence__kind="motorcycle").papers == set()
    assert somebody(code, licence__kind="car").papers == {"health-paper"}
    assert somebody(code, licence__kind="car", licence__health_certificate={"number": "01"}).papers == set()


def test_each_reason_asks_its_own_question() -> None:
    assert "licence.class_wanted" in somebody(EXCHANGE, licence__exchange_reason="lower").asked
    assert "licence.class_wanted" not in somebody(EXCHANGE, licence__exchange_reason="expiring").asked
    assert "licence.lost_on" in somebody(REISSUE, licence__reissue_reason="lost").asked
    assert "licence.lost_on" not in somebody(REISSUE, licence__reissue_reason="damaged").asked


@pytest.mark.parametrize(
    ("who", "fee"),
    [
        ({}, 200000),
        ({"payer__exemption": "merit"}, 100000),
        ({"record__is_student": "yes"}, 100000),
        ({"payer__exemption": "poor"}, 0),
        ({"payer__exemption": "disabled"}, 0),
        ({"payer__exemption": "digital_citizen"}, 0),
        ({"subject__date_of_birth": "1966-11-25"}, 0),
        ({"subject__date_of_birth": "2010-11-26"}, 0),
        ({"subject__date_of_birth": "2010-11-25"}, 200000),
        ({"payer__exemption": "merit", "subject__date_of_birth": "1950"}, 0),
    ],
)
def test_record_costs_less_or_nothing_for_those_whom_the_law_spares(who: dict[str, Any], fee: int) -> None:
    assert wants_a_slip(**who).pays("online") == wants_a_slip(**who).pays("counter") == fee


def test_slips_from_the_third_on_cost_five_thousand_but_nothing_to_the_exempt() -> None:
    assert [wants_a_slip(record__copies=copies).pays() for copies in (2, 3, 5)] == [200000, 205000, 215000]
    assert wants_a_slip(record__copies=5, payer__exemption="poor").pays() == 0
    assert wants_a_slip(record__copies=5, payer__exemption="digital_citizen").pays() == 0


def test_digital_citizens_pay_again_from_march_2027() -> None:
    assert wants_a_slip("2027-02-28", payer__exemption="digital_citizen").pays() == 0
    assert wants_a_slip("2027-03-01", payer__exemption="digital_citizen").pays() == 200000


def test_record_comes_within_ten_days_and_only_students_prove_anything() -> None:
    assert (wants_a_slip().waits(), wants_a_slip().papers) == ("10d", set())
    assert wants_a_slip(record__is_student="yes").papers == {"student"}
    poor = wants_a_slip(payer__exemption="poor", record__is_student="yes")
    assert poor.papers == set()
    assert "record.is_student" not in poor.asked


def test_places_of_residence_are_added_only_where_the_register_lacks_them() -> None:
    assert "record.places" not in wants_a_slip().asked
    assert "record.places" in wants_a_slip(record__history="missing").asked


@pytest.mark.parametrize(("code", "most"), [(EXCHANGE, 3), (REISSUE, 3), (RECORD, 8)])
def test_little_is_typed(code: str, most: int) -> None:
    assert counts(the_procedure(code)).asked <= most
