"""The Authlib server: code and refresh grants, PKCE for everybody, ID tokens with `kid`, the `iss` parameter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from authlib.common.urls import add_params_to_uri
from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.integrations.flask_oauth2.requests import FlaskOAuth2Request
from authlib.oauth2.rfc6749 import InvalidRequestError, OAuth2Request
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant, RefreshTokenGrant
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc9207 import IssuerParameter
from authlib.oidc.core.grants import OpenIDCode, OpenIDToken
from flask import request as flask_request

from portal.sandbox.eid.claims import claims_for
from portal.sandbox.eid.clients import Client
from portal.sandbox.eid.grants_store import ACCESS_SECONDS, Authenticated, Code, Token
from portal.sandbox.eid.keys import ALGORITHM
from portal.sandbox.eid.misbehave import forged_token, has_fault
from portal.sandbox.people.model import Person

if TYPE_CHECKING:
    from portal.sandbox.eid.provider import Provider

ID_TOKEN_SECONDS = 600
AUTH_METHODS = ["client_secret_basic", "client_secret_post"]


class Server(AuthorizationServer):  # type: ignore[misc]
    """Authlib's server, which here also resumes a request that was stored while the person signed in."""

    def create_oauth2_request(self, request: Any) -> OAuth2Request:
        made = FlaskOAuth2Request(flask_request)
        if isinstance(request, dict):
            made.payload = BasicOAuth2Payload(request)
        return made


class S256(CodeChallenge):  # type: ignore[misc]
    """PKCE with S256, for confidential clients too."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ["S256"]
    DEFAULT_CODE_CHALLENGE_METHOD = "S256"

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        data = grant.request.payload.data
        if not data.get("code_challenge") or data.get("code_challenge_method") != "S256":
            raise InvalidRequestError("PKCE with S256 is required")
        super().validate_code_challenge(grant, redirect_uri)


def build_server(provider: Provider) -> Server:
    """The Authlib server of this provider."""

    def save_token(token: dict[str, Any], request: OAuth2Request) -> None:
        origin = request.authorization_code or request.refresh_token
        provider.grants.add_token(
            Token(
                token["access_token"],
                token.get("refresh_token"),
                request.client,
                token["scope"],
                origin.who,
                origin.code if isinstance(origin, Code) else origin.family,
                provider.clock.seconds(),
                provider.clock.seconds,
            )
        )

    server = Server(query_client=provider.clients.get, save_token=save_token)
    server.load_config(
        {
            "OAUTH2_REFRESH_TOKEN_GENERATOR": True,
            "OAUTH2_TOKEN_EXPIRES_IN": {"authorization_code": ACCESS_SECONDS, "refresh_token": ACCESS_SECONDS},
        }
    )
    code_tokens, refresh_tokens = _id_tokens(provider)
    server.register_grant(_code_grant(provider), [code_tokens, S256(required=True)])
    server.register_grant(_refresh_grant(provider), [refresh_tokens])
    server.register_extension(_issuer_parameter(provider)())
    return server


def _code_grant(provider: Provider) -> type:
    class CodeGrant(AuthorizationCodeGrant):  # type: ignore[misc]
        TOKEN_ENDPOINT_AUTH_METHODS = AUTH_METHODS

        def save_authorization_code(self, code: str, request: OAuth2Request) -> None:
            data = request.payload.data
            who: Authenticated = request.credential
            provider.grants.add_code(
                Code(
                    code,
                    request.client.client_id,
                    request.payload.redirect_uri,
                    request.scope,
                    data.get("nonce"),
                    data.get("code_challenge"),
                    data.get("code_challenge_method"),
                    who,
                    provider.clock.seconds(),
                )
            )

        def query_authorization_code(self, code: str, client: Client) -> Code | None:
            return provider.grants.take_code(code, client.client_id)

        def delete_authorization_code(self, authorization_code: Code) -> None:
            """It is gone already: taking a code and deleting it are one act here."""

        def authenticate_user(self, authorization_code: Code) -> Person:
            return authorization_code.who.person

    return CodeGrant


def _refresh_grant(provider: Provider) -> type:
    class RefreshGrant(RefreshTokenGrant):  # type: ignore[misc]
        TOKEN_ENDPOINT_AUTH_METHODS = AUTH_METHODS
        INCLUDE_NEW_REFRESH_TOKEN = True

        def authenticate_refresh_token(self, refresh_token: str) -> Token | None:
            return provider.grants.use_refresh(refresh_token, self.request.client)

        def authenticate_user(self, refresh_token: Token) -> Person:
            return refresh_token.who.person

        def revoke_old_credential(self, refresh_token: Token) -> None:
            refresh_token.revoked = True

    return RefreshGrant


class _IdTokens:
    """What both grants put into an ID token; the honest one, unless a fault forges it."""

    provider: Provider

    def get_client_algorithm(self, client: Client) -> str:
        return ALGORITHM

    def get_encode_header(self, client: Client) -> dict[str, str]:
        return {"alg": ALGORITHM, "kid": str(self.provider.keys.signing.kid), "typ": "JWT"}

    def resolve_client_private_key(self, client: Client) -> Any:
        return self.provider.keys.signing

    def get_client_claims(self, client: Client) -> dict[str, Any]:
        now = self.provider.clock.seconds()
        return {"iss": self.provider.issuer, "aud": client.client_id, "iat": now, "exp": now + ID_TOKEN_SECONDS}

    def get_compatible_claims(self, request: OAuth2Request) -> dict[str, Any]:
        who: Authenticated = (request.authorization_code or request.refresh_token).who
        return self.get_client_claims(request.client) | {
            "sub": self.provider.subject(request.client.client_id, who.person),
            "sid": who.sid,
            "acr": who.acr,
            "amr": list(who.amr),
            "auth_time": who.auth_time,
        }

    def generate_user_info(self, user: Person, scope: str) -> dict[str, str]:
        return claims_for(user, scope)

    def encode_id_token(self, token: dict[str, Any], request: OAuth2Request) -> str:
        honest: str = super().encode_id_token(token, request)  # type: ignore[misc]
        return forged_token(self.provider, honest)

    def process_token(self, grant: Any, response: Any) -> dict[str, Any]:
        token: dict[str, Any] = super().process_token(grant, response)  # type: ignore[misc]
        if has_fault(self.provider, "missing_id_token"):
            token.pop("id_token", None)
        return token


def _id_tokens(provider: Provider) -> tuple[OpenIDCode, OpenIDToken]:
    class CodeIdTokens(_IdTokens, OpenIDCode):  # type: ignore[misc]
        def exists_nonce(self, nonce: str, request: OAuth2Request) -> bool:
            # The nonce binds a client's own session; a provider that remembers nonces would break the back button.
            return False

    class RefreshedIdTokens(_IdTokens, OpenIDToken):  # type: ignore[misc]
        pass

    CodeIdTokens.provider = RefreshedIdTokens.provider = provider
    return CodeIdTokens(), RefreshedIdTokens()


def _issuer_parameter(provider: Provider) -> type:
    class Issuer(IssuerParameter):  # type: ignore[misc]
        def add_issuer_parameter(self, authorization_server: Any, response: Any) -> None:
            # Asked for once per response: the library asks twice, which would spend a counted fault twice.
            issuer = provider.issuer_parameter()
            if issuer and response.location:
                response.location = add_params_to_uri(response.location, {"iss": issuer})

    return Issuer
