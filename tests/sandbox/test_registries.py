"""The exchange contract of the registries: who may ask, what is matched, what is answered, what is refused."""

from __future__ import annotations

import time
import unicodedata
from datetime import UTC, datetime

import pytest
import requests

from .exchange import DIVORCED, Exchange
from .process import Running

ALL_POPULATION = [
    "full_name", "other_name", "personal_id", "date_of_birth", "sex", "birth_place", "birth_registration_place",
    "origin", "ethnicity", "religion", "nationality", "blood_group", "old_id_number", "identity_card", "relatives",
    "permanent_residence", "temporary_residence", "current_residence", "absence", "residence_file_number",
    "marital_status", "relation_to_head", "household", "death", "contact", "other",
]  # fmt: skip
SENSITIVE = ["religion", "blood_group"]


@pytest.fixture(scope="module")
def portal(sandbox: Running) -> Exchange:
    return Exchange(sandbox)


def subject(personal_id: str, full_name: str, date_of_birth: str) -> dict[str, str]:
    return {"personal_id": personal_id, "full_name": full_name, "date_of_birth": date_of_birth}


def test_only_the_fields_asked_for_are_answered_with_all_that_the_contract_promises(portal: Exchange) -> None:
    request = portal.request(["full_name", "permanent_residence"])
    answer = portal.send("population", request).json()
    assert answer["status"] == "00"
    assert set(answer["fields"]) == {"full_name", "permanent_residence"}
    assert answer["request_id"] == request["request_id"]
    assert answer["subject"] == {"personal_id": DIVORCED["personal_id"]}
    assert answer["response_id"]
    assert answer["record_version"] >= 1
    assert answer["as_of"].endswith("+07:00")
    assert answer["refused_fields"] == []
    residence = answer["fields"]["permanent_residence"]
    assert residence["ward_code"] == "00070"
    assert residence["as_entered_text"].endswith("quận Hoàn Kiếm, thành phố Hà Nội")


def test_all_26_fields_are_held_and_the_ordinary_ones_answered(portal: Exchange) -> None:
    assert len(ALL_POPULATION) == 26
    ordinary = [name for name in ALL_POPULATION if name not in SENSITIVE]
    answer = portal.ask("population", ordinary, procedure_code="2.000635")
    assert answer["status"] == "00"
    assert list(answer["fields"]) == ordinary
    card = answer["fields"]["identity_card"]
    assert set(card) == {"number", "issued_on", "issued_by", "expires_on"}
    household = answer["fields"]["household"]
    assert household["head"]["full_name"] == household["members"][0]["full_name"]
    assert answer["fields"]["birth_place"]["province_name"] == "Tỉnh Hưng Yên"
    assert answer["fields"]["birth_place"]["as_entered_text"].endswith("tỉnh Thái Bình")
    assert answer["fields"]["other"]["residence_history"][-1]["to"] is None


def test_the_population_field_may_be_stale_while_civil_status_is_right(portal: Exchange) -> None:
    stale = portal.ask("population", ["marital_status", "relatives"])["fields"]
    truth = portal.ask("civil-status", ["marital_status", "marriages"])["fields"]
    assert (stale["marital_status"], truth["marital_status"]) == ("married", "divorced")
    assert "spouse" in {relative["relation"] for relative in stale["relatives"]}
    (marriage,) = truth["marriages"]
    assert marriage["spouse"]["full_name"] == "Vũ Đức Thịnh"
    assert marriage["ended"]["kind"] == "divorce"
    assert marriage["ended"]["document"].startswith("Quyết định số")
    assert {"number", "book", "registered_on", "place"} <= set(marriage)


@pytest.mark.parametrize(
    "name",
    ["PHẠM THỊ BÍCH NGỌC", "phạm  thị bích ngọc ", unicodedata.normalize("NFD", "Phạm Thị Bích Ngọc")],
    ids=["upper", "spaces", "decomposed"],
)
def test_names_match_in_upper_case_composed_form_and_single_spaces(portal: Exchange, name: str) -> None:
    assert portal.ask("population", ["full_name"], DIVORCED | {"full_name": name})["status"] == "00"


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"full_name": "Phạm Thị Bích Ngoc"}, "01"),
        ({"full_name": "Phạm Bích Ngọc"}, "01"),
        ({"date_of_birth": "1985-05-20"}, "01"),
        ({"date_of_birth": "1985"}, "00"),
        ({"date_of_birth": "1985-05"}, "00"),
        ({"date_of_birth": "1984"}, "01"),
        ({"personal_id": "034185900999"}, "01"),
    ],
)
def test_all_three_factors_must_fit_and_which_one_did_not_is_not_told(
    portal: Exchange, changed: dict[str, str], status: str
) -> None:
    answer = portal.ask("population", ["full_name"], DIVORCED | changed)
    assert answer["status"] == status
    if status == "01":
        assert answer["fields"] == {}
        assert answer["flags"] == []
        assert answer["subject"] is None
        assert answer["status_text"] == "Không tìm thấy hoặc thông tin không khớp"


