"""Warnings to staff before a step or a term runs out: each given once."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.account import Account
from portal.models.base import Base, RowId
from portal.models.dossier import Dossier


class DueWarning(Base):
    """One moment by which something of a dossier is due, and the officer who was warned of it.

    `kind`: the step under way, or the whole term. `told_on`: the day of the message that speaks of it.
    """

    __tablename__ = "due_warnings"
    __table_args__ = (
        CheckConstraint("kind IN ('step', 'term')", name="kind_is_known"),
        UniqueConstraint("dossier_id", "kind", "due_at"),
        Index("ix_due_warnings_untold", "account_id", postgresql_where=text("told_on IS NULL")),
    )

    id: Mapped[RowId]
    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Dossier.id))
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Account.id))
    kind: Mapped[str]
    due_at: Mapped[datetime]
    warned_at: Mapped[datetime]
    told_on: Mapped[date | None]
