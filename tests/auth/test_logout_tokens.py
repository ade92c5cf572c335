from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from portal.auth.tokens import SKEW_SECONDS, Keys, TokenRefused, believe_id_token, believe_logout_token
from tests.auth.forge import (
    ACCESS_TOKEN,
    CLIENT,
    ISSUER,
    KEY,
    LEVEL_2,
    LOGOUT_EVENT,
    NONCE,
    NOW,
    id_claims,
    logout_claims,
    new_key,
    published,
    signed,
    unsigned,
)

KEYS = Keys(lambda: published(KEY))
TYP = "logout+jwt"


def believed(token: str) -> Mapping[str, Any]:
    return believe_logout_token(token, KEYS, issuer=ISSUER, client_id=CLIENT, now=NOW)


def refused(token: str) -> None:
    with pytest.raises(TokenRefused):
        believed(token)


@pytest.mark.parametrize("typ", ["logout+jwt", "Logout+JWT"])
def test_honest_logout_token_is_believed(typ: str) -> None:
    assert believed(signed(logout_claims(), typ=typ))["sid"] == "a-sid"


@pytest.mark.parametrize("missing", ["sid", "sub"])
def test_session_may_be_named_by_either_name(missing: str) -> None:
    assert believed(signed(logout_claims(**{missing: None}), typ=TYP))


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://evil.example"}, {"iss": None}, {"aud": "other"}, {"aud": None}, {"aud": "other", "azp": CLIENT},
        {"aud": [CLIENT, "other"]}, {"exp": NOW - SKEW_SECONDS}, {"exp": None}, {"iat": None}, {"iat": NOW + SKEW_SECONDS + 1},
        {"nbf": NOW + SKEW_SECONDS + 1}, {"exp": 10**400}, {"exp": float("nan")},
        {"jti": None}, {"jti": ""}, {"jti": 7}, {"sid": None, "sub": None}, {"sid": "", "sub": None}, {"sid": 7}, {"sub": ["x"]},
        {"sid": "a\u0000b"}, {"events": None}, {"events": {}}, {"events": [LOGOUT_EVENT]}, {"events": LOGOUT_EVENT},
        {"events": {"other": {}}}, {"nonce": NONCE},
    ],
)  # fmt: skip
def test_logout_token_with_anything_missing_or_other_is_refused(changes: dict[str, Any]) -> None:
    refused(signed(logout_claims(**changes), typ=TYP))


def test_forged_logout_token_is_refused() -> None:
    refused(unsigned(logout_claims()))
    refused(signed(logout_claims(), new_key(), typ=TYP))
    refused(signed(logout_claims(), typ=TYP).rsplit(".", 1)[0] + ".")


@pytest.mark.parametrize("typ", [None, "JWT", "at+jwt", 7, ["logout+jwt"]])
def test_token_of_another_kind_ends_no_session(typ: Any) -> None:
    refused(signed(logout_claims(), typ=typ))
    refused(signed(id_claims(events={LOGOUT_EVENT: {}}, jti="x"), typ=typ))


def test_logout_token_logs_nobody_in() -> None:
    token = signed(logout_claims(auth_time=NOW, acr=LEVEL_2), typ=TYP)
    with pytest.raises(TokenRefused):
        believe_id_token(
            token, KEYS, issuer=ISSUER, client_id=CLIENT, nonce=NONCE, access_token=ACCESS_TOKEN,
            accepted_levels=frozenset({LEVEL_2}), max_age_seconds=None, asked_at=NOW, now=NOW,
        )  # fmt: skip
