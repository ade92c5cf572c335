"""How clean the registries are: counted by their owners place by place, and published elsewhere."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, RowId


class QualityCount(Base):
    """What one registry's owner counted of one place on one day; a later count of that day stands instead.

    `province_code`: empty for records of which the registry does not say where the person lives. `disagreeing`: kind of
    disagreement -> records. `verified` holds the `corrected`; `waiting` nobody has compared yet.
    """

    __tablename__ = "quality_counts"
    __table_args__ = (
        UniqueConstraint("registry_name", "counted_on", "province_code"),
        CheckConstraint("total >= 0 AND verified >= corrected AND corrected >= 0 AND waiting >= 0", name="counts_are_counts"),
    )

    id: Mapped[RowId]
    registry_name: Mapped[str]
    province_code: Mapped[str]
    counted_on: Mapped[date]
    as_of: Mapped[datetime]
    total: Mapped[int]
    verified: Mapped[int]
    corrected: Mapped[int]
    waiting: Mapped[int]
    disagreeing: Mapped[dict[str, Any]] = mapped_column(JSONB)


class PublishedFigure(Base):
    """A figure about a registry that somebody published, with its source; taken back it stays on record.

    `about`: what was counted, in words. `value`: records, or whatever `about` says, as a whole number.
    """

    __tablename__ = "published_figures"
    __table_args__ = (
        CheckConstraint("value >= 0", name="figure_is_not_negative"),
        Index("ix_published_figures_registry_name_published_on", "registry_name", "published_on"),
    )

    id: Mapped[RowId]
    registry_name: Mapped[str]
    about: Mapped[str]
    about_en: Mapped[str]
    value: Mapped[int] = mapped_column(BigInteger)
    source: Mapped[str]
    published_on: Mapped[date]
    created_at: Mapped[datetime]
    taken_back_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=0, server_default="0")
