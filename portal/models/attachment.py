"""Papers that a dossier carries: uploaded by the citizen, or an earlier result of theirs that satisfies a component."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.crypto import Sealed
from portal.models.account import Account
from portal.models.asking import SupplementRequest
from portal.models.base import Base, RowId
from portal.models.data_key import HasDataKey
from portal.models.document import IssuedDocument, StoredFile
from portal.models.dossier import Dossier


class Attachment(HasDataKey, Base):
    """One file, or one earlier result, that stands for one component of one dossier; sealed under the dossier's key.

    `name`: what the sender called the file, cleaned; data to be shown, never a path.
    `content_hash`: keyed by the dossier's own key, so that the same file in two dossiers cannot be seen to be the same.
    `extract`: the key data that a clerk read off the paper; what each is called is the desk's to say.
    `original_kept_*`, `original_returned_*`: when and by whom the original was taken into custody, and given back.
    `request_id`: the request to complete the dossier that it answers; until that answer is sent it is the sender's alone.
    `replaced_at`: when a later one took its place; it stays readable as what was filed.
    `seal_verdict`: what was known of the file's seal when it came (`results.verify`), where it carries one.
    """

    __tablename__ = "attachments"
    __table_args__ = (
        CheckConstraint("(file_id IS NULL) <> (reused_document_id IS NULL)", name="is_a_file_or_an_earlier_result"),
        CheckConstraint("scan_state IN ('clean', 'pending', 'not_scanned', 'infected')", name="scan_state_is_known"),
        CheckConstraint("digitised_by IN ('citizen', 'clerk', 'portal')", name="digitised_by_is_known"),
        CheckConstraint("size_bytes > 0 AND pages > 0", name="is_not_empty"),
        CheckConstraint(
            "(checked_against_original_at IS NULL) = (checked_against_original_by IS NULL)",
            name="checked_has_a_moment_and_a_name",
        ),
        CheckConstraint("(original_kept_at IS NULL) = (original_kept_by IS NULL)", name="kept_has_a_moment_and_a_name"),
        CheckConstraint("(original_returned_at IS NULL) = (original_returned_by IS NULL)", name="given_back_has_both"),
        CheckConstraint("original_returned_at IS NULL OR original_kept_at IS NOT NULL", name="only_what_was_kept_goes_back"),
        CheckConstraint("removed_at IS NULL OR checked_against_original_at IS NULL", name="what_was_checked_stays"),
        Index(
            "uq_attachments_one_of_a_content",
            "dossier_id",
            "component_id",
            "content_hash",
            unique=True,
            postgresql_where=text("removed_at IS NULL AND replaced_at IS NULL"),
        ),
        Index("ix_attachments_added_by_added_at", "added_by", "added_at"),
        Index("ix_attachments_request_id", "request_id", postgresql_where=text("request_id IS NOT NULL")),
        Index("ix_attachments_waiting", "id", postgresql_where=text("scan_state = 'pending' AND removed_at IS NULL")),
    )

    id: Mapped[RowId]
    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Dossier.id))
    dossier: Mapped[Dossier] = relationship()
    component_id: Mapped[str]
    file_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(StoredFile.id))
    file: Mapped[StoredFile | None] = relationship(lazy="joined")
    reused_document_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(IssuedDocument.id))
    reused_document: Mapped[IssuedDocument | None] = relationship(lazy="joined")
    sealed_name: Mapped[bytes]
    media_type: Mapped[str]
    size_bytes: Mapped[int]
    pages: Mapped[int]
    content_hash: Mapped[bytes]
    digitised_by: Mapped[str]
    added_at: Mapped[datetime]
    added_by: Mapped[uuid.UUID] = mapped_column(ForeignKey(Account.id))
    request_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(SupplementRequest.id))
    replaced_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]
    scan_state: Mapped[str]
    scanned_at: Mapped[datetime | None]
    seal_verdict: Mapped[str | None]
    checked_against_original_at: Mapped[datetime | None]
    checked_against_original_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Account.id))
    checker: Mapped[Account | None] = relationship(foreign_keys=checked_against_original_by)
    original_kept_at: Mapped[datetime | None]
    original_kept_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Account.id))
    original_returned_at: Mapped[datetime | None]
    original_returned_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Account.id))
    sealed_extract: Mapped[bytes | None]

    name = Sealed("sealed_name")
    extract = Sealed("sealed_extract")
