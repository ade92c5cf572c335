"""Published versions of procedures: immutable, named by the hash of their content."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base


class ProcedureVersion(Base):
    """One published version; `files` holds its folder (file name -> text) exactly as it was hashed."""

    __tablename__ = "procedure_versions"
    __table_args__ = (Index("ix_procedure_versions_code_published_at", "code", "published_at"),)

    content_hash: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str]
    files: Mapped[dict[str, Any]]
    published_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
