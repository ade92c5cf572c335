"""Numbers that people wait with at a counter; the web role calls them, and never deletes or renumbers one."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

RULES = {
    "state_is_known": "state IN ('waiting', 'called', 'served', 'missed')",
    "called_has_a_moment": "(state = 'waiting') = (called_at IS NULL)",
    "called_by_somebody_to_a_window": "num_nulls(called_at, called_by, window_name) IN (0, 3)",
    "ended_has_a_moment": "(state IN ('served', 'missed')) = (ended_at IS NOT NULL)",
    "number_fits_the_board": "number BETWEEN 1 AND 9999",
}


def upgrade() -> None:
    op.create_table(
        "queue_tickets",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("office_code", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("window_name", sa.Text(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("called_by", sa.UUID(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_queue_tickets_{name}")) for name, rule in RULES.items()),
        sa.ForeignKeyConstraint(["office_code"], ["offices.code"], name=op.f("fk_queue_tickets_office_code")),
        sa.ForeignKeyConstraint(["called_by"], ["accounts.id"], name=op.f("fk_queue_tickets_called_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queue_tickets")),
        sa.UniqueConstraint("office_code", "day", "number", name=op.f("uq_queue_tickets_office_code_day_number")),
    )
    op.execute("GRANT SELECT, INSERT, UPDATE (state, window_name, called_at, called_by, ended_at) ON queue_tickets TO portal_web")


def downgrade() -> None:
    op.drop_table("queue_tickets")
