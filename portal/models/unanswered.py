"""Registries that kept silent while a dossier was filled in, and are asked again by the portal itself: no value is here."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.answers import Evidence
from portal.models.base import Base, RowId
from portal.models.dossier import Dossier

STATES = ("waiting", "answered", "given_up")


class UnansweredLookUp(Base):
    """One registry that gave a filed dossier nothing, so that the person typed `elements` in its place.

    `reason`: how the asking ended while the dossier was filled in (`exchange.Outcome`, or `not_connected`). `outcome`: how the
    last asking ended. `differs`: whether it then said something else than what was typed. `answered_by`: the look-up that
    answered; what it says beside what was typed is reckoned when it is shown. `next_at`: when it is asked again; nothing
    where that is over.
    """

    __tablename__ = "unanswered_look_ups"
    __table_args__ = (
        UniqueConstraint("dossier_id", "source"),
        CheckConstraint(f"state IN {STATES}", name="state_is_known"),
        CheckConstraint("(state = 'answered') = (answered_by IS NOT NULL)", name="answered_has_its_look_up"),
        CheckConstraint("(state = 'waiting') = (next_at IS NOT NULL)", name="waiting_has_a_moment"),
        Index("ix_unanswered_look_ups_next_at", "next_at", postgresql_where=text("next_at IS NOT NULL")),
    )

    id: Mapped[RowId]
    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Dossier.id))
    dossier: Mapped[Dossier] = relationship()
    source: Mapped[str]
    elements: Mapped[list[str]] = mapped_column(ARRAY(Text))
    reason: Mapped[str]
    state: Mapped[str] = mapped_column(default="waiting")
    outcome: Mapped[str | None]
    differs: Mapped[bool | None]
    attempts: Mapped[int] = mapped_column(default=0)
    filed_at: Mapped[datetime]
    next_at: Mapped[datetime | None]
    asked_at: Mapped[datetime | None]
    answered_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Evidence.id))
