"""What a dossier said at each filing round, and what the registries answered: both immutable."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.crypto import Sealed
from portal.models.base import Base, RowId
from portal.models.data_key import HasDataKey
from portal.models.dossier import Dossier


class AnswersDocument(HasDataKey, Base):
    """The answers of one filing round (`content`: element -> answer with its provenance), under the dossier's key."""

    __tablename__ = "answers_documents"
    __table_args__ = (UniqueConstraint("dossier_id", "round"),)

    id: Mapped[RowId]
    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Dossier.id))
    round: Mapped[int]
    version_hash: Mapped[str]
    sealed_content: Mapped[bytes]
    content_hash: Mapped[bytes]
    created_at: Mapped[datetime]

    content = Sealed("sealed_content")


class Evidence(HasDataKey, Base):
    """The snapshot of one registry answer that a dossier rests on (`content`: fields as answered).

    `about`: the element that names whom it is about; empty for who filed.
    """

    __tablename__ = "evidence"

    id: Mapped[RowId]
    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Dossier.id), index=True)
    source: Mapped[str]
    about: Mapped[str] = mapped_column(default="", server_default="")
    request_id: Mapped[str]
    response_id: Mapped[str]
    requester_kind: Mapped[str]
    requester_id: Mapped[str]
    outcome: Mapped[str]
    as_of: Mapped[datetime | None]
    fetched_at: Mapped[datetime]
    record_version: Mapped[int | None]
    sealed_content: Mapped[bytes]
    content_hash: Mapped[bytes]

    content = Sealed("sealed_content")
