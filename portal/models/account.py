"""People who logged in, and their sessions."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.crypto import Sealed
from portal.models.base import Base, RowId
from portal.models.data_key import HasDataKey


class Account(HasDataKey, Base):
    """A person as (issuer, subject) of the identity provider; who they are is sealed in `profile`.

    A person who filed at the counter and has never logged in has neither; `claim_hash` (of personal ID, name and date of
    birth together) is how their first login finds the account.

    `profile`: personal_id, full_name, date_of_birth (YYYY[-MM[-DD]]), email, phone.
    """

    __tablename__ = "accounts"
    __table_args__ = (
        UniqueConstraint("issuer", "subject"),
        CheckConstraint(
            "num_nulls(issuer, subject, last_login_at) = CASE WHEN claim_hash IS NULL THEN 0 ELSE 3 END",
            name="has_logged_in_or_can_be_claimed",
        ),
    )

    id: Mapped[RowId]
    issuer: Mapped[str | None]
    subject: Mapped[str | None]
    claim_hash: Mapped[bytes | None] = mapped_column(unique=True)
    subject_hash: Mapped[bytes] = mapped_column(index=True)
    sealed_profile: Mapped[bytes]
    created_at: Mapped[datetime]
    last_login_at: Mapped[datetime | None]
    locked_at: Mapped[datetime | None]

    profile = Sealed("sealed_profile")


class LoginSession(Base):
    """A browser's session: found by the hash of its cookie, ended on the server by `revoked_at`."""

    __tablename__ = "login_sessions"
    __table_args__ = (
        CheckConstraint("(account_id IS NULL) = (level = 0)", name="a_level_belongs_to_an_account"),
        Index("ix_login_sessions_idp_sid", "idp_sid", postgresql_where=text("idp_sid IS NOT NULL")),
    )

    id: Mapped[RowId]
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    account_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Account.id), index=True)
    account: Mapped[Account | None] = relationship(lazy="joined")
    level: Mapped[int] = mapped_column(default=0)
    idp_sid: Mapped[str | None]
    authenticated_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    sealed_id_token: Mapped[bytes | None]


class SpentToken(Base):
    """The hash of a one-time token that was used, kept until it could not be used any more."""

    __tablename__ = "spent_tokens"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
