"""The ledger of look-ups, openings and reveals: who had whose data, why and on which ground; never what the data said."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, FetchedValue, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.crypto import Sealed
from portal.models.account import Account
from portal.models.base import Base, RowId
from portal.models.data_key import DataKey
from portal.models.dossier import Dossier


class AccessEntry(Base):
    """One look-up, one opening or one reveal; written once, numbered and chained by the database when its writer commits.

    `subject_hash`: whose data it was; `owner_id`: their account, where known. `actor_id` as in events. `purpose`: a code, with
    its `legal_ground`; `basis` is `consent` or `law`, `basis_reference` which. `fields`: names, never values. `outcome`: of a
    look-up. `dossier_code`: as it was then; a draft has none yet. `quarter`: of an opening, when its quarter of an hour began;
    no two of the same person and dossier lie in one. `shown_from`: when its subject may read it.
    `reason`: why staff opened or revealed, in their own words, sealed under the dossier's key.
    """

    __tablename__ = "access_entries"
    __table_args__ = (
        CheckConstraint("kind IN ('lookup', 'opening', 'reveal')", name="kind_is_known"),
        CheckConstraint("basis IN ('consent', 'law')", name="basis_is_known"),
        CheckConstraint("kind <> 'reveal' OR sealed_reason IS NOT NULL", name="a_reveal_has_a_reason"),
        CheckConstraint("kind = 'lookup' OR dossier_id IS NOT NULL", name="what_was_opened_is_a_dossier"),
        CheckConstraint("(kind = 'opening') = (quarter IS NOT NULL)", name="an_opening_has_its_quarter"),
        CheckConstraint("num_nulls(number, previous_hash, hash) IN (0, 3)", name="a_link_is_whole"),
        Index(
            "uq_access_entries_one_opening_a_quarter",
            "dossier_id",
            "actor_id",
            "quarter",
            unique=True,
            postgresql_where=text("kind = 'opening'"),
        ),
        Index("ix_access_entries_subject_hash", "subject_hash", "happened_at"),
        Index("ix_access_entries_owner_id", "owner_id", "happened_at", postgresql_where=text("owner_id IS NOT NULL")),
    )

    id: Mapped[RowId]
    number: Mapped[int | None] = mapped_column(unique=True, server_default=FetchedValue())
    kind: Mapped[str]
    subject_hash: Mapped[bytes]
    owner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Account.id))
    actor_id: Mapped[str]
    actor_role: Mapped[str]
    office_code: Mapped[str]
    purpose: Mapped[str]
    legal_ground: Mapped[str]
    basis: Mapped[str]
    basis_reference: Mapped[str]
    source: Mapped[str]
    fields: Mapped[list[str]] = mapped_column(ARRAY(Text))
    outcome: Mapped[str]
    request_id: Mapped[str]
    dossier_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Dossier.id))
    dossier_code: Mapped[str]
    procedure_code: Mapped[str]
    happened_at: Mapped[datetime]
    quarter: Mapped[datetime | None]
    shown_from: Mapped[datetime]
    data_key_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(DataKey.id))
    data_key: Mapped[DataKey | None] = relationship(DataKey)
    sealed_reason: Mapped[bytes | None]
    previous_hash: Mapped[bytes | None] = mapped_column(server_default=FetchedValue())
    hash: Mapped[bytes | None] = mapped_column(server_default=FetchedValue())

    reason = Sealed("sealed_reason")

    def open_data_key(self) -> bytes:
        """The key that seals the reason: its dossier's."""
        assert self.data_key is not None
        return self.data_key.open()
