"""Writing to the registers: what is put down, what is refused and why, and that one request has one effect."""

from __future__ import annotations

import re
import threading
import uuid
from collections.abc import Iterator

import pytest
import requests

from .acts import HOSPITAL, Writer, birth, write
from .process import Running, start

CHILD_ID = re.compile(r"001226900\d{3}")
MOTHER = {"personal_id": "001190900003", "full_name": "Lê Thị Thanh Vân", "date_of_birth": "1990-11-05"}
FATHER = {"personal_id": "001088900002", "full_name": "Trần Minh Quân", "date_of_birth": "1988-07-22"}
SINGLE = {"personal_id": "001198900001", "full_name": "Nguyễn Thu Hà", "date_of_birth": "1998-03-14"}
LOCKED = {"personal_id": "001079900011", "full_name": "Ngô Mạnh Cường", "date_of_birth": "1979-12-01"}
WIDOWER = {"personal_id": "030058900006", "full_name": "Hoàng Văn Lâm", "date_of_birth": "1958-02-10"}


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A sandbox of these tests' own: what they write would be news to others."""
    running = start(tmp_path_factory.mktemp("country"))
    yield running
    assert running.stop() == 0


@pytest.fixture
def portal(country: Running) -> Iterator[Writer]:
    writer = Writer(country)
    yield writer
    requests.delete(f"{writer.base}/faults", timeout=5).raise_for_status()


@pytest.fixture(scope="module")
def born(country: Running) -> dict[str, str]:
    """The child of the married couple, registered once for this module."""
    reply = Writer(country).put("civil-status", write("birth", birth()))
    assert reply["status"] == "00", reply
    return {"personal_id": reply["personal_id"], "full_name": "Trần Gia Bảo", "date_of_birth": "2026-10-02", **reply["entry"]}


def three(person: dict[str, str]) -> dict[str, str]:
    return {name: person[name] for name in ("personal_id", "full_name", "date_of_birth")}


def test_a_child_gets_a_number_of_its_own_and_is_found_by_three_factors(portal: Writer, born: dict[str, str]) -> None:
    assert CHILD_ID.fullmatch(born["personal_id"]), "place, century and sex, year, and chance"
    known = portal.ask("population", ["full_name", "sex", "relatives", "birth_place"], three(born), procedure_code="2.000635")
    assert known["status"] == "00"
    assert {(one["relation"], one["full_name"]) for one in known["fields"]["relatives"]} == {
        ("father", "Trần Minh Quân"),
        ("mother", "Lê Thị Thanh Vân"),
    }
    assert known["fields"]["birth_place"]["detail"] == HOSPITAL["detail"]
    entry = portal.ask("civil-status", ["birth"], three(born), procedure_code="2.000635")["fields"]["birth"]
    assert (entry["number"], entry["registered_on"]) == (born["number"], born["registered_on"])
    assert portal.ask("population", ["full_name"], three(born) | {"date_of_birth": "2026-10-03"})["status"] == "01"


def test_the_child_is_in_the_household_of_both_parents(portal: Writer, born: dict[str, str]) -> None:
    for person in (MOTHER, FATHER, three(born)):
        for registry in ("population", "residence"):
            home = portal.ask(registry, ["household"], person, procedure_code="1.004222")["fields"]["household"]
            assert born["personal_id"] in {one["personal_id"] for one in home["members"]}


def test_insurance_gives_a_card_and_forgets_the_birth_notice_without_anybody_filing(portal: Writer, born: dict[str, str]) -> None:
    card = portal.ask("social-insurance", ["health_card"], three(born), procedure_code="1.002179")["fields"]["health_card"]
    assert (card["kind"], card["valid_until"]) == ("TE", "2032-10-02")
    told = portal.ask("social-insurance", ["birth_notice"], MOTHER, procedure_code="1.001193")
    assert told["fields"]["birth_notice"] is None, "it was of a child whom nobody had registered"


