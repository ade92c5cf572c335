"""Papers that the portal makes, and the sealed files that hold them."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.crypto import Sealed
from portal.models.base import Base, RowId
from portal.models.data_key import HasDataKey
from portal.models.dossier import Dossier
from portal.models.office import Office


class StoredFile(HasDataKey, Base):
    """A file in the vault, addressed by the hash of its sealed bytes."""

    __tablename__ = "stored_files"

    id: Mapped[RowId]
    sealed_sha256: Mapped[bytes] = mapped_column(index=True)
    size_bytes: Mapped[int]
    media_type: Mapped[str]
    created_at: Mapped[datetime]


class IssuedDocument(HasDataKey, Base):
    """One paper of a dossier: asked for, then made by the worker, then (a result) verifiable by its code.

    `facts`: what the paper says, as its template takes it; sealed under the dossier's key.
    """

    __tablename__ = "documents"
    __table_args__ = (
        UniqueConstraint("dossier_id", "kind", "round"),
        UniqueConstraint("office_code", "series", "year", "number"),
        CheckConstraint("(file_id IS NULL) = (issued_at IS NULL)", name="issued_has_a_file"),
        CheckConstraint("(file_id IS NULL) = (sha256 IS NULL)", name="issued_has_a_hash"),
        CheckConstraint("(revoked_at IS NULL) = (revocation_ground IS NULL)", name="revoked_has_a_ground"),
    )

    id: Mapped[RowId]
    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Dossier.id))
    dossier: Mapped[Dossier] = relationship()
    kind: Mapped[str]
    round: Mapped[int] = mapped_column(default=1)
    title: Mapped[str]
    office_code: Mapped[str] = mapped_column(ForeignKey(Office.code))
    office: Mapped[Office] = relationship(lazy="joined")
    series: Mapped[str | None]
    year: Mapped[int | None]
    number: Mapped[int | None]
    symbol: Mapped[str | None]
    verification_code: Mapped[str] = mapped_column(unique=True)
    sealed_facts: Mapped[bytes]
    created_at: Mapped[datetime]
    issued_at: Mapped[datetime | None]
    expires_on: Mapped[date | None]
    file_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(StoredFile.id))
    file: Mapped[StoredFile | None] = relationship()
    sha256: Mapped[bytes | None] = mapped_column(index=True)
    revoked_at: Mapped[datetime | None]
    revocation_ground: Mapped[str | None]
    replaced_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("documents.id"))

    facts = Sealed("sealed_facts")
