"""A birth from end to end: the mother types what only she knows, the register gives the number, and nobody is told twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import requests

from tests.births import BIRTH, FATHER, MOTHER
from tests.journeys.office import act, at_desk, paper_of, receive_and_forward, wait_for_paper, words_of
from tests.journeys.walker import Walker
from tests.journeys.world import PHONE, WITHIN, World
from tests.procedures import the_procedure
from tests.sandbox.exchange import Exchange

pytestmark = pytest.mark.browser
CHILD = "Trần Gia Bảo"
KNOWN_ALREADY = ("notice", "birth_place", "birth_facility", "child.date_of_birth", "child.sex", "spouse.")


@pytest.fixture
def country(world: World) -> Iterator[Exchange]:
    """The registers, asked as an office would ask them; afterwards the country is as it was drawn."""
    yield Exchange(SimpleNamespace(base=world.sandbox))  # type: ignore[arg-type]
    for room in ("faults", "records"):
        requests.delete(f"{world.sandbox}/registries/{room}", timeout=WITHIN).raise_for_status()


def test_a_birth_from_the_mothers_telephone_to_the_insurance(world: World, country: Exchange, tmp_path: Path) -> None:
    case = the_procedure(BIRTH).definition.rehearsals[0]
    typed = {key: said for key, said in case.answers.items() if not any(known in key for known in KNOWN_ALREADY)}
    mother = Walker(world, world.logged_in(MOTHER["personal_id"], PHONE), looks_closely=True)
    code = mother.file(typed, office="H26.31", procedure=BIRTH)
    receive_and_forward(world, code)
    _appraise(world, code, case.appraisal)
    _confirm_the_draft(mother, code)
    _sign_while_the_register_is_down(world, mother, code)
    wait_for_paper(mother, code, "Giấy khai sinh")
    certificate = words_of(paper_of(mother, "Giấy khai sinh", tmp_path))
    child = _the_child(country)
    assert child["personal_id"] in certificate, "the number that the population registry knows"
    assert CHILD.upper() in certificate
    _insurance_knows(country, child)
    _everybody_sees_who_knows(world, mother, code)
    assert mother.said == []
    mother.context.close()


def _appraise(world: World, code: str, appraisal: dict[str, str]) -> None:
    """The officer states what no register gives; a number is nowhere asked."""
    officer = at_desk(world, "officer", code)
    act(officer, "assign")
    officer.follow(officer.page.locator('.mc-acts a[href$="/send-draft"]'))
    assert officer.page.locator('[data-field="registered.personal_id"]').count() == 0
    officer.answer({"decision": "grant", **appraisal})
    officer.press()
    assert officer.here == "counter.dossier", officer.page.locator("main").inner_text()
    officer.page.close()


def _confirm_the_draft(mother: Walker, code: str) -> None:
    mother.go(f"/my/dossiers/{code}/draft")
    assert mother.says("do cơ sở dữ liệu cấp khi vào sổ")
    mother.press()


def _sign_while_the_register_is_down(world: World, mother: Walker, code: str) -> None:
    """The leader signs; while the register is silent everybody sees what is waited for, and then it goes on by itself."""
    faults = f"{world.sandbox}/registries/faults"
    requests.post(faults, json={"fault": "down", "registry": "civil-status"}, timeout=WITHIN).raise_for_status()
    leader = at_desk(world, "leader", code)
    act(leader, "approve")
    leader.looks_closely = True
    leader.go(f"/counter/dossiers/{code}")
    assert leader.says("Chờ số định danh")
    leader.page.close()
    mother.go(f"/my/dossiers/{code}")
    assert mother.says("Đang chờ cơ sở dữ liệu cấp số định danh")
    requests.delete(faults, timeout=WITHIN).raise_for_status()


def _the_child(country: Exchange) -> dict[str, Any]:
    """The child as the population and residence registries know it: in the household of both parents."""
    for parent in (MOTHER, FATHER):
        for registry in ("population", "residence"):
            answer = country.ask(registry, ["household"], parent, procedure_code="1.004222")
            found = [one for one in answer["fields"]["household"]["members"] if one["full_name"] == CHILD]
            assert len(found) == 1, registry
    child = {"personal_id": found[0]["personal_id"], "full_name": CHILD, "date_of_birth": "2026-10-02"}
    assert country.ask("population", ["relatives"], child, procedure_code="2.000635")["status"] == "00"
    return child


def _insurance_knows(country: Exchange, child: dict[str, Any]) -> None:
    card = country.ask("social-insurance", ["health_card"], child, procedure_code="1.002179")["fields"]["health_card"]
    assert card["kind"] == "TE"


def _everybody_sees_who_knows(world: World, mother: Walker, code: str) -> None:
    mother.go(f"/my/dossiers/{code}")
    assert mother.says("Sổ hộ tịch đã ghi nhận")
    assert mother.says("Cơ quan bảo hiểm đã nhận, ông/bà không phải báo")
    officer = at_desk(world, "officer", code, looks_closely=True)
    assert officer.says("Cơ sở dữ liệu hộ tịch điện tử: Đã ghi")
    assert officer.says("Cơ sở dữ liệu bảo hiểm: đã cập nhật")
    officer.go("/counter/write-backs")
    assert officer.says("Không có gì")
    officer.page.close()
