"""Turning a notice of a dossier into a letter, with the contact that the dossier keeps."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from portal import clock
from portal.config import settings
from portal.models import Dossier, Notice
from portal.services.dossiers.vocabulary import EVENT_NAMES, Act
from portal.services.notices.messages import Channel, Letter, compose


def letter_of(session: Session, notice_id: uuid.UUID, channel: Channel) -> Letter:
    """The letter that tells of the notice over one channel."""
    notice = session.get_one(Notice, notice_id)
    dossier = session.get_one(Dossier, notice.dossier_id)
    promised = f"{clock.to_local(dossier.promised_at):%H:%M %d/%m/%Y}" if dossier.promised_at else ""
    is_asked = notice.kind == EVENT_NAMES[Act.REQUEST_SUPPLEMENTS]
    until = f"{clock.to_local(dossier.waits_until):%d/%m/%Y}" if is_asked and dossier.waits_until else ""
    return compose(
        notice.id,
        notice.kind,
        channel,
        dossier.parties["contact"][channel],
        code=dossier.code or "",
        promised=promised,
        url=f"{settings().base_url}/my/dossiers/{dossier.code}",
        language=dossier.language,
        until=until,
    )
