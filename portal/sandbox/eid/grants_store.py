"""Codes, tokens and pushed requests in memory: each code is taken once, and reuse revokes the whole family."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from portal.sandbox.people.model import Person

CODE_SECONDS = 60
ACCESS_SECONDS = 600
REFRESH_SECONDS = 8 * 3600
PUSHED_SECONDS = 60
_REVOKED = -1


@dataclass(frozen=True)
class Authenticated:
    """Who authenticated, how well and when; the same facts go into every token of a family."""

    person: Person
    sid: str
    acr: str
    amr: tuple[str, ...]
    auth_time: int


@dataclass
class Code:
    """An authorization code with all that it was issued for."""

    code: str
    client_id: str
    redirect_uri: str
    scope: str
    nonce: str | None
    code_challenge: str
    code_challenge_method: str
    who: Authenticated
    issued_at: int

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str | None:
        return self.nonce

    def get_auth_time(self) -> int:
        return self.who.auth_time

    def get_acr(self) -> str:
        return self.who.acr

    def get_amr(self) -> list[str]:
        return list(self.who.amr)


@dataclass
class Token:
    """An access token with its refresh token; `family` is the code that began it."""

    access_token: str
    refresh_token: str | None
    client: object
    scope: str
    who: Authenticated
    family: str
    issued_at: int
    now: Callable[[], int]
    revoked: bool = False
    refresh_used: bool = False

    def check_client(self, client: object) -> bool:
        return self.client is client

    def get_scope(self) -> str:
        return self.scope

    def get_expires_in(self) -> int:
        return ACCESS_SECONDS

    def is_expired(self) -> bool:
        return self.now() >= self.issued_at + ACCESS_SECONDS

    def is_revoked(self) -> bool:
        return self.revoked

    def get_user(self) -> Person:
        return self.who.person

    def get_client(self) -> object:
        return self.client


class GrantStore:
    """Everything that was granted, guarded by one lock."""

    def __init__(self, now: Callable[[], int]) -> None:
        self.now = now
        self._lock = threading.Lock()
        self._codes: dict[str, Code] = {}
        self._spent: dict[str, int] = {}
        self._access: dict[str, Token] = {}
        self._refresh: dict[str, Token] = {}
        self._pushed: dict[str, tuple[str, dict[str, str], int]] = {}

    def add_code(self, code: Code) -> None:
        """Remembers a code until it is taken."""
        with self._lock:
            self._codes[code.code] = code

    def take_code(self, value: str, client_id: str) -> Code | None:
        """The code, once: a second taking revokes what the first one gave."""
        with self._lock:
            code = self._codes.pop(value, None)
            if code is None:
                if value in self._spent:
                    self._spent[value] = _REVOKED
                    self._revoke(lambda token: token.family == value)
                return None
            self._spent[value] = self.now()
        fresh = self.now() < code.issued_at + CODE_SECONDS
        return code if fresh and code.client_id == client_id else None

    def add_token(self, token: Token) -> None:
        """Remembers a token, unless its code was replayed while it was being made."""
        with self._lock:
            if self._spent.get(token.family) == _REVOKED:
                token.revoked = True
            self._access[token.access_token] = token
            if token.refresh_token:
                self._refresh[token.refresh_token] = token
            self._forget_old()

    def by_access(self, value: str) -> Token | None:
        with self._lock:
            return self._access.get(value)

    def by_refresh(self, value: str) -> Token | None:
        with self._lock:
            return self._refresh.get(value)

    def use_refresh(self, value: str, client: object) -> Token | None:
        """The token of a refresh token that is used for the first time; reuse revokes the family."""
        with self._lock:
            token = self._refresh.get(value)
            if token is None or token.client is not client:
                return None
            if token.refresh_used:
                self._spent[token.family] = _REVOKED
                self._revoke(lambda other: other.family == token.family)
                return None
            if token.revoked or self.now() >= token.issued_at + REFRESH_SECONDS:
                return None
            token.refresh_used = True
            return token

    def revoke_family(self, family: str) -> None:
        with self._lock:
            self._revoke(lambda token: token.family == family)

    def revoke_session(self, sid: str) -> None:
        with self._lock:
            self._revoke(lambda token: token.who.sid == sid)
            self._codes = {value: code for value, code in self._codes.items() if code.who.sid != sid}

    def _revoke(self, chosen: Callable[[Token], bool]) -> None:
        for token in self._access.values():
            if chosen(token):
                token.revoked = True
                self._spent[token.family] = _REVOKED

    def _forget_old(self) -> None:
        if len(self._access) % 512:
            return
        limit = self.now() - REFRESH_SECONDS
        self._access = {value: token for value, token in self._access.items() if token.issued_at > limit}
        self._refresh = {value: token for value, token in self._refresh.items() if token.issued_at > limit}
        self._codes = {value: code for value, code in self._codes.items() if code.issued_at > limit}

    def push(self, uri: str, client_id: str, params: dict[str, str]) -> None:
        """Keeps a pushed authorization request for a minute."""
        with self._lock:
            self._pushed[uri] = (client_id, params, self.now())

    def take_pushed(self, uri: str, client_id: str) -> dict[str, str] | None:
        """The pushed request of this client, once."""
        with self._lock:
            owner, params, at = self._pushed.get(uri, ("", {}, 0))
            if owner != client_id or self.now() >= at + PUSHED_SECONDS:
                return None
            del self._pushed[uri]
            return params
