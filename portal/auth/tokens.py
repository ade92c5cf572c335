"""Believing a provider's tokens: signature, issuer, audience, time, nonce and level, each checked here and nowhere else.

The library's own defaults accept a foreign audience with our `azp`, a lowered level, a stale login and a missing
token, so nothing of them is relied on.
"""

from __future__ import annotations

import hmac
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from authlib.oidc.core.util import create_half_hash
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

ALGORITHMS = ("ES256", "ES384", "RS256", "PS256")
SKEW_SECONDS = 60
REFETCH_EVERY_SECONDS = 60
KEYS_LIVE_SECONDS = 3600
MOST_KEYS = 20
LONGEST_NAME = 255
LAST_MOMENT = 4_102_444_800  # the year 2100: a moment beyond it is a mistake or a trick
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
REFUSED_HEADERS = ("jku", "jwk", "x5u", "x5c", "crit")


class TokenRefused(Exception):
    """A token that is not believed; the text says why, for the log, and holds nothing of the token."""


class KeysNotFetched(Exception):
    """The fetcher's way to say that the provider did not answer."""


class NoKeys(TokenRefused):
    """Nothing can be believed for now: the provider's keys could not be had, and none are remembered."""


class Keys:
    """The provider's public keys: fetched at most once a minute, and a broken set never replaces a good one."""

    def __init__(self, fetch: Callable[[], Any], monotonic: Callable[[], float] = time.monotonic) -> None:
        self._fetch = fetch
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._keys: KeySet | None = None
        self._tried_at = float("-inf")
        self._good_at = float("-inf")

    def for_kid(self, kid: str) -> KeySet:
        """The keys, fetched anew where `kid` is unknown or the keys are old.

        Raises:
            NoKeys: the provider's keys cannot be had, and none are remembered.
            TokenRefused: no key of this name.
        """
        with self._lock:
            now = self._monotonic()
            is_stale = now - self._good_at > KEYS_LIVE_SECONDS
            if (not self._knows(kid) or is_stale) and now - self._tried_at >= REFETCH_EVERY_SECONDS:
                self._tried_at = now
                self._refetch()
            if self._keys is None:
                raise NoKeys("the provider's keys cannot be had")
            if not self._knows(kid):
                raise TokenRefused("signed with a key that the provider does not publish")
            return self._keys

    def _knows(self, kid: str) -> bool:
        return self._keys is not None and any(key.kid == kid for key in self._keys.keys)

    def _refetch(self) -> None:
        try:
            published = self._fetch()
            usable = [key for key in published["keys"][:MOST_KEYS] if key.get("kid") and key.get("use", "sig") == "sig"]
            fresh = KeySet.import_key_set({"keys": usable})
        except (KeysNotFetched, JoseError, ValueError, KeyError, TypeError, AttributeError):
            return  # what is remembered stays
        if fresh.keys:
            self._keys, self._good_at = fresh, self._monotonic()


def _decode(token: str, keys: Keys, algorithms: tuple[str, ...]) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    if not isinstance(token, str) or token.count(".") != 2 or len(token) > 20_000:
        raise TokenRefused("not a signed token")
    try:
        header = jws.extract_compact(token.encode()).headers()
    except (JoseError, ValueError, TypeError) as wrong:
        raise TokenRefused("an unreadable header") from wrong
    if header.get("alg") not in algorithms:
        raise TokenRefused("an algorithm that is not allowed")
    if any(name in header for name in REFUSED_HEADERS):
        raise TokenRefused("a header that brings its own key or rules")
    kid = header.get("kid")
    if not isinstance(kid, str) or len(kid) > 200:
        raise TokenRefused("no key named")
    try:
        registry = JWSRegistry(algorithms=list(algorithms), strict_check_header=False)
        decoded = jwt.decode(token, keys.for_kid(kid), registry=registry)
    except (JoseError, ValueError, TypeError) as wrong:
        raise TokenRefused("a signature that does not hold") from wrong
    return decoded.header, decoded.claims


