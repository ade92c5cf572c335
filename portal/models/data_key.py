"""Data keys: one for each dossier and each person, wrapped by a master key that the database never sees."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from portal.crypto import KeyDestroyed, WrappedKey, keyring, new_data_key
from portal.models.base import Base, RowId


class DataKey(Base):
    """A wrapped key; destroying it (no `wrapped`, a `destroyed_at`) destroys everything sealed under it."""

    __tablename__ = "data_keys"
    __table_args__ = (
        CheckConstraint("(wrapped IS NULL) = (destroyed_at IS NOT NULL)", name="destroyed_means_gone"),
        {"schema": "keyring"},
    )

    id: Mapped[RowId]
    master_id: Mapped[str]
    wrapped: Mapped[bytes | None]
    destroyed_at: Mapped[datetime | None]

    @classmethod
    def fresh(cls) -> DataKey:
        """A new key, wrapped by the current master key."""
        kept = keyring().wrap(new_data_key())
        return cls(master_id=kept.master_id, wrapped=kept.wrapped)

    def open(self) -> bytes:
        """The key itself.

        Raises:
            KeyDestroyed: it was destroyed.
            SealError: its master key is not in the keyring.
        """
        if self.wrapped is None:
            raise KeyDestroyed("this content was destroyed")
        return keyring().unwrap(WrappedKey(self.master_id, self.wrapped))


class HasDataKey:
    """A row whose sealed columns stand under a data key of its own or of its dossier."""

    @declared_attr
    @classmethod
    def data_key_id(cls) -> Mapped[uuid.UUID]:
        return mapped_column(ForeignKey(DataKey.id), index=True)

    @declared_attr
    @classmethod
    def data_key(cls) -> Mapped[DataKey]:
        return relationship(DataKey, lazy="joined", innerjoin=True)

    def open_data_key(self) -> bytes:
        """The key that seals this row."""
        return self.data_key.open()
