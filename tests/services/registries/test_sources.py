"""The catalogue of sources: complete, true to the clients and the dictionary, and believed of everybody in the country."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from click.testing import CliRunner

from portal import create_app
from portal.config import load_settings
from portal.registry_commands import registries as command
from portal.sandbox.people.population import population
from portal.sandbox.registries.known import KNOWN
from portal.services.catalogue.dictionary import dictionary
from portal.services.registries import prefill
from portal.services.registries.exchange import Exchange, Subject, Unbelievable
from portal.services.registries.sources import Source, UnknownSource, clients, named, sources

SUBJECT = Subject("001198900001", "Nguyễn Thu Hà", "1998-03-14")
CHECKS = {name: client._check for name, client in clients(Exchange("http://127.0.0.1:9", "portal", "x")).items()}


def test_every_source_says_who_owns_it_on_what_ground_it_is_asked_and_how_fresh_it_is() -> None:
    assert len(sources()) == 14
    for source in sources().values():
        assert source.owner
        assert source.legal_ground
        assert source.agreement


def test_source_offers_what_its_registry_holds_and_never_what_no_agreement_gives() -> None:
    for name, source in sources().items():
        assert set(source.fields) == set(KNOWN[name].fields) - KNOWN[name].sensitive
        assert set(source.never_asked) == KNOWN[name].sensitive


def test_dictionary_asks_only_for_fields_of_known_sources() -> None:
    for element in dictionary().values():
        if element.source:
            assert element.source.field in sources()[element.source.registry].fields, element.key


def test_source_that_lacks_its_ground_is_refused() -> None:
    good = sources()["tax"].model_dump()
    with pytest.raises(ValueError, match="legal_ground"):
        Source.model_validate(good | {"legal_ground": ""})
    with pytest.raises(ValueError, match="freshness"):
        Source.model_validate(good | {"freshness": "now and then"})


def test_demonstration_asks_all_and_production_the_core_until_the_operator_names_more() -> None:
    assert named("", is_demo=True) == tuple(sources())
    assert named("", is_demo=False) == ("population", "civil-status")
    assert named("tax, population", is_demo=False) == ("population", "tax")
    with pytest.raises(UnknownSource, match="ruong-cong"):
        named("ruong-cong", is_demo=True)


@pytest.fixture
def only_two(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    fewer = load_settings(registries="population land")
    monkeypatch.setattr(prefill, "settings", lambda: fewer)
    prefill.registries.cache_clear()
    yield
    prefill.registries.cache_clear()


@pytest.mark.usefixtures("only_two")
def test_registry_that_the_operator_did_not_name_is_not_connected() -> None:
    assert prefill.connected() == {"population", "land"}


def test_portal_does_not_start_with_a_registry_that_nobody_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = load_settings(registries="ruong-cong")
    monkeypatch.setattr(prefill, "settings", lambda: wrong)
    prefill.registries.cache_clear()
    with pytest.raises(UnknownSource, match="ruong-cong"):
        create_app()
    prefill.registries.cache_clear()


def test_command_lists_every_source_with_its_state() -> None:
    told = CliRunner().invoke(command, ["list"])
    assert told.exit_code == 0
    for name in sources():
        assert any(line.startswith(f"{name}\t") for line in told.output.splitlines())
    rows = CliRunner().invoke(command, ["list", "--json"])
    assert '"state": "simulated"' in rows.output
    assert '"state": "connected"' not in rows.output


def test_whatever_the_country_holds_of_anybody_is_believed() -> None:
    people = population()
    for person in people.people[::37]:
        subject = Subject(person.personal_id, person.full_name, person.birth)
        for name, registry in KNOWN.items():
            CHECKS[name](registry.record(person, people), subject)


WRONG: list[tuple[str, dict[str, Any]]] = [
    ("residence", {"household": {"head": None, "members": [{"full_name": "Ai", "personal_id": "001190000002"}]}}),
    ("residence", {"history": [{"address": {}, "from": "2020-01-01", "to": "2019-01-01"}]}),
    ("social-insurance", {"number": "khong"}),
    ("social-insurance", {"contributed_months": 10, "unemployment_months": 11}),
    ("social-insurance", {"contributed_months": 9_000}),
    ("social-insurance", {"contributed_months": "96"}),
    ("social-insurance", {"health_card": {"number": "123", "valid_from": "2026-01-01"}}),
    ("social-insurance", {"birth_notice": {"number": "1", "date_of_birth": "2999-01-01", "sex": "male"}}),
    ("social-insurance", {"birth_notice": {"number": "1", "date_of_birth": "2026-02-30", "sex": "male"}}),
    ("tax", {"registration": {"status": "Đang hoạt động", "code": "001190000002"}}),
    ("tax", {"registration": {"status": ""}}),
    ("tax", {"dependants": [{"full_name": "Hà", "personal_id": SUBJECT.personal_id}]}),
    ("tax", {"dues": {"outstanding_vnd": -1}}),
    ("driving-licences", {"number": "<script>"}),
    ("driving-licences", {"points": 13}),
    ("driving-licences", {"passed_on": "2999-01-01"}),
    ("driving-licences", {"passed_on": "2016-11-26", "valid_until": "2015-01-01"}),
    ("driving-licences", {"class_names": ["A1"]}),
    ("driving-licences", {"restrictions": ["tạm giữ"]}),
    ("vehicles", {"vehicles": [{"plate": "29-ZZ 1", "kind": "Ô tô", "owner": {"personal_id": "001190000002"}}]}),
    ("vehicles", {"vehicles": [{"plate": "29-ZZ 1", "kind": "Ô tô"}]}),
    ("education", {"pupil": {"school": "Trường Mẫu", "grade": 13}}),
    ("education", {"pupil": {"school": "Trường Mẫu", "grade": 3, "last_year_marks": {"Toán": 11}}}),
    ("education", {"certificates": [{"name": "Bằng", "number": "1", "issued_on": "2999-01-01", "issued_by": "Sở"}]}),
    ("land", {"certificates": [{"number": "1", "owners": [{"personal_id": "001190000002"}]}]}),
    ("land", {"certificates": [{"number": "1", "owners": []}]}),
    ("land", {"certificates": [{"number": "1", "area_m2": -3, "owners": [{"personal_id": SUBJECT.personal_id}]}]}),
    ("business", {"registrations": [{"code": "1", "name": "HKD", "kind": "Hộ kinh doanh"}]}),
    ("business", {"registrations": [{"code": "0109900017", "name": "HKD", "kind": "Hộ", "capital_vnd": -1}]}),
    ("criminal-record", {"entries": [], "status": "some"}),
    ("criminal-record", {"entries": [{"judgment": "Bản án", "judged_on": "2015-05-05"}], "status": "none"}),
    ("criminal-record", {"entries": "không"}),
    ("social-support", {"fee_exemption": "everything"}),
    ("social-support", {"fee_exemption": "merit", "merit": None}),
    ("social-support", {"fee_exemption": "disabled", "disability": None}),
    ("health", {"driver_certificate": {"number": "1", "issued_by": "Bệnh viện", "issued_on": "2999-01-01", "conclusion": "Đủ"}}),
    ("health", {"death_notice": {"number": "1", "issued_by": "BV", "date": "2026-10-01", "time": "25:00"}}),
    ("health", {"death_notice": {"number": "1", "issued_by": "BV", "date": "2026-10-01", "personal_id": SUBJECT.personal_id}}),
    (
        "vault",
        {"documents": [{"reference": "1", "title": "T", "number": "1", "issued_on": "2020", "sha256": "0", "is_revoked": False}]},
    ),
]


@pytest.mark.parametrize(("registry", "fields"), WRONG, ids=[f"{name} {str(fields)[:60]}" for name, fields in WRONG])
def test_fields_that_cannot_be_true_are_not_believed(registry: str, fields: dict[str, Any]) -> None:
    with pytest.raises(Unbelievable):
        CHECKS[registry](fields, SUBJECT)


@pytest.mark.parametrize("registry", list(CHECKS))
def test_registry_that_holds_nothing_of_somebody_is_believed(registry: str) -> None:
    CHECKS[registry](dict.fromkeys(sources()[registry].fields), SUBJECT)
