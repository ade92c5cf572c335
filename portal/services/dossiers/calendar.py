"""The working calendar from its table, and the promise of a procedure's term."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock
from portal.models import CalendarDay
from portal.services.catalogue.fees import Channel
from portal.services.catalogue.reckoning import term_rule
from portal.services.catalogue.schema import Procedure
from portal.services.dossiers.deadlines import Calendar, Promise, Term, promise
from portal.services.errors import GuardRefused


def working_calendar(session: Session) -> Calendar:
    """The calendar as the administrator keeps it."""
    rows = session.scalars(select(CalendarDay)).all()
    return Calendar(
        days_off={row.day: row.name for row in rows if row.kind == "off"},
        make_up_days={row.day: row.name for row in rows if row.kind == "make_up"},
    )


def term_of(procedure: Procedure, channel: Channel, case: str = "") -> Term:
    """The procedure's time limit for a channel and a case.

    Raises:
        GuardRefused: the procedure states none, so nothing may be promised.
    """
    rule = term_rule(procedure.definition, channel, case)
    if rule is None:
        raise GuardRefused("Thủ tục chưa có thời hạn giải quyết cho cách nộp này.")
    return Term.parse(rule.term)


def promise_for(session: Session, procedure: Procedure, channel: Channel, received_at: datetime, case: str = "") -> Promise:
    """The promised moment of a dossier of this procedure received at this moment, and how it was reckoned."""
    return promise(clock.to_local(received_at), term_of(procedure, channel, case), working_calendar(session))
