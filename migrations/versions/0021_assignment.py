"""Wards that an officer serves first, and offices that assign by rule."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

WARDS_OF_OFFICERS = "ck_staff_duties_only_officers_serve_some_wards"


def upgrade() -> None:
    op.add_column("offices", sa.Column("assigns_automatically", sa.Boolean(), server_default="false", nullable=False))
    op.add_column("staff_duties", sa.Column("ward_codes", sa.ARRAY(sa.Text()), server_default="{}", nullable=False))
    op.create_check_constraint(op.f(WARDS_OF_OFFICERS), "staff_duties", "role = 'officer' OR ward_codes = '{}'")


def downgrade() -> None:
    op.drop_constraint(op.f(WARDS_OF_OFFICERS), "staff_duties", type_="check")
    op.drop_column("staff_duties", "ward_codes")
    op.drop_column("offices", "assigns_automatically")
