"""When members of staff are away, and who stands in for them."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.crypto import Sealed
from portal.models.base import Base, RowId
from portal.models.data_key import HasDataKey
from portal.models.office import StaffMember


class Absence(HasDataKey, Base):
    """A member of staff is away from one day to another; both days count.

    `note`: what colleagues should know, sealed under the member's key; never why. `ended_at`: the member was back earlier,
    or the absence was called off. `version`: how many changes were made to it.
    """

    __tablename__ = "absences"
    __table_args__ = (
        CheckConstraint("last_day >= first_day", name="ends_after_it_begins"),
        CheckConstraint("stand_in_id <> member_id", name="nobody_stands_in_for_oneself"),
        ExcludeConstraint(
            ("member_id", "="),
            (func.daterange(text("first_day"), text("last_day"), text("'[]'")), "&&"),
            name="away_once_on_a_day",
            using="gist",
            where=text("ended_at IS NULL"),
        ),
        Index("ix_absences_stand_in_id", "stand_in_id", postgresql_where=text("stand_in_id IS NOT NULL")),
    )

    id: Mapped[RowId]
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(StaffMember.id))
    member: Mapped[StaffMember] = relationship(foreign_keys=member_id)
    stand_in_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(StaffMember.id))
    stand_in: Mapped[StaffMember | None] = relationship(foreign_keys=stand_in_id)
    first_day: Mapped[date]
    last_day: Mapped[date]
    sealed_note: Mapped[bytes | None]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=0, server_default="0")

    note = Sealed("sealed_note")
