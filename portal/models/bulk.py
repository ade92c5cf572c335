"""One act on many dossiers at once: what was chosen, what was confirmed, and what came of each."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.account import Account
from portal.models.base import Base, RowId

OUTCOMES = ("waiting", "done", "already", "refused", "separate")


class BulkRun(Base):
    """One member of staff, one act, the dossiers chosen for it: prepared, then confirmed, then carried out to the end.

    `assign_to`: to whom a leader gives the dossiers, as `services.dossiers.bulk` reads it.
    """

    __tablename__ = "bulk_runs"
    __table_args__ = (
        CheckConstraint("confirmed_at IS NOT NULL OR ended_at IS NULL", name="only_what_was_confirmed_ends"),
        Index("ix_bulk_runs_account_id_prepared_at", "account_id", "prepared_at"),
    )

    id: Mapped[RowId]
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Account.id))
    act: Mapped[str]
    assign_to: Mapped[str | None]
    prepared_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class BulkItem(Base):
    """One dossier of a run, in the order in which it was chosen, as its code was sent.

    `dossier_version`: what was shown to whoever confirms. `outcome`: `waiting` until its turn; `done`; `already`, done by
    the act before; `refused`, with the `reason` as a Vietnamese msgid; `separate`, where only a person's answer helps, and why.
    """

    __tablename__ = "bulk_items"
    __table_args__ = (
        UniqueConstraint("run_id", "code"),
        CheckConstraint(f"outcome IN ({', '.join(repr(outcome) for outcome in OUTCOMES)})", name="outcome_is_known"),
        CheckConstraint("outcome <> 'waiting' OR dossier_version IS NOT NULL", name="waits_at_a_version"),
        CheckConstraint("outcome <> 'refused' OR reason IS NOT NULL", name="refused_has_a_reason"),
        CheckConstraint("(outcome IN ('done', 'already')) = (done_at IS NOT NULL)", name="done_has_a_moment"),
        Index("ix_bulk_items_waiting", "run_id", "position", postgresql_where=text("outcome = 'waiting'")),
    )

    run_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(BulkRun.id, ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    dossier_version: Mapped[int | None]
    outcome: Mapped[str]
    reason: Mapped[str | None]
    done_at: Mapped[datetime | None]
