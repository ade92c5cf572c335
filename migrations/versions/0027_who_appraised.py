"""Everybody who ever had a hand in appraising a dossier, none of whom signs it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

NAME = "ck_dossiers_nobody_signs_what_they_appraised"


def upgrade() -> None:
    op.add_column("dossiers", sa.Column("appraised_by", postgresql.ARRAY(sa.Uuid()), server_default="{}", nullable=False))
    op.create_check_constraint(op.f(NAME), "dossiers", "approved_by IS NULL OR approved_by <> ALL (appraised_by)")


def downgrade() -> None:
    op.drop_constraint(op.f(NAME), "dossiers")
    op.drop_column("dossiers", "appraised_by")
