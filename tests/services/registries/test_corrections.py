"""Asking a register to correct a value, against the sandbox over HTTP: one case for one request, and what is not believed."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import requests

from portal import clock
from portal.config import settings
from portal.services.registries.corrections import CorrectionRequest, HttpCorrectionDesk, NoAnswer
from portal.services.registries.exchange import Ask, Exchange, Outcome, Requester, Subject
from portal.services.registries.population import population
from tests.services.registries.test_exchange import switch

TIMEOUT = 5
BROKEN = ["down", "reset", "malformed", "html", "error", "quota", "unsigned", "other_case", "answer_lost"]


@pytest.fixture
def exchange(outside: str) -> Iterator[Exchange]:
    own = settings()
    yield Exchange(own.registry_url, own.registry_client_id, own.registry_client_secret)
    requests.delete(f"{outside}/registries/faults", timeout=TIMEOUT)


@pytest.fixture
def desk(exchange: Exchange) -> HttpCorrectionDesk:
    return HttpCorrectionDesk(exchange)


@pytest.fixture(scope="module")
def somebody(outside: str) -> Subject:
    """A person without a story, whom no other test knows."""
    (found,) = requests.get(f"{outside}/people.json", params={"q": "083067900000"}, timeout=TIMEOUT).json()
    return Subject(found["personal_id"], found["full_name"], found["date_of_birth"])


def wanted(subject: Subject, **more: Any) -> CorrectionRequest:
    plain = CorrectionRequest(
        request_id=str(uuid.uuid4()), registry="population", subject=subject, path="full_name", shown=subject.full_name,
        record="answer-1", claimed=f"{subject.full_name} Mới", reason="Giấy khai sinh ghi khác.", proof="", more="",
        follows=None, requester=Requester("system", "system", "H26.31"), procedure_code="1.004873",
        dossier_code="H26.31-20261125-0000001", legal_ground="Luật Căn cước", answer_until=clock.now() + timedelta(days=7),
    )  # fmt: skip
    return replace(plain, **more)


def cases(outside: str, reference: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = requests.get(f"{outside}/registries/corrections.json", timeout=TIMEOUT).json()
    return [one for one in found if one["reference"] == reference]


def decide(outside: str, reference: str, decision: str, words: str = "Đã xem sổ gốc.") -> requests.Response:
    body = {"decision": decision, "words": words}
    return requests.post(f"{outside}/registries/corrections/{reference}", json=body, timeout=TIMEOUT)


def test_request_sent_twice_is_one_case_and_another_under_its_number_is_refused(
    desk: HttpCorrectionDesk, somebody: Subject, outside: str
) -> None:
    asked = wanted(somebody)
    first, again = desk.send(asked), desk.send(asked)
    assert first == again
    assert len(cases(outside, str(first.reference))) == 1
    assert desk.send(replace(asked, claimed="Người Khác")).reference is None


@pytest.mark.parametrize("fault", [*BROKEN, "slow"])
def test_receipt_that_does_not_come_or_cannot_be_believed_is_no_receipt(
    desk: HttpCorrectionDesk, somebody: Subject, outside: str, fault: str
) -> None:
    asked = wanted(somebody)
    switch(outside, fault, registry="population", count=1, seconds=4 if fault == "slow" else 1)
    with pytest.raises(NoAnswer):
        desk.send(asked)
    reference = desk.send(asked).reference
    assert len(cases(outside, str(reference))) == 1, "what arrived although nobody heard of it is the same case"


@pytest.mark.parametrize("fault", [*BROKEN, "other_person"])
def test_answer_that_cannot_be_believed_is_no_answer(
    desk: HttpCorrectionDesk, somebody: Subject, outside: str, fault: str
) -> None:
    reference = str(desk.send(wanted(somebody)).reference)
    decide(outside, reference, "rejected")
    switch(outside, fault, registry="population", count=1, seconds=1)
    with pytest.raises(NoAnswer):
        desk.look("population", reference, somebody.personal_id, "full_name")
    assert desk.look("population", reference, somebody.personal_id, "full_name").decision == "rejected"


def test_answer_about_another_persons_case_or_field_is_no_answer(desk: HttpCorrectionDesk, somebody: Subject) -> None:
    reference = str(desk.send(wanted(somebody)).reference)
    assert desk.look("population", reference, somebody.personal_id, "full_name").decision == "open"
    for registry, whose, path in (
        ("population", "001198900001", "full_name"),
        ("population", somebody.personal_id, "sex"),
        ("civil-status", somebody.personal_id, "full_name"),
    ):
        with pytest.raises(NoAnswer):
            desk.look(registry, reference, whose, path)
    with pytest.raises(NoAnswer):
        desk.look("population", "SUA-999999-aaaaaa", somebody.personal_id, "full_name")


def test_what_the_register_does_not_know_or_give_is_not_taken(desk: HttpCorrectionDesk, somebody: Subject) -> None:
    assert desk.send(wanted(replace(somebody, full_name="Không Phải Tên"))).reference is None
    assert desk.send(wanted(somebody, path="no_such_field")).reference is None
    assert desk.send(wanted(somebody, path="religion")).reference is None, "the agreement does not give it"


def test_accepted_correction_is_what_the_next_look_up_says_and_more_can_be_asked_before(
    desk: HttpCorrectionDesk, exchange: Exchange, somebody: Subject, outside: str
) -> None:
    reference = str(desk.send(wanted(somebody)).reference)
    assert decide(outside, reference, "more_asked", "").status_code == 400, "whoever asks for more says what"
    decide(outside, reference, "more_asked", "Xin gửi giấy khai sinh.")
    told = desk.look("population", reference, somebody.personal_id, "full_name")
    assert (told.decision, told.words) == ("more_asked", "Xin gửi giấy khai sinh.")
    assert desk.send(wanted(somebody, follows=reference, more="Đã gửi.")).reference == reference
    assert desk.look("population", reference, somebody.personal_id, "full_name").decision == "open"
    before = looked_up(exchange, somebody)
    assert decide(outside, reference, "accepted").status_code == 200
    assert decide(outside, reference, "rejected").status_code == 404, "what was decided is decided"
    named_anew = replace(somebody, full_name=f"{somebody.full_name} Mới")
    told = desk.look("population", reference, somebody.personal_id, "full_name")
    after = looked_up(exchange, named_anew)
    assert (after.outcome, after.fields["full_name"]) == (Outcome.FOUND, named_anew.full_name)
    assert after.record_version == told.record_version == (before.record_version or 0) + 1
    assert looked_up(exchange, somebody).outcome is Outcome.NOT_MATCHED
    back = str(desk.send(wanted(named_anew, claimed=somebody.full_name)).reference)
    decide(outside, back, "accepted")
    assert looked_up(exchange, somebody).outcome is Outcome.FOUND


def looked_up(exchange: Exchange, subject: Subject) -> Any:
    asked = Ask(
        subject, Requester("system", "system", "H26.31"), "1.004873", "XNTTHN", "Luật Hộ tịch", ("full_name",), "law", "Luật"
    )  # fmt: skip
    return population(exchange).look_up(asked)