def test_a_birth_known_by_year_alone_matches_the_year_and_nothing_finer(portal: Exchange) -> None:
    year_only = subject("017050900014", "Bùi Văn Tý", "1950")
    answer = portal.ask("population", ["date_of_birth"], year_only)
    assert (answer["status"], answer["fields"]["date_of_birth"]) == ("00", "1950")
    assert portal.ask("population", ["date_of_birth"], year_only | {"date_of_birth": "1950-01-01"})["status"] == "01"


def test_an_old_nine_digit_number_that_fits_two_people_is_several(portal: Exchange) -> None:
    answer = portal.ask("population", ["full_name"], subject("019900017", "Nguyễn Thị Minh Anh", "2000-10-10"))
    assert (answer["status"], answer["flags"], answer["fields"]) == ("01", ["several"], {})


def test_a_dead_person_is_found_and_always_flagged(portal: Exchange) -> None:
    dead = subject("001160900007", "Đỗ Thị Nhàn", "1960-09-09")
    unasked = portal.ask("population", ["full_name"], dead)
    assert (unasked["status"], unasked["flags"], set(unasked["fields"])) == ("00", ["deceased"], {"full_name"})
    asked = portal.ask("civil-status", ["death", "marital_status"], dead)
    assert asked["fields"]["death"]["date"] == "2021-08-17"
    assert asked["flags"] == ["deceased"]


@pytest.mark.parametrize("field", SENSITIVE)
def test_a_scope_that_reaches_too_far_is_refused_field_by_field(portal: Exchange, field: str) -> None:
    answer = portal.ask("population", ["full_name", field])
    assert (answer["status"], answer["refused_fields"], set(answer["fields"])) == ("00", [field], {"full_name"})
    alone = portal.ask("population", [field])
    assert (alone["status"], alone["refused_fields"], alone["fields"], alone["subject"]) == ("02", [field], {}, None)


def test_the_scope_depends_on_the_procedure_and_on_the_client(sandbox: Running, portal: Exchange) -> None:
    assert portal.ask("population", ["absence"])["status"] == "02"
    assert portal.ask("population", ["absence"], procedure_code="1.010038")["status"] == "00"
    narrow = Exchange(sandbox, "outside-check", "outside-check")
    assert narrow.ask("population", ["full_name"])["status"] == "00"
    assert narrow.ask("population", ["relatives"])["refused_fields"] == ["relatives"]
    assert narrow.ask("civil-status", ["marriages"])["status"] == "02"


@pytest.mark.parametrize(
    "changed",
    [
        {"scope": []},
        {"scope": ["mau_mat"]},
        {"request_id": "khong-phai-uuid"},
        {"procedure_code": "khai-sinh"},
        {"purpose": {"code": "", "legal_ground": ""}},
        {"timestamp": "2026-11-25T08:00:00"},
        {"requester": {"kind": "robot", "id": "1"}},
        {"basis": {"kind": "curiosity", "reference": "x"}},
        {"them": "mot truong la"},
        {"subject": DIVORCED | {"personal_id": "12"}},
    ],
)
def test_a_request_that_says_less_or_other_than_the_contract_is_invalid(portal: Exchange, changed: dict[str, object]) -> None:
    answer = portal.send("population", portal.request(["full_name"]) | changed).json()
    assert (answer["status"], answer["fields"]) == ("03", {})


def test_what_is_not_json_is_invalid(portal: Exchange) -> None:
    assert portal.send("population", b"{").json()["status"] == "03"
    assert portal.send("population", b"[]").json()["status"] == "03"


def test_a_request_id_is_good_for_one_request(portal: Exchange) -> None:
    request = portal.request(["full_name"])
    assert portal.send("population", request).json()["status"] == "00"
    replay = portal.send("population", request).json()
    assert (replay["status"], replay["fields"]) == ("03", {})


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_request_from_another_time_is_invalid(portal: Exchange, minutes: int) -> None:
    at = datetime.fromtimestamp(time.time() + minutes * 60, UTC).isoformat()
    assert portal.send("population", portal.request(["full_name"], timestamp=at)).json()["status"] == "03"


