"""Whatever stands in an address, a header or a form, the answer is a page of ours and never a fault of ours."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as tried
from hypothesis import strategies as st

from portal import db
from portal.services.organisation.absences import own_member
from tests.desks.addresses import addresses
from tests.desks.cast import PEOPLE, Cast, Filed, actor_of

ODD = [
    "%00", "a-%00", "%ed%a0%80", "..%2f..%2fetc%2fpasswd", "'%20OR%201=1%20--", "x" * 3000, "%0d%0aSet-Cookie:%20a=b",
    "%F0%9F%98%80", "9" * 30,
]  # fmt: skip
UNKEEPABLE = ["\x00", "a\x00b", "x" * 60_000, "\u202e", "\ufffe"]
QUESTIONS = {
    "/counter/queue": ("q", "page", "tab"), "/procedures": ("q",), "/verify": ("code",), "/verify.json": ("code",),
    "/login": ("next", "level"), "/language/vi": ("next",), "/auth/callback": ("state", "code", "iss"), "/": ("lang",),
    "/procedures/1.004873/apply": ("again",),
}  # fmt: skip
FIELDS = (
    "reason ground decision version office code secret declare draft_id decline subject.full_name subject.permanent_residence"
    " certificate.purpose certificate.copies contact.email appraisal.conclusion"
)
ACTS = {"send-back": "leader", "approve": "leader", "propose": "officer", "refuse": "clerk", "receive": "clerk"}
BODIES = [b"", b"\x00", b"\xff\xfe", b"code=%00&secret=%00", b"code=%ed%a0%80&secret=%ff", b"{", b"a" * 100_000, b"&" * 9_000]
KINDS = ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "multipart/form-data", "application/json", ""]
HEADERS = ["Accept-Language", "Cookie", "Origin", "Referer", "Content-Type", "X-Forwarded-For", "Host", "Accept", "Range"]
PRINTABLE = st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=200)


@pytest.fixture(scope="module")
def filed(cast: Cast) -> Filed:
    return cast.file("submitted")


@pytest.mark.parametrize("odd", ODD)
def test_odd_word_in_any_place_of_an_address_is_no_fault(app: Flask, cast: Cast, filed: Filed, odd: str) -> None:
    browser = cast["clerk"]
    changed = set()
    for address in addresses(app, filed):
        parts = address.path.split("/")
        if "<" in address.rule and address.method == "GET":
            changed |= {"/".join([*parts[:place], odd, *parts[place + 1 :]]) for place in range(2, len(parts))}
    for path in sorted(changed):
        answer = browser.client.get(path, base_url=browser.base_url)
        assert answer.status_code < 500, path
        assert "%00" not in odd or answer.status_code == 404, path
        assert "a=b" not in str(answer.headers)


@pytest.mark.parametrize("odd", ODD)
def test_odd_word_in_any_question_is_no_fault(cast: Cast, filed: Filed, odd: str) -> None:
    browser = cast["clerk"]
    for path, queries in QUESTIONS.items():
        for query in queries:
            assert browser.client.get(f"{path}?{query}={odd}", base_url=browser.base_url).status_code < 500, (path, query)


@pytest.mark.parametrize("path", ["/track", "/verify", "/auth/backchannel-logout", "/logout"])
def test_odd_body_is_no_fault(cast: Cast, path: str) -> None:
    for body in BODIES:
        for kind in KINDS:
            answer = cast["nobody"].client.post(path, data=body, content_type=kind, base_url=cast["nobody"].base_url)
            assert answer.status_code < 500, (path, body[:20], kind)


@tried(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(HEADERS), value=PRINTABLE)
def test_odd_header_is_no_fault(cast: Cast, name: str, value: str) -> None:
    for path in ("/track", "/my/dossiers", "/login"):
        answer = cast["nobody"].client.get(path, headers={name: value}, base_url=cast["nobody"].base_url)
        assert answer.status_code < 500


@pytest.mark.parametrize("odd", UNKEEPABLE)
def test_odd_word_in_any_field_of_any_form_is_no_fault(cast: Cast, odd: str) -> None:
    waiting = cast.file("proposed")
    form = dict.fromkeys(FIELDS.split(), odd)
    cast["citizen A"].post("/procedures/1.004873/apply", {"decline": "1"})
    for path in ("facts", "purpose", "review"):
        assert cast["citizen A"].post(f"/procedures/1.004873/apply/{path}", form).status_code < 500
    for act, name in ACTS.items():
        for version in (odd, "5"):
            page = f"/counter/dossiers/{waiting.code}/{act}"
            assert cast[name].post(page, {**form, "version": version}).status_code < 500, act
    assert cast["nobody"].post("/track", form, token="").status_code == 422


@pytest.mark.parametrize("odd", ["\x00", "\u202e", "x" * 60_000, "9" * 5000])
def test_odd_word_in_the_forms_beside_the_acts_is_no_fault(cast: Cast, filed: Filed, odd: str) -> None:
    with db.transaction() as session:
        member = own_member(session, actor_of(session, PEOPLE["leader"][0]))
        assert member is not None
    run = cast["leader"].post("/counter/bulk/approve", {"code": cast.file("proposed").code}).headers["Location"]
    cast["clerk"].post("/counter/assist", {"code": filed.code, "card": PEOPLE["citizen A"][0], "is_present": "yes"})
    days = {f"{day}.{part}": odd for day in ("first_day", "last_day") for part in ("year", "month", "day")}
    absence = f"/counter/absences/{member.id}"
    forms: list[tuple[str, str, dict[str, Any]]] = [
        ("leader", "/counter/bulk/approve", {"code": [odd, f" {filed.code.lower()} ", filed.code, filed.code]}),
        ("leader", "/counter/bulk/approve", {"all": odd, "tab": odd, "q": odd, "procedure": odd, "after": odd, "due": odd}),
        ("leader", "/counter/bulk/assign", {"code": [filed.code] * 501, "to": odd}),
        ("leader", run, {"to": odd, "page": odd}),
        ("leader", f"{absence}/new", {**days, "stand_in": odd, "note": odd}),
        ("leader", f"{absence}/{member.id}/end", {"version": odd}),
        ("clerk", "/counter/elsewhere", {"code": odd, "reason": odd}),
        ("clerk", "/counter/assist", {"code": odd, "card": odd, "is_present": odd}),
        ("clerk", f"/counter/assist/{filed.code}/supplements", {"request_id": odd, "remove": odd, "note": odd, "continue": "1"}),
        ("clerk", f"/counter/assist/{filed.code}/withdraw", {"version": odd, "confirmed": odd}),
        ("clerk", f"/counter/assist/{filed.code}/draft", {"version": odd, "answer": odd, "reason": odd, "confirmed": odd}),
    ]
    for name, page, form in forms:
        assert cast[name].post(page, form).status_code < 500, (page, form)
    assert cast.place_of(filed)[0] == "submitted"
