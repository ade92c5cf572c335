"""Every answer that an exchange could give, over HTTP: what is believed, what is not, and that none does harm."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from sqlalchemy.orm import Session

from portal.services.catalogue.versions import current
from portal.services.dossiers.open_draft import open_draft
from portal.services.dossiers.submit import household_hashes_of
from portal.services.registries.breaker import FAILURES_TO_OPEN, OPEN_SECONDS, Breaker
from portal.services.registries.civil_status import check as check_civil_status
from portal.services.registries.exchange import Ask, Exchange, HttpRegistry, Outcome, Reply, Requester, Subject
from portal.services.registries.population import check as check_population
from portal.services.registries.prefill import ask_all
from tests.filings import CODE, population_fields, taken
from tests.people import citizen
from tests.services.registries.liar import SECRET, Liar, honest, lying, says

SUBJECT = Subject("001190000001", "Nguyễn Thị Mẫu", "1990-05-12")
SCOPE = ("full_name", "date_of_birth", "household", "ethnicity", "permanent_residence")


@pytest.fixture
def liar() -> Iterator[Liar]:
    with lying() as at_work:
        yield at_work


@pytest.fixture
def registry(liar: Liar) -> HttpRegistry:
    return HttpRegistry("population", Exchange(liar.url, "portal", SECRET), check_population)


def ask(**changes: Any) -> Ask:
    values: dict[str, Any] = {
        "subject": SUBJECT, "requester": Requester("officer", "account-1", "H26.31", "10.0.0.9"), "procedure_code": "1.004873",
        "purpose": "XNTTHN", "legal_ground": "Luật Hộ tịch", "scope": SCOPE, "basis": "law", "basis_reference": "Luật Hộ tịch",
        "dossier_code": "H26.31-20261125-0000001",
    }  # fmt: skip
    return Ask(**values | changes)


def answered(liar: Liar, registry: HttpRegistry, **changes: Any) -> Reply:
    liar.answer = says(**changes)
    return registry.look_up(ask())


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("00", Outcome.FOUND),
        ("01", Outcome.NOT_MATCHED),
        ("02", Outcome.REFUSED),
        ("03", Outcome.REFUSED),
        ("99", Outcome.UNAVAILABLE),
    ],
)
def test_each_class_of_reply_is_told_apart_and_only_a_found_one_carries_fields(
    liar: Liar, registry: HttpRegistry, status: str, outcome: Outcome
) -> None:
    reply = answered(liar, registry, status=status)
    assert reply.outcome is outcome
    assert bool(reply.fields) is (outcome is Outcome.FOUND)
    assert reply.response_id == "R-1"


def test_reply_carries_when_it_was_true_and_of_which_version(liar: Liar, registry: HttpRegistry) -> None:
    moment = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
    with time_machine.travel(moment, tick=False):
        reply = answered(liar, registry)
    assert (reply.as_of, reply.record_version, reply.fetched_at) == (datetime(2026, 11, 20, 1, 0, tzinfo=UTC), 3, moment)


def test_registry_hears_who_asks_why_on_which_ground_for_whom_and_for_what(liar: Liar, registry: HttpRegistry) -> None:
    with time_machine.travel(datetime(2026, 11, 25, 3, 0, tzinfo=UTC), tick=False):
        registry.look_up(ask())
    (body,) = liar.lookups()
    assert body["requester"] == {"kind": "officer", "id": "account-1", "office": "H26.31", "client_ip": "10.0.0.9"}
    assert body["purpose"] == {"code": "XNTTHN", "legal_ground": "Luật Hộ tịch"}
    assert body["basis"] == {"kind": "law", "reference": "Luật Hộ tịch"}
    assert body["subject"] == {"personal_id": "001190000001", "full_name": "Nguyễn Thị Mẫu", "date_of_birth": "1990-05-12"}
    assert (body["scope"], body["dossier_code"]) == (list(SCOPE), "H26.31-20261125-0000001")
    assert body["timestamp"] == "2026-11-25T10:00:00+07:00"
    assert liar.signatures_hold()


def test_field_that_was_not_asked_for_is_not_taken(liar: Liar, registry: HttpRegistry) -> None:
    fields = {"full_name": "Nguyễn Thị Mẫu", "religion": "Không", "blood_group": "O", "other": {}}
    assert set(answered(liar, registry, fields=fields).fields) == {"full_name"}


def test_dead_person_is_told_apart_and_nothing_else_of_them_is_kept(liar: Liar, registry: HttpRegistry) -> None:
    reply = answered(liar, registry, flags=["deceased"])
    assert (reply.outcome, reply.fields) == (Outcome.DECEASED, {})


def test_flag_on_another_persons_record_does_not_declare_anybody_dead(liar: Liar, registry: HttpRegistry) -> None:
    reply = answered(liar, registry, flags=["deceased"], subject={"personal_id": "001190000002"})
    assert reply.outcome is Outcome.UNAVAILABLE


NOT_BELIEVED: dict[str, dict[str, Any]] = {
    "no echo of the person": {"subject": None},
    "the echo of another person": {"subject": {"personal_id": "001190000002"}},
    "an echo with a space": {"subject": {"personal_id": " 001190000001"}},
    "an echo that is a number": {"subject": {"personal_id": 1190000001}},
    "another request's answer": {"request_id": "00000000-0000-0000-0000-000000000000"},
    "no response id": {"response_id": ""},
    "a response id without end": {"response_id": "R" * 5_000},
    "a response id with a hidden sign": {"response_id": "R-\x00"},
    "an unknown status": {"status": "42"},
    "a status that is a number": {"status": 0},
    "a date without a zone": {"as_of": "2026-11-20T08:00:00"},
    "a date that is none": {"as_of": "hôm qua"},
    "a version beyond counting": {"record_version": 10**30},
    "a version below nothing": {"record_version": -1},
    "fields in a list": {"fields": ["full_name"]},
    "no fields at all": {"fields": None},
    "another person's fields": {"fields": {"personal_id": "001190000002"}},
    "a birth in the future": {"fields": {"date_of_birth": "2999-01-01"}},
    "a birth in a future year": {"fields": {"date_of_birth": "2999"}},
    "a birth in no calendar": {"fields": {"date_of_birth": "1990-02-30"}},
    "a birth in a thirteenth month": {"fields": {"date_of_birth": "1990-13"}},
    "a name that is a list": {"fields": {"full_name": ["Nguyễn"]}},
    "a name without end": {"fields": {"full_name": "x" * 301}},
    "a name with half a sign": {"fields": {"full_name": "Nguyễn \ud800"}},
    "half a sign deep inside": {"fields": {"household": {"head": {"full_name": "\udfff"}, "members": []}}},
    "a number beyond measure": {"fields": {"ethnicity": {"code": 10**40, "name": "Kinh"}}},
    "a household that is a word": {"fields": {"household": "sổ hộ khẩu"}},
    "a head that is a word": {"fields": {"household": {"head": "Chủ Hộ", "members": []}}},
    "members that are words": {"fields": {"household": {"head": None, "members": ["Con"]}}},
    "members that are a number": {"fields": {"household": {"head": None, "members": 3}}},
    "a member whose ID is a number": {"fields": {"household": {"head": None, "members": [{"personal_id": 1}]}}},
    "an address that is a word": {"fields": {"permanent_residence": "Hà Nội"}},
    "a ward that is a list": {"fields": {"permanent_residence": {"ward_code": ["00004"]}}},
    "flags that are no list": {"flags": "deceased"},
}  # fmt: skip


@pytest.mark.parametrize("lie", NOT_BELIEVED)
def test_answer_that_cannot_be_true_is_no_answer(liar: Liar, registry: HttpRegistry, lie: str) -> None:
    reply = answered(liar, registry, **NOT_BELIEVED[lie])
    assert (reply.outcome, dict(reply.fields), reply.response_id) == (Outcome.UNAVAILABLE, {}, "")


def twice(body: dict[str, Any]) -> bytes:
    return json.dumps(honest(body)).replace('"status": "00"', '"status": "01", "status": "00"').encode()


def person_twice(body: dict[str, Any]) -> bytes:
    said = json.dumps(honest(body))
    return said.replace('"fields": {', '"fields": {"full_name": "Người Khác", ').encode()


RAW = {
    "one key twice": twice,
    "one field twice": person_twice,
    "no answer": lambda body: b"",
    "a page": lambda body: b"<!doctype html><title>502 Bad Gateway</title>",
    "half an answer": lambda body: json.dumps(honest(body)).encode()[:-20],
    "an answer and more": lambda body: json.dumps(honest(body)).encode() + b"{}",
    "a list": lambda body: b"[]",
    "nothing": lambda body: b"null",
    "a word": lambda body: b'"00"',
    "not a number": lambda body: json.dumps(honest(body, record_version=float("nan"))).encode(),
    "a number without end": lambda body: json.dumps(honest(body)).replace('"record_version": 3', '"x": 1e999').encode(),
    "not a number in a field": lambda body: json.dumps(honest(body, fields={"ethnicity": float("nan")})).encode(),
    "brackets without end": lambda body: b"[" * 200_000,
    "braces without end": lambda body: b'{"fields":' * 100_000,
    "a number of a million digits": lambda body: b'{"record_version": ' + b"9" * 900_000 + b"}",
    "another alphabet": lambda body: json.dumps(honest(body), ensure_ascii=False).encode("utf-16"),
    "old Vietnamese bytes": lambda body: json.dumps(honest(body), ensure_ascii=False).encode("cp1258", "replace") + b"\xff",
    "a mark before it": lambda body: b"\xef\xbb\xbf" + json.dumps(honest(body)).encode(),
    "two megabytes": lambda body: json.dumps(honest(body, status_text="x" * 2_000_000)).encode(),
}


@pytest.mark.parametrize("lie", RAW)
def test_bytes_that_are_no_answer_are_no_answer(liar: Liar, registry: HttpRegistry, lie: str) -> None:
    liar.answer = RAW[lie]
    reply = registry.look_up(ask())
    assert (reply.outcome, dict(reply.fields)) == (Outcome.UNAVAILABLE, {})


@pytest.mark.parametrize("status", [201, 204, 301, 400, 401, 403, 404, 418, 429, 500, 502, 504])
def test_status_of_http_that_is_no_success_is_no_answer(liar: Liar, registry: HttpRegistry, status: int) -> None:
    liar.status, liar.headers = status, {"Location": f"{liar.url}/elsewhere"} if status == 301 else {}
    if status in (201, 204):
        liar.answer = lambda body: b""
    assert registry.look_up(ask()).outcome is Outcome.UNAVAILABLE
    assert not any(path == "/elsewhere" for path, _headers, _raw in liar.asked)


def test_hundred_megabytes_are_refused_long_before_they_have_come(liar: Liar, registry: HttpRegistry) -> None:
    megabyte = b" " * 1_000_000
    liar.headers = {"Content-Length": str(100 * len(megabyte))}
    liar.answer = lambda body: megabyte * 4
    begun = time.monotonic()
    assert registry.look_up(ask()).outcome is Outcome.UNAVAILABLE
    assert time.monotonic() - begun < 2


def test_answer_that_trickles_is_given_up_in_time(liar: Liar, registry: HttpRegistry) -> None:
    liar.trickle = 1
    begun = time.monotonic()
    replies = ask_all({"population": ask()}, {"population": registry})
    assert time.monotonic() - begun < 3.5
    assert replies["population"].outcome is Outcome.UNAVAILABLE


TOKENS = {
    "no JSON": b"<html>",
    "no token": b"{}",
    "a list": b"[]",
    "no lifetime": b'{"access_token": "T"}',
    "a lifetime in words": b'{"access_token": "T", "expires_in": "soon"}',
    "brackets without end": b"[" * 200_000,
    "a token of two lines": b'{"access_token": "T\\r\\nX-Evil: 1", "expires_in": 60}',
    "a token that is no Latin": '{"access_token": "Thẻ", "expires_in": 60}'.encode(),
}


@pytest.mark.parametrize("token", TOKENS)
def test_exchange_that_gives_no_usable_token_is_no_answer_and_nothing_is_asked(
    liar: Liar, registry: HttpRegistry, token: str
) -> None:
    liar.token = TOKENS[token]
    assert registry.look_up(ask()).outcome is Outcome.UNAVAILABLE
    assert liar.lookups() == []


def test_token_is_asked_for_once_and_again_only_after_it_was_refused(liar: Liar, registry: HttpRegistry) -> None:
    for _ in range(3):
        assert registry.look_up(ask()).outcome is Outcome.FOUND
    assert liar.tokens_asked() == 1
    liar.status = 401
    registry.look_up(ask())
    liar.status = 200
    assert registry.look_up(ask()).outcome is Outcome.FOUND
    assert liar.tokens_asked() == 2


def test_lie_is_written_into_the_log_without_the_person(
    liar: Liar, registry: HttpRegistry, capsys: pytest.CaptureFixture[str]
) -> None:
    answered(liar, registry, subject={"personal_id": "001190000002"})
    logged = "".join(capsys.readouterr())
    for private in ("001190000001", "001190000002", "Nguyễn", "1990-05-12"):
        assert private not in logged


def test_after_five_lies_the_registry_is_left_alone_and_asked_once_when_the_time_is_up(liar: Liar) -> None:
    now = [1_000.0]
    exchange = Exchange(liar.url, "portal", SECRET)
    registry = HttpRegistry("population", exchange, check_population, Breaker(lambda: now[0], lambda: 1.0))
    liar.answer = says(subject=None)
    for _ in range(FAILURES_TO_OPEN + 4):
        assert registry.look_up(ask()).outcome is Outcome.UNAVAILABLE
    assert len(liar.lookups()) == FAILURES_TO_OPEN
    now[0] += OPEN_SECONDS
    registry.look_up(ask())
    registry.look_up(ask())
    assert len(liar.lookups()) == FAILURES_TO_OPEN + 1
    now[0] += 2 * OPEN_SECONDS
    liar.answer = says()
    assert [registry.look_up(ask()).outcome for _ in range(3)] == [Outcome.FOUND] * 3


@pytest.mark.parametrize("status", ["01", "02", "03"])
def test_refusal_that_was_answered_is_no_failure_of_the_registry(liar: Liar, registry: HttpRegistry, status: str) -> None:
    for _ in range(2 * FAILURES_TO_OPEN):
        assert answered(liar, registry, status=status).outcome is not Outcome.UNAVAILABLE
    assert answered(liar, registry).outcome is Outcome.FOUND


def test_one_registrys_breaker_does_not_close_off_the_other(liar: Liar) -> None:
    exchange = Exchange(liar.url, "portal", SECRET)
    one = HttpRegistry("population", exchange, check_population)
    other = HttpRegistry("civil-status", exchange, check_civil_status)
    liar.answer = says(subject=None)
    for _ in range(FAILURES_TO_OPEN):
        one.look_up(ask())
    liar.answer = says(fields={"marital_status": "never_married", "marriages": []})
    assert one.look_up(ask()).outcome is Outcome.UNAVAILABLE
    assert other.look_up(ask(scope=("marital_status",))).outcome is Outcome.FOUND


def test_whatever_is_believed_can_be_kept(session: Session, liar: Liar, registry: HttpRegistry) -> None:
    owner, procedure = citizen(session), current(session, CODE)
    draft = open_draft(session, owner, procedure, language="vi")
    strange = population_fields(
        full_name="H'Mông Ỷ \U0001f600",
        ethnicity={"code": "99", "name": "\u0000 ẩn"},
        household={"head": None, "members": None},
    )
    scope = tuple(strange)
    liar.answer = says(fields=strange, response_id="R-Đ-1", record_version=2**53 - 1)
    reply = registry.look_up(ask(scope=scope))
    taken(session, owner, draft, procedure, {"population": reply})
    session.flush()
    assert (reply.outcome, draft.draft["replies"]["population"]) == (Outcome.FOUND, "found")
    assert household_hashes_of(draft.draft["answers"]) == []


@pytest.mark.parametrize(
    "marriages",
    [
        [{"number": 1, "registered_on": "2020-01-01", "spouse": {}, "ended": None}],
        [{"number": "1", "registered_on": "2020-01-01", "spouse": "X", "ended": None}],
        [{"number": "1", "registered_on": "2020-01-01", "spouse": {}}],
        [{"number": "1", "registered_on": "2020-01-01", "spouse": {}, "ended": {"kind": "divorce", "on": "hôm qua"}}],
        [{"number": "1", "registered_on": "2020-01-01", "spouse": {}, "ended": {"kind": "divorce", "on": "2021"}}] * 21,
        "không",
        {},
    ],
    ids=lambda value: str(value)[:60],
)
def test_marriages_of_the_wrong_shape_are_not_believed(liar: Liar, marriages: object) -> None:
    registry = HttpRegistry("civil-status", Exchange(liar.url, "portal", SECRET), check_civil_status)
    liar.answer = says(fields={"marital_status": "divorced", "marriages": marriages})
    assert registry.look_up(ask(scope=("marital_status", "marriages"))).outcome is Outcome.UNAVAILABLE


@pytest.mark.parametrize("status", ["divorced", "widowed"])
def test_status_that_a_marriage_still_standing_contradicts_is_not_believed(liar: Liar, status: str) -> None:
    registry = HttpRegistry("civil-status", Exchange(liar.url, "portal", SECRET), check_civil_status)
    standing = {"number": "1", "registered_on": "2020-01-01", "spouse": {"full_name": "X"}, "ended": None}
    liar.answer = says(fields={"marital_status": status, "marriages": [standing]})
    assert registry.look_up(ask(scope=("marital_status", "marriages"))).outcome is Outcome.UNAVAILABLE
