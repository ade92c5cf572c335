"""The line at a counter: numbers are given one after another, called one after another, and shown on a board."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor, Permission
from portal.models import Office, QueueTicket
from portal.services.errors import Forbidden, GuardRefused, IllegalMove, InvalidInput, NotFound
from portal.text import clean, refused_characters

TICKET_LOCK = 0x74636B74
MOST_NUMBERS = 9999
LONGEST_WINDOW = 20
SHOWN_ON_BOARD = 8
WINDOW_FIELD = "window"


@dataclass(frozen=True)
class Board:
    """What everybody in the room may see: the numbers called, the newest first, each with its window; how many wait."""

    called: tuple[tuple[int, str], ...]
    waiting: int


def take_ticket(session: Session, actor: Actor, office_code: str) -> QueueTicket:
    """The next number of the day at the counter; no two people ever hold the same.

    Raises:
        Forbidden: the actor does not serve at this counter.
        GuardRefused: the day has no numbers left.
    """
    _check(actor, office_code)
    session.execute(text("SELECT pg_advisory_xact_lock(:room, hashtext(:office))"), {"room": TICKET_LOCK, "office": office_code})
    today = clock.today()
    last = select(func.max(QueueTicket.number)).where(QueueTicket.office_code == office_code, QueueTicket.day == today)
    number = (session.scalar(last) or 0) + 1
    if number > MOST_NUMBERS:
        raise GuardRefused("Hôm nay đã phát hết số. Mời người dân lấy số vào ngày làm việc sau.")
    ticket = QueueTicket(office_code=office_code, day=today, number=number, taken_at=clock.now())
    session.add(ticket)
    session.flush()
    return ticket


def call_next(session: Session, actor: Actor, office_code: str, window: str) -> QueueTicket | None:
    """Call whoever has waited longest to the window; the number that the clerk called before is served. None: nobody waits.

    Two clerks at once call two numbers.

    Raises:
        Forbidden: the actor does not serve at this counter.
        InvalidInput: the window has no name.
    """
    _check(actor, office_code)
    window = clean(window)
    if not window or len(window) > LONGEST_WINDOW or refused_characters(window):
        raise InvalidInput({WINDOW_FIELD: ["Hãy ghi số quầy, không quá 20 ký tự."]})
    waiting = _of_today(office_code).where(QueueTicket.state == "waiting").order_by(QueueTicket.number).limit(1)
    ticket = session.scalars(waiting.with_for_update(skip_locked=True)).first()
    now = clock.now()
    for before in session.scalars(_of_today(office_code).where(_is_called_by(actor)).with_for_update()):
        before.state, before.ended_at = "served", now
    if ticket is not None:
        ticket.state, ticket.window_name, ticket.called_at, ticket.called_by = "called", window, now, actor.account_id
    session.flush()
    return ticket


def end_ticket(session: Session, actor: Actor, ticket_id: uuid.UUID, *, is_missed: bool) -> QueueTicket:
    """Record that whoever held the number was served, or did not come.

    Raises:
        NotFound: no number of a counter at which the actor serves.
        IllegalMove: it is not being called.
    """
    query = select(QueueTicket).where(QueueTicket.id == ticket_id, QueueTicket.office_code.in_(sorted(_counters(actor))))
    ticket = session.scalars(query.with_for_update()).first()
    if ticket is None:
        raise NotFound
    if ticket.state != "called":
        raise IllegalMove("only a number that was called is ended")
    ticket.state, ticket.ended_at = "missed" if is_missed else "served", clock.now()
    session.flush()
    return ticket


def called_now(session: Session, actor: Actor, office_code: str) -> QueueTicket | None:
    """The number that the clerk serves now."""
    called = _of_today(office_code).where(_is_called_by(actor)).order_by(QueueTicket.called_at.desc())
    return session.scalars(called.limit(1)).first()


def waiting_now(session: Session, office_code: str) -> Sequence[QueueTicket]:
    """The numbers that wait today, the longest first."""
    return session.scalars(_of_today(office_code).where(QueueTicket.state == "waiting").order_by(QueueTicket.number)).all()


def board(session: Session, office_code: str) -> Board:
    """The board of a counter today.

    Raises:
        NotFound: no such office.
    """
    if session.get(Office, office_code) is None:
        raise NotFound
    called = _of_today(office_code).where(QueueTicket.state == "called").order_by(QueueTicket.called_at.desc())
    shown = tuple((one.number, one.window_name or "") for one in session.scalars(called.limit(SHOWN_ON_BOARD)))
    return Board(shown, len(waiting_now(session, office_code)))


def _of_today(office_code: str):  # type: ignore[no-untyped-def]  # SQLAlchemy's clause types are not worth naming
    return select(QueueTicket).where(QueueTicket.office_code == office_code, QueueTicket.day == clock.today())


def _is_called_by(actor: Actor):  # type: ignore[no-untyped-def]
    return (QueueTicket.state == "called") & (QueueTicket.called_by == actor.account_id)


def _counters(actor: Actor) -> frozenset[str]:
    return actor.offices(Permission.INTAKE)


def _check(actor: Actor, office_code: str) -> None:
    if office_code not in _counters(actor):
        raise Forbidden(Permission.INTAKE)
