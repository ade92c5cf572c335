"""One act on many dossiers: what was chosen and what came of each; the web role forgets old ones, never rewrites a choice."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

RULES = {
    "outcome_is_known": "outcome IN ('waiting', 'done', 'already', 'refused', 'separate')",
    "waits_at_a_version": "outcome <> 'waiting' OR dossier_version IS NOT NULL",
    "refused_has_a_reason": "outcome <> 'refused' OR reason IS NOT NULL",
    "done_has_a_moment": "(outcome IN ('done', 'already')) = (done_at IS NOT NULL)",
}


def upgrade() -> None:
    op.create_table(
        "bulk_runs",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "confirmed_at IS NOT NULL OR ended_at IS NULL", name=op.f("ck_bulk_runs_only_what_was_confirmed_ends")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_bulk_runs_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_runs")),
    )
    op.create_index("ix_bulk_runs_account_id_prepared_at", "bulk_runs", ["account_id", "prepared_at"], unique=False)
    op.create_table(
        "bulk_items",
        sa.Column("run_id", sa.UUID(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("dossier_version", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_bulk_items_{name}")) for name, rule in RULES.items()),
        sa.ForeignKeyConstraint(["run_id"], ["bulk_runs.id"], name=op.f("fk_bulk_items_run_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", "position", name=op.f("pk_bulk_items")),
        sa.UniqueConstraint("run_id", "code", name=op.f("uq_bulk_items_run_id_code")),
    )
    op.create_index(
        "ix_bulk_items_waiting", "bulk_items", ["run_id", "position"], postgresql_where=sa.text("outcome = 'waiting'")
    )
    op.execute("GRANT SELECT, INSERT, DELETE, UPDATE (confirmed_at, ended_at) ON bulk_runs TO portal_web")
    op.execute("GRANT SELECT, INSERT, UPDATE (outcome, reason, done_at) ON bulk_items TO portal_web")


def downgrade() -> None:
    op.drop_table("bulk_items")
    op.drop_table("bulk_runs")
