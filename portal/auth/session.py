"""Sessions in our own table: the cookie is a random token, the row its hash; the actor is made anew for each request."""

from __future__ import annotations

import re
import secrets
import uuid
from datetime import datetime, timedelta
from typing import Any

import structlog
from flask import Flask, g, session
from flask.sessions import SessionInterface, SessionMixin
from flask.wrappers import Request, Response
from sqlalchemy import delete, or_, select, update
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session
from werkzeug.datastructures import CallbackDict

from portal import clock
from portal.auth.permissions import ANONYMOUS, Actor
from portal.auth.standing import standing_of
from portal.config import settings
from portal.crypto import seal, sha256, unseal
from portal.db import new_id, transaction
from portal.models import Account, LoginSession, SpentToken

log = structlog.get_logger()
DATABASE_FAULTS = (OperationalError, InterfaceError, PoolTimeout)
UNSENT = "unsent"  # the one thing that may outlive a login: a form kept for the same account (see `unsent.py`)
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
RUN_OUT_KEPT = timedelta(days=1)
TOUCH_AFTER = timedelta(seconds=60)
STAFF_LEVEL = 2  # at which every door of the desks is entered
SEALED_ID_TOKEN = "login_sessions.sealed_id_token"  # noqa: S105 (a column's name)


class PortalSession(CallbackDict[str, Any], SessionMixin):
    """What a view sees as `flask.session`; `row_id` is None until something is kept."""

    def __init__(self, data: dict[str, Any] | None = None, *, row_id: uuid.UUID | None = None, actor: Actor = ANONYMOUS) -> None:
        super().__init__(data or {}, self._on_update)
        self.row_id = row_id
        self.actor = actor
        self.modified = False
        self.new_token: str | None = None
        self.is_ended = False
        self.is_unreadable = False
        self.former_account_id: uuid.UUID | None = None

    def _on_update(self, _self: CallbackDict[str, Any]) -> None:
        self.modified = True


def cookie_name() -> str:
    """The session cookie; over https it is bound to this host."""
    return "__Host-portal" if settings().base_url.startswith("https:") else "portal_session"


class TableSessions(SessionInterface):
    """Opens and saves sessions in `login_sessions`, each in a short transaction of its own."""

    def open_session(self, app: Flask, request: Request) -> PortalSession:
        """The session of the cookie, or an empty one where the cookie is absent, unknown, ended or too old."""
        token = request.cookies.get(cookie_name(), "")
        if not TOKEN.fullmatch(token):
            return PortalSession()
        try:
            with transaction() as database:
                row = _session_of(database, token)
                if row is None:
                    return PortalSession()
                if _has_run_out(row, clock.now()):
                    return _run_out(row)
                return PortalSession(dict(row.data), row_id=row.id, actor=_actor_of(database, row.account, row.level))
        except DATABASE_FAULTS:
            return _unreadable()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Keep what changed; the cookie is set only when the token is new."""
        assert isinstance(session, PortalSession)
        if session.is_ended:
            response.delete_cookie(cookie_name(), path="/", secure=_is_secure(), httponly=True, samesite="Lax")
            return
        if session.modified and not session.is_unreadable:
            _try_to_keep(session)
        if session.new_token:
            response.set_cookie(cookie_name(), session.new_token, path="/", secure=_is_secure(), httponly=True, samesite="Lax")


def _unreadable() -> PortalSession:
    """The session of a cookie that cannot be looked up now: nobody is known, and nothing is kept or forgotten."""
    unreadable = PortalSession()
    unreadable.is_unreadable = True
    return unreadable


def _is_secure() -> bool:
    return settings().base_url.startswith("https:")


def _session_of(database: Session, token: str) -> LoginSession | None:
    row = database.scalars(select(LoginSession).where(LoginSession.token_hash == sha256(token.encode()))).first()
    if row is None or row.revoked_at is not None:
        return None
    if row.account is not None and row.account.locked_at is not None:
        return None
    return row


def _has_run_out(row: LoginSession, now: datetime) -> bool:
    """Whether the session was left alone too long or lasted too long; one that lives is noted as seen."""
    if now - row.seen_at > timedelta(minutes=settings().session_idle_minutes):
        return True
    if now - row.created_at > timedelta(hours=settings().session_absolute_hours):
        return True
    if now - row.seen_at > TOUCH_AFTER:
        row.seen_at = now
    return False


def _run_out(row: LoginSession) -> PortalSession:
    """Nobody, who was somebody until a while ago."""
    former = PortalSession()
    former.former_account_id = row.account_id
    return former


def _actor_of(database: Session, account: Account | None, level: int) -> Actor:
    if account is None:
        return ANONYMOUS
    standing = standing_of(database, account.subject_hash, clock.today())
    return Actor(
        account_id=account.id,
        display_name=account.profile["full_name"],
        level=level,
        subject_hash=account.subject_hash,
        duties=standing.duties,
        stands_in_for=standing.stands_in_for,
        own_accounts=standing.own_accounts,
    )


def actor_again(database: Session, account_id: uuid.UUID) -> Actor:
    """A member of staff whose work the portal goes on with, by the duties of this moment; nobody where the account is locked."""
    account = database.get_one(Account, account_id)
    return _actor_of(database, account if account.locked_at is None else None, STAFF_LEVEL)


def _try_to_keep(kept: PortalSession) -> None:
    """Keep what changed, if the database answers; the page that was made without it is sent all the same."""
    try:
        _keep(kept)
    except DATABASE_FAULTS as fault:
        kept.new_token = None
        log.error("session_not_kept", fault=type(fault).__name__)


def _keep(kept: PortalSession) -> None:
    with transaction() as database:
        if kept.row_id is not None:
            database.execute(update(LoginSession).where(LoginSession.id == kept.row_id).values(data=dict(kept)))
            return
        row, token = _new_row(dict(kept))
        database.add(row)
        kept.row_id, kept.new_token = row.id, token


def _new_row(data: dict[str, Any]) -> tuple[LoginSession, str]:
    token = secrets.token_urlsafe(32)
    now = clock.now()
    row = LoginSession(id=new_id(), token_hash=sha256(token.encode()), level=0, created_at=now, seen_at=now, data=data)
    return row, token


def start_session(
    account: Account, *, level: int, authenticated_at: datetime, idp_sid: str | None, id_token: str, database: Session
) -> None:
    """Log the account in: the old session ends, a new one with a new token begins (also at step-up)."""
    current = session_of_request()
    if current.row_id is not None:
        _revoke(database, LoginSession.id == current.row_id)
    unsent = current.get(UNSENT)
    is_theirs = unsent is not None and unsent["account"] == str(account.id)
    row, token = _new_row({UNSENT: unsent} if is_theirs else {})
    row.account_id = account.id
    row.level = level
    row.authenticated_at = authenticated_at
    row.idp_sid = idp_sid
    row.sealed_id_token = seal(account.open_data_key(), id_token.encode(), SEALED_ID_TOKEN)
    database.add(row)
    current.clear()
    current.update(row.data)
    current.row_id, current.new_token, current.modified = row.id, token, False


def end_session(database: Session) -> None:
    """End this browser's session on the server and forget its cookie."""
    current = session_of_request()
    if current.row_id is not None:
        _revoke(database, LoginSession.id == current.row_id)
    current.clear()
    current.row_id, current.actor, current.is_ended = None, ANONYMOUS, True


