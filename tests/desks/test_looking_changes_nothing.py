from __future__ import annotations

import pytest
from flask import Flask

from tests.desks.addresses import addresses
from tests.desks.cast import Cast, Filed
from tests.desks.digest import digest

OVERRIDES = ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"]


@pytest.fixture(scope="module")
def filed(cast: Cast) -> Filed:
    made = cast.file("proposed")
    cast["citizen A"].post("/procedures/1.004873/apply", {"decline": "1"})
    assert cast["leader"].post("/counter/bulk/approve", {"code": made.code}).status_code == 302
    return made


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
@pytest.mark.parametrize("name", ["nobody", "citizen A", "clerk", "leader", "leader elsewhere"])
def test_whoever_looks_at_every_page_changes_nothing(app: Flask, cast: Cast, filed: Filed, method: str, name: str) -> None:
    before = digest()
    for address in addresses(app, filed, "approve"):
        if address.endpoint != "public.styleguide":  # a sample of every component: large, and nobody's data
            form = {"version": "5", "continue": "1", "declare": "yes", "decline": "1"}
            cast[name].client.open(address.path, method=method, query_string=form, base_url=cast[name].base_url)
    assert digest() == before


def test_digest_sees_the_smallest_change(cast: Cast, filed: Filed) -> None:
    before = digest()
    cast["citizen A"].post("/procedures/1.004873/apply", {"decline": "1"})
    assert {name for name, value in digest().items() if value != before[name]} == {"dossiers"}


def test_act_that_is_asked_for_by_looking_is_not_done(cast: Cast, filed: Filed) -> None:
    before = digest()
    token = cast["leader"].token()
    form = {"version": "5", "csrf_token": token, "_method": "POST"}
    assert cast["leader"].get(f"/counter/dossiers/{filed.code}/approve", query_string=form).status_code == 200
    for header in OVERRIDES:
        headers = {header: "POST"}
        page = cast["leader"].get(f"/counter/dossiers/{filed.code}/approve", query_string=form, headers=headers)
        assert page.status_code == 200
    assert digest() == before
    assert cast.place_of(filed) == ("in_processing", "awaiting_signature", 5)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "PROPFIND", "post"])
def test_no_address_takes_another_method(app: Flask, cast: Cast, filed: Filed, method: str) -> None:
    before = digest()
    for address in addresses(app, filed):
        answer = cast["leader"].client.open(address.path, method=method, base_url=cast["leader"].base_url)
        if method != "post":
            assert answer.status_code == 405, str(address)
            assert "Allow" in answer.headers
    assert digest() == before


def test_form_cannot_become_another_method_by_a_header(cast: Cast, filed: Filed) -> None:
    for header in OVERRIDES:
        answer = cast["leader"].post(f"/counter/dossiers/{filed.code}", {}, headers={header: "DELETE"})
        assert answer.status_code == 405
