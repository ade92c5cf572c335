"""Access marks: data on each view that says who may enter; the application refuses to start without them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from flask import Flask, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.auth.permissions import Permission
from portal.auth.session import current_actor, session_of_request
from portal.services.errors import LevelTooLow, NotFound

View = TypeVar("View", bound=Callable[..., Any])
MARK = "access_mark"
NUL = "\x00"


class Door(StrEnum):
    """How a view is entered."""

    PUBLIC = "public"
    LOGGED_IN = "logged_in"
    STAFF = "staff"


@dataclass(frozen=True)
class Access:
    """The mark of one view; what a person may do with one dossier is decided again by the services."""

    door: Door
    level: int | Callable[..., int] = 0
    permission: Permission | None = None


def public(view: View) -> View:
    """Anybody may enter."""
    return _marked(view, Access(Door.PUBLIC))


def logged_in(level: int | Callable[..., int] = 1) -> Callable[[View], View]:
    """Anybody who logged in at this level of assurance or higher; it may be reckoned from the view's arguments."""
    return lambda view: _marked(view, Access(Door.LOGGED_IN, level))


def staff(permission: Permission) -> Callable[[View], View]:
    """Staff who hold the permission at some office, logged in at level 2; to others the page does not exist."""
    return lambda view: _marked(view, Access(Door.STAFF, 2, permission))


def _marked(view: View, access: Access) -> View:
    setattr(view, MARK, access)
    return view


def access_of(view: Callable[..., Any]) -> Access | None:
    """The mark of a view."""
    return getattr(view, MARK, None)


class UnmarkedView(RuntimeError):
    """A view that says nothing of who may enter."""


def refuse_unmarked(app: Flask) -> None:
    """Look at every endpoint.

    Raises:
        UnmarkedView: one has no access mark.
    """
    for endpoint, view in app.view_functions.items():
        if access_of(view) is None:
            raise UnmarkedView(endpoint)


def check_access() -> ResponseReturnValue | None:
    """Before each request: let in, send to log in, or say that there is no such page."""
    if request.endpoint is None or request.routing_exception is not None:
        return None
    if NUL in request.path or any(NUL in part for pair in request.args.items(multi=True) for part in pair):
        raise NotFound  # nothing is called so, and the database could not even be asked
    access = access_of(request_view())
    if access is None or access.door is Door.PUBLIC:
        return None
    if session_of_request().is_unreadable:
        raise WhoIsUnknown
    actor = current_actor()
    level = access.level(**(request.view_args or {})) if callable(access.level) else access.level
    if actor.account_id is None:
        return _to_login(level)
    if access.permission is not None and not actor.holds_anywhere(access.permission):
        raise NotFound
    if actor.level < level:
        raise LevelTooLow(level)
    return None


def request_view() -> Callable[..., Any]:
    """The view function of this request."""
    view: Callable[..., Any] = current_app.view_functions[request.endpoint or ""]
    return view


def _to_login(level: int) -> ResponseReturnValue:
    if request.method in ("GET", "HEAD"):
        return redirect(url_for("auth.login", next=request.full_path.rstrip("?"), level=level))
    raise SessionEnded


class WhoIsUnknown(Exception):
    """The database that knows whose session this is does not answer."""


class SessionEnded(Exception):
    """Something was sent after the session had ended."""