def id_token_of_session(database: Session) -> str | None:
    """The ID token of this browser's login, by which the provider knows which session to end."""
    row = database.get(LoginSession, session_of_request().row_id) if session_of_request().row_id else None
    if row is None or row.account is None or row.sealed_id_token is None:
        return None
    return unseal(row.account.open_data_key(), row.sealed_id_token, SEALED_ID_TOKEN).decode()


def revoke_by_provider(database: Session, issuer: str, *, sid: str | None, subject: str | None) -> int:
    """End the sessions that the provider names by its session id or by the subject; gives how many."""
    query = select(LoginSession.id).join(Account).where(Account.issuer == issuer, LoginSession.revoked_at.is_(None))
    if sid is not None:
        query = query.where(LoginSession.idp_sid == sid)
    if subject is not None:
        query = query.where(Account.subject == subject)
    return _revoke(database, LoginSession.id.in_(query))


def _revoke(database: Session, which: Any) -> int:
    ended = database.execute(update(LoginSession).where(which, LoginSession.revoked_at.is_(None)).values(revoked_at=clock.now()))
    return int(ended.rowcount)  # type: ignore[attr-defined]


def forget_what_ended(database: Session, now: datetime) -> int:
    """Delete the sessions that are over and the one-time tokens that could not be used any more; gives how many.

    A person's session that ran out is kept for a day more, so that a form that comes late still finds whose it is.
    """
    over = or_(
        LoginSession.created_at < now - timedelta(hours=settings().session_absolute_hours) - RUN_OUT_KEPT,
        LoginSession.account_id.is_(None) & (LoginSession.seen_at < now - timedelta(minutes=settings().session_idle_minutes)),
        LoginSession.revoked_at.is_not(None),
    )
    sessions = database.execute(delete(LoginSession).where(over).returning(LoginSession.id)).all()
    tokens = database.execute(delete(SpentToken).where(SpentToken.expires_at < now).returning(SpentToken.token_hash)).all()
    return len(sessions) + len(tokens)


def session_of_request() -> PortalSession:
    """This request's session as what it is."""
    current = session._get_current_object()  # type: ignore[attr-defined]
    assert isinstance(current, PortalSession)
    return current


def current_actor() -> Actor:
    """Who acts in this request."""
    if "actor" not in g:
        g.actor = session_of_request().actor
    actor: Actor = g.actor
    return actor


def current_profile(database: Session) -> dict[str, Any]:
    """What the identity provider said of the person who is logged in: personal_id, full_name, date_of_birth, email, phone."""
    account = database.get_one(Account, current_actor().account_id)
    profile: dict[str, Any] = account.profile
    return profile


def is_somebody_logged_in() -> bool:
    """Whether this request belongs to a person."""
    return current_actor().account_id is not None
