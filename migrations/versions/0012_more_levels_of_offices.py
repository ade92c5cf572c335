"""Offices of the police at province level, of social insurance, tax and employment decide on procedures too."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

OLD = "('commune', 'province', 'police', 'ministry')"
NEW = "('commune', 'province', 'police', 'police-province', 'ministry', 'insurance', 'tax', 'employment')"


def upgrade() -> None:
    op.drop_constraint(op.f("ck_offices_level_is_known"), "offices")
    op.create_check_constraint(op.f("ck_offices_level_is_known"), "offices", f"level IN {NEW}")


def downgrade() -> None:
    op.drop_constraint(op.f("ck_offices_level_is_known"), "offices")
    op.create_check_constraint(op.f("ck_offices_level_is_known"), "offices", f"level IN {OLD}")
