"""What anybody with a dossier's code and its secret may know: its completion level, nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.blind_index import tracking_hash
from portal.models import Dossier
from portal.services.errors import NotFound


@dataclass(frozen=True)
class PublicStatus:
    """The status of a dossier, with its two dates."""

    state: str
    submitted_at: datetime | None
    promised_at: datetime | None


def status_by_code(session: Session, code: str, secret: str) -> PublicStatus:
    """The status of the dossier of this code, for whoever holds its secret.

    Raises:
        NotFound: no such dossier, or the wrong secret: the two cannot be told apart.

    Source: TT 01/2018/TT-VPCP (R15: without login only the code and the completion level).
    """
    query = select(Dossier.state, Dossier.submitted_at, Dossier.promised_at).where(
        Dossier.tracking_hash == tracking_hash(code, secret), Dossier.code == code
    )
    row = session.execute(query).first()
    if row is None:
        raise NotFound
    return PublicStatus(row.state, row.submitted_at, row.promised_at)