def test_tax_learns_of_the_new_dependant(portal: Writer, born: dict[str, str]) -> None:
    answer = portal.ask("tax", ["dependants"], FATHER, procedure_code="1.007042")
    assert born["personal_id"] in {one["personal_id"] for one in answer["fields"]["dependants"]}


def test_the_same_child_is_not_registered_twice(portal: Writer, born: dict[str, str]) -> None:
    reply = portal.put("civil-status", write("birth", birth(full_name="TRẦN GIA BẢO")))
    assert reply["status"] == "05"
    assert "đã được đăng ký" in reply["status_text"]
    assert reply["personal_id"] is None


def test_twins_of_one_day_get_two_numbers(portal: Writer, born: dict[str, str]) -> None:
    ids = {
        portal.put("civil-status", write("birth", birth(full_name=name)))["personal_id"]
        for name in ("Trần Gia An", "Trần Gia Yên")
    }
    assert len(ids | {born["personal_id"]}) == 3


def test_the_same_request_gets_the_same_answer_for_ever_and_has_one_effect(portal: Writer) -> None:
    request = write("birth", birth(full_name="Trần Gia Một"))
    answers = [portal.put("civil-status", request) for _ in range(3)]
    assert answers[0]["status"] == "00"
    assert answers[0] == answers[1] == answers[2]
    other = portal.put("civil-status", request | {"fields": birth(full_name="Trần Gia Hai")})
    assert (other["status"], other["invalid_field"]) == ("03", "request_id")


