"""What people ask about an entry of the ledger, and what the office answers."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.crypto import Sealed
from portal.models.access_entry import AccessEntry
from portal.models.account import Account
from portal.models.base import Base, RowId
from portal.models.data_key import HasDataKey
from portal.models.office import Office


class AccessQuestion(HasDataKey, Base):
    """One question to the office of whoever looked, with the moment by which it is to be answered.

    `question`, `answer`: sealed under the asker's key.
    """

    __tablename__ = "access_questions"
    __table_args__ = (
        CheckConstraint("num_nulls(answered_at, answered_by, sealed_answer) IN (0, 3)", name="an_answer_is_whole"),
        Index("uq_access_questions_one_open", "entry_id", unique=True, postgresql_where=text("answered_at IS NULL")),
        Index("ix_access_questions_office_code", "office_code", "due_at"),
        Index("ix_access_questions_account_id", "account_id"),
    )

    id: Mapped[RowId]
    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(AccessEntry.id))
    entry: Mapped[AccessEntry] = relationship()
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Account.id))
    office_code: Mapped[str] = mapped_column(ForeignKey(Office.code))
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    sealed_question: Mapped[bytes]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Account.id))
    sealed_answer: Mapped[bytes | None]

    question = Sealed("sealed_question")
    answer = Sealed("sealed_answer")
