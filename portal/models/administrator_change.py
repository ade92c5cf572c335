"""What administrators changed: append-only, hash-chained; the web role can insert and read, never change."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, RowId

JSON_OR_NOTHING = JSONB(none_as_null=True)


class AdministratorChange(Base):
    """One change of one subject: who, what, before and after; people stand as ids only, never by name."""

    __tablename__ = "administrator_changes"
    __table_args__ = (Index("ix_administrator_changes_subject", "subject_kind", "subject_id", "number"),)

    id: Mapped[RowId]
    number: Mapped[int] = mapped_column(unique=True)
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    verb: Mapped[str]
    actor_id: Mapped[str] = mapped_column(index=True)
    happened_at: Mapped[datetime]
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON_OR_NOTHING)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON_OR_NOTHING)
    previous_hash: Mapped[bytes]
    hash: Mapped[bytes]
