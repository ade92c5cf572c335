"""Data keys, accounts and their sessions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE SCHEMA keyring")
    op.create_table(
        "data_keys",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("master_id", sa.Text(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=True),
        sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(wrapped IS NULL) = (destroyed_at IS NOT NULL)", name=op.f("ck_data_keys_destroyed_means_gone")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_keys")),
        schema="keyring",
    )
    op.create_table(
        "accounts",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("subject_hash", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_profile", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_login_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("data_key_id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(["data_key_id"], ["keyring.data_keys.id"], name=op.f("fk_accounts_data_key_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_accounts_issuer_subject")),
    )
    op.create_index(op.f("ix_accounts_data_key_id"), "accounts", ["data_key_id"], unique=False)
    op.create_index(op.f("ix_accounts_subject_hash"), "accounts", ["subject_hash"], unique=False)
    op.create_table(
        "login_sessions",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=True),
        sa.Column("level", sa.BigInteger(), nullable=False),
        sa.Column("idp_sid", sa.Text(), nullable=True),
        sa.Column("authenticated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sealed_id_token", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("(account_id IS NULL) = (level = 0)", name=op.f("ck_login_sessions_a_level_belongs_to_an_account")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_login_sessions_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_login_sessions_token_hash")),
    )
    op.create_index(op.f("ix_login_sessions_account_id"), "login_sessions", ["account_id"], unique=False)
    op.create_index(
        "ix_login_sessions_idp_sid", "login_sessions", ["idp_sid"], unique=False, postgresql_where=sa.text("idp_sid IS NOT NULL")
    )
    op.create_table(
        "spent_tokens",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_spent_tokens")),
    )
    op.create_index(op.f("ix_spent_tokens_expires_at"), "spent_tokens", ["expires_at"], unique=False)


def downgrade() -> None:
    op.drop_table("spent_tokens")
    op.drop_table("login_sessions")
    op.drop_table("accounts")
    op.drop_table("data_keys", schema="keyring")
    op.execute("DROP SCHEMA keyring")
