"""PKCE, redirect addresses, single-use codes, pushed requests, refresh rotation, revocation: what a provider must refuse."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from ..process import Running
from .relying_party import Browser, RelyingParty

PERSON = "001198900001"


@pytest.mark.parametrize(
    "more",
    [
        {"code_challenge": None, "code_challenge_method": None},
        {"code_challenge_method": "plain"},
        {"code_challenge_method": None},
        {"code_challenge": "short"},
    ],
    ids=["missing", "plain", "method-unsaid", "short"],
)
def test_pkce_with_s256_is_demanded_from_confidential_clients(outside: RelyingParty, more: dict[str, str | None]) -> None:
    answer = outside.authorize(outside.ask(**more), auto=PERSON)
    assert answer["error"] == "invalid_request"


@pytest.mark.parametrize("verifier", [None, "x" * 64, ""])
def test_a_code_is_worth_nothing_without_its_verifier(outside: RelyingParty, verifier: str | None) -> None:
    asked = outside.ask()
    code = outside.authorize(asked, auto=PERSON)["code"]
    refused = outside.exchange(asked, code, code_verifier=verifier)
    assert refused.status_code == 400
    assert refused.json()["error"] in ("invalid_grant", "invalid_request")


@pytest.mark.parametrize(
    "redirect_uri",
    [
        "http://127.0.0.1:9911/callback/",
        "http://127.0.0.1:9911/callback?x=1",
        "http://127.0.0.1:9911/Callback",
        "http://127.0.0.1:9911@evil.example/callback",
        "http://localhost:9911/callback",
        None,
    ],
)
def test_only_the_exact_redirect_address_is_gone_to(outside: RelyingParty, redirect_uri: str | None) -> None:
    asked = outside.ask(redirect_uri=redirect_uri)
    page = Browser().get(outside.meta["authorization_endpoint"], asked.params | {"auto": PERSON})
    assert page.status_code == 400
    assert not page.is_redirect
    assert "không hợp lệ" in page.text


def test_an_unknown_client_gets_a_page_and_no_redirect(outside: RelyingParty) -> None:
    page = Browser().get(outside.meta["authorization_endpoint"], outside.ask(client_id="ai-do").params)
    assert page.status_code == 400


def test_a_repeated_parameter_is_refused(outside: RelyingParty) -> None:
    params = [*outside.ask().params.items(), ("nonce", "thu-hai")]
    page = requests.get(outside.meta["authorization_endpoint"], params=params, timeout=5)
    assert page.status_code == 400


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "openid email"}, "invalid_scope"),
        ({"scope": "personal_id"}, "invalid_scope"),
        ({"max_age": "-1"}, "invalid_request"),
    ],
)
def test_errors_go_back_with_state_and_issuer(outside: RelyingParty, more: dict[str, str], error: str) -> None:
    assert outside.authorize(outside.ask(**more))["error"] == error


def test_a_code_works_once_and_its_replay_revokes_what_it_gave(outside: RelyingParty) -> None:
    asked = outside.ask()
    code = outside.authorize(asked, auto=PERSON)["code"]
    tokens = outside.exchange(asked, code).json()
    assert outside.userinfo(tokens["access_token"]).status_code == 200
    replay = outside.exchange(asked, code)
    assert (replay.status_code, replay.json()["error"]) == (400, "invalid_grant")
    assert outside.userinfo(tokens["access_token"]).status_code == 401
    refresh = outside.token({"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]})
    assert refresh.status_code == 400


def test_of_parallel_exchanges_at_most_one_succeeds(outside: RelyingParty) -> None:
    asked = outside.ask()
    code = outside.authorize(asked, auto=PERSON)["code"]
    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(lambda _: outside.exchange(asked, code).status_code, range(8)))
    assert statuses == [200] + [400] * 7


@pytest.mark.usefixtures("no_faults")
def test_a_code_lives_sixty_seconds(sandbox: Running, outside: RelyingParty) -> None:
    asked = outside.ask()
    code = outside.authorize(asked, auto=PERSON)["code"]
    requests.post(f"{sandbox.issuer}/admin/clock", json={"seconds": 61}, timeout=5).raise_for_status()
    assert outside.exchange(asked, code).json()["error"] == "invalid_grant"


def test_a_code_belongs_to_its_client_and_its_redirect_address(portal: RelyingParty, outside: RelyingParty) -> None:
    asked = outside.ask()
    code = outside.authorize(asked, auto=PERSON)["code"]
    stolen = portal.exchange(asked, code, redirect_uri=outside.redirect_uri)
    assert stolen.json()["error"] == "invalid_grant"
    code = outside.authorize(asked, auto=PERSON)["code"]
    assert outside.exchange(asked, code, redirect_uri="http://127.0.0.1:9911/").json()["error"] == "invalid_grant"


def test_a_wrong_client_secret_is_refused(outside: RelyingParty) -> None:
    refused = requests.post(
        outside.meta["token_endpoint"],
        data={"grant_type": "authorization_code", "code": "x"},
        auth=("outside-check", "sai"),
        timeout=5,
    )
    assert refused.status_code == 401
    assert refused.json()["error"] == "invalid_client"


def _push(client: RelyingParty, params: dict[str, str], secret: str | None = None) -> requests.Response:
    return requests.post(
        client.meta["pushed_authorization_request_endpoint"],
        data=params,
        auth=(client.client_id, secret or client.secret),
        timeout=5,
    )


def test_a_pushed_request_is_used_once_and_only_by_its_client(portal: RelyingParty, outside: RelyingParty) -> None:
    asked = outside.ask()
    pushed = _push(outside, asked.params)
    assert pushed.status_code == 201
    assert pushed.json()["expires_in"] <= 90
    uri = pushed.json()["request_uri"]
    endpoint = outside.meta["authorization_endpoint"]
    foreign = Browser().get(endpoint, {"client_id": portal.client_id, "request_uri": uri, "auto": PERSON})
    assert foreign.status_code == 400
    short = {"client_id": outside.client_id, "request_uri": uri, "auto": PERSON, "scope": "openid"}
    answer = outside.answer(Browser().get(endpoint, short))
    tokens = outside.exchange(asked, answer["code"]).json()
    assert outside.claims(tokens["id_token"], asked)["SoDinhDanh"] == PERSON
    assert Browser().get(endpoint, short).status_code == 400


def test_a_faulty_request_is_refused_when_it_is_pushed(outside: RelyingParty) -> None:
    assert _push(outside, outside.ask(code_challenge_method="plain").params).status_code == 400
    assert _push(outside, outside.ask(redirect_uri="http://evil.example/").params).status_code == 400
    assert _push(outside, outside.ask().params, "sai").status_code == 401
    assert _push(outside, outside.ask().params | {"request_uri": "urn:x"}).status_code == 400


def test_refresh_tokens_rotate_and_reuse_revokes_the_family(outside: RelyingParty) -> None:
    tokens, first = outside.sign_in(PERSON)
    renewed = outside.token({"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}).json()
    again = outside.claims(renewed["id_token"])
    assert (again["sub"], again["sid"], again["auth_time"]) == (first["sub"], first["sid"], first["auth_time"])
    assert renewed["refresh_token"] != tokens["refresh_token"]
    reused = outside.token({"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]})
    assert reused.json()["error"] == "invalid_grant"
    assert outside.userinfo(renewed["access_token"]).status_code == 401
    after = outside.token({"grant_type": "refresh_token", "refresh_token": renewed["refresh_token"]})
    assert after.json()["error"] == "invalid_grant"


def test_a_revoked_token_opens_nothing(portal: RelyingParty, outside: RelyingParty) -> None:
    tokens, _ = outside.sign_in(PERSON)

    def revoke(client: RelyingParty) -> None:
        requests.post(
            client.meta["revocation_endpoint"],
            data={"token": tokens["access_token"]},
            auth=(client.client_id, client.secret),
            timeout=5,
        )

    revoke(portal)
    assert outside.userinfo(tokens["access_token"]).status_code == 200
    revoke(outside)
    refused = outside.userinfo(tokens["access_token"])
    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.usefixtures("no_faults")
def test_an_access_token_expires(sandbox: Running, outside: RelyingParty) -> None:
    tokens, _ = outside.sign_in(PERSON)
    requests.post(f"{sandbox.issuer}/admin/clock", json={"seconds": 601}, timeout=5).raise_for_status()
    assert outside.userinfo(tokens["access_token"]).status_code == 401


def test_an_old_key_still_verifies_after_a_rotation_and_the_new_one_signs(sandbox: Running, outside: RelyingParty) -> None:
    tokens, _ = outside.sign_in(PERSON)
    kid = requests.post(f"{sandbox.issuer}/admin/rotate", timeout=5).json()["kid"]
    assert outside.claims(tokens["id_token"])["sub"]
    fresh, _ = outside.sign_in(PERSON)
    assert outside.claims(fresh["id_token"])["sub"]
    keys = requests.get(outside.meta["jwks_uri"], timeout=5).json()["keys"]
    assert keys[0]["kid"] == kid
    assert all("d" not in key and key["alg"] == "ES256" for key in keys)
