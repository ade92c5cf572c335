"""The hand-overs of an office in a day are found by an index."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_events_hand_overs", "events", ["office_code", "happened_at"], postgresql_where=sa.text("name = 'forwarded'")
    )


def downgrade() -> None:
    op.drop_index("ix_events_hand_overs", "events")
