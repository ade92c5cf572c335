"""The provider's other endpoints on Authlib: userinfo, revocation, and the first half of logout."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from authlib.integrations.flask_oauth2 import ResourceProtector
from authlib.oauth2.rfc6749 import OAuth2Request
from authlib.oauth2.rfc6750 import BearerTokenValidator
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oidc.core import UserInfoEndpoint
from authlib.oidc.rpinitiated import EndSessionEndpoint

from portal.sandbox.eid.claims import claims_for
from portal.sandbox.eid.grants_store import Token
from portal.sandbox.eid.keys import ALGORITHM
from portal.sandbox.eid.misbehave import has_fault

if TYPE_CHECKING:
    from portal.sandbox.eid.provider import Provider

AUTH_METHODS = ["client_secret_basic", "client_secret_post"]


def endpoints(provider: Provider) -> list[Any]:
    """The endpoints to register at this provider's server."""

    class Bearer(BearerTokenValidator):  # type: ignore[misc]
        def authenticate_token(self, token_string: str) -> Token | None:
            return provider.grants.by_access(token_string)

    class UserInfo(UserInfoEndpoint):  # type: ignore[misc]
        def __call__(self, request: OAuth2Request) -> tuple[int, dict[str, Any], list[tuple[str, str]]]:
            token: Token = self.resource_protector.acquire_token("openid")
            client: Any = token.get_client()
            subject = provider.subject(client.client_id, token.who.person)
            if has_fault(provider, "userinfo_sub_mismatch"):
                subject = subject[::-1]
            claims = {"sub": subject} | claims_for(token.who.person, token.scope)
            return 200, claims, [("Content-Type", "application/json"), ("Cache-Control", "no-store")]

    class Revocation(RevocationEndpoint):  # type: ignore[misc]
        CLIENT_AUTH_METHODS = AUTH_METHODS

        def query_token(self, token_string: str, token_type_hint: str | None) -> Token | None:
            return provider.grants.by_access(token_string) or provider.grants.by_refresh(token_string)

        def revoke_token(self, token: Token, request: Any) -> None:
            provider.grants.revoke_family(token.family)

    class EndSession(EndSessionEndpoint):  # type: ignore[misc]
        def get_server_jwks(self) -> Any:
            return provider.keys.verifying()

        def get_algorithms(self) -> list[str]:
            return [ALGORITHM]

        def end_session(self, end_session_request: Any) -> None:
            """Ended by the caller, who knows the browser's session as well."""

    protector = ResourceProtector()
    protector.register_token_validator(Bearer())
    return [UserInfo(resource_protector=protector), Revocation, EndSession]
