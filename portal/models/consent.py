"""What people agreed to, and what they took back: two kinds of rows, both written once."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.account import Account
from portal.models.base import Base, RowId
from portal.models.dossier import Dossier


class ConsentWithdrawal(Base):
    """That a consent was taken back, when and by whom; what it had allowed stands in the consent's own row."""

    __tablename__ = "consent_withdrawals"

    id: Mapped[RowId]
    consent_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("consents.id"), unique=True)
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Account.id))
    withdrawn_at: Mapped[datetime]


class Consent(Base):
    """One agreement to look-ups for one draft; the look-ups name it as `consent:<id>`.

    `lookups`: a list of {registry, about, purpose, legal_ground, elements}: names, no value. `version_hash`: the version of the
    procedure whose words were agreed to, `language` in which.
    """

    __tablename__ = "consents"
    __table_args__ = (Index("ix_consents_account_id_given_at", "account_id", "given_at"),)

    id: Mapped[RowId]
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Account.id))
    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Dossier.id), index=True)
    dossier: Mapped[Dossier] = relationship()
    procedure_code: Mapped[str]
    version_hash: Mapped[str]
    language: Mapped[str]
    lookups: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    given_at: Mapped[datetime]
    withdrawal: Mapped[ConsentWithdrawal | None] = relationship(lazy="joined", uselist=False, viewonly=True)
