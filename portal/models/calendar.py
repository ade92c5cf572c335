"""The working calendar as the administrator keeps it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base


class CalendarDay(Base):
    """A day that differs from the plain week: off, or made up; `plain` keeps a removed one from being loaded again.

    `swapped_with`: the other day of a swap (a weekday off against a made-up rest day).
    """

    __tablename__ = "calendar_days"
    __table_args__ = (
        CheckConstraint("kind IN ('off', 'make_up', 'plain')", name="kind_is_known"),
        CheckConstraint("kind <> 'make_up' OR extract(isodow FROM day) > 5", name="a_rest_day_is_made_up"),
        CheckConstraint("swapped_with IS NULL OR kind <> 'plain'", name="a_plain_day_is_swapped_with_none"),
    )

    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    source: Mapped[str]
    swapped_with: Mapped[date | None] = mapped_column(
        ForeignKey("calendar_days.day", deferrable=True, initially="DEFERRED", name="fk_calendar_days_swapped_with")
    )
    version: Mapped[int] = mapped_column(default=0, server_default="0")
