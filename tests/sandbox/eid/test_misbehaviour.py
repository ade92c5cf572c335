"""Each switchable misdeed does what its name says, once, and is gone when cleared."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
import requests
from joserfc.errors import JoseError

from ..process import Running
from .relying_party import LEVEL_1, LEVEL_2, Browser, RelyingParty

PERSON = "001198900001"
pytestmark = pytest.mark.usefixtures("no_faults")


def switch(sandbox: Running, fault: str, **more: object) -> None:
    body = {"fault": fault, "count": 1} | more
    requests.post(f"{sandbox.issuer}/faults", json=body, timeout=5).raise_for_status()


def read(token: str, part: int = 1) -> dict[str, Any]:
    text = token.split(".")[part]
    decoded: dict[str, Any] = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return decoded


def forged(sandbox: Running, client: RelyingParty, fault: str, **asked_more: str) -> tuple[str, dict[str, str]]:
    asked = client.ask(acr_values=LEVEL_2, **asked_more)
    code = client.authorize(asked, auto=PERSON)["code"]
    switch(sandbox, fault)
    return client.exchange(asked, code).json().get("id_token", ""), asked.params


@pytest.mark.parametrize(
    "fault",
    [
        "alg_none", "hs256_public_key", "bad_signature", "empty_signature", "unknown_kid", "kid_path", "own_jwk",
        "wrong_iss", "iss_trailing_slash", "wrong_aud", "expired", "no_acr", "no_exp", "no_sub", "no_sid",
        "no_auth_time", "nbf_future", "iat_future", "access_token_as_id_token",
    ],
)  # fmt: skip
def test_a_strict_client_refuses_the_forged_token(sandbox: Running, outside: RelyingParty, fault: str) -> None:
    token, _ = forged(sandbox, outside, fault)
    with pytest.raises((JoseError, ValueError)):
        outside.claims(token)
    honest, _ = outside.sign_in(PERSON)
    assert outside.claims(honest["id_token"])["sub"]


def test_claims_that_only_comparison_finds_are_really_changed(sandbox: Running, outside: RelyingParty) -> None:
    token, params = forged(sandbox, outside, "wrong_nonce")
    assert read(token)["nonce"] != params["nonce"]
    assert "nonce" not in read(forged(sandbox, outside, "no_nonce")[0])
    assert read(forged(sandbox, outside, "lowered_acr")[0])["acr"] == LEVEL_1
    assert read(forged(sandbox, outside, "stale_auth_time")[0])["auth_time"] < read(token)["auth_time"] - 80_000
    tricked = read(forged(sandbox, outside, "aud_azp")[0])
    assert tricked["aud"] != outside.client_id
    assert tricked["azp"] == outside.client_id
    assert "azp" not in read(forged(sandbox, outside, "aud_list_no_azp")[0])
    assert read(forged(sandbox, outside, "azp_other")[0])["azp"] != outside.client_id


def test_the_id_token_can_be_missing(sandbox: Running, outside: RelyingParty) -> None:
    assert forged(sandbox, outside, "missing_id_token")[0] == ""


def test_userinfo_can_tell_of_another_subject(sandbox: Running, outside: RelyingParty) -> None:
    tokens, claims = outside.sign_in(PERSON)
    switch(sandbox, "userinfo_sub_mismatch")
    assert outside.userinfo(tokens["access_token"]).json()["sub"] != claims["sub"]


@pytest.mark.parametrize("fault", ["wrong_iss_parameter", "missing_iss_parameter"])
def test_the_issuer_parameter_can_be_wrong_or_absent(sandbox: Running, outside: RelyingParty, fault: str) -> None:
    switch(sandbox, fault)
    answer = outside.answer(Browser().get(outside.meta["authorization_endpoint"], outside.ask().params | {"auto": PERSON}))
    assert answer.get("iss") != outside.issuer


def test_an_error_can_carry_html(sandbox: Running, outside: RelyingParty) -> None:
    switch(sandbox, "error_html")
    assert "<script>" in outside.authorize(outside.ask(), auto="000000000000")["error_description"]


def test_documents_can_be_wrong_or_unreachable(sandbox: Running, outside: RelyingParty) -> None:
    switch(sandbox, "metadata_issuer")
    document = requests.get(f"{sandbox.issuer}/.well-known/openid-configuration", timeout=5).json()
    assert document["issuer"] != sandbox.issuer
    switch(sandbox, "jwks_down")
    assert requests.get(outside.meta["jwks_uri"], timeout=5).status_code == 503
    switch(sandbox, "jwks_garbage")
    assert "?" in requests.get(outside.meta["jwks_uri"], timeout=5).text
    assert requests.get(outside.meta["jwks_uri"], timeout=5).json()["keys"][0]["alg"] == "ES256"


def test_the_wire_can_fail_in_every_way(sandbox: Running, outside: RelyingParty) -> None:
    address = outside.meta["jwks_uri"]
    switch(sandbox, "error_500")
    assert requests.get(address, timeout=5).status_code == 500
    switch(sandbox, "garbage")
    with pytest.raises(ValueError, match=r".*"):
        requests.get(address, timeout=5).json()
    switch(sandbox, "down")
    assert requests.get(address, timeout=5).headers["Retry-After"] == "30"
    switch(sandbox, "slow", seconds=2)
    with pytest.raises(requests.Timeout):
        requests.get(address, timeout=0.3)
    switch(sandbox, "huge")
    with requests.get(address, timeout=5, stream=True) as huge:
        assert len(next(huge.iter_content(2_000_000))) > 100_000


def test_a_fault_without_a_count_lasts_until_it_is_cleared(sandbox: Running, outside: RelyingParty) -> None:
    switch(sandbox, "jwks_down", count=None)
    assert {requests.get(outside.meta["jwks_uri"], timeout=5).status_code for _ in range(3)} == {503}
    requests.delete(f"{sandbox.issuer}/faults", timeout=5).raise_for_status()
    assert requests.get(outside.meta["jwks_uri"], timeout=5).status_code == 200


def test_an_unknown_fault_is_refused(sandbox: Running) -> None:
    refused = requests.post(f"{sandbox.issuer}/faults", json={"fault": "phep-la"}, timeout=5)
    assert refused.status_code == 400
    assert "wrong_nonce" in refused.json()["known"]


def test_the_request_log_shows_no_personal_number_code_or_token(sandbox: Running, outside: RelyingParty) -> None:
    tokens, _ = outside.sign_in(PERSON)
    page = requests.get(f"{sandbox.issuer}/admin", headers={"Accept": "text/html"}, timeout=5).text
    log = requests.get(f"{sandbox.issuer}/admin/log.json", timeout=5).text
    for secret in (PERSON, tokens["access_token"], tokens["refresh_token"], "outside-check&"):
        assert secret not in page
        assert secret not in log
    assert "/eid/token" in log
