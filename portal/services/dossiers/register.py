"""Form 06, the register of dossiers: one book an office and year, a line for each dossier that was received, without gaps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.auth.permissions import Actor, Permission
from portal.models import DataKey, Dossier
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.vocabulary import State
from portal.services.errors import NotFound

LINES = 100
NOTES = {
    State.SUPPLEMENT_REQUESTED: "Chờ bổ sung", State.PAYMENT_REQUESTED: "Chờ nộp phí", State.WITHDRAWN: "Rút hồ sơ",
    State.STOPPED: "Dừng",
}  # fmt: skip
DELIVERIES = {"electronic": "Trực tuyến", "counter": "Trực tiếp", "post": "Bưu chính"}


@dataclass(frozen=True)
class Line:
    """One line of the book; a dossier whose content was destroyed keeps its line, and nothing of the person."""

    number: int
    code: str
    procedure: str
    sets: int
    person: str
    contact: str
    received_at: datetime | None
    promised_at: datetime | None
    returned_at: datetime | None
    delivery: str
    note: str


def register_lines(session: Session, actor: Actor, office_code: str, year: int, *, after: int = 0) -> Sequence[Line]:
    """Up to `LINES` lines of the office's book of the year, after the line of this number.

    Raises:
        NotFound: the actor has no desk at the office that covers every procedure of it.

    Source: TT 01/2018/TT-VPCP, form 06; kept by NĐ 118/2025/NĐ-CP.
    """
    if actor.reach(Permission.SEE_QUEUE).get(office_code) != frozenset():
        raise NotFound
    query = select(Dossier).where(Dossier.office_code == office_code, Dossier.register_year == year)
    query = query.where(Dossier.register_number > after).order_by(Dossier.register_number).limit(LINES)
    return [_line(session, dossier) for dossier in session.scalars(query)]


def _line(session: Session, dossier: Dossier) -> Line:
    definition = by_hash(session, dossier.version_hash).definition
    key: DataKey = dossier.data_key
    submitter = dossier.parties["submitter"] if key.wrapped is not None else {}
    contact = ", ".join(filter(None, [submitter.get("address"), submitter.get("phone")]))
    return Line(
        number=dossier.register_number or 0,
        code=dossier.code or "",
        procedure=definition.name,
        sets=definition.reception.dossier_sets,
        person=submitter.get("full_name", ""),
        contact=contact,
        received_at=dossier.received_at,
        promised_at=dossier.promised_at,
        returned_at=dossier.returned_at,
        delivery=DELIVERIES.get(dossier.delivery, dossier.delivery),
        note=_note(dossier),
    )


def _note(dossier: Dossier) -> str:
    notes = [NOTES.get(State(dossier.state), "")]
    if dossier.extended_at is not None:
        notes.append("Hẹn lại")
    end = dossier.finished_at
    if end is not None and dossier.promised_at is not None and end > dossier.promised_at:
        notes.append("Quá hạn")
    return ", ".join(filter(None, notes))