def _number(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= LAST_MOMENT:
        raise TokenRefused(f"{name} is missing or no moment")  # NaN compares with nothing, so it ends here too
    return float(value)


def is_name(value: object) -> bool:
    """Whether a claim can name somebody or something: printable ASCII of at most 255 characters, as the standard has it."""
    return isinstance(value, str) and 0 < len(value) <= LONGEST_NAME and value.isascii() and value.isprintable()


def _check_parties(claims: Mapping[str, Any], issuer: str, client_id: str) -> None:
    if claims.get("iss") != issuer:
        raise TokenRefused("from another issuer")
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if client_id not in audiences:
        raise TokenRefused("for another client")
    if claims.get("azp", client_id) != client_id or (len(audiences) > 1 and "azp" not in claims):
        raise TokenRefused("given to another client")


def _check_times(claims: Mapping[str, Any], now: float) -> None:
    if _number(claims, "exp") <= now - SKEW_SECONDS:
        raise TokenRefused("expired")
    if _number(claims, "iat") > now + SKEW_SECONDS:
        raise TokenRefused("from the future")
    if "nbf" in claims and _number(claims, "nbf") > now + SKEW_SECONDS:
        raise TokenRefused("not valid yet")


def believe_id_token(
    token: str,
    keys: Keys,
    *,
    issuer: str,
    client_id: str,
    nonce: str,
    access_token: str,
    accepted_levels: frozenset[str],
    max_age_seconds: int | None,
    asked_at: float,
    now: float,
) -> Mapping[str, Any]:
    """The claims of an ID token that answers exactly this login.

    `max_age_seconds` is how old a login might be when it was asked for at `asked_at`; the time that a person then takes
    at the provider (a one-time password, a consent to read) makes no login old.

    Raises:
        TokenRefused: anything is missing, other or out of time.
    """
    header, claims = _decode(token, keys, ALGORITHMS)
    _check_parties(claims, issuer, client_id)
    _check_times(claims, now)
    answered = claims.get("nonce")
    if not isinstance(answered, str) or not hmac.compare_digest(answered.encode(errors="replace"), nonce.encode()):
        raise TokenRefused("an answer to another login")
    if not is_name(claims.get("sub")):
        raise TokenRefused("nobody is named")
    if not is_name(claims.get("acr")) or claims["acr"] not in accepted_levels:
        raise TokenRefused("a level lower than the one asked for")
    login_at = _number(claims, "auth_time")
    if login_at > now + SKEW_SECONDS:
        raise TokenRefused("a login in the future")
    if max_age_seconds is not None and asked_at - login_at > max_age_seconds + SKEW_SECONDS:
        raise TokenRefused("a login that is too old")
    if "at_hash" in claims and claims["at_hash"] != create_half_hash(access_token, header["alg"]).decode():
        raise TokenRefused("the access token of another login")
    return claims


def believe_logout_token(token: str, keys: Keys, *, issuer: str, client_id: str, now: float) -> Mapping[str, Any]:
    """The claims of a back-channel logout token (OpenID Connect Back-Channel Logout 1.0).

    Raises:
        TokenRefused: anything is missing, other or out of time, or it could be taken for an ID token.
    """
    header, claims = _decode(token, keys, ALGORITHMS)
    if str(header.get("typ", "")).lower() != "logout+jwt" or "nonce" in claims:
        raise TokenRefused("not a logout token")
    _check_parties(claims, issuer, client_id)
    _check_times(claims, now)
    events = claims.get("events")
    if not isinstance(events, dict) or LOGOUT_EVENT not in events:
        raise TokenRefused("no logout event")
    named = [claims[name] for name in ("sid", "sub") if claims.get(name) is not None]
    if not is_name(claims.get("jti")) or not named or not all(is_name(name) for name in named):
        raise TokenRefused("no session named")
    return claims
