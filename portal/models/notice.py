"""What the citizen is told, and the outbox of everything that leaves the portal."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.account import Account
from portal.models.base import Base, RowId
from portal.models.dossier import Dossier


class Notice(Base):
    """One message of the portal's own inbox; its words are made from `kind` and the dossier when it is shown.

    `about`: the row that it tells of, where that is not the dossier itself; several may answer while the dossier stands still.
    """

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint("dossier_id", "kind", "dossier_version", "about"),
        Index("ix_notices_account_id_created_at", "account_id", "created_at"),
    )

    id: Mapped[RowId]
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Account.id))
    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Dossier.id))
    kind: Mapped[str]
    dossier_version: Mapped[int] = mapped_column(default=0, server_default="0")
    about: Mapped[str] = mapped_column(default="", server_default="")
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]


class OutboxItem(Base):
    """One thing to be carried out by the worker, exactly once by its key; `payload` names rows, never people."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("kind", "key"),
        Index("ix_outbox_waiting", "created_at", postgresql_where=text("done_at IS NULL")),
    )

    id: Mapped[RowId]
    kind: Mapped[str]
    key: Mapped[str]
    dossier_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Dossier.id))
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None]
