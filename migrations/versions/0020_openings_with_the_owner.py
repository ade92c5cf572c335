"""Openings of a dossier at its owner's side, by a clerk who helps them at the counter."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("dossier_openings", sa.Column("with_owner", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.alter_column("dossier_openings", "with_owner", server_default=None)


def downgrade() -> None:
    op.drop_column("dossier_openings", "with_owner")
