"""Logging in and out: the way to the provider, the way back, and the provider's own word that a session ended."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime
from http import HTTPStatus

import structlog
from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError

from portal.auth.accounts import account_of, spend
from portal.auth.attempts import attempts_of, keep_attempts
from portal.auth.oidc import ATTEMPT_LIVES_SECONDS, Attempt, LoginFailed, ProviderUnavailable, provider
from portal.auth.session import (
    UNSENT,
    current_actor,
    end_session,
    id_token_of_session,
    revoke_by_provider,
    session_of_request,
    start_session,
)
from portal.auth.tokens import SKEW_SECONDS, TokenRefused
from portal.auth.unsent import unsent_form
from portal.web.access import WhoIsUnknown, logged_in, public
from portal.web.database import db
from portal.web.errors import page_of_form_error
from portal.web.language import current_language
from portal.web.limits import logins
from portal.web.safe_next import safe_next

blueprint = Blueprint("auth", __name__)
log = structlog.get_logger()
RETRY_AFTER_SECONDS = 30
STATUS = {"unavailable": HTTPStatus.SERVICE_UNAVAILABLE, "expired": HTTPStatus.BAD_REQUEST, "refused": HTTPStatus.BAD_REQUEST}


@blueprint.get("/login")
@public
@logins
def login() -> ResponseReturnValue:
    next_url = safe_next(request.args.get("next"))
    level = 2 if request.args.get("level") == "2" else 1
    if session_of_request().is_unreadable:
        raise WhoIsUnknown
    actor = current_actor()
    if actor.account_id is not None and actor.level >= level:
        return redirect(next_url)
    try:
        url, attempt = provider().begin(
            level=level, is_step_up=actor.account_id is not None, next_url=next_url, language=current_language()
        )
    except ProviderUnavailable as fault:
        return _failed(fault, next_url)
    response = make_response(redirect(url))
    keep_attempts(response, [*attempts_of(request), attempt])
    return response


@blueprint.get("/auth/callback")
@public
@logins
def callback() -> ResponseReturnValue:
    attempts = attempts_of(request)
    attempt = _attempt_of(attempts, request.args.get("state", ""))
    if attempt is None:
        return _failed(LoginFailed("expired", "no such login under way here"), "/")
    others = [other for other in attempts if other is not attempt]
    try:
        _spend(attempt)
        identity = provider().finish(attempt, request.args.to_dict())
        account = account_of(db(), identity)
        start_session(
            account,
            level=identity.level,
            authenticated_at=datetime.fromtimestamp(identity.authenticated_at, UTC),
            idp_sid=identity.sid,
            id_token=identity.id_token,
            database=db(),
        )
        db().commit()
    except LoginFailed as failed:
        db().rollback()
        response = make_response(_failed(failed, attempt.next))
    else:
        onward = url_for("auth.unsent") if UNSENT in session_of_request() else safe_next(attempt.next)
        response = make_response(redirect(onward))
    keep_attempts(response, others)
    return response


def _spend(attempt: Attempt) -> None:
    """Use the attempt up before anything is asked of the provider: of two callbacks at once, one goes on.

    Raises:
        LoginFailed: it was used before, be it with a cookie that somebody kept.
    """
    lives_until = datetime.fromtimestamp(attempt.began_at + ATTEMPT_LIVES_SECONDS + SKEW_SECONDS, UTC)
    is_first = spend(db(), f"login {attempt.state}", lives_until)
    db().commit()
    if not is_first:
        raise LoginFailed("expired", "this login came back before")


def _attempt_of(attempts: list[Attempt], state: str) -> Attempt | None:
    return next((one for one in attempts if hmac.compare_digest(one.state.encode(), state.encode())), None)


def _failed(failed: LoginFailed, next_url: str) -> ResponseReturnValue:
    log.warning("login_failed", reason=failed.reason, detail=str(failed))
    status = STATUS.get(failed.reason, HTTPStatus.FORBIDDEN)
    page = render_template("auth/login_failed.html", reason=failed.reason, next_url=next_url)
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS)} if status is HTTPStatus.SERVICE_UNAVAILABLE else {}
    return page, status, headers


@blueprint.errorhandler(CSRFError)
def form_without_token(error: CSRFError) -> ResponseReturnValue:
    """Whoever presses «log out» after the session has run out is where they wanted to be."""
    if current_actor().account_id is None and not session_of_request().is_unreadable:
        return redirect(url_for("citizen.home"))
    return page_of_form_error(error)


@blueprint.get("/my/unsent")
@logged_in()
def unsent() -> ResponseReturnValue:
    form = unsent_form()
    if form is None:
        return redirect(url_for("citizen.home"))
    return render_template("auth/unsent.html", form=form)


@blueprint.get("/logout")
@public
def logout_page() -> ResponseReturnValue:
    return redirect(url_for("citizen.home"))


@blueprint.post("/logout")
@public
def logout() -> ResponseReturnValue:
    id_token = id_token_of_session(db())
    end_session(db())
    db().commit()
    try:
        onward = provider().logout_url(id_token) if id_token else None
    except ProviderUnavailable:
        onward = None  # our own session is over, which is what matters here
    response = make_response(redirect(onward or url_for("citizen.home")))
    response.headers["Clear-Site-Data"] = '"cache"'
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("/auth/backchannel-logout")
@public
def backchannel_logout() -> ResponseReturnValue:
    no_store = {"Cache-Control": "no-store"}
    try:
        claims = provider().believe_logout(request.form.get("logout_token", ""))
    except ProviderUnavailable:
        return "", HTTPStatus.SERVICE_UNAVAILABLE, no_store
    except TokenRefused as refused:
        log.warning("logout_token_refused", detail=str(refused))
        return {"error": "invalid_request"}, HTTPStatus.BAD_REQUEST, no_store
    lives_until = datetime.fromtimestamp(float(claims["exp"]) + SKEW_SECONDS, UTC)
    if spend(db(), f"logout {claims['jti']}", lives_until):
        ended = revoke_by_provider(db(), claims["iss"], sid=claims.get("sid"), subject=claims.get("sub"))
        log.info("sessions_ended_by_provider", sessions=ended)
    db().commit()
    return "", HTTPStatus.OK, no_store
