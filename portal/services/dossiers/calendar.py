"""The working calendar from its table, and the promise of a procedure's term."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased

from portal import clock
from portal.db import new_id
from portal.models import CalendarDay, Dossier, IssuedDocument
from portal.services.catalogue.fees import Channel
from portal.services.catalogue.reckoning import term_rule
from portal.services.catalogue.schema import Procedure
from portal.services.dossiers.deadlines import Calendar, Promise, Term, Unit, promise
from portal.services.dossiers.vocabulary import Document, State
from portal.services.errors import GuardRefused
from portal.services.notices.outbox import put

RECALCULATE_PROMISES = "recalculate_promises"
NOTHING_PROMISED = (State.DRAFT, State.NOT_RECEIVED, State.WITHDRAWN, State.STOPPED, State.FINISHED, State.RETURNED)


def working_calendar(session: Session) -> Calendar:
    """The calendar as the administrator keeps it."""
    rows = session.scalars(select(CalendarDay)).all()
    return Calendar(
        days_off={row.day: row.name for row in rows if row.kind == "off"},
        make_up_days={row.day: row.name for row in rows if row.kind == "make_up"},
    )


def one_working_day_after(session: Session, now: datetime) -> datetime:
    """Until when a promise counts as coming soon: the same hour one working day from now.

    Source: the desks' custom (amber with one working day left or less).
    """
    return working_days_after(session, now, 1)


def working_days_after(session: Session, moment: datetime, count: int) -> datetime:
    """The same hour so many whole working days later; a moment outside office hours counts from the next inside."""
    return promise(clock.to_local(moment), Term(count, Unit.WORKING_DAYS), working_calendar(session)).promised_at


def promises_moved(session: Session, changed: Mapping[date, str | None]) -> int:
    """How many open dossiers would be promised another moment if these days were so (off, make_up, None for a plain day).

    Nothing is moved: each is reckoned again from where its clock began and the term that its last slip (form 01) promised.
    """
    before = working_calendar(session)
    after = _changed(before, changed)
    turned = [day for day in changed if before.is_working_day(day) != after.is_working_day(day)]
    if not turned:
        return 0
    first, last = (datetime.combine(day, time.min, tzinfo=clock.LOCAL) for day in (min(turned), max(turned)))
    started_at = func.coalesce(Dossier.clock_started_at, Dossier.received_at)
    later = aliased(IssuedDocument)
    is_same_kind = (later.dossier_id == IssuedDocument.dossier_id) & (later.kind == Document.RECEIPT)
    query = select(started_at, IssuedDocument).join(IssuedDocument, IssuedDocument.dossier_id == Dossier.id)
    query = query.where(IssuedDocument.kind == Document.RECEIPT, Dossier.state.not_in(NOTHING_PROMISED))
    query = query.where(~exists().where(is_same_kind, later.round > IssuedDocument.round))
    query = query.where(Dossier.received_at < last + timedelta(days=1), Dossier.promised_at >= first)
    moved = 0
    for received_at, slip in session.execute(query.execution_options(yield_per=500)):
        received, term = clock.to_local(received_at or slip.created_at), Term.parse(slip.facts["term"])
        moved += promise(received, term, before).promised_at != promise(received, term, after).promised_at
    return moved


def order_recalculation(session: Session, changed: Mapping[date, str | None]) -> None:
    """Promise that every promise which these days touch is reckoned again (outbox `recalculate_promises`)."""
    if changed:
        payload = {"first": min(changed).isoformat(), "last": max(changed).isoformat()}
        put(session, RECALCULATE_PROMISES, str(new_id()), dossier_id=None, payload=payload)


def promised_across(session: Session, first: date, last: date) -> list[uuid.UUID]:
    """The dossiers whose clock runs, began by the end of `last`, and is promised for `first` or later."""
    begins, ends = (datetime.combine(day, time.min, tzinfo=clock.LOCAL) for day in (first, last + timedelta(days=1)))
    query = select(Dossier.id).where(Dossier.state.in_([State.RECEIVED, State.IN_PROCESSING]))
    query = query.where(Dossier.clock_started_at < ends, Dossier.promised_at >= begins).order_by(Dossier.promised_at, Dossier.id)
    return list(session.scalars(query))


def _changed(calendar: Calendar, changed: Mapping[date, str | None]) -> Calendar:
    def days(now: Mapping[date, str], kind: str) -> dict[date, str]:
        kept = {day: name for day, name in now.items() if day not in changed}
        return kept | {day: "" for day, becomes in changed.items() if becomes == kind}

    return Calendar(days_off=days(calendar.days_off, "off"), make_up_days=days(calendar.make_up_days, "make_up"))


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
