"""The authorization request: read it, decide what the person must still do, and answer the client at the end."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from authlib.common.urls import add_params_to_uri
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidRequestError
from flask import Response, redirect, render_template, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from portal.sandbox.eid.backchannel import tell_clients
from portal.sandbox.eid.claims import AMR, LEVELS, wanted_levels
from portal.sandbox.eid.grants_store import Authenticated
from portal.sandbox.eid.misbehave import has_fault
from portal.sandbox.eid.provider import Provider
from portal.sandbox.eid.sessions import COOKIE, Attempt, SsoSession
from portal.sandbox.people.model import Person

Answer = WerkzeugResponse | Response | tuple[str, int] | str


class Refusal(Exception):
    """The client must be told `error`; the description is plain ASCII, as the protocol wants it."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(error)
        self.error = error
        self.description = description


def read_request(provider: Provider, arguments: Mapping[str, str]) -> dict[str, str]:
    """The request's parameters; a pushed request is taken from where it was kept, and nothing else is then heeded.

    Raises: InvalidRequestError.
    """
    params = {name: value for name, value in arguments.items() if name != "auto"}
    if "request" in params:
        raise InvalidRequestError("request objects are not supported")
    if "request_uri" not in params:
        return params
    pushed = provider.grants.take_pushed(params["request_uri"], params.get("client_id", ""))
    if pushed is None:
        raise InvalidRequestError("unknown, used or expired request_uri")
    return pushed


def begin(provider: Provider, params: dict[str, str], browser: str, session: SsoSession | None) -> Attempt:
    """Checks the request and opens an attempt, already as far as the browser's session carries it.

    Raises: OAuth2Error, from the checks; Refusal, for a bad `max_age` or when `prompt=none` cannot be met.
    """
    provider.server.get_consent_grant(params, end_user=session.person if session else None)
    desired, accepted = wanted_levels(params.get("acr_values"))
    max_age = _max_age(params)
    now = provider.clock.seconds()
    prompts = set(params.get("prompt", "").split())
    attempt = Attempt(secrets.token_urlsafe(24), browser, params, desired, accepted, now, must_consent="consent" in prompts)
    if session and not prompts & {"login", "select_account"} and _is_recent(session, max_age, now):
        attempt.person, attempt.level, attempt.auth_time = session.person, session.level, session.auth_time
    if "none" in prompts:
        _refuse_silent(provider, attempt)
    provider.sessions.begin(attempt)
    return attempt


def _max_age(params: Mapping[str, str]) -> int | None:
    asked = params.get("max_age")
    if asked is not None and not asked.isdigit():
        raise Refusal("invalid_request", "max_age must be a number of seconds")
    return None if asked is None else int(asked)


def _is_recent(session: SsoSession, max_age: int | None, now: int) -> bool:
    # Zero means "now", even within the second of the last sign-in.
    return max_age is None or (max_age > 0 and now - session.auth_time <= max_age)


def _refuse_silent(provider: Provider, attempt: Attempt) -> None:
    if attempt.person is None or attempt.level < target_level(attempt, attempt.person):
        raise Refusal("login_required", "the person must sign in")
    if not _consented(provider, attempt):
        raise Refusal("consent_required", "the person must consent")


def target_level(attempt: Attempt, person: Person) -> int:
    """The level this person will reach: the desired one if they can, else the lowest that the client accepts.

    Raises: Refusal, when the person cannot reach even that.
    """
    if person.assurance >= attempt.desired:
        return attempt.desired
    if person.assurance >= attempt.accepted:
        return attempt.accepted
    raise Refusal("unmet_authentication_requirements", "the account has level 1 only")


def admit(person: Person) -> None:
    """Lets an account sign in that may.

    Raises: Refusal, for a locked or closed account.
    """
    if person.account == "locked":
        raise Refusal("access_denied", "account_locked")
    if person.account == "closed":
        raise Refusal("access_denied", "account_closed")


def authenticated(provider: Provider, attempt: Attempt, person: Person, level: int) -> None:
    """Notes that the person has just proved who they are, to this level."""
    attempt.person, attempt.level, attempt.fresh = person, level, True
    attempt.auth_time = provider.clock.seconds()


def _consented(provider: Provider, attempt: Attempt) -> bool:
    assert attempt.person is not None
    client_id, scope = attempt.params["client_id"], attempt.params.get("scope", "")
    return not attempt.must_consent and provider.sessions.has_consented(attempt.person, client_id, scope)


def next_step(provider: Provider, attempt: Attempt) -> str | None:
    """The page that the person must see next, or None when everything is done."""
    if attempt.person is None:
        return url_for("eid.login", tx=attempt.key)
    if attempt.level < target_level(attempt, attempt.person):
        return url_for("eid.otp", tx=attempt.key)
    if not _consented(provider, attempt):
        return url_for("eid.consent", tx=attempt.key)
    return None


def go_on(provider: Provider, attempt: Attempt, session: SsoSession | None, scope: str | None = None) -> Answer:
    """To the next page, or back to the client with a code."""
    try:
        step = next_step(provider, attempt) if scope is None else None
    except Refusal as refusal:
        return refuse(provider, attempt.params, refusal)
    if step:
        return redirect(step, 303)
    return _grant(provider, attempt, session, scope or attempt.params["scope"])


def _grant(provider: Provider, attempt: Attempt, session: SsoSession | None, scope: str) -> Answer:
    if not provider.sessions.finish(attempt):
        return page("Yêu cầu này đã được trả lời.", 400)
    assert attempt.person is not None
    person = attempt.person
    if attempt.fresh or session is None:
        if session is not None and session.person is not person:
            tell_clients(provider, session)
        session = provider.sessions.sign_in(person, attempt.level, attempt.auth_time, session)
    session.clients.add(attempt.params["client_id"])
    who = Authenticated(person, session.sid, LEVELS[attempt.level], AMR[attempt.level], attempt.auth_time)
    response = _code_response(provider, attempt.params | {"scope": scope}, who)
    response.set_cookie(COOKIE, session.key, path="/eid", httponly=True, samesite="Lax")
    return response


def _code_response(provider: Provider, params: dict[str, str], who: Authenticated) -> WerkzeugResponse:
    grant = provider.server.get_consent_grant(params, end_user=who.person)
    grant.request.credential = who
    response: WerkzeugResponse = provider.server.create_authorization_response(grant.request, grant_user=who.person, grant=grant)
    return response


def refuse(provider: Provider, params: Mapping[str, str], refusal: Refusal) -> Answer:
    """Back to the client with an error."""
    return _error_redirect(provider, params["redirect_uri"], params.get("state"), refusal.error, refusal.description)


def answer_error(provider: Provider, error: OAuth2Error, state: str | None) -> Answer:
    """An error of the protocol: to the client when its address is sure, else a page for the person."""
    if not error.redirect_uri:
        return page(f"Yêu cầu đăng nhập không hợp lệ ({error.error}: {error.get_error_description()}).", 400)
    return _error_redirect(provider, error.redirect_uri, state, str(error.error), str(error.get_error_description() or ""))


def _error_redirect(provider: Provider, uri: str, state: str | None, error: str, description: str) -> Answer:
    if has_fault(provider, "error_html"):
        description = "<script>alert(1)</script><h1>Loi</h1>"
    params = [("error", error), ("error_description", description)]
    params += [("state", state)] if state else []
    issuer = provider.issuer_parameter()
    return redirect(add_params_to_uri(uri, params + ([("iss", issuer)] if issuer else [])), 303)


def page(message: str, status: int) -> tuple[str, int]:
    """A plain page that says what is wrong."""
    return render_template("sandbox/eid_problem.html", message=message), status
