"""The electronic-identity provider as its client: the way there, the way back, and who came back."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from pydantic import ValidationError

from portal import clock
from portal.auth.provider_answers import Metadata, iso_date_of_birth, reason_of
from portal.auth.tokens import Keys, KeysNotFetched, NoKeys, TokenRefused, believe_id_token, believe_logout_token, is_name
from portal.config import Settings, settings
from portal.outbound import bounded
from portal.text import clean, refused_characters

ANSWER_WITHIN_SECONDS = 3.0
LARGEST_ANSWER_BYTES = 200_000
METADATA_LIVES_SECONDS = 600
ATTEMPT_LIVES_SECONDS = 600


class LoginFailed(Exception):
    """A login that came to nothing; `reason` is one of the reasons that have a page."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(detail or reason)
        self.reason = reason


class ProviderUnavailable(LoginFailed):
    """The provider does not answer, or not sensibly."""

    def __init__(self, detail: str) -> None:
        super().__init__("unavailable", detail)


@dataclass(frozen=True)
class Attempt:
    """One login under way, kept by the browser that began it."""

    state: str
    nonce: str
    verifier: str
    level: int
    max_age_seconds: int | None
    next: str
    began_at: int


@dataclass(frozen=True)
class Identity:
    """Who came back, as the provider says."""

    issuer: str
    subject: str
    sid: str | None
    level: int
    authenticated_at: float
    id_token: str
    personal_id: str
    full_name: str
    date_of_birth: str


