"""Warning officers before a step or a term of theirs runs out: once for each moment, and in one message a day.

Clerks and leaders hold no dossier by name: their lists say what is due soon.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, and_, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from portal import clock
from portal.config import settings
from portal.db import new_id
from portal.models import Absence, Account, DataKey, Dossier, DueWarning, StaffMember
from portal.services.dossiers.calendar import one_working_day_after, working_calendar
from portal.services.dossiers.deadlines import OfficeHours, next_working_moment
from portal.services.dossiers.lifecycle import RUNNING
from portal.services.dossiers.queues import place_of
from portal.services.dossiers.vocabulary import APPRAISING
from portal.services.notices.messages import Letter, compose_warning
from portal.services.notices.outbox import put
from portal.services.organisation.absences import in_force

SEND_WARNING = "send_warning"
LETTERS = uuid.UUID("6d6f7463-7561-4000-8000-000000000001")  # the name space of the ids of these letters


@dataclass(frozen=True)
class Due:
    """Something of a dossier that is due: `kind` is step or term."""

    dossier_id: uuid.UUID
    assigned_to: uuid.UUID
    kind: str
    due_at: datetime


def warn_of_dues(session: Session) -> int:
    """Warn every officer of what comes due within one working day; gives how many warnings are new.

    Only while offices work, so that nobody is woken. Idempotent: a moment that was warned of is not warned of again, and
    whoever got today's message gets the next tomorrow.

    Effects: rows of warnings; outbox `send_warning`, one an officer and day.
    """
    now = clock.to_local(clock.now())
    if next_working_moment(now, working_calendar(session), OfficeHours()) != now:
        return 0
    dues = _coming(session, now, one_working_day_after(session, now))
    instead = _who_stands_in(session, {due.assigned_to for due in dues}, now.date())
    rows = [
        {
            "id": new_id(),
            "dossier_id": due.dossier_id,
            "account_id": instead.get(due.assigned_to, due.assigned_to),
            "kind": due.kind,
            "due_at": due.due_at,
            "warned_at": now,
        }
        for due in dues
    ]
    added = _added(session, rows)
    _order_messages(session, now)
    return added


def _added(session: Session, rows: list[dict[str, object]]) -> int:
    if not rows:
        return 0
    new = insert(DueWarning).values(rows).on_conflict_do_nothing().returning(DueWarning.id)
    return len(session.scalars(new).all())


def _coming(session: Session, now: datetime, soon: datetime) -> list[Due]:
    """What is in an officer's hands, due between the two moments, and not warned of yet; by the moment."""
    parts = [_due(kind, moment, places, now, soon) for kind, moment, places in _moments()]
    found = parts[0].union_all(*parts[1:]).subquery("due")
    query = select(found).order_by(found.c.due_at, found.c.dossier_id)
    return [Due(*row) for row in session.execute(query)]


def _moments() -> Iterable[tuple[str, ColumnElement[datetime], list[str]]]:
    """The officer's step is theirs while they appraise; the term is theirs as long as it runs."""
    yield "step", Dossier.step_due_at, [str(APPRAISING)]  # type: ignore[misc]
    yield "term", Dossier.promised_at, [str(place) for place in RUNNING]  # type: ignore[misc]


def _due(
    kind: str, moment: ColumnElement[datetime], places: list[str], now: datetime, soon: datetime
) -> Select[uuid.UUID, uuid.UUID | None, str, datetime]:
    was_warned = select(DueWarning.id).where(
        DueWarning.dossier_id == Dossier.id, DueWarning.kind == kind, DueWarning.due_at == moment
    )
    query = select(Dossier.id.label("dossier_id"), Dossier.assigned_to, literal(kind).label("kind"), moment.label("due_at"))
    query = query.join(DataKey, DataKey.id == Dossier.data_key_id).where(DataKey.wrapped.is_not(None))
    query = query.where(Dossier.assigned_to.is_not(None), Dossier.finished_at.is_(None), place_of(Dossier).in_(places))
    return query.where(moment > now, moment <= soon, ~was_warned.exists())


def _who_stands_in(session: Session, account_ids: set[uuid.UUID], on: date) -> dict[uuid.UUID, uuid.UUID]:
    """For the absent among them who has a stand-in with an account: that account."""
    absent, stand_in, theirs = aliased(StaffMember), aliased(StaffMember), aliased(Account)
    query = (
        select(Account.id, theirs.id)
        .join(absent, absent.subject_hash == Account.subject_hash)
        .join(Absence, Absence.member_id == absent.id)
        .join(stand_in, stand_in.id == Absence.stand_in_id)
        .join(theirs, theirs.subject_hash == stand_in.subject_hash)
        .where(Account.id.in_(account_ids), theirs.claim_hash.is_(None), ~_is_away(stand_in, on))
        .where(*in_force(Absence, on))
        .order_by(theirs.last_login_at, theirs.id)
    )
    return {account_id: stand_in_id for account_id, stand_in_id in session.execute(query)}  # noqa: C416 (Row is no pair)


def _is_away(member: type[StaffMember], on: date) -> ColumnElement[bool]:
    theirs = aliased(Absence)
    return select(theirs.id).where(theirs.member_id == member.id, *in_force(theirs, on)).correlate(member).exists()


def _order_messages(session: Session, now: datetime) -> None:
    """One message for each officer with something untold that is not due yet, unless they had one today."""
    today = now.date()
    told = select(DueWarning.account_id).where(DueWarning.told_on == today)
    query = select(DueWarning.account_id).where(DueWarning.told_on.is_(None), DueWarning.due_at > now)
    for account_id in session.scalars(query.where(DueWarning.account_id.not_in(told)).distinct().order_by(DueWarning.account_id)):
        untold = and_(DueWarning.account_id == account_id, DueWarning.told_on.is_(None), DueWarning.due_at > now)
        session.execute(update(DueWarning).where(untold).values(told_on=today))
        payload = {"account_id": str(account_id), "day": today.isoformat()}
        put(session, SEND_WARNING, f"{account_id}:{today.isoformat()}", dossier_id=None, payload=payload)


def warning_letter(session: Session, account_id: uuid.UUID, day: date) -> Letter | None:
    """The officer's message of the day; None where they left no mail address, or nothing is to be told."""
    to = session.get_one(Account, account_id).profile.get("email")
    query = select(func.count(DueWarning.dossier_id.distinct())).where(DueWarning.account_id == account_id)
    how_many = session.scalars(query.where(DueWarning.told_on == day)).one()
    if not to or not how_many:
        return None
    url = f"{settings().base_url}/counter/queue?tab=due_soon&mine=1"
    return compose_warning(uuid.uuid5(LETTERS, f"{account_id}:{day.isoformat()}"), to, how_many=how_many, url=url)
