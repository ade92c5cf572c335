"""The request's one database session: opened when first needed, committed once by the view, closed at the end."""

from __future__ import annotations

from flask import Flask, g
from sqlalchemy.orm import Session

from portal.db import new_session


def db() -> Session:
    """The session of this request."""
    if "db_session" not in g:
        g.db_session = new_session()
    session: Session = g.db_session
    return session


def close_session(_error: BaseException | None = None) -> None:
    """Give the connection back; whatever the view did not commit is undone."""
    session: Session | None = g.pop("db_session", None)
    if session is not None:
        session.close()


def init_app(app: Flask) -> None:
    """Close every request's session when the request ends."""
    app.teardown_appcontext(close_session)
