"""The registered clients: their secrets, exact redirect addresses and logout addresses."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field

from authlib.oauth2.rfc6749 import ClientMixin

SCOPES = ("openid", "profile", "personal_id")


@dataclass(frozen=True, eq=False)
class Client(ClientMixin):  # type: ignore[misc]
    """One confidential client."""

    client_id: str
    name: str
    secret: str
    redirect_uris: tuple[str, ...]
    post_logout_redirect_uris: tuple[str, ...] = ()
    backchannel_logout_uri: str | None = None
    id_token_signed_response_alg: str = "ES256"  # noqa: S105 - the name of an algorithm
    client_metadata: dict[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.client_metadata["post_logout_redirect_uris"] = list(self.post_logout_redirect_uris)

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> str:
        # Every request must name its redirect address.
        return ""

    def get_allowed_scope(self, scope: str | None) -> str | None:
        asked = (scope or "").split()
        if "openid" not in asked or set(asked) - set(SCOPES):
            return None
        return " ".join(name for name in SCOPES if name in asked)

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri in self.redirect_uris

    def check_client_secret(self, client_secret: str) -> bool:
        return hmac.compare_digest(self.secret.encode(), client_secret.encode())

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method in ("client_secret_basic", "client_secret_post")

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in ("authorization_code", "refresh_token")


def registered(portal_base_url: str) -> dict[str, Client]:
    """The portal, and a second client by which the provider is tried from outside."""
    portal = Client(
        "portal",
        "Một Cửa",
        "portal-demo-secret",
        (f"{portal_base_url}/auth/callback",),
        (f"{portal_base_url}/", portal_base_url),
        f"{portal_base_url}/auth/backchannel-logout",
    )
    outside = Client(
        "outside-check",
        "Bên kiểm tra độc lập",
        "outside-check",
        ("http://127.0.0.1:9911/callback",),
        ("http://127.0.0.1:9911/",),
        "http://127.0.0.1:9911/backchannel-logout",
    )
    return {client.client_id: client for client in (portal, outside)}
