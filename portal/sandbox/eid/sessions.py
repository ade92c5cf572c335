"""Who is signed in at the provider in which browser, and the half-finished sign-ins; gone with the process."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from portal.sandbox.people.model import Person

COOKIE = "sandbox_eid_sso"
BROWSER_COOKIE = "sandbox_eid_browser"
SESSION_SECONDS = 8 * 3600
ATTEMPT_SECONDS = 900
MAX_ATTEMPTS_KEPT = 5_000


@dataclass
class SsoSession:
    """One person signed in in one browser; `sid` is told to clients, the key is in the cookie alone."""

    key: str
    sid: str
    person: Person
    level: int
    auth_time: int
    clients: set[str] = field(default_factory=set)


@dataclass
class Attempt:
    """A sign-in under way: the client's request, and how far the person has come."""

    key: str
    browser: str
    params: dict[str, str]
    desired: int
    accepted: int
    started_at: int
    must_consent: bool = False
    person: Person | None = None
    level: int = 0
    auth_time: int = 0
    fresh: bool = False


class Sessions:
    """Sessions and attempts, guarded by one lock."""

    def __init__(self, now: Callable[[], int]) -> None:
        self.now = now
        self._lock = threading.Lock()
        self._sessions: dict[str, SsoSession] = {}
        self._attempts: dict[str, Attempt] = {}
        self._consents: dict[tuple[str, str], set[str]] = {}

    def get(self, key: str | None) -> SsoSession | None:
        """The session of a cookie, while it lasts."""
        with self._lock:
            session = self._sessions.get(key or "")
        if session is None or self.now() >= session.auth_time + SESSION_SECONDS:
            return None
        return session

    def sign_in(self, person: Person, level: int, auth_time: int, before: SsoSession | None) -> SsoSession:
        """A session after an authentication; the same person keeps the `sid`, the cookie value is new in any case."""
        sid = before.sid if before and before.person is person else secrets.token_urlsafe(16)
        session = SsoSession(secrets.token_urlsafe(32), sid, person, level, auth_time)
        with self._lock:
            if before:
                self._sessions.pop(before.key, None)
                session.clients |= before.clients if before.person is person else set()
            self._sessions[session.key] = session
        return session

    def end(self, session: SsoSession) -> None:
        with self._lock:
            self._sessions.pop(session.key, None)

    def find(self, *, sid: str | None = None, personal_id: str | None = None) -> list[SsoSession]:
        """Sessions by what clients know of them, or all of a person."""
        with self._lock:
            return [
                session for session in self._sessions.values() if session.sid == sid or session.person.personal_id == personal_id
            ]

    def all(self) -> list[SsoSession]:
        with self._lock:
            return list(self._sessions.values())

    def begin(self, attempt: Attempt) -> None:
        """Keeps a sign-in under way; the oldest go when there are too many."""
        with self._lock:
            self._attempts[attempt.key] = attempt
            while len(self._attempts) > MAX_ATTEMPTS_KEPT:
                del self._attempts[next(iter(self._attempts))]

    def attempt(self, key: str | None, browser: str | None) -> Attempt | None:
        """The sign-in under way, in the browser that began it."""
        with self._lock:
            attempt = self._attempts.get(key or "")
        if attempt is None or attempt.browser != browser or self.now() >= attempt.started_at + ATTEMPT_SECONDS:
            return None
        return attempt

    def finish(self, attempt: Attempt) -> bool:
        """Whether this call is the one that finishes the sign-in."""
        with self._lock:
            return self._attempts.pop(attempt.key, None) is not None

    def has_consented(self, person: Person, client_id: str, scope: str) -> bool:
        with self._lock:
            return set(scope.split()) <= self._consents.get((person.personal_id, client_id), set())

    def consent(self, person: Person, client_id: str, scope: str) -> None:
        with self._lock:
            self._consents.setdefault((person.personal_id, client_id), set()).update(scope.split())

    def forget_consents(self) -> None:
        with self._lock:
            self._consents.clear()
