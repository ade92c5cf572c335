"""How clean the registries are: counts of their owners, and published figures, which are taken back and never deleted."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "quality_counts",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("registry_name", sa.Text(), nullable=False),
        sa.Column("province_code", sa.Text(), nullable=False),
        sa.Column("counted_on", sa.Date(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("verified", sa.BigInteger(), nullable=False),
        sa.Column("corrected", sa.BigInteger(), nullable=False),
        sa.Column("waiting", sa.BigInteger(), nullable=False),
        sa.Column("disagreeing", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint(
            "total >= 0 AND verified >= corrected AND corrected >= 0 AND waiting >= 0",
            name=op.f("ck_quality_counts_counts_are_counts"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quality_counts")),
        sa.UniqueConstraint(
            "registry_name", "counted_on", "province_code", name=op.f("uq_quality_counts_registry_name_counted_on_province_code")
        ),
    )
    op.create_table(
        "published_figures",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("registry_name", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("about_en", sa.Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint("value >= 0", name=op.f("ck_published_figures_figure_is_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_figures")),
    )
    op.create_index("ix_published_figures_registry_name_published_on", "published_figures", ["registry_name", "published_on"])
    op.execute("GRANT SELECT, INSERT, UPDATE ON quality_counts, published_figures TO portal_web")


def downgrade() -> None:
    op.drop_table("published_figures")
    op.drop_table("quality_counts")
