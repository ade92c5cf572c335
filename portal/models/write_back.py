"""What a signed result gives back to the register that owns the fact, and how far the change is known."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.crypto import Sealed
from portal.models.base import Base, RowId
from portal.models.data_key import HasDataKey
from portal.models.document import IssuedDocument
from portal.models.dossier import Dossier


class WriteBack(HasDataKey, Base):
    """One fact of a result for one register; sealed under the dossier's key.

    `request_id`: fixed before the register is first called, so that it writes once however often it is asked.
    `before_printing`: the paper waits for what the register gives. `state`: waiting, written or refused.
    `escalated_at`: since when the office knows that something of it does not go by itself.
    `change_id`: the change that the register announced; `adjusting`: register -> how far it is with it; `following`: ''
    (nothing to follow), following, adjusted, escalated.
    `content`: what is sent. `answer`: what the register said: `words`, `field`, `given`.
    """

    __tablename__ = "write_backs"
    __table_args__ = (
        UniqueConstraint("document_id", "position"),
        CheckConstraint("state IN ('waiting', 'written', 'refused')", name="state_is_known"),
        CheckConstraint("(state = 'written') = (record_id IS NOT NULL)", name="written_has_a_record"),
        CheckConstraint("(state = 'written') = (written_at IS NOT NULL)", name="written_has_a_moment"),
        CheckConstraint("following IN ('', 'following', 'adjusted', 'escalated')", name="following_is_known"),
        CheckConstraint("following = '' OR change_id IS NOT NULL", name="followed_is_a_change"),
        Index(
            "ix_write_backs_stuck",
            "dossier_id",
            postgresql_where=text("escalated_at IS NOT NULL"),
        ),
    )

    id: Mapped[RowId]
    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Dossier.id), index=True)
    document_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(IssuedDocument.id))
    position: Mapped[int]
    register: Mapped[str]
    fact: Mapped[str]
    before_printing: Mapped[bool] = mapped_column(default=False, server_default="false")
    request_id: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(default="waiting", server_default="waiting")
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    created_at: Mapped[datetime]
    tried_at: Mapped[datetime | None]
    written_at: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]
    record_id: Mapped[str | None]
    record_version: Mapped[int | None]
    change_id: Mapped[str | None]
    following: Mapped[str] = mapped_column(default="", server_default="")
    looks: Mapped[int] = mapped_column(default=0, server_default="0")
    adjusting: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    sealed_content: Mapped[bytes]
    sealed_answer: Mapped[bytes | None]

    content = Sealed("sealed_content")
    answer = Sealed("sealed_answer")
