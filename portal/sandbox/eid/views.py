"""The provider's protocol addresses: discovery, keys, authorize, token, userinfo, PAR, revocation, logout."""

from __future__ import annotations

import json
import secrets
from typing import Any

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749.errors import InvalidClientError
from flask import Blueprint, Response, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as WerkzeugResponse

from portal.sandbox.eid.authorize import (
    Answer,
    Refusal,
    admit,
    answer_error,
    authenticated,
    begin,
    go_on,
    page,
    read_request,
    refuse,
    target_level,
)
from portal.sandbox.eid.backchannel import tell_clients
from portal.sandbox.eid.discovery import metadata
from portal.sandbox.eid.grants_store import PUSHED_SECONDS
from portal.sandbox.eid.misbehave import broken_answer, has_fault
from portal.sandbox.eid.provider import Provider
from portal.sandbox.eid.sessions import BROWSER_COOKIE, COOKIE, SsoSession
from portal.sandbox.eid.watch import Seen, redacted
from portal.sandbox.people.population import Population

ONCE_PER_REQUEST = ("response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "acr_values", "max_age")


def add_protocol(room: Blueprint, provider: Provider, people: Population) -> None:
    """Adds the protocol's addresses to the room."""
    _add_documents(room, provider)
    _add_authorize(room, provider, people)
    _add_server_side(room, provider)
    _add_logout(room, provider)

    @room.before_request
    def misbehave() -> Response | None:
        is_switch = request.path.startswith(("/eid/faults", "/eid/admin"))
        return None if is_switch else broken_answer(provider)

    @room.after_request
    def write_log(response: Response) -> Response:
        parameters = request.values.to_dict()
        client_id = parameters.get("client_id") or (request.authorization.username if request.authorization else "") or ""
        provider.log.write(
            Seen(
                provider.clock.iso(),
                request.method,
                request.path,
                client_id if client_id in provider.clients else "",
                redacted(parameters),
                response.status_code,
            )
        )
        return response


def _add_documents(room: Blueprint, provider: Provider) -> None:
    @room.get("/.well-known/openid-configuration")
    def discovery() -> Response:
        document = metadata(provider.issuer)
        if has_fault(provider, "metadata_issuer"):
            document["issuer"] = "https://ke-gian.example/eid"
        return jsonify(document)

    @room.get("/jwks.json")
    def jwks() -> Response:
        if has_fault(provider, "jwks_down"):
            return Response("Tạm dừng phục vụ", 503, mimetype="text/plain")
        if has_fault(provider, "jwks_garbage"):
            return jsonify({"keys": [{"kty": "EC", "kid": "hong", "crv": "P-256", "x": "?", "y": "?"}]})
        return jsonify(provider.keys.public())


def current_session(provider: Provider) -> SsoSession | None:
    """The session of this browser."""
    return provider.sessions.get(request.cookies.get(COOKIE))


def _add_authorize(room: Blueprint, provider: Provider, people: Population) -> None:
    @room.route("/authorize", methods=["GET", "POST"])
    def authorize() -> Answer:
        repeated = [name for name in ONCE_PER_REQUEST if len(request.values.getlist(name)) > 1]
        if repeated:
            return page(f"Yêu cầu đăng nhập không hợp lệ: tham số {', '.join(repeated)} lặp lại.", 400)
        browser = request.cookies.get(BROWSER_COOKIE) or secrets.token_urlsafe(24)
        session = current_session(provider)
        params: dict[str, str] = {}
        try:
            params = read_request(provider, request.values.to_dict())
            attempt = begin(provider, params, browser, session)
            automatic = request.values.get("auto")
            if automatic is not None:
                _sign_in_by_itself(provider, people, attempt, automatic)
                return go_on(provider, attempt, session, params["scope"])
        except OAuth2Error as error:
            return answer_error(provider, error, params.get("state"))
        except Refusal as refusal:
            return refuse(provider, params, refusal)
        response = go_on(provider, attempt, session)
        if isinstance(response, WerkzeugResponse):
            response.set_cookie(BROWSER_COOKIE, browser, path="/eid", httponly=True, samesite="Lax")
        return response


def _sign_in_by_itself(provider: Provider, people: Population, attempt: Any, personal_id: str) -> None:
    """What `auto` does for machines: the same person, level and consent that the pages would have come to."""
    person = people.get(personal_id)
    if person is None:
        raise Refusal("access_denied", "unknown person")
    admit(person)
    authenticated(provider, attempt, person, target_level(attempt, person))


def _add_server_side(room: Blueprint, provider: Provider) -> None:
    @room.post("/token")
    def token() -> Any:
        return provider.server.create_token_response()

    @room.route("/userinfo", methods=["GET", "POST"])
    def userinfo() -> Any:
        return provider.server.create_endpoint_response("userinfo")

    @room.post("/revoke")
    def revoke() -> Any:
        return provider.server.create_endpoint_response("revocation")

    @room.post("/par")
    def pushed() -> Any:
        try:
            asked = provider.server.create_oauth2_request(None)
            client = provider.server.authenticate_client(asked, ["client_secret_basic", "client_secret_post"], "par")
            params = {name: value for name, value in request.form.items() if name != "client_secret"}
            params["client_id"] = client.client_id
            if "request_uri" in params or "request" in params:
                return jsonify({"error": "invalid_request"}), 400
            provider.server.get_consent_grant(dict(params, prompt=""), end_user=None)
        except OAuth2Error as error:
            error.redirect_uri = None
            status = 401 if isinstance(error, InvalidClientError) else 400
            return jsonify(dict(error.get_body())), status
        uri = f"urn:ietf:params:oauth:request_uri:{secrets.token_urlsafe(24)}"
        provider.grants.push(uri, client.client_id, params)
        body = json.dumps({"request_uri": uri, "expires_in": PUSHED_SECONDS})
        return Response(body, 201, {"Cache-Control": "no-store"}, mimetype="application/json")


def _add_logout(room: Blueprint, provider: Provider) -> None:
    @room.route("/logout", methods=["GET", "POST"])
    def logout() -> Answer:
        try:
            asked = provider.server.validate_endpoint_request("end_session")
        except OAuth2Error as error:
            return page(f"Yêu cầu đăng xuất không hợp lệ ({error.error}).", 400)
        session = current_session(provider)
        if asked.needs_confirmation and session and request.form.get("confirm") != "yes":
            return render_template("sandbox/eid_logout.html", session=session)
        sid = (asked.id_token_claims or {}).get("sid")
        ended = provider.sessions.find(sid=sid) if sid else []
        for one in {item.key: item for item in [*ended, *([session] if session else [])]}.values():
            tell_clients(provider, one)
        response = redirect(asked.redirect_uri, 303) if asked.redirect_uri else _goodbye()
        response.delete_cookie(COOKIE, path="/eid")
        return response


def _goodbye() -> Response:
    return Response(render_template("sandbox/eid_goodbye.html"))
