"""What an officer holds is found by when its step should be done."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_dossiers_steps_of_officer", "dossiers", ["assigned_to", "step_due_at"],
        postgresql_where=sa.text("step_due_at IS NOT NULL"),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_dossiers_steps_of_officer", "dossiers")
