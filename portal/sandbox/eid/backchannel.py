"""Back-channel logout: a signed logout token to every client of a session that ended, sent beside the request."""

from __future__ import annotations

import secrets
import threading
from typing import Any

import requests
from joserfc import jwt

from portal.sandbox.eid.keys import ALGORITHM
from portal.sandbox.eid.provider import Provider
from portal.sandbox.eid.sessions import SsoSession
from portal.sandbox.eid.watch import Seen

EVENT = "http://schemas.openid.net/event/backchannel-logout"
TRIES = 2
TIMEOUT_SECONDS = 3


def logout_token(provider: Provider, session: SsoSession, client_id: str) -> str:
    """The token that tells one client of the end of one session."""
    now = provider.clock.seconds()
    claims: dict[str, Any] = {
        "iss": provider.issuer,
        "aud": client_id,
        "iat": now,
        "exp": now + 120,
        "jti": secrets.token_urlsafe(16),
        "sub": provider.subject(client_id, session.person),
        "sid": session.sid,
        "events": {EVENT: {}},
    }
    head = {"alg": ALGORITHM, "kid": str(provider.keys.signing.kid), "typ": "logout+jwt"}
    return jwt.encode(head, claims, provider.keys.signing, [ALGORITHM])


def tell_clients(provider: Provider, session: SsoSession) -> None:
    """Ends a session: its tokens are revoked and its clients are told, without waiting for them."""
    provider.sessions.end(session)
    provider.grants.revoke_session(session.sid)
    for client_id in sorted(session.clients):
        address = provider.clients[client_id].backchannel_logout_uri
        if address:
            token = logout_token(provider, session, client_id)
            threading.Thread(target=_send, args=(provider, client_id, address, token), daemon=True).start()


def _send(provider: Provider, client_id: str, address: str, token: str) -> None:
    status = 0
    for _ in range(TRIES):
        try:
            answer = requests.post(address, data={"logout_token": token}, timeout=TIMEOUT_SECONDS, allow_redirects=False)
        except requests.RequestException:
            continue
        status = answer.status_code
        if status < 500:
            break
    provider.log.write(Seen(provider.clock.iso(), "BACKCHANNEL", "logout", client_id, "logout_token=…", status))