def test_requests_at_once_have_one_effect(portal: Writer) -> None:
    request, answers = write("birth", birth(full_name="Trần Gia Cùng")), []
    threads = [threading.Thread(target=lambda: answers.append(portal.put("civil-status", request))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({one["personal_id"] for one in answers}) == 1


def test_a_write_whose_answer_was_lost_is_there_when_it_is_asked_again(portal: Writer) -> None:
    request = write("birth", birth(full_name="Trần Gia Mất"))
    portal.fault("answer_lost", "civil-status", count=1)
    with pytest.raises(requests.ConnectionError):
        portal.put("civil-status", request)
    first = portal.put("civil-status", request)
    assert first["status"] == "00"
    again = write("birth", birth(full_name="Trần Gia Mất"))
    assert portal.put("civil-status", again)["status"] == "05", "under another request it is the same child twice"


def test_a_register_that_is_down_writes_nothing(portal: Writer) -> None:
    request = write("birth", birth(full_name="Trần Gia Tối"))
    portal.fault("down", "civil-status", count=1)
    assert portal.post("/civil-status/records", request).json()["status"] == "99"
    assert portal.put("civil-status", request)["status"] == "00"


def test_a_marriage_stands_in_both_lives_and_mends_what_the_population_registry_believed(portal: Writer) -> None:
    fields = {"one": SINGLE["personal_id"], "other": LOCKED["personal_id"], "registered_on": "2026-11-27"}
    reply = portal.put("civil-status", write("marriage", fields))
    assert reply["status"] == "00"
    for person in (SINGLE, LOCKED):
        for registry in ("population", "civil-status"):
            assert portal.ask(registry, ["marital_status"], person)["fields"]["marital_status"] == "married"
    again = portal.put("civil-status", write("marriage", fields | {"registered_on": "2026-11-28"}))
    assert (again["status"], again["change_id"]) == ("05", None)


def test_the_dead_are_dead_everywhere_and_die_once(portal: Writer, country: Running) -> None:
    fields = {"personal_id": WIDOWER["personal_id"], "full_name": WIDOWER["full_name"], "date": "2026-11-20"}
    reply = portal.put("civil-status", write("death", fields))
    assert reply["status"] == "00"
    for registry in ("population", "civil-status", "residence", "social-insurance", "tax", "driving-licences"):
        scope = {"social-insurance": "health_card", "tax": "registration", "driving-licences": "number", "residence": "household"}
        answer = portal.ask(registry, [scope.get(registry, "death")], WIDOWER, procedure_code="1.002179")
        if registry in ("population", "civil-status"):
            assert answer["fields"]["death"]["date"] == "2026-11-20"
        assert "deceased" in answer["flags"], registry
    assert portal.put("civil-status", write("death", fields | {"date": "2026-11-19"}))["status"] == "05"


def test_a_family_that_moves_is_at_its_new_address_together(portal: Writer) -> None:
    wanted = {"detail": "Số 5, phố Đèn Lồng", "ward_name": "Phường Hoàn Kiếm", "province_code": "01"}
    movers = [{"personal_id": "001215900023", "full_name": "Mai Đức Duy"}]
    fields = {"personal_id": "038170900022", "address": wanted, "movers": movers}
    assert portal.put("residence", write("permanent_residence", fields))["status"] == "00"
    guardian = {"personal_id": "038170900022", "full_name": "Mai Thị Xuân", "date_of_birth": "1970-10-20"}
    fields = portal.ask("population", ["permanent_residence", "household"], guardian, procedure_code="1.004222")["fields"]
    assert fields["permanent_residence"]["ward_code"] == "00070"
    assert fields["permanent_residence"]["detail"] == "Số 5, phố Đèn Lồng"
    assert [one["full_name"] for one in fields["household"]["members"]] == ["Mai Thị Xuân", "Mai Đức Duy"]


def test_a_licence_takes_the_place_of_the_one_before(portal: Writer) -> None:
    fields = {"personal_id": FATHER["personal_id"], "number": "010123456780", "classes": "A1, C", "valid_until": "2031-11-25"}
    assert portal.put("driving-licences", write("licence", fields))["status"] == "00"
    now = portal.ask("driving-licences", ["number", "classes", "valid_until", "points"], FATHER, procedure_code="3.000347")
    assert now["fields"] == {"number": "010123456780", "classes": ["A1", "C"], "valid_until": "2031-11-25", "points": 10}
    other = portal.put("driving-licences", write("licence", fields | {"number": "010000000000"}))
    assert other["status"] == "05"


def test_what_is_corrected_is_said_from_now_on(portal: Writer) -> None:
    who = {"personal_id": "017050900014", "full_name": "Bùi Văn Tý", "date_of_birth": "1950"}
    fields = {"personal_id": who["personal_id"], "field": "old_id_number", "value": "170900014"}
    assert portal.put("population", write("correction", fields))["status"] == "00"
    assert portal.ask("population", ["old_id_number"], who, procedure_code="2.000635")["fields"] == {"old_id_number": "170900014"}
    assert portal.put("population", write("correction", fields | {"field": "full_name", "value": "Bùi Văn Tỵ"}))["status"] == "00"
    assert portal.ask("tax", ["registration"], who, procedure_code="1.007042")["status"] == "01"
    renamed = who | {"full_name": "Bùi Văn Tỵ"}
    assert portal.ask("tax", ["registration"], renamed, procedure_code="1.007042")["status"] == "00", "all learn who somebody is"


@pytest.mark.parametrize(
    ("kind", "fields", "wrong"),
    [
        ("birth", birth(date_of_birth="2026-13-01"), "date_of_birth"),
        ("birth", birth(date_of_birth="2099-01-01"), "date_of_birth"),
        ("birth", birth(weight=3), "weight"),
        ("birth", birth(filed_by="001190900999"), "mother"),
        ("birth", birth(spouse_of_filer={"full_name": "Trần Minh Khác", "personal_id": "001088900002"}), "father"),
        ("marriage", {"one": "001198900001", "other": "001198900001", "registered_on": "2026-11-27"}, "other"),
        ("death", {"personal_id": "001048900061", "full_name": "Nguyễn Văn Mẫu", "date": "2026-11-16"}, "full_name"),
        ("death", {"personal_id": "001048900999", "full_name": "Nguyễn Văn Mẫu", "date": "2026-11-16"}, "personal_id"),
    ],
)  # fmt: skip
def test_what_cannot_be_true_is_refused_with_the_field_that_is_wrong(portal: Writer, kind: str, fields: dict, wrong: str) -> None:
    reply = portal.put("civil-status", write(kind, fields))
    assert (reply["status"], reply["invalid_field"]) == ("03", wrong)


def test_an_agreement_is_kept(portal: Writer, country: Running) -> None:
    assert portal.put("civil-status", write("birth", birth(), procedure_code="1.004873"))["status"] == "02"
    outside = Writer(country, "outside-check", "outside-check")
    assert outside.put("civil-status", write("birth", birth(full_name="Trần Gia Ngoài")))["status"] == "02"
    reply = portal.put("population", write("birth", birth()))
    assert (reply["status"], reply["invalid_field"]) == ("03", "kind"), "births are the civil-status registry's"
    assert portal.post("/civil-status/records", write("birth", birth()), signature="00").status_code == 401
    old = write("birth", birth()) | {"timestamp": "2026-01-01T08:00:00+07:00"}
    assert portal.put("civil-status", old)["invalid_field"] == "timestamp"


@pytest.mark.parametrize("fault", ["announced_never", "announced_twice", "announced_out_of_order", "announced_late"])
def test_a_subscriber_that_missed_a_change_has_it_when_it_is_announced_again(portal: Writer, fault: str) -> None:
    portal.fault(fault, "social-insurance", count=1, seconds=300)
    reply = portal.put("civil-status", write("birth", birth(full_name=f"Trần {fault.rpartition('_')[2].title()}")))
    states = portal.states(reply["change_id"])
    assert set(states) == {"population", "residence", "social-insurance", "tax"}
    missed = fault != "announced_twice"
    assert states.pop("social-insurance") == ("not_received" if missed else "adjusted")
    assert set(states.values()) == {"adjusted"}
    assert portal.announce_again(reply["change_id"], "social-insurance") == "adjusted"
    assert portal.states(reply["change_id"])["social-insurance"] == "adjusted"


def test_nobody_outside_learns_of_changes(portal: Writer, country: Running) -> None:
    assert requests.get(f"{portal.base}/changes/{uuid.uuid4()}", timeout=5).status_code == 401
    headers = {"Authorization": f"Bearer {portal.token}"}
    assert requests.get(f"{portal.base}/changes/{uuid.uuid4()}", headers=headers, timeout=5).status_code == 404


def test_what_was_put_down_outlives_a_kill(tmp_path: object) -> None:
    first = start(tmp_path)  # type: ignore[arg-type]
    request = write("birth", birth())
    portal = Writer(first)
    portal.fault("announced_never", "tax", count=1)
    reply = portal.put("civil-status", request)
    first.process.kill()
    first.process.wait(10)
    with (tmp_path / "registry-records.jsonl").open("a") as file:  # type: ignore[operator]
        file.write('{"client": "torn')
    second = start(tmp_path)  # type: ignore[arg-type]
    try:
        portal = Writer(second)
        assert portal.put("civil-status", request) == reply, "the same answer for ever"
        child = {"personal_id": reply["personal_id"], "full_name": "Trần Gia Bảo", "date_of_birth": "2026-10-02"}
        assert portal.ask("population", ["full_name"], child)["status"] == "00"
        assert set(portal.states(reply["change_id"]).values()) == {"adjusted"}, "who had missed it was told again"
        other = portal.put("civil-status", write("birth", birth(full_name="Trần Gia Bình")))
        assert other["personal_id"] != reply["personal_id"]
    finally:
        assert second.stop() == 0


def test_the_country_can_be_taken_back_to_how_it_was_drawn(tmp_path: object) -> None:
    running = start(tmp_path)  # type: ignore[arg-type]
    try:
        portal = Writer(running)
        request = write("birth", birth())
        first = portal.put("civil-status", request)
        requests.delete(f"{portal.base}/records", timeout=5).raise_for_status()
        child = {"personal_id": first["personal_id"], "full_name": "Trần Gia Bảo", "date_of_birth": "2026-10-02"}
        assert portal.ask("population", ["full_name"], child)["status"] == "01"
        assert portal.put("civil-status", request)["status"] == "00", "it is the first time again"
    finally:
        assert running.stop() == 0
