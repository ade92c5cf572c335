"""Who has looked at a person's data, as that person may read it: reading the ledger only, once the law lets it be shown."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, case, or_, select
from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor
from portal.crypto import KeyDestroyed
from portal.models import AccessEntry, Dossier, Office
from portal.services.errors import NotFound
from portal.services.registries.ledger import OWNER

PAGE_SIZE = 50


class Whose(StrEnum):
    """Whose looks are wanted."""

    ALL = "all"
    OTHERS = "others"
    OWN = "own"


@dataclass(frozen=True)
class Look:
    """One entry as its subject reads it: with the code of the dossier, where it is theirs, the office, and the reason that
    staff gave.
    """

    entry: AccessEntry
    is_own: bool
    dossier_code: str
    office: Office | None
    reason: str


def looks_at(session: Session, actor: Actor, whose: Whose = Whose.ALL, page: int = 1) -> list[Look]:
    """One page of who looked at the actor's data, newest first; one more than a page where there is another page."""
    query = _shown_to(actor)
    if whose is Whose.OWN:
        query = query.where(_by(actor))
    elif whose is Whose.OTHERS:
        query = query.where(~_by(actor))
    query = query.order_by(AccessEntry.happened_at.desc(), AccessEntry.number.desc())
    rows = session.execute(query.offset((max(page, 1) - 1) * PAGE_SIZE).limit(PAGE_SIZE + 1)).all()
    return [_look(actor, *row) for row in rows]


def look_of(session: Session, actor: Actor, entry_id: uuid.UUID) -> Look:
    """One entry about the actor.

    Raises:
        NotFound: none, about somebody else, or not to be shown yet.
    """
    row = session.execute(_shown_to(actor).where(AccessEntry.id == entry_id)).first()
    if row is None:
        raise NotFound
    return _look(actor, *row)


def _shown_to(actor: Actor) -> Select[AccessEntry, str | None, Office | None]:
    is_theirs = or_(Dossier.owner_id.in_(accounts_of(actor)), Dossier.subject_hash == actor.subject_hash)
    query = select(AccessEntry, case((is_theirs, Dossier.code)), Office)
    query = query.outerjoin(Dossier, Dossier.id == AccessEntry.dossier_id)
    query = query.outerjoin(Office, Office.code == AccessEntry.office_code)
    return query.where(_about(actor), AccessEntry.shown_from <= clock.now())


def _about(actor: Actor) -> ColumnElement[bool]:
    return or_(AccessEntry.subject_hash == actor.subject_hash, AccessEntry.owner_id.in_(accounts_of(actor)))


def _by(actor: Actor) -> ColumnElement[bool]:
    """The actor's own looks, as the person and not in any office."""
    names = [str(account) for account in accounts_of(actor)]
    return (AccessEntry.actor_role == OWNER) & AccessEntry.actor_id.in_(names)


def accounts_of(actor: Actor) -> Collection[uuid.UUID]:
    """The accounts of the person."""
    return {one for one in (*actor.own_accounts, actor.account_id) if one is not None}


def _look(actor: Actor, entry: AccessEntry, code: str | None, office: Office | None) -> Look:
    is_own = entry.actor_role == OWNER and entry.actor_id in {str(account) for account in accounts_of(actor)}
    return Look(entry, is_own, code or "", office, _reason(entry))


def _reason(entry: AccessEntry) -> str:
    """What staff gave as their reason; gone with its dossier's key."""
    try:
        return str(entry.reason or "")
    except KeyDestroyed:
        return ""
