"""The order of what was proposed once and is with its officer again."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

ORDER = ("(state || coalesce('/' || stage, ''))", "coalesce(promised_at, 'infinity'::timestamptz)")


def upgrade() -> None:
    op.create_index(
        "ix_dossiers_queue_of_sent_back",
        "dossiers",
        ["office_code", *(sa.text(part) for part in ORDER), "submitted_at", "id"],
        postgresql_where=sa.text("stage = 'appraising' AND proposed_by IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_dossiers_queue_of_sent_back", "dossiers")
