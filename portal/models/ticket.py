"""Numbers that people wait with at a counter: of one office and one day, about nobody in particular."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.account import Account
from portal.models.base import Base, RowId
from portal.models.office import Office


class QueueTicket(Base):
    """One number: waiting, then called to a window, then served, or missed by whoever held it."""

    __tablename__ = "queue_tickets"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'called', 'served', 'missed')", name="state_is_known"),
        CheckConstraint("(state = 'waiting') = (called_at IS NULL)", name="called_has_a_moment"),
        CheckConstraint("num_nulls(called_at, called_by, window_name) IN (0, 3)", name="called_by_somebody_to_a_window"),
        CheckConstraint("(state IN ('served', 'missed')) = (ended_at IS NOT NULL)", name="ended_has_a_moment"),
        CheckConstraint("number BETWEEN 1 AND 9999", name="number_fits_the_board"),
        UniqueConstraint("office_code", "day", "number"),
    )

    id: Mapped[RowId]
    office_code: Mapped[str] = mapped_column(ForeignKey(Office.code))
    day: Mapped[date]
    number: Mapped[int]
    state: Mapped[str] = mapped_column(default="waiting")
    window_name: Mapped[str | None]
    taken_at: Mapped[datetime]
    called_at: Mapped[datetime | None]
    called_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Account.id))
    ended_at: Mapped[datetime | None]
