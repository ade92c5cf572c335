from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import OctKey, RSAKey

from portal.auth.tokens import SKEW_SECONDS, Keys, TokenRefused, believe_id_token
from tests.auth.forge import (
    ACCESS_TOKEN,
    CLIENT,
    ISSUER,
    KEY,
    LEVEL_1,
    LEVEL_2,
    NONCE,
    NOW,
    encoded,
    id_claims,
    new_key,
    published,
    signed,
    signed_with_public_key,
    unsigned,
)

KEYS = Keys(lambda: published(KEY))
ODD = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.lists(st.text(max_size=5), max_size=3)
)


def believed(token: Any, keys: Keys = KEYS, **other: Any) -> Mapping[str, Any]:
    asked: dict[str, Any] = {
        "issuer": ISSUER, "client_id": CLIENT, "nonce": NONCE, "access_token": ACCESS_TOKEN,
        "accepted_levels": frozenset({LEVEL_2}), "max_age_seconds": None, "asked_at": NOW - 30, "now": NOW,
    }  # fmt: skip
    return believe_id_token(token, keys, **(asked | other))


def refused(token: Any, **other: Any) -> str:
    with pytest.raises(TokenRefused) as why:
        believed(token, **other)
    return str(why.value)


def test_honest_token_is_believed() -> None:
    assert believed(signed(id_claims()))["sub"] == "a-subject"


@pytest.mark.parametrize("alg", ["RS256", "PS256"])
def test_honest_token_of_a_provider_with_rsa_keys_is_believed(alg: str) -> None:
    key = RSAKey.generate_key(2048, parameters={"kid": "rsa", "use": "sig"}, private=True)
    assert believed(signed(id_claims(), key, alg), Keys(lambda: published(key)))["sub"] == "a-subject"


@pytest.mark.parametrize(
    "token",
    [
        None, "", "a.b", "a.b.c", "a.b.c.d.e", "...", ACCESS_TOKEN, "x" * 30_000,
        f"{encoded([])}.{encoded(id_claims())}.AAAA", f"{encoded({'alg': 'ES256'})}.{encoded(id_claims())}.AAAA",
        "\u00e1.\u00e1.\u00e1", "\ud800.\ud800.\ud800",
    ],
)  # fmt: skip
def test_what_is_no_signed_token_is_refused(token: Any) -> None:
    refused(token)


@pytest.mark.parametrize("alg", ["none", "None", "nOnE", "", "HS256", "HS512", "ES256K", "dir"])
def test_token_without_a_signature_of_ours_to_check_is_refused(alg: str) -> None:
    refused(unsigned(id_claims(), alg))
    refused(unsigned(id_claims(), alg, "AAAA"))


def test_token_signed_with_the_public_key_as_a_shared_secret_is_refused() -> None:
    refused(signed_with_public_key(id_claims()))


def test_provider_that_publishes_a_shared_secret_gains_no_belief() -> None:
    secret = OctKey.generate_key(256, parameters={"kid": "oct", "use": "sig"})
    keys = Keys(lambda: {"keys": [secret.as_dict(private=True), KEY.as_dict(private=False)]})
    refused(signed(id_claims(), secret, "HS256"), keys=keys)


def test_changed_empty_and_strangers_signatures_are_refused() -> None:
    head, body, signature = signed(id_claims()).split(".")
    refused(f"{head}.{body}.")
    refused(f"{head}.{body}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}")
    refused(f"{head}.{encoded(id_claims(sub='somebody-else'))}.{signature}")
    refused(signed(id_claims(), new_key()))


@pytest.mark.parametrize(
    "kid", [None, 7, "", [], {}, "unknown", "../../etc/passwd", "' OR 1=1 --", "key-one\u0000", "k" * 300, "KEY-ONE", " key-one"]
)
def test_key_of_any_other_name_is_refused(kid: Any) -> None:
    refused(signed(id_claims(), kid=kid))


@pytest.mark.parametrize(
    "header",
    [
        {"jwk": new_key().as_dict(private=False)}, {"jku": "https://eid.example/keys"}, {"x5u": "https://eid.example/chain"},
        {"x5c": ["AAAA"]}, {"crit": ["exp"]}, {"crit": ["b64"], "b64": False}, {"crit": []},
    ],
)  # fmt: skip
def test_header_that_brings_its_own_key_or_its_own_rules_is_refused(header: dict[str, Any]) -> None:
    refused(signed(id_claims(), **header))


def test_stranger_who_shows_their_own_key_under_our_name_is_refused() -> None:
    stranger = new_key()
    refused(signed(id_claims(), stranger, jwk=stranger.as_dict(private=False)))


@pytest.mark.parametrize("payload", [[], "text", 7, None])
def test_signed_payload_that_is_no_object_is_refused(payload: Any) -> None:
    refused(signed(payload))


@pytest.mark.parametrize(
    "issuer",
    [
        None,
        "",
        7,
        [ISSUER],
        f"{ISSUER}/",
        ISSUER.upper(),
        "http://eid.example/eid",
        "https://eid.example",
        "https://evil.example",
    ],
)
def test_token_of_another_issuer_is_refused(issuer: Any) -> None:
    assert refused(signed(id_claims(iss=issuer))) == "from another issuer"


