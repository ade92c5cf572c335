"""Honest tokens and forged ones, made with keys of the tests' own."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import Any

from joserfc.jwk import ECKey, Key
from joserfc.jws import JWSRegistry

ISSUER, CLIENT, NONCE, ACCESS_TOKEN = "https://eid.example/eid", "portal", "a-nonce-of-this-login", "an-access-token"
LEVEL_1, LEVEL_2 = "urn:level-1", "urn:level-2"
NOW = 1_780_000_000.0
KID = "key-one"
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"


def new_key(kid: str = KID) -> ECKey:
    """A signing key, as the provider would publish it."""
    return ECKey.generate_key("P-256", parameters={"kid": kid, "use": "sig", "alg": "ES256"}, private=True)


KEY = new_key()


def published(*keys: Key) -> dict[str, Any]:
    """A key set as the provider publishes it."""
    return {"keys": [key.as_dict(private=False) for key in keys]}


def id_claims(**changes: Any) -> dict[str, Any]:
    """The claims of an honest ID token, changed; None takes a claim away."""
    honest = {
        "iss": ISSUER, "aud": CLIENT, "sub": "a-subject", "sid": "a-sid", "nonce": NONCE, "acr": LEVEL_2,
        "iat": NOW, "exp": NOW + 600, "auth_time": NOW - 5,
    }  # fmt: skip
    return {name: value for name, value in (honest | changes).items() if value is not None}


def logout_claims(**changes: Any) -> dict[str, Any]:
    """The claims of an honest logout token, changed; None takes a claim away."""
    honest = {
        "iss": ISSUER, "aud": CLIENT, "sub": "a-subject", "sid": "a-sid", "jti": "a-jti",
        "iat": NOW, "exp": NOW + 120, "events": {LOGOUT_EVENT: {}},
    }  # fmt: skip
    return {name: value for name, value in (honest | changes).items() if value is not None}


def encoded(value: Any) -> str:
    """A part of a token, as it stands between the dots."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def signed(claims: Any, key: Key = KEY, alg: str = "ES256", **header: Any) -> str:
    """The claims truly signed, under whatever header; None takes a part of the header away."""
    whole = {"alg": alg, "kid": key.kid, "typ": "JWT"} | header
    body = f"{encoded({name: value for name, value in whole.items() if value is not None})}.{encoded(claims)}"
    signature = JWSRegistry.algorithms[alg].sign(body.encode(), key)
    return f"{body}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def unsigned(claims: dict[str, Any], alg: str = "none", signature: str = "") -> str:
    """A token without a signature, or with an invented one."""
    return f"{encoded({'alg': alg, 'kid': KID, 'typ': 'JWT'})}.{encoded(claims)}.{signature}"


def signed_with_public_key(claims: dict[str, Any]) -> str:
    """HS256 with the bytes of the public key as its secret."""
    body = f"{encoded({'alg': 'HS256', 'kid': KID, 'typ': 'JWT'})}.{encoded(claims)}"
    digest = hmac.new(KEY.as_pem(private=False), body.encode(), hashlib.sha256).digest()
    return f"{body}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


@dataclass
class Published:
    """A place where keys are published, and how often it was asked."""

    answer: Any
    asked: int = 0
    clock: list[float] = field(default_factory=lambda: [0.0])

    def fetch(self) -> Any:
        self.asked += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def monotonic(self) -> float:
        return self.clock[0]

    def later(self, seconds: float) -> None:
        self.clock[0] += seconds
