"""What the portal suggests of itself, to those who agreed that it looks ahead for them."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.crypto import Sealed
from portal.models.account import Account
from portal.models.base import Base, RowId
from portal.models.data_key import HasDataKey

SUGGESTION_STATES = ("open", "refused", "taken", "gone")


class SuggestionAgreement(Base):
    """That a person lets the portal look ahead for them by these rules, from when, and until when; one at a time.

    The look-ups name it as `suggestions:<id>`. `checked_at`: when the registries were last asked.
    """

    __tablename__ = "suggestion_agreements"
    __table_args__ = (
        Index("uq_suggestion_agreements_one_a_person", "account_id", unique=True, postgresql_where=text("ended_at IS NULL")),
        Index("ix_suggestion_agreements_checked_at", "checked_at", postgresql_where=text("ended_at IS NULL")),
    )

    id: Mapped[RowId]
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Account.id))
    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)
    rules: Mapped[list[str]] = mapped_column(ARRAY(Text))
    given_at: Mapped[datetime]
    checked_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class Suggestion(HasDataKey, Base):
    """One thing that a rule found for a person, under the person's own key.

    `facts`: element -> value as the registries said it, by which the rule holds; nothing of one that is gone.
    """

    __tablename__ = "suggestions"
    __table_args__ = (
        CheckConstraint(f"state IN {SUGGESTION_STATES}", name="state_is_known"),
        CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided_has_a_moment"),
        CheckConstraint("(state = 'gone') = (sealed_facts IS NULL)", name="what_is_gone_says_nothing"),
        Index("uq_suggestions_one_open", "account_id", "rule", unique=True, postgresql_where=text("state = 'open'")),
        Index("ix_suggestions_account_id_rule", "account_id", "rule"),
    )

    id: Mapped[RowId]
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Account.id))
    rule: Mapped[str]
    state: Mapped[str] = mapped_column(default="open")
    found_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    sealed_facts: Mapped[bytes | None]

    facts = Sealed("sealed_facts")
