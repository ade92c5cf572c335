"""Evidence says about whom it is: who filed, or somebody else whom the dossier names."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("evidence", sa.Column("about", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("evidence", "about")
