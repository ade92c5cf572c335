"""The legal clock of one dossier: started, paused, resumed, started again, moved; what it says stands in the event.

The arithmetic is `deadlines` and `pauses`; which act does what to the clock is the table's to say.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy.orm import Session

from portal import clock
from portal.models import Dossier
from portal.services.catalogue.reckoning import case_of
from portal.services.catalogue.schema import Procedure
from portal.services.dossiers.calendar import term_of, working_calendar
from portal.services.dossiers.deadlines import Calendar, OfficeHours, Promise, Term, after_office_time, next_working_moment
from portal.services.dossiers.pauses import Pause, re_appointed, reckon
from portal.services.dossiers.queries import filed_on, latest_answers
from portal.services.dossiers.vocabulary import Clock, Place, Stage, State

HANDED_OVER_BY = time(8, 30)  # what came after the cut-off goes on at the start of the next working day
STEP_ROLES: dict[State | Stage, str] = {
    Stage.APPRAISING: "officer", Stage.AWAITING_SIGNATURE: "leader", Stage.ISSUING: "records",
}  # fmt: skip


def turn(session: Session, dossier: Dossier, procedure: Procedure, effect: Clock, now: datetime) -> dict[str, Any]:
    """Do to the clock what the move says; gives what the event tells of it (`promise_facts`), nothing where it stood.

    Raises:
        GuardRefused: the procedure states no term for the dossier's channel and case.
    """
    if effect in (Clock.STARTS, Clock.RESTARTS):
        _start(session, dossier, procedure, now)
        return promise_facts(_promise(session, dossier, procedure))
    if effect is Clock.PAUSES:
        dossier.paused_at = dossier.paused_at or now
    elif effect is Clock.RESUMES:
        return _resume(session, dossier, procedure, now)
    elif effect is Clock.ENDS:
        dossier.waits_until = None
    return {}


def promise_facts(made: Promise) -> dict[str, Any]:
    """What an event says of a promise: its moment, from when it counts, each day on the way."""
    return {
        "promised_at": made.promised_at.isoformat(),
        "counted_from": made.counted_from.isoformat(),
        "days": [[line.day.isoformat(), line.kind.value, line.number, line.name] for line in made.days],
    }


def promise_if_received(session: Session, dossier: Dossier, procedure: Procedure, now: datetime) -> Promise:
    """The promise that the dossier would be given if it were received at this moment; its clock stays as it is.

    Raises:
        GuardRefused: the procedure states no term for the dossier's channel and case.
    """
    return reckon(clock.to_local(now), _term_now(session, dossier, procedure), [], working_calendar(session))


def reckoned(session: Session, dossier: Dossier, procedure: Procedure) -> Promise:
    """The promise as the calendar of today makes it, from the clock's start, the term and every pause."""
    return _promise(session, dossier, procedure)


def _start(session: Session, dossier: Dossier, procedure: Procedure, now: datetime) -> None:
    case = case_of(procedure, latest_answers(session, dossier).content, filed_on(dossier))
    dossier.term = str(term_of(procedure, dossier.channel, case))  # type: ignore[arg-type]
    dossier.clock_started_at, dossier.pauses, dossier.paused_at = now, [], None
    dossier.extended_from = dossier.extended_at = None
    dossier.promised_at = _promise(session, dossier, procedure).promised_at


def _resume(session: Session, dossier: Dossier, procedure: Procedure, now: datetime) -> dict[str, Any]:
    """The clock runs on; a promise that was re-appointed is moved by this pause alone."""
    started = dossier.paused_at or now
    dossier.pauses = [*dossier.pauses, [started.isoformat(), now.isoformat()]]
    dossier.paused_at = None
    before = dossier.promised_at
    made = _promise(session, dossier, procedure, Pause(clock.to_local(started), clock.to_local(now)))
    dossier.promised_at = made.promised_at
    return {**promise_facts(made), "promised_before": before.isoformat() if before else None}


def _promise(session: Session, dossier: Dossier, procedure: Procedure, just_now: Pause | None = None) -> Promise:
    if dossier.clock_started_at is None:
        raise ValueError("the clock has not started")
    term = Term.parse(dossier.term) if dossier.term else _term_now(session, dossier, procedure)
    pauses = [Pause(*(clock.to_local(datetime.fromisoformat(moment)) for moment in pair)) for pair in dossier.pauses]
    started, calendar = clock.to_local(dossier.clock_started_at), working_calendar(session)
    made = reckon(started, term, pauses, calendar)
    if dossier.extended_at is None or dossier.promised_at is None:
        return made
    return re_appointed(made, clock.to_local(dossier.promised_at), just_now, term, calendar)


def _term_now(session: Session, dossier: Dossier, procedure: Procedure) -> Term:
    """The term by the dossier's own answers, where none was kept beside it yet."""
    case = case_of(procedure, latest_answers(session, dossier).content, filed_on(dossier))
    return term_of(procedure, dossier.channel, case)  # type: ignore[arg-type]


def hand_over_due(received_at: datetime, calendar: Calendar, hours: OfficeHours) -> datetime:
    """By when a dossier received at this moment (Vietnam time) is to be handed over to the professional unit."""
    counted = next_working_moment(received_at, calendar, hours)
    if counted.time() <= hours.same_day_until:
        return datetime.combine(counted.date(), hours.close, tzinfo=received_at.tzinfo)
    return datetime.combine(calendar.next_working_day(counted.date()), HANDED_OVER_BY, tzinfo=received_at.tzinfo)


def step_due(procedure: Procedure, place: Place, now: datetime, calendar: Calendar) -> datetime | None:
    """When the step that begins now should be done by the office's internal process; None where nobody's budget runs.

    Source: TT 01/2018/TT-VPCP, Điều 8 (the internal process names a time for each step); the hand-over on the day of
    receipt, or after 15:00 at the start of the next working day: NĐ 118/2025/NĐ-CP.
    """
    if place.state is State.RECEIVED:
        return hand_over_due(clock.to_local(now), calendar, OfficeHours())
    role = STEP_ROLES.get(place.stage or place.state)
    hours = next((step.hours for step in procedure.definition.process if step.role == role), None)
    if hours is None:
        return None
    return after_office_time(clock.to_local(now), timedelta(hours=hours), calendar, OfficeHours())
