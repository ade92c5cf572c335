"""The hand-over list: what the one-stop counter passed on to those who appraise, on one day of one office."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor, Permission
from portal.models import Account, Dossier, Event
from portal.services.catalogue.versions import names_of
from portal.services.dossiers.vocabulary import EVENT_NAMES, Act
from portal.services.errors import NotFound

MOST = 500


@dataclass(frozen=True)
class HandedOver:
    """One dossier that changed hands; of one whose content was destroyed the person is empty."""

    code: str
    procedure: str
    person: str
    handed_at: datetime
    handed_by: str
    promised_at: datetime | None


def handed_over(session: Session, actor: Actor, office_code: str, day: date) -> Sequence[HandedOver]:
    """Every dossier that was passed on at the office on the day, in the order in which it was; `MOST` at the most.

    Raises:
        NotFound: the actor has no desk at the office that covers every procedure of it.

    Source: NĐ 118/2025/NĐ-CP: handed over on the day of receipt, after 15:00 at the start of the next working day.
    """
    if actor.reach(Permission.SEE_QUEUE).get(office_code) != frozenset():
        raise NotFound
    begin = datetime.combine(day, time(), clock.LOCAL)
    query = (
        select(Event, Dossier)
        .join(Dossier, Dossier.id == Event.dossier_id)
        .where(Event.name == EVENT_NAMES[Act.FORWARD], Event.office_code == office_code)
        .where(Event.happened_at >= begin, Event.happened_at < begin + timedelta(days=1))
        .order_by(Event.number)
        .limit(MOST)
    )
    rows = session.execute(query).all()
    procedures = names_of(session, {dossier.version_hash for _event, dossier in rows})
    clerks = _names(session, {event.actor_id for event, _dossier in rows})
    return [
        HandedOver(
            code=dossier.code or "",
            procedure=procedures[dossier.version_hash][0],
            person=dossier.parties["subject"]["full_name"] if dossier.data_key.wrapped is not None else "",
            handed_at=event.happened_at,
            handed_by=clerks.get(event.actor_id, ""),
            promised_at=dossier.promised_at,
        )
        for event, dossier in rows
    ]


def _names(session: Session, ids: set[str]) -> dict[str, str]:
    people = session.scalars(select(Account).where(Account.id.in_(ids))) if ids else ()
    return {str(one.id): one.profile["full_name"] for one in people if one.data_key.wrapped is not None}
