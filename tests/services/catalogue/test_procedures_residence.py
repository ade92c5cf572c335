"""Living somewhere else, being away, having guests: what is paid, how long it takes, what is asked, what is not brought."""

from __future__ import annotations

from typing import Any

import pytest

from portal.services.catalogue.lint import counts
from tests.procedures import the_procedure
from tests.services.catalogue.asking import Somebody, somebody

PERMANENT, TEMPORARY, ABSENCE, GUESTS = "1.004222", "1.004194", "1.003677", "2.001159"
FAMILY = [PERMANENT, TEMPORARY, ABSENCE, GUESTS]


def moves(code: str, tenure: str = "family", day: str = "2026-11-25", **said: Any) -> Somebody:
    usual = {
        "dwelling__tenure": tenure,
        "dwelling__consent_of_owner": "electronic",
        "dwelling__has_head": "join",
        "dwelling__relation_to_head": "child",
        "dwelling__consent_of_head": "electronic",
        "mover__alone": "alone",
        "payer__exemption": "none",
        "subject__date_of_birth": "1990-06-06",
    }
    return somebody(code, day, **{**usual, **said})


def has_guests(**said: Any) -> set[str]:
    return somebody(GUESTS, **said).asked


@pytest.mark.parametrize(
    ("code", "online", "counter", "term"), [(PERMANENT, 10000, 20000, "7wd"), (TEMPORARY, 7000, 15000, "3wd")]
)
def test_registering_online_costs_less_than_at_the_counter(code: str, online: int, counter: int, term: str) -> None:
    mover = moves(code)
    assert (mover.pays("online"), mover.pays("counter"), mover.waits()) == (online, counter, term)


@pytest.mark.parametrize("code", [PERMANENT, TEMPORARY])
def test_elderly_and_disabled_pay_nothing_and_digital_citizens_until_the_end_of_february(code: str) -> None:
    assert moves(code, subject__date_of_birth="1966-11-25").pays() == 0
    assert moves(code, subject__date_of_birth="1966-11-26").pays() > 0
    assert moves(code, payer__exemption="disabled").pays() == 0
    assert moves(code, day="2027-02-28", payer__exemption="digital_citizen").pays() == 0
    assert moves(code, day="2027-03-01", payer__exemption="digital_citizen").pays() > 0


def test_list_of_a_dormitory_is_paid_for_each_who_comes() -> None:
    others = [{"answers": {}, "is_seeded": False, "is_included": True}] * 3
    mover = moves(TEMPORARY, "institution", mover__alone="together", residence__movers=others)
    assert (mover.pays("online"), mover.pays("counter")) == (5000 * 4, 10000 * 4)


@pytest.mark.parametrize("code", [PERMANENT, TEMPORARY])
def test_child_who_joins_parents_brings_no_paper_and_answers_nothing_of_others(code: str) -> None:
    mover = moves(code)
    assert mover.papers == set()
    assert not {"residence.movers", "mover.needs_guardian", "dwelling.floor_area"} & mover.asked


@pytest.mark.parametrize("code", [PERMANENT, TEMPORARY])
def test_proof_of_the_dwelling_is_brought_only_while_the_land_register_is_silent(code: str) -> None:
    assert "dwelling-paper" in moves(code, "own").papers
    assert "dwelling-paper" not in moves(code, "own", dwelling__land_certificate={"number": "CH 01"}).papers


@pytest.mark.parametrize("code", [PERMANENT, TEMPORARY])
def test_land_of_ones_own_does_not_prove_a_dwelling_that_is_rented(code: str) -> None:
    assert "dwelling-paper" in moves(code, "rented", dwelling__land_certificate={"number": "CH 01"}).papers


def test_consent_in_writing_is_brought_only_by_those_who_have_no_electronic_one() -> None:
    assert moves(PERMANENT, dwelling__consent_of_head="written").papers == {"head-consent"}
    apart = moves(PERMANENT, mover__alone="together", mover__needs_guardian="apart")
    assert apart.papers == {"guardian-consent"}
    assert "mover.guardian" in apart.asked


def test_guardian_is_not_asked_of_those_who_move_with_a_parent() -> None:
    assert "mover.guardian" not in moves(PERMANENT, mover__alone="together", mover__needs_guardian="with_parents").asked


@pytest.mark.parametrize(("kind", "papers"), [("long", set()), ("military", set()), ("judicial", {"supervisor-consent"})])
def test_only_those_under_supervision_bring_a_consent_to_be_away(kind: str, papers: set[str]) -> None:
    away = somebody(ABSENCE, absence__kind=kind)
    assert (away.case, away.papers, away.waits()) == (kind, papers, "1wd")
    assert ("absence.supervisor" in away.asked) == bool(papers)


@pytest.mark.parametrize("code", [ABSENCE, GUESTS])
def test_being_away_and_having_guests_cost_nothing(code: str) -> None:
    assert somebody(code).pays("online") == somebody(code).pays("counter") == 0


def test_guests_are_confirmed_on_the_same_day_whoever_is_the_host() -> None:
    assert somebody(GUESTS).waits() == "0"
    assert not {"stay.place", "stay.host_name"} & has_guests(stay__host_kind="household", stay__whose_home="mine")
    assert "stay.place" in has_guests(stay__host_kind="household", stay__whose_home="another")
    hotel = has_guests(stay__host_kind="lodging")
    assert {"stay.place", "stay.host_name", "stay.guests"} <= hotel
    assert "stay.whose_home" not in hotel


def test_place_is_asked_of_a_hotel_whose_manager_first_said_a_home() -> None:
    assert "stay.place" in has_guests(stay__host_kind="lodging", stay__whose_home="mine")


@pytest.mark.parametrize("code", FAMILY)
def test_residence_takes_no_paper_dossier_and_asks_for_no_identity_paper(code: str) -> None:
    procedure = the_procedure(code)
    assert not procedure.definition.reception.is_paper_allowed
    identity = next(component for component in procedure.definition.components if component.id == "identity")
    assert identity.satisfied_by == "registry"
    assert counts(procedure).asked <= 10