class Provider:
    """One provider; its metadata and keys are remembered for a while, its answers bounded in time and size."""

    def __init__(self, own: Settings) -> None:
        self._own = own
        self._http = bounded(requests.Session(), ANSWER_WITHIN_SECONDS, LARGEST_ANSWER_BYTES)
        self._metadata: Metadata | None = None
        self._metadata_until = 0.0
        self.keys = Keys(self._fetch_keys)

    def metadata(self) -> Metadata:
        """The provider's own description of itself.

        Raises:
            ProviderUnavailable: no answer, or one that describes another issuer.
        """
        if self._metadata is None or time.monotonic() > self._metadata_until:
            try:
                found = Metadata.model_validate(self._get_json(f"{self._own.eid_issuer}/.well-known/openid-configuration"))
            except ValidationError as wrong:
                raise ProviderUnavailable("metadata of the wrong shape") from wrong
            if found.issuer != self._own.eid_issuer:
                raise ProviderUnavailable("metadata of another issuer")
            self._metadata, self._metadata_until = found, time.monotonic() + METADATA_LIVES_SECONDS
        return self._metadata

    def begin(self, *, level: int, is_step_up: bool, next_url: str, language: str) -> tuple[str, Attempt]:
        """Where to send the browser, and the attempt to keep until it comes back.

        Raises:
            ProviderUnavailable: the provider does not answer.
        """
        metadata = self.metadata()
        attempt = Attempt(
            state=secrets.token_urlsafe(24),
            nonce=secrets.token_urlsafe(24),
            verifier=secrets.token_urlsafe(48),
            level=level,
            max_age_seconds=0 if is_step_up else None,
            next=next_url,
            began_at=int(clock.now().timestamp()),
        )
        extra = {} if attempt.max_age_seconds is None else {"max_age": attempt.max_age_seconds}
        with self._client() as client:
            url, _state = client.create_authorization_url(
                metadata.authorization_endpoint,
                state=attempt.state,
                code_verifier=attempt.verifier,
                nonce=attempt.nonce,
                acr_values=self._level_names[level],
                ui_locales=language,
                **extra,
            )
        return url, attempt

    def finish(self, attempt: Attempt, answer: Mapping[str, str]) -> Identity:
        """Who came back to the callback with this answer.

        Raises:
            LoginFailed: with the reason that has a page.
        """
        metadata = self.metadata()
        must_name_issuer = "iss" in answer or metadata.authorization_response_iss_parameter_supported
        if must_name_issuer and answer.get("iss") != metadata.issuer:
            raise LoginFailed("refused", "an answer of another issuer")
        if clock.now().timestamp() - attempt.began_at > ATTEMPT_LIVES_SECONDS:
            raise LoginFailed("expired")
        if "error" in answer:
            raise LoginFailed(reason_of(answer["error"], answer.get("error_description", "")))
        token = self._exchange(attempt, answer.get("code", ""))
        now = clock.now().timestamp()
        try:
            claims = believe_id_token(
                token.get("id_token", ""),
                self.keys,
                issuer=metadata.issuer,
                client_id=self._own.eid_client_id,
                nonce=attempt.nonce,
                access_token=token["access_token"],
                accepted_levels=frozenset(name for number, name in self._level_names.items() if number >= attempt.level),
                max_age_seconds=attempt.max_age_seconds,
                asked_at=attempt.began_at,
                now=now,
            )
        except NoKeys as missing:
            raise ProviderUnavailable(str(missing)) from missing
        except TokenRefused as refused:
            raise LoginFailed("refused", str(refused)) from refused
        person = self._userinfo(token["access_token"])
        if person.get("sub") != claims["sub"]:
            raise LoginFailed("refused", "another person's particulars")
        return self._identity(metadata.issuer, claims, person, token["id_token"])

    def logout_url(self, id_token: str) -> str | None:
        """Where a browser ends its session with the provider too; None where the provider has no such place."""
        place = self.metadata().end_session_endpoint
        if not place:
            return None
        query = {
            "id_token_hint": id_token,
            "client_id": self._own.eid_client_id,
            "post_logout_redirect_uri": f"{self._own.base_url}/",
        }
        return str(requests.Request("GET", place, params=query).prepare().url)

    def believe_logout(self, token: str) -> Mapping[str, Any]:
        """The claims of a back-channel logout token.

        Raises:
            TokenRefused: it is not believed.
            ProviderUnavailable: its keys cannot be had.
        """
        now = clock.now().timestamp()
        issuer = self.metadata().issuer
        try:
            return believe_logout_token(token, self.keys, issuer=issuer, client_id=self._own.eid_client_id, now=now)
        except NoKeys as missing:
            raise ProviderUnavailable(str(missing)) from missing

    @property
    def _level_names(self) -> dict[int, str]:
        return {1: self._own.eid_level_1, 2: self._own.eid_level_2}

    def _client(self) -> OAuth2Session:
        client = OAuth2Session(
            client_id=self._own.eid_client_id,
            client_secret=self._own.eid_client_secret,
            scope=self._own.eid_scope,
            redirect_uri=f"{self._own.base_url}/auth/callback",
            code_challenge_method="S256",
        )
        bounded(client, ANSWER_WITHIN_SECONDS, LARGEST_ANSWER_BYTES)
        return client

    def _exchange(self, attempt: Attempt, code: str) -> dict[str, Any]:
        if not code or len(code) > 2_000:
            raise LoginFailed("refused", "no code")
        try:
            with self._client() as client:
                token = client.fetch_token(self.metadata().token_endpoint, code=code, code_verifier=attempt.verifier)
        except OAuthError as refused:
            raise LoginFailed("expired", refused.error) from refused
        except (requests.RequestException, ValueError, TypeError, AttributeError) as fault:
            raise ProviderUnavailable(type(fault).__name__) from fault
        if not isinstance(token, dict) or not isinstance(token.get("access_token"), str) or not token.get("id_token"):
            raise LoginFailed("refused", "no tokens")
        return dict(token)

    def _userinfo(self, access_token: str) -> dict[str, Any]:
        return self._get_json(self.metadata().userinfo_endpoint, {"Authorization": f"Bearer {access_token}"})

    def _fetch_keys(self) -> Any:
        try:
            return self._get_json(self.metadata().jwks_uri)
        except ProviderUnavailable as fault:
            raise KeysNotFetched(str(fault)) from fault

    def _get_json(self, url: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
        try:
            response = self._http.get(url, headers=dict(headers or {}), allow_redirects=False)
            response.raise_for_status()
            found = response.json()
        except (requests.RequestException, ValueError) as fault:
            raise ProviderUnavailable(type(fault).__name__) from fault
        if not isinstance(found, dict):
            raise ProviderUnavailable("an answer that is no object")
        return found

    def _identity(self, issuer: str, claims: Mapping[str, Any], person: Mapping[str, Any], id_token: str) -> Identity:
        personal_id = str(person.get(self._own.eid_claim_personal_id, ""))
        full_name = clean(str(person.get(self._own.eid_claim_full_name, "")))[:300]
        born = iso_date_of_birth(str(person.get(self._own.eid_claim_date_of_birth, "")))
        if not re.fullmatch(r"[0-9]{12}", personal_id) or not full_name or born is None:
            raise LoginFailed("no_consent", "the particulars were not shared")
        if refused_characters(full_name):
            raise LoginFailed("refused", "a name with characters that hide")
        sid = claims.get("sid")
        return Identity(
            issuer=issuer,
            subject=claims["sub"],
            sid=str(sid) if is_name(sid) else None,
            level=2 if claims["acr"] == self._own.eid_level_2 else 1,
            authenticated_at=float(claims["auth_time"]),
            id_token=id_token,
            personal_id=personal_id,
            full_name=full_name,
            date_of_birth=born,
        )


@lru_cache(maxsize=1)
def provider() -> Provider:
    """The provider of this installation."""
    return Provider(settings())
