"""Procedures through time: versions that never change, when each is in force, and the drafts that administrators edit.

Administrators stand here by the id of their account and nothing else, so that what they did outlives the account.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.base import Base, RowId


class ProcedureVersion(Base):
    """One version, named by its content; `files` holds its texts (file name -> text) exactly as they were hashed.

    `state`: shipped with the portal or taken in by its operator, or waiting for a second administrator, approved, sent back.
    `summary`: what lists and the search show of it, so that nothing need be read from its texts.
    """

    __tablename__ = "procedure_versions"
    __table_args__ = (
        CheckConstraint("state IN ('shipped', 'waiting', 'approved', 'sent_back')", name="state_is_known"),
        CheckConstraint("(state IN ('approved', 'sent_back')) = (decided_by IS NOT NULL)", name="decided_by_somebody"),
        CheckConstraint("(decided_by IS NULL) = (decided_at IS NULL)", name="decided_at_a_moment"),
        CheckConstraint("state <> 'approved' OR decided_by <> ALL (authors)", name="four_eyes"),
        Index("ix_procedure_versions_code_created_at", "code", "created_at"),
    )

    content_hash: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str]
    files: Mapped[dict[str, Any]]
    summary: Mapped[dict[str, Any]]
    state: Mapped[str]
    authors: Mapped[list[uuid.UUID]] = mapped_column(ARRAY(Uuid), default=list)
    created_at: Mapped[datetime]
    decided_by: Mapped[uuid.UUID | None]
    decided_at: Mapped[datetime | None]
    decision_note: Mapped[str] = mapped_column(default="")


class ProcedurePublication(Base):
    """From when to when a version is the one in which new dossiers are filed; the latest to have started stands."""

    __tablename__ = "procedure_publications"
    __table_args__ = (
        CheckConstraint("ends_at IS NULL OR ends_at >= starts_at", name="ends_after_it_starts"),
        Index("ix_procedure_publications_code_starts_at", "code", "starts_at"),
    )

    id: Mapped[RowId]
    code: Mapped[str]
    version_hash: Mapped[str] = mapped_column(ForeignKey(ProcedureVersion.content_hash))
    version: Mapped[ProcedureVersion] = relationship()
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    published_at: Mapped[datetime]
    published_by: Mapped[uuid.UUID | None]
    why: Mapped[str] = mapped_column(default="")


class ProcedureDraft(Base):
    """The one draft under way of a procedure: its file, who wrote in it, and the version it became when it was handed in."""

    __tablename__ = "procedure_drafts"
    __table_args__ = (
        CheckConstraint("revision >= 1", name="revision_counts_from_one"),
        Index("uq_procedure_drafts_one_open", "code", unique=True, postgresql_where=text("closed_at IS NULL")),
    )

    id: Mapped[RowId]
    code: Mapped[str]
    text: Mapped[str]
    revision: Mapped[int] = mapped_column(default=1)
    base_hash: Mapped[str | None] = mapped_column(ForeignKey(ProcedureVersion.content_hash))
    waiting_hash: Mapped[str | None] = mapped_column(ForeignKey(ProcedureVersion.content_hash))
    authors: Mapped[list[uuid.UUID]] = mapped_column(ARRAY(Uuid), default=list)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    updated_by: Mapped[uuid.UUID]
    closed_at: Mapped[datetime | None]
