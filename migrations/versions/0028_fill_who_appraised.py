"""Who appraised the dossiers that nobody has signed yet, as their history says."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

FILL = """
    UPDATE dossiers SET appraised_by = hands.accounts
    FROM (
        SELECT events.dossier_id, array_agg(DISTINCT events.actor_id::uuid) AS accounts
        FROM events JOIN dossiers ON dossiers.id = events.dossier_id
        WHERE events.name IN ('supplements_proposed', 'opinion_asked', 'verification_recorded', 'proposed', 'draft_sent')
            AND dossiers.approved_by IS NULL AND events.actor_id LIKE '________-____-____-____-____________'
        GROUP BY events.dossier_id
    ) AS hands
    WHERE hands.dossier_id = dossiers.id
"""


def upgrade() -> None:
    op.execute(sa.text(FILL))


def downgrade() -> None:
    """What was filled in goes with its column."""
