"""Opening a dossier at the desk: that it is opened is on record before any of it is shown."""

from __future__ import annotations

from collections.abc import Sequence

from portal.auth.permissions import Actor, Permission
from portal.auth.session import current_actor
from portal.models import Dossier
from portal.services.dossiers.queries import at_counter
from portal.services.registries.ledger import HANDLING, Purpose, Seat, note_openings
from portal.web.database import db


def opened(code: str) -> Dossier:
    """A dossier of one of the actor's offices, opened by them.

    Raises:
        NotFound: no such dossier, or another office's.
    """
    found = at_counter(db(), current_actor(), code)
    note_opened(found)
    return found


def note_opened(*dossiers: Dossier, purpose: Purpose = HANDLING, seat: Seat | None = None, reason: str = "") -> None:
    """Note that the actor opens these dossiers and make it last; if that fails, nothing of them is shown."""
    actor = current_actor()
    for place, group in _by_seat(actor, dossiers, seat).items():
        note_openings(db(), actor, group, place, purpose, reason=reason)
    db().commit()


def _by_seat(actor: Actor, dossiers: Sequence[Dossier], seat: Seat | None) -> dict[Seat, list[Dossier]]:
    groups: dict[Seat, list[Dossier]] = {}
    for dossier in dossiers:
        groups.setdefault(seat or seat_of(actor, dossier), []).append(dossier)
    return groups


def seat_of(actor: Actor, dossier: Dossier) -> Seat:
    """By which duty the actor sees the dossier: at its office, or at one that was asked for its opinion."""
    for office in (dossier.office_code or "", *dossier.asked_offices):
        role = actor.role_for(Permission.SEE_DOSSIER, office, dossier.procedure_code)
        if role is not None:
            return Seat(role.value, office)
    return Seat("", "")
