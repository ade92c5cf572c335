"""Appending to the history: the dossier's new place and the event that says so, in one transaction and one chain."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import rfc8785
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from portal.auth.permissions import Actor, Permission
from portal.crypto import sha256
from portal.models import Dossier, Event
from portal.services.dossiers.lifecycle import Move
from portal.services.dossiers.vocabulary import EVENT_NAMES, Act

CHAIN_LOCK = 0x6D6F7463  # one lock for the one chain
GENESIS = b"\x00" * 32


@dataclass(frozen=True)
class Link:
    """Everything of an event that its hash covers."""

    number: int
    id: str
    dossier_id: str
    dossier_code: str
    dossier_version: int
    name: str
    from_place: str
    to_place: str
    actor_id: str
    actor_role: str
    office_code: str
    happened_at: str
    facts: dict[str, Any]
    sealed_details: str

    def hash_after(self, previous: bytes) -> bytes:
        """The event's hash: of the previous hash and of this link's canonical JSON (RFC 8785)."""
        return sha256(previous + rfc8785.dumps(asdict(self)))


def link_of(event: Event) -> Link:
    """What the event's row says now."""
    return Link(
        number=event.number,
        id=str(event.id),
        dossier_id=str(event.dossier_id),
        dossier_code=event.dossier_code,
        dossier_version=event.dossier_version,
        name=event.name,
        from_place=event.from_place,
        to_place=event.to_place,
        actor_id=event.actor_id,
        actor_role=event.actor_role,
        office_code=event.office_code,
        happened_at=event.happened_at.astimezone(UTC).isoformat(timespec="microseconds"),
        facts=event.facts,
        sealed_details=sha256(event.sealed_details or b"").hex(),
    )


def record(
    session: Session,
    dossier: Dossier,
    move: Move,
    actor: Actor,
    *,
    happened_at: datetime,
    facts: dict[str, Any] | None = None,
    details: dict[str, Any] | None = None,
) -> Event:
    """Append the event of a move that the dossier has just made; the dossier's row is already locked by the caller.

    `facts` may stand in the open; `details` are sealed. The chain's lock is held until the caller's commit.
    """
    session.flush()
    session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": CHAIN_LOCK})
    facts = {**(facts or {}), **_assisted(actor)}
    last = session.execute(select(Event.number, Event.hash).order_by(Event.number.desc()).limit(1)).first()
    number, previous = (last.number + 1, last.hash) if last else (1, GENESIS)
    event = Event(
        data_key=dossier.data_key,
        number=number,
        dossier_id=dossier.id,
        dossier_code=dossier.code or "",
        dossier_version=dossier.version,
        name=EVENT_NAMES[move.act],
        from_place=str(move.source),
        to_place=str(move.target),
        actor_id=actor.id,
        actor_role=role_of(actor, move, dossier),
        office_code=dossier.office_code or "",
        happened_at=happened_at,
        facts=facts,
        details=details,
        previous_hash=previous,
        hash=b"",
    )
    event.hash = link_of(event).hash_after(previous)
    session.add(event)
    session.flush()
    return event


def _assisted(actor: Actor) -> dict[str, Any]:
    """What the history says of an act of the owner's that a clerk carried out at their side."""
    if actor.assists is None:
        return {}
    return {"assisted": True, "counter": actor.assists.office_code, "confirmed": actor.assists.confirmed}


def role_of(actor: Actor, move: Move, dossier: Dossier) -> str:
    """In which capacity the actor made the move."""
    if actor.is_system:
        return "system"
    filed_at = dossier.filing_office_code if move.act is Act.SUBMIT else None
    counter = actor.assists.office_code if actor.assists else filed_at
    if counter is not None:
        at_counter = actor.role_for(Permission.INTAKE, counter, dossier.procedure_code)
        return at_counter.value if at_counter else "owner"
    offices = (dossier.office_code or "", *dossier.asked_offices)
    roles = (actor.role_for(move.permission, office, dossier.procedure_code) for office in offices)
    return next((role.value for role in roles if role), "owner")


def events_of(session: Session, dossier_id: uuid.UUID) -> list[Event]:
    """The dossier's history, oldest first."""
    return list(session.scalars(select(Event).where(Event.dossier_id == dossier_id).order_by(Event.number)))
