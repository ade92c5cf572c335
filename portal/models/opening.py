"""Who opened a dossier that is not their office's, or at its owner's side, when and why: written once, shown to the owner."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.crypto import Sealed
from portal.models.account import Account
from portal.models.base import Base, RowId
from portal.models.data_key import HasDataKey
from portal.models.dossier import Dossier
from portal.models.office import Office


class DossierOpening(HasDataKey, Base):
    """One opening by a member of staff, with the reason that they gave; sealed under the dossier's key.

    `with_owner`: the owner stood at the counter with their card and asked for help; otherwise the staff is another office's.
    """

    __tablename__ = "dossier_openings"
    __table_args__ = (Index("ix_dossier_openings_dossier_id_account_id", "dossier_id", "account_id", "opened_at"),)

    id: Mapped[RowId]
    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Dossier.id))
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Account.id))
    office_code: Mapped[str] = mapped_column(ForeignKey(Office.code))
    office: Mapped[Office] = relationship(lazy="joined")
    role: Mapped[str]
    opened_at: Mapped[datetime]
    with_owner: Mapped[bool] = mapped_column(default=False)
    sealed_reason: Mapped[bytes]

    reason = Sealed("sealed_reason")