@pytest.mark.parametrize(
    ("audience", "party"),
    [
        (None, None), ("", None), ("other", None), ("other", CLIENT), ([], CLIENT), ([], None), (["other"], CLIENT),
        (["a", "b"], CLIENT), ([CLIENT, "other"], None), ([CLIENT, "other"], "other"), (CLIENT, "other"), (CLIENT.upper(), None),
        ({CLIENT: 1}, None), ([[CLIENT]], None), (f"{CLIENT} other", None), (CLIENT, ""), (CLIENT, [CLIENT]),
    ],
)  # fmt: skip
def test_token_for_another_client_is_refused(audience: Any, party: Any) -> None:
    refused(signed(id_claims(aud=audience, azp=party)))


def test_token_for_us_alone_is_believed_as_a_list_too_and_with_our_name_as_party() -> None:
    assert believed(signed(id_claims(aud=[CLIENT])))
    assert believed(signed(id_claims(azp=CLIENT)))


@pytest.mark.parametrize("nonce", [None, "", 7, NONCE.upper(), NONCE[:-1], f"{NONCE} ", [NONCE], "một-nonce-khác", "\ud800"])
def test_answer_to_another_login_is_refused(nonce: Any) -> None:
    assert refused(signed(id_claims(nonce=nonce))) == "an answer to another login"


@pytest.mark.parametrize("subject", [None, "", 7, "s" * 256, "ng\u01b0\u1eddi", "a\u0000b", ["a-subject"]])
def test_token_that_names_nobody_is_refused(subject: Any) -> None:
    assert refused(signed(id_claims(sub=subject))) == "nobody is named"


@pytest.mark.parametrize("level", [None, "", 2, LEVEL_1, [LEVEL_2], {LEVEL_2: 1}, LEVEL_2.upper(), f"{LEVEL_1} {LEVEL_2}"])
def test_level_below_the_one_asked_for_is_refused(level: Any) -> None:
    assert refused(signed(id_claims(acr=level))) == "a level lower than the one asked for"


def test_higher_level_than_asked_for_is_believed() -> None:
    assert believed(signed(id_claims()), accepted_levels=frozenset({LEVEL_1, LEVEL_2}))["acr"] == LEVEL_2


@pytest.mark.parametrize(
    ("claim", "at_the_edge", "beyond"),
    [
        ("exp", NOW - SKEW_SECONDS + 1, NOW - SKEW_SECONDS),
        ("iat", NOW + SKEW_SECONDS, NOW + SKEW_SECONDS + 1),
        ("nbf", NOW + SKEW_SECONDS, NOW + SKEW_SECONDS + 1),
        ("auth_time", NOW + SKEW_SECONDS, NOW + SKEW_SECONDS + 1),
    ],
)
def test_clocks_may_differ_by_a_minute_and_no_more(claim: str, at_the_edge: float, beyond: float) -> None:
    assert believed(signed(id_claims(**{claim: at_the_edge})))
    refused(signed(id_claims(**{claim: beyond})))


@pytest.mark.parametrize("claim", ["exp", "iat", "auth_time"])
def test_token_without_its_moments_is_refused(claim: str) -> None:
    assert claim in refused(signed(id_claims(**{claim: None})))


@pytest.mark.parametrize("claim", ["exp", "iat", "nbf", "auth_time"])
@pytest.mark.parametrize("value", [True, "1780000000", [], float("nan"), float("inf"), 10**400, 1e300, -1])
def test_moment_that_is_no_moment_is_refused(claim: str, value: Any) -> None:
    refused(signed(id_claims(**{claim: value})))


def test_fresh_login_was_made_after_it_was_asked_for_however_long_it_took() -> None:
    asked = {"max_age_seconds": 0, "asked_at": NOW - 540}
    assert believed(signed(id_claims(auth_time=NOW - 530)), **asked)
    assert believed(signed(id_claims(auth_time=NOW - 540 - SKEW_SECONDS)), **asked)
    assert refused(signed(id_claims(auth_time=NOW - 541 - SKEW_SECONDS)), **asked) == "a login that is too old"
    assert refused(signed(id_claims(auth_time=NOW - 86_400)), **asked) == "a login that is too old"


def test_old_login_is_believed_where_no_age_was_asked_for() -> None:
    assert believed(signed(id_claims(auth_time=NOW - 7 * 3600)))


def test_access_token_of_another_login_is_refused() -> None:
    assert refused(signed(id_claims(at_hash="AAAAAAAAAAAAAAAAAAAAAA"))) == "the access token of another login"
    refused(signed(id_claims(at_hash=7)))


@given(claim=st.sampled_from(sorted(set(id_claims()) - {"sid"})), value=ODD)
def test_no_odd_claim_is_believed_or_breaks_anything(claim: str, value: Any) -> None:
    token = signed(id_claims() | {claim: value})
    try:
        claims = believed(token)
    except TokenRefused:
        return
    assert claim in ("sub", "iat", "exp", "auth_time"), "only these may take other values than the one asked for"
    assert json.dumps(claims[claim]) == json.dumps(value)


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_no_text_is_a_token(first: str, second: str, third: str) -> None:
    refused(f"{first}.{second}.{third}")
