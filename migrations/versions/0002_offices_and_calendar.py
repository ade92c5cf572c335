"""Offices, their staff, the working calendar and the counters."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "offices",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("parent_name", sa.Text(), nullable=False),
        sa.Column("unit_name", sa.Text(), nullable=False),
        sa.Column("place_name", sa.Text(), nullable=False),
        sa.Column("signatory", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("symbol", sa.Text(), nullable=False),
        sa.Column("ward_codes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("province_code", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.CheckConstraint("level IN ('commune', 'province', 'police', 'ministry')", name=op.f("ck_offices_level_is_known")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_offices")),
    )
    op.create_table(
        "staff_members",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("subject_hash", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_profile", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data_key_id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(["data_key_id"], ["keyring.data_keys.id"], name=op.f("fk_staff_members_data_key_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_members")),
        sa.UniqueConstraint("subject_hash", name=op.f("uq_staff_members_subject_hash")),
    )
    op.create_index(op.f("ix_staff_members_data_key_id"), "staff_members", ["data_key_id"], unique=False)
    op.create_table(
        "staff_duties",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("member_id", sa.UUID(), nullable=False),
        sa.Column("office_code", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "role IN ('clerk', 'officer', 'leader', 'administrator', 'auditor')", name=op.f("ck_staff_duties_role_is_known")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["staff_members.id"], name=op.f("fk_staff_duties_member_id")),
        sa.ForeignKeyConstraint(["office_code"], ["offices.code"], name=op.f("fk_staff_duties_office_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_duties")),
        sa.UniqueConstraint("member_id", "office_code", "role", name=op.f("uq_staff_duties_member_id_office_code_role")),
    )
    op.create_table(
        "calendar_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('off', 'make_up')", name=op.f("ck_calendar_days_kind_is_known")),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_calendar_days")),
    )
    op.create_table(
        "number_series",
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("series", "period", name=op.f("pk_number_series")),
    )


def downgrade() -> None:
    op.drop_table("number_series")
    op.drop_table("calendar_days")
    op.drop_table("staff_duties")
    op.drop_table("staff_members")
    op.drop_table("offices")
