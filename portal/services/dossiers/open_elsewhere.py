"""Opening a dossier of another office: only with a reason, only to read, for a short time; the owner sees who and why."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor, Permission
from portal.models import Dossier, DossierOpening
from portal.services.dossiers.queries import of_any_office
from portal.services.dossiers.reasons import checked_reason
from portal.services.errors import InvalidInput, NotFound

READABLE_FOR = timedelta(minutes=15)


def open_elsewhere(session: Session, actor: Actor, code: str, reason: str) -> Dossier:
    """Open a dossier of any office to read it.

    Raises:
        InvalidInput: no reason, or no dossier of this code; nothing is opened.
        NotFound: the actor serves at no desk.

    Effects: the opening's row, which the owner sees; nobody can change it.
    """
    duty = next((one for one in sorted(actor.duties, key=lambda duty: duty.role) if _is_at_a_desk(actor, one.office_code)), None)
    if duty is None:
        raise NotFound
    reason = checked_reason(reason)
    try:
        dossier = of_any_office(session, code.strip().upper())
    except NotFound as unknown:
        raise InvalidInput({"code": ["Không có hồ sơ nào mang mã này."]}) from unknown
    session.add(
        DossierOpening(
            data_key=dossier.data_key, dossier_id=dossier.id, account_id=actor.account_id, office_code=duty.office_code,
            role=duty.role.value, opened_at=clock.now(), reason=reason,
        )
    )  # fmt: skip
    session.flush()
    return dossier


def _is_at_a_desk(actor: Actor, office_code: str) -> bool:
    return actor.role_for(Permission.SEE_DOSSIER, office_code) is not None


def opened_by(session: Session, actor: Actor, code: str) -> tuple[Dossier, DossierOpening]:
    """The dossier that the actor opened a short while ago, and how they opened it.

    Raises:
        NotFound: they did not, or the time is over.
    """
    dossier = of_any_office(session, code)
    since = clock.now() - READABLE_FOR
    query = select(DossierOpening).where(
        DossierOpening.dossier_id == dossier.id,
        DossierOpening.account_id == actor.account_id,
        DossierOpening.opened_at > since,
        DossierOpening.with_owner.is_(False),
    )
    opening = session.scalars(query.order_by(DossierOpening.opened_at.desc()).limit(1)).first()
    if opening is None:
        raise NotFound
    return dossier, opening


def openings_of(session: Session, dossier: Dossier) -> list[DossierOpening]:
    """Who of other offices opened the dossier, the latest first."""
    query = select(DossierOpening).where(DossierOpening.dossier_id == dossier.id)
    return list(session.scalars(query.order_by(DossierOpening.opened_at.desc(), DossierOpening.id)))
