"""The history: append-only, hash-chained; the web role can insert and read, never change."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.crypto import Sealed
from portal.models.base import Base, RowId
from portal.models.data_key import HasDataKey
from portal.models.dossier import Dossier


class Event(HasDataKey, Base):
    """One act on one dossier.

    `facts`: what may stand in the open (office, document ids, promised moment).
    `details`: what may not (reasons in the office's words), sealed under the dossier's key.
    """

    __tablename__ = "events"
    __table_args__ = (
        UniqueConstraint("dossier_id", "dossier_version"),
        Index("ix_events_hand_overs", "office_code", "happened_at", postgresql_where=text("name = 'forwarded'")),
    )

    id: Mapped[RowId]
    number: Mapped[int] = mapped_column(unique=True)
    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Dossier.id))
    dossier_code: Mapped[str]
    dossier_version: Mapped[int]
    name: Mapped[str]
    from_place: Mapped[str]
    to_place: Mapped[str]
    actor_id: Mapped[str]
    actor_role: Mapped[str]
    office_code: Mapped[str]
    happened_at: Mapped[datetime]
    facts: Mapped[dict[str, Any]]
    sealed_details: Mapped[bytes | None]
    previous_hash: Mapped[bytes]
    hash: Mapped[bytes]

    details = Sealed("sealed_details")
