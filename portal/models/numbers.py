"""Counters for dossier codes, registers and document numbers; a row lock makes them gap-free in a transaction."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base


class NumberSeries(Base):
    """The last number given out in one series and period."""

    __tablename__ = "number_series"

    series: Mapped[str] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(primary_key=True)
    last: Mapped[int]
