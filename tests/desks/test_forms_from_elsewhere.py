"""Forms that no page of ours sent: refused, and what was typed is shown again where it was typed on a page of ours."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from tests.desks.addresses import Address, addresses
from tests.desks.cast import Cast, Filed
from tests.desks.digest import digest
from tests.visitors import HA, Visitor

WITHOUT_TOKEN = {"auth.backchannel_logout", "public.look_up", "public.verify_file"}  # a machine's call, and two look-ups
STEP = "/procedures/1.004873/apply/purpose"
TYPED = {"certificate.purpose": "other", "certificate.purpose_detail": "Mua nhà <b>ở</b> phố Mẫu", "certificate.copies": "2"}


@pytest.fixture(scope="module")
def filed(cast: Cast) -> Filed:
    made = cast.file("proposed")
    browser = cast["citizen A"]
    browser.post("/procedures/1.004873/apply", {"decline": "1"})
    assert browser.post("/procedures/1.004873/apply/facts", _facts(browser)).status_code == 302
    return made


@pytest.fixture(scope="module")
def stale_token(cast: Cast) -> str:
    """A token of citizen A's session before this one."""
    browser = Visitor(cast["citizen A"].client.application)
    browser.log_in(HA)
    return browser.token()


def who_posts(address: Address) -> str:
    if address.rule.endswith("/recheck"):
        return "officer"
    if address.rule.startswith("/admin"):
        return "administrator"
    if address.rule.startswith(("/counter/assist", "/counter/intake", "/counter/originals", "/counter/tickets")):
        return "clerk"
    return "leader" if address.rule.startswith("/counter") else "citizen A"


def forms(app: Flask, filed: Filed) -> list[Address]:
    """Every address that takes a form of ours."""
    return [one for one in addresses(app, filed, "approve") if one.method == "POST" and one.endpoint not in WITHOUT_TOKEN]


def test_every_form_without_its_own_sessions_token_is_refused(app: Flask, cast: Cast, filed: Filed, stale_token: str) -> None:
    before = digest()
    others = cast["citizen B"].token()
    for address in forms(app, filed):
        browser = cast[who_posts(address)]
        own = browser.token()
        for token in ("", "x", own[:-1], own[::-1], f"{own}x", stale_token, others, "ă"):
            answer = browser.post(address.path, {**TYPED, "version": "4"}, token=token)
            assert answer.status_code == 400, (str(address), token)
    assert digest() == before
    assert cast["citizen A"].is_logged_in


def test_token_counts_in_the_form_alone_and_json_is_no_form(app: Flask, cast: Cast, filed: Filed) -> None:
    before = digest()
    for address in forms(app, filed):
        browser = cast[who_posts(address)]
        client, base = browser.client, browser.base_url
        token = browser.token()
        form = {**TYPED, "version": "4", "draft_id": "x"}
        assert client.post(address.path, query_string={"csrf_token": token}, data=form, base_url=base).status_code == 400
        assert client.post(address.path, json={**form, "csrf_token": token}, base_url=base).status_code == 400
        text = {"data": '{"csrf_token": "' + token + '"}', "content_type": "text/plain"}
        assert client.post(address.path, **text, base_url=base).status_code == 400
    assert digest() == before


def test_form_of_nobody_is_refused_before_anything_else(app: Flask, cast: Cast, filed: Filed) -> None:
    before = digest()
    for address in forms(app, filed):
        answer = cast["nobody"].post(address.path, TYPED, token="")
        assert answer.status_code == 401 or answer.headers["Location"] == "/", str(address)
    assert digest() == before


def test_old_form_shows_what_was_typed_and_takes_it_at_the_next_press(cast: Cast, filed: Filed) -> None:
    browser = cast["citizen A"]
    answer = browser.post(STEP, {**TYPED, "continue": "1"}, token="of-yesterday")
    assert answer.status_code == 400
    assert "Mua nhà &lt;b&gt;ở&lt;/b&gt; phố Mẫu" in answer.text
    again = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', answer.text))
    assert set(TYPED) <= set(again)
    assert re.search(rf'<form method="post" action="{re.escape(STEP)}">', answer.text)
    sent = browser.post(STEP, {**TYPED, "continue": "1"}, token=again["csrf_token"])
    assert sent.status_code == 302
    assert "Mua nhà" in browser.get(STEP).text


def _facts(browser: Visitor) -> dict[str, str]:
    """Something to type in every field of the page of facts."""
    page = browser.get("/procedures/1.004873/apply/facts").text
    parts = {"day": "1", "month": "2", "year": "2010"}
    names = re.findall(r'name="((?:subject|contact)\.[a-z_.]+)"', page)
    typed = {name: parts.get(name.rsplit(".", 1)[1], "Số 9 phố Mẫu") for name in names}
    known = {"subject.sex": "female", "subject.marital_status": "never_married"}
    return typed | {name: value for name, value in known.items() if name in names} | {"office": "H26.31"}


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "null"}, {"Origin": "https://evil.example"}, {"Origin": ""}, {"Origin": "", "Referer": "https://evil.example/"},
        {"Origin": "", "Referer": ""}, {"Origin": "http://127.0.0.1"}, {"Origin": "https://{host}"}, {"Origin": "http://{host}.evil.example"},
        {"Origin": "http://evil@{host}"},
    ],
)  # fmt: skip
def test_form_of_another_site_is_not_shown_again(cast: Cast, filed: Filed, headers: dict[str, str]) -> None:
    browser = cast["citizen A"]
    host = browser.base_url.split("//")[1]
    sent = {name: value.format(host=host) for name, value in headers.items()}
    answer = browser.post(STEP, {"certificate.purpose_detail": "từ-nơi-khác"}, token="", headers=sent)
    assert answer.status_code == 400
    assert "từ-nơi-khác" not in answer.text


def test_page_of_ours_is_known_by_its_address_too(cast: Cast, filed: Filed) -> None:
    browser = cast["citizen A"]
    headers = {"Origin": "", "Referer": f"{browser.base_url}{STEP}"}
    assert "từ-trang-này" in browser.post(STEP, {"certificate.purpose_detail": "từ-trang-này"}, token="", headers=headers).text


def test_every_form_on_every_page_carries_a_token_where_one_is_asked_for(app: Flask, cast: Cast, filed: Filed) -> None:
    for name in ("citizen A", "leader"):
        for address in addresses(app, filed, "approve"):
            if address.method != "GET":
                continue
            page = cast[name].get(address.path)
            text = page.text if page.mimetype == "text/html" else ""
            for form in re.findall(r'<form method="post".*?</form>', text, re.DOTALL):
                if re.match(r'<form[^>]*(action="/(track|verify)"|data-sample)', form):
                    continue
                assert 'name="csrf_token"' in form, (str(address), form[:200])
