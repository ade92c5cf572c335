"""Writing over HTTP: to the sandbox with every fault, and to an exchange that answers whatever it likes."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from portal.services.registries.exchange import Exchange
from portal.services.registries.write_back import Entry, HttpWriter, Receipt, Written
from tests.sandbox.acts import birth, write
from tests.services.registries.liar import SECRET, Liar, lying


@pytest.fixture
def registers(outside: str) -> Iterator[HttpWriter]:
    yield HttpWriter(Exchange(f"{outside}/registries", "portal", "portal-demo-secret"))
    for room in ("faults", "records"):  # nobody else is to meet the children of these tests
        requests.delete(f"{outside}/registries/{room}", timeout=5).raise_for_status()


@pytest.fixture
def liar() -> Iterator[tuple[Liar, HttpWriter]]:
    with lying() as at_work:
        yield at_work, HttpWriter(Exchange(at_work.url, "portal", SECRET))


def entry(**fields: Any) -> Entry:
    """The birth of somebody whose name nobody else has."""
    name = f"Trần {uuid.uuid4().hex.translate(str.maketrans('0123456789', 'ghiklmnopq')).title()}"
    content = write("birth", birth(full_name=name, **fields))
    return Entry("civil-status", content.pop("request_id"), content)


def fault(outside: str, name: str, **more: Any) -> None:
    body = {"fault": name, "registry": "civil-status", "count": 1, **more}
    requests.post(f"{outside}/registries/faults", json=body, timeout=5).raise_for_status()


def test_written_once_with_a_record_and_a_number_however_often_it_is_sent(registers: HttpWriter) -> None:
    sent = entry()
    receipts = [registers.write(sent) for _ in range(3)]
    assert receipts[0].outcome is Written.WRITTEN
    assert receipts[0].record_id
    assert receipts[0].change_id
    assert receipts[0].given["personal_id"].startswith("0012269")
    assert set(receipts[0].given) == {"personal_id", "number", "book", "registered_on"}
    assert receipts[0] == receipts[1] == receipts[2]


@pytest.mark.parametrize("broken", ["down", "reset", "malformed", "html", "error", "quota", "answer_lost", "huge"])
def test_whatever_goes_wrong_on_the_way_nobody_knows_and_asking_again_finds_out(
    registers: HttpWriter, outside: str, broken: str
) -> None:
    sent = entry()
    fault(outside, broken)
    assert registers.write(sent).outcome is Written.UNAVAILABLE
    again = registers.write(sent)
    assert again.outcome is Written.WRITTEN, again


def test_quota_says_how_long_to_wait(registers: HttpWriter, outside: str) -> None:
    fault(outside, "quota", seconds=42)
    assert registers.write(entry()).wait_seconds == 42


def test_refusal_comes_in_words_and_with_the_field(registers: HttpWriter) -> None:
    sent = entry()
    assert registers.write(sent).outcome is Written.WRITTEN
    twice = registers.write(Entry(sent.registry, str(uuid.uuid4()), sent.content))
    assert (twice.outcome, twice.wrong_field) == (Written.REFUSED, "")
    assert "đã được đăng ký" in twice.words
    wrong = registers.write(entry(sex="x"))
    assert (wrong.outcome, wrong.wrong_field) == (Written.REFUSED, "sex")


def test_how_far_subscribers_are_is_asked_and_who_missed_it_is_told_again(registers: HttpWriter, outside: str) -> None:
    body = {"fault": "announced_never", "registry": "tax", "count": 1}
    requests.post(f"{outside}/registries/faults", json=body, timeout=5).raise_for_status()
    change_id = registers.write(entry()).change_id
    far = registers.adjusting(change_id)
    assert far == {"population": "adjusted", "residence": "adjusted", "social-insurance": "adjusted", "tax": "not_received"}
    assert registers.announce_again(change_id, "tax") is True
    assert set((registers.adjusting(change_id) or {}).values()) == {"adjusted"}
    assert registers.adjusting(str(uuid.uuid4())) is None
    assert registers.announce_again(str(uuid.uuid4()), "tax") is False


def honest(**changes: Any) -> Any:
    """A register that wrote, but for the changes."""
    known = {
        "status": "00", "status_text": "Đã ghi", "response_id": "R-1", "record_id": "civil-status/1", "record_version": 1,
        "personal_id": "001226900123", "change_id": "c-1", "entry": {"number": "1/2026"}, "invalid_field": None,
    }  # fmt: skip
    return lambda body: json.dumps({**known, "request_id": body["request_id"], **changes}).encode()


def test_an_honest_answer_is_believed(liar: tuple[Liar, HttpWriter]) -> None:
    at_work, registers = liar
    at_work.answer = honest()
    assert registers.write(entry()) == Receipt(
        Written.WRITTEN, record_id="civil-status/1", record_version=1, change_id="c-1",
        given={"number": "1/2026", "personal_id": "001226900123"},
    )  # fmt: skip


@pytest.mark.parametrize(
    "lie",
    [
        {"request_id": "another"}, {"status": "77"}, {"record_id": None}, {"record_id": ""}, {"record_id": "a\nb"},
        {"personal_id": "12"}, {"personal_id": 1226900123}, {"change_id": "../../token"}, {"record_version": -1},
        {"entry": {"number": 7}}, {"status_text": "x" * 600}, {"change_id": "x" * 65}, {"entry": None},
        {"personal_id": None, "entry": {"personal_id": "001088900002"}}, {"entry": {"number": "x" * 101}},
        {"entry": {"book": "1\n2"}}, {"entry": {"Số": "1"}},
    ],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_believed_counts_as_no_answer(liar: tuple[Liar, HttpWriter], lie: dict[str, Any]) -> None:
    at_work, registers = liar
    at_work.answer = honest(**lie)
    assert registers.write(entry()).outcome is Written.UNAVAILABLE


@pytest.mark.parametrize("content", [b"", b"[]", b"null", b'{"status": "00", "status": "05"}', b"\xff", b"[" * 5000])
def test_what_is_no_answer_at_all_counts_as_none(liar: tuple[Liar, HttpWriter], content: bytes) -> None:
    at_work, registers = liar
    at_work.answer = lambda _body: content
    assert registers.write(entry()).outcome is Written.UNAVAILABLE


def test_a_token_that_is_refused_is_asked_for_anew(liar: tuple[Liar, HttpWriter]) -> None:
    at_work, registers = liar
    at_work.answer = honest()
    sent = entry()
    registers.write(sent)
    at_work.status = 401
    assert registers.write(sent).outcome is Written.UNAVAILABLE
    at_work.status = 200
    assert registers.write(sent).outcome is Written.WRITTEN
    assert at_work.tokens_asked() == 2
