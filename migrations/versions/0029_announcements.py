"""Announcements of downtime; the web role changes them until they are published and ends them, and never deletes one."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "announcements",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("begins_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unavailable", sa.Text(), nullable=False),
        sa.Column("unavailable_en", sa.Text(), nullable=False),
        sa.Column("elsewhere", sa.Text(), nullable=False),
        sa.Column("elsewhere_en", sa.Text(), nullable=False),
        sa.Column("urgent_reason", sa.Text(), nullable=True),
        sa.Column("urgent_reason_en", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint("ends_at > begins_at", name=op.f("ck_announcements_ends_after_it_begins")),
        sa.CheckConstraint(
            "(urgent_reason IS NULL) = (urgent_reason_en IS NULL)", name=op.f("ck_announcements_reason_is_in_both_languages")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcements")),
    )
    op.execute("GRANT SELECT, INSERT, UPDATE ON announcements TO portal_web")


def downgrade() -> None:
    op.drop_table("announcements")
