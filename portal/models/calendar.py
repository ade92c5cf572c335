"""The working calendar as the administrator keeps it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base


class CalendarDay(Base):
    """A day that differs from the plain week: off, or made up."""

    __tablename__ = "calendar_days"
    __table_args__ = (CheckConstraint("kind IN ('off', 'make_up')", name="kind_is_known"),)

    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    source: Mapped[str]
