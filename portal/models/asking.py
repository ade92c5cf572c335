"""What desks ask of one another and of the citizen while a dossier is processed: supplements and opinions."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.crypto import Sealed
from portal.models.account import Account
from portal.models.base import Base, RowId
from portal.models.data_key import HasDataKey
from portal.models.dossier import Dossier
from portal.models.office import Office


class SupplementRequest(HasDataKey, Base):
    """One request to complete a dossier: drawn up by whoever misses something, sent by the counter, answered by the citizen.

    `items`: what is asked, each `{"kind": "question" | "component" | "pages", "of": element, component or attachment id,
    "pages": text, "reason": text}`. `reply`: the answers typed so far. `override`: why one more than the law allows is
    asked; such a request counts as late.
    """

    __tablename__ = "supplement_requests"
    __table_args__ = (
        UniqueConstraint("dossier_id", "round"),
        CheckConstraint("(requested_by IS NULL) = (requested_at IS NULL)", name="requested_has_a_name"),
        CheckConstraint("supplied_at IS NULL OR requested_at IS NOT NULL", name="only_what_was_requested_is_supplied"),
        CheckConstraint("(sealed_override IS NOT NULL) = counts_as_late", name="one_too_many_has_a_reason"),
        Index("uq_supplement_requests_one_open", "dossier_id", unique=True, postgresql_where=text("closed_at IS NULL")),
    )

    id: Mapped[RowId]
    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Dossier.id))
    round: Mapped[int]
    proposed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey(Account.id))
    proposed_at: Mapped[datetime]
    requested_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Account.id))
    requested_at: Mapped[datetime | None]
    window_ends_at: Mapped[datetime | None]
    supplied_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    counts_as_late: Mapped[bool] = mapped_column(default=False)
    sealed_items: Mapped[bytes]
    sealed_reply: Mapped[bytes | None]
    sealed_override: Mapped[bytes | None]

    items = Sealed("sealed_items")
    reply = Sealed("sealed_reply")
    override = Sealed("sealed_override")


class Opinion(HasDataKey, Base):
    """One question of the officer to another office, with the moment by which it is to be answered (`question`, `answer`)."""

    __tablename__ = "opinions"
    __table_args__ = (
        CheckConstraint("(answered_at IS NULL) = (answered_by IS NULL)", name="answered_has_a_name"),
        CheckConstraint("(answered_at IS NULL) = (sealed_answer IS NULL)", name="answered_has_an_answer"),
        Index(
            "uq_opinions_one_open_per_office",
            "dossier_id",
            "office_code",
            unique=True,
            postgresql_where=text("answered_at IS NULL"),
        ),
    )

    id: Mapped[RowId]
    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Dossier.id), index=True)
    office_code: Mapped[str] = mapped_column(ForeignKey(Office.code))
    office: Mapped[Office] = relationship(lazy="joined")
    asked_by: Mapped[uuid.UUID] = mapped_column(ForeignKey(Account.id))
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    answered_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Account.id))
    answered_at: Mapped[datetime | None]
    sealed_question: Mapped[bytes]
    sealed_answer: Mapped[bytes | None]

    question = Sealed("sealed_question")
    answer = Sealed("sealed_answer")
