"""How many dossiers stand where, kept by the database itself with every change of a dossier; only sums mean anything."""

from __future__ import annotations

from sqlalchemy import BigInteger, Identity
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base


class DossierTally(Base):
    """So many dossiers more or fewer at a place of an office; rows are only ever added, and gathered up now and then.

    A trigger of `dossiers` writes them, so that no way of changing a dossier can forget it, and since nobody changes a
    row, two acts never wait for one another here.
    """

    __tablename__ = "dossier_tallies"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    office_code: Mapped[str] = mapped_column(index=True)
    procedure_code: Mapped[str]
    place: Mapped[str]
    how_many: Mapped[int]
