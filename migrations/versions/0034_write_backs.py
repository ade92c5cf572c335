"""What signed results give back to the registers; nothing of it is ever deleted."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "write_backs",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("dossier_id", sa.UUID(), nullable=False),
        sa.Column("document_id", sa.UUID(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("register", sa.Text(), nullable=False),
        sa.Column("fact", sa.Text(), nullable=False),
        sa.Column("before_printing", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("attempts", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("record_id", sa.Text(), nullable=True),
        sa.Column("record_version", sa.BigInteger(), nullable=True),
        sa.Column("change_id", sa.Text(), nullable=True),
        sa.Column("following", sa.Text(), server_default="", nullable=False),
        sa.Column("looks", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("adjusting", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("sealed_content", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_answer", sa.LargeBinary(), nullable=True),
        sa.Column("data_key_id", sa.UUID(), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'written', 'refused')", name=op.f("ck_write_backs_state_is_known")),
        sa.CheckConstraint("(state = 'written') = (record_id IS NOT NULL)", name=op.f("ck_write_backs_written_has_a_record")),
        sa.CheckConstraint("(state = 'written') = (written_at IS NOT NULL)", name=op.f("ck_write_backs_written_has_a_moment")),
        sa.CheckConstraint(
            "following IN ('', 'following', 'adjusted', 'escalated')", name=op.f("ck_write_backs_following_is_known")
        ),
        sa.CheckConstraint("following = '' OR change_id IS NOT NULL", name=op.f("ck_write_backs_followed_is_a_change")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_write_backs_dossier_id")),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_write_backs_document_id")),
        sa.ForeignKeyConstraint(["data_key_id"], ["keyring.data_keys.id"], name=op.f("fk_write_backs_data_key_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_write_backs")),
        sa.UniqueConstraint("document_id", "position", name=op.f("uq_write_backs_document_id_position")),
        sa.UniqueConstraint("request_id", name=op.f("uq_write_backs_request_id")),
    )
    op.create_index(op.f("ix_write_backs_dossier_id"), "write_backs", ["dossier_id"])
    op.create_index(op.f("ix_write_backs_data_key_id"), "write_backs", ["data_key_id"])
    op.create_index(
        "ix_write_backs_stuck",
        "write_backs",
        ["dossier_id"],
        postgresql_where=sa.text("escalated_at IS NOT NULL"),
    )
    op.execute("GRANT SELECT, INSERT, UPDATE ON write_backs TO portal_web")


def downgrade() -> None:
    op.drop_table("write_backs")
