"""Warnings to staff before a step or a term runs out; the web role gives and tells them, and takes none back."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "due_warnings",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("dossier_id", sa.UUID(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("warned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.CheckConstraint("kind IN ('step', 'term')", name=op.f("ck_due_warnings_kind_is_known")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_due_warnings_dossier_id")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_due_warnings_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_due_warnings")),
        sa.UniqueConstraint("dossier_id", "kind", "due_at", name=op.f("uq_due_warnings_dossier_id_kind_due_at")),
    )
    op.create_index("ix_due_warnings_untold", "due_warnings", ["account_id"], postgresql_where=sa.text("told_on IS NULL"))
    op.create_index("ix_dossiers_step_due_at", "dossiers", ["step_due_at"], postgresql_where=sa.text("step_due_at IS NOT NULL"))
    op.create_index(
        "ix_dossiers_promised_at_in_hand",
        "dossiers",
        ["promised_at"],
        postgresql_where=sa.text("assigned_to IS NOT NULL AND finished_at IS NULL"),
    )
    op.execute("GRANT SELECT, INSERT, UPDATE (told_on) ON due_warnings TO portal_web")


def downgrade() -> None:
    op.drop_index("ix_dossiers_promised_at_in_hand", "dossiers")
    op.drop_index("ix_dossiers_step_due_at", "dossiers")
    op.drop_table("due_warnings")
