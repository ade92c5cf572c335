"""When members of staff are away, and who stands in for them; the web role ends an absence, and never deletes one."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ExcludeConstraint

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "absences",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("member_id", sa.UUID(), nullable=False),
        sa.Column("stand_in_id", sa.UUID(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("sealed_note", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("data_key_id", sa.UUID(), nullable=False),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_absences_ends_after_it_begins")),
        sa.CheckConstraint("stand_in_id <> member_id", name=op.f("ck_absences_nobody_stands_in_for_oneself")),
        ExcludeConstraint(
            (sa.column("member_id"), "="),
            (sa.text("daterange(first_day, last_day, '[]')"), "&&"),
            name=op.f("away_once_on_a_day"),
            using="gist",
            where=sa.text("ended_at IS NULL"),
        ),
        sa.ForeignKeyConstraint(["member_id"], ["staff_members.id"], name=op.f("fk_absences_member_id")),
        sa.ForeignKeyConstraint(["stand_in_id"], ["staff_members.id"], name=op.f("fk_absences_stand_in_id")),
        sa.ForeignKeyConstraint(["data_key_id"], ["keyring.data_keys.id"], name=op.f("fk_absences_data_key_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absences")),
    )
    op.create_index(op.f("ix_absences_data_key_id"), "absences", ["data_key_id"], unique=False)
    op.create_index("ix_absences_stand_in_id", "absences", ["stand_in_id"], postgresql_where=sa.text("stand_in_id IS NOT NULL"))
    op.execute("GRANT SELECT, INSERT, UPDATE (ended_at, version) ON absences TO portal_web")


def downgrade() -> None:
    op.drop_table("absences")
