"""What the portal announces of its own downtime, in both languages."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, RowId


class Announcement(Base):
    """From when to when something of the portal is not available, and where else one may turn.

    `urgent_reason`: why it could not be announced in time; None where it was planned. `published_at`: None is a draft that
    nobody sees yet. `ended_at`: it was over earlier, or was taken back. `version`: how many changes were made to it.
    """

    __tablename__ = "announcements"
    __table_args__ = (
        CheckConstraint("ends_at > begins_at", name="ends_after_it_begins"),
        CheckConstraint("(urgent_reason IS NULL) = (urgent_reason_en IS NULL)", name="reason_is_in_both_languages"),
    )

    id: Mapped[RowId]
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    unavailable: Mapped[str]
    unavailable_en: Mapped[str]
    elsewhere: Mapped[str]
    elsewhere_en: Mapped[str]
    urgent_reason: Mapped[str | None]
    urgent_reason_en: Mapped[str | None]
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=0, server_default="0")
