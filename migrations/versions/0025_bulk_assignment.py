"""To whom a leader gives many dossiers at once."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("bulk_runs", sa.Column("assign_to", sa.Text(), nullable=True))
    op.execute("GRANT UPDATE (assign_to) ON bulk_runs TO portal_web")


def downgrade() -> None:
    op.drop_column("bulk_runs", "assign_to")
