"""What the portal suggests by itself to those who agreed; an agreement ends and is never deleted."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "suggestion_agreements",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("rules", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_suggestion_agreements_account_id_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestion_agreements")),
    )
    op.create_index(
        "uq_suggestion_agreements_one_a_person", "suggestion_agreements", ["account_id"], unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )  # fmt: skip
    op.create_index(
        "ix_suggestion_agreements_checked_at", "suggestion_agreements", ["checked_at"],
        postgresql_where=sa.text("ended_at IS NULL"),
    )  # fmt: skip
    op.create_table(
        "suggestions",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sealed_facts", sa.LargeBinary(), nullable=True),
        sa.Column("data_key_id", sa.UUID(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'refused', 'taken', 'gone')", name=op.f("ck_suggestions_state_is_known")),
        sa.CheckConstraint("(state = 'open') = (decided_at IS NULL)", name=op.f("ck_suggestions_decided_has_a_moment")),
        sa.CheckConstraint("(state = 'gone') = (sealed_facts IS NULL)", name=op.f("ck_suggestions_what_is_gone_says_nothing")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_suggestions_account_id_accounts")),
        sa.ForeignKeyConstraint(["data_key_id"], ["keyring.data_keys.id"], name=op.f("fk_suggestions_data_key_id_data_keys")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestions")),
    )
    op.create_index(
        "uq_suggestions_one_open", "suggestions", ["account_id", "rule"], unique=True, postgresql_where=sa.text("state = 'open'")
    )
    op.create_index("ix_suggestions_account_id_rule", "suggestions", ["account_id", "rule"])
    op.create_index(op.f("ix_suggestions_data_key_id"), "suggestions", ["data_key_id"])
    op.execute("GRANT SELECT, INSERT, UPDATE ON suggestion_agreements, suggestions TO portal_web")


def downgrade() -> None:
    op.drop_table("suggestions")
    op.drop_table("suggestion_agreements")