def test_without_the_right_token_and_signature_nothing_is_answered(sandbox: Running, portal: Exchange) -> None:
    body = portal.request(["full_name"])
    assert portal.send("population", body, signature="00").status_code == 401
    assert portal.send("population", body, signature="é").status_code == 401
    stranger = Exchange(sandbox)
    stranger.token = "khong-phai-the"
    assert stranger.send("population", body).status_code == 401
    assert Exchange(sandbox, "portal", "sai").token == ""


def test_one_clients_token_cannot_be_used_with_anothers_signature(sandbox: Running, portal: Exchange) -> None:
    mixed = Exchange(sandbox, "outside-check", "outside-check")
    mixed.token = portal.token
    assert mixed.send("population", mixed.request(["full_name"])).status_code == 401


def test_every_lookup_is_logged_by_the_registry_with_its_purpose_and_without_its_answer(
    sandbox: Running, portal: Exchange
) -> None:
    request = portal.request(["marital_status"], dossier_code="H26.31-20261125-0000001")
    answer = portal.send("civil-status", request).json()
    params = {"personal_id": DIVORCED["personal_id"]}
    newest = requests.get(f"{sandbox.base}/registries/access.json", params=params, timeout=5).json()[0]
    assert newest["request_id"] == request["request_id"]
    assert newest["response_id"] == answer["response_id"]
    assert newest["purpose"] == request["purpose"]
    assert newest["basis"] == request["basis"]
    assert newest["dossier_code"] == "H26.31-20261125-0000001"
    assert "divorced" not in str(newest)
    assert "Bích Ngọc" not in str(newest)


def test_every_listed_person_can_be_looked_up_by_what_the_list_says(sandbox: Running, portal: Exchange) -> None:
    people = requests.get(f"{sandbox.base}/people.json", params={"limit": "120"}, timeout=5).json()
    for one in people:
        found = subject(one["personal_id"], one["full_name"], one["date_of_birth"])
        assert portal.ask("population", ["full_name"], found)["status"] == "00"


def test_the_agreement_on_criminal_records_covers_the_slip_alone(portal: Exchange) -> None:
    assert portal.ask("criminal-record", ["entries"], procedure_code="3.000333")["fields"] == {"entries": []}
    assert portal.ask("criminal-record", ["entries"])["status"] == "02"


def test_a_client_that_asks_too_often_is_told_how_long_to_wait_and_keeps_no_other_waiting(
    sandbox: Running, portal: Exchange
) -> None:
    greedy = Exchange(sandbox, "quota-check", "quota-check")
    statuses = [greedy.send("tax", greedy.request(["registration"])).status_code for _ in range(3)]
    assert statuses == [200, 200, 200]
    refused = greedy.send("tax", greedy.request(["registration"]))
    assert (refused.status_code, refused.json()["status"], refused.json()["flags"]) == (429, "99", ["quota"])
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert greedy.send("land", greedy.request(["certificates"])).status_code == 200
    assert portal.ask("tax", ["registration"])["status"] == "00"


def test_what_is_no_registry_is_not_found(portal: Exchange) -> None:
    assert portal.send("ruong-cong", portal.request(["full_name"])).status_code == 404


def test_a_registry_that_spells_a_name_its_own_way_matches_that_way_alone(portal: Exchange) -> None:
    right = subject("038187900020", "Trịnh Thị Hường", "1987-02-02")
    heard = right | {"full_name": "Trịnh Thị Hương"}
    found = {
        name: portal.ask(name, [field], right)["status"] for name, field in (("tax", "dues"), ("driving-licences", "points"))
    }
    assert found == {"tax": "00", "driving-licences": "01"}
    assert portal.ask("driving-licences", ["points"], heard)["status"] == "00"


def test_a_registry_that_works_at_night_tells_of_midnight(portal: Exchange) -> None:
    assert portal.ask("tax", ["dues"])["as_of"].endswith("T00:00:00+07:00")


def test_the_page_lists_every_registry(sandbox: Running) -> None:
    page = requests.get(f"{sandbox.base}/registries", timeout=5).text
    for name in ("population", "social-insurance", "driving-licences", "criminal-record", "vault"):
        assert f"<td>{name}</td>" in page
