"""Versions of procedures apart from when they are in force; drafts that administrators edit; four eyes on each version."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

DECISION = "state, decided_by, decided_at, decision_note, summary"


def upgrade() -> None:
    _versions()
    op.create_table(
        "procedure_publications",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version_hash", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.UUID(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "ends_at IS NULL OR ends_at >= starts_at", name=op.f("ck_procedure_publications_ends_after_it_starts")
        ),
        sa.ForeignKeyConstraint(
            ["version_hash"], ["procedure_versions.content_hash"], name=op.f("fk_procedure_publications_version_hash")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedure_publications")),
    )
    op.create_index("ix_procedure_publications_code_starts_at", "procedure_publications", ["code", "starts_at"], unique=False)
    op.create_table(
        "procedure_drafts",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("base_hash", sa.Text(), nullable=True),
        sa.Column("waiting_hash", sa.Text(), nullable=True),
        sa.Column("authors", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.UUID(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_procedure_drafts_revision_counts_from_one")),
        sa.ForeignKeyConstraint(["base_hash"], ["procedure_versions.content_hash"], name=op.f("fk_procedure_drafts_base_hash")),
        sa.ForeignKeyConstraint(
            ["waiting_hash"], ["procedure_versions.content_hash"], name=op.f("fk_procedure_drafts_waiting_hash")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedure_drafts")),
    )
    op.create_index(
        "uq_procedure_drafts_one_open", "procedure_drafts", ["code"], unique=True, postgresql_where=sa.text("closed_at IS NULL")
    )
    op.execute("GRANT SELECT, INSERT, UPDATE (ends_at) ON procedure_publications TO portal_web")
    op.execute("GRANT SELECT, INSERT, UPDATE ON procedure_drafts TO portal_web")


def _versions() -> None:
    """What was published before keeps its moment in `procedure_publications` (0011), and what becomes of it in `state`."""
    op.execute("REVOKE ALL ON procedure_versions FROM portal_web")
    op.add_column("procedure_versions", sa.Column("summary", postgresql.JSONB(), nullable=False, server_default="{}"))
    op.add_column("procedure_versions", sa.Column("state", sa.Text(), nullable=False, server_default="shipped"))
    op.add_column("procedure_versions", sa.Column("authors", postgresql.ARRAY(sa.Uuid()), nullable=False, server_default="{}"))
    op.add_column("procedure_versions", sa.Column("decided_by", sa.UUID(), nullable=True))
    op.add_column("procedure_versions", sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("procedure_versions", sa.Column("decision_note", sa.Text(), nullable=False, server_default=""))
    for column in ("summary", "state", "authors", "decision_note"):
        op.alter_column("procedure_versions", column, server_default=None)
    op.alter_column("procedure_versions", "published_at", new_column_name="created_at")
    op.drop_index("ix_procedure_versions_code_published_at", "procedure_versions")
    op.create_index("ix_procedure_versions_code_created_at", "procedure_versions", ["code", "created_at"], unique=False)
    for name, rule in (
        ("state_is_known", "state IN ('shipped', 'waiting', 'approved', 'sent_back')"),
        ("decided_by_somebody", "(state IN ('approved', 'sent_back')) = (decided_by IS NOT NULL)"),
        ("decided_at_a_moment", "(decided_by IS NULL) = (decided_at IS NULL)"),
        ("four_eyes", "state <> 'approved' OR decided_by <> ALL (authors)"),
    ):
        op.create_check_constraint(op.f(f"ck_procedure_versions_{name}"), "procedure_versions", rule)
    op.execute(f"GRANT SELECT, INSERT, UPDATE ({DECISION}) ON procedure_versions TO portal_web")


def downgrade() -> None:
    op.drop_table("procedure_drafts")
    op.drop_table("procedure_publications")
    for name in ("four_eyes", "decided_at_a_moment", "decided_by_somebody", "state_is_known"):
        op.drop_constraint(op.f(f"ck_procedure_versions_{name}"), "procedure_versions")
    op.drop_index("ix_procedure_versions_code_created_at", "procedure_versions")
    op.alter_column("procedure_versions", "created_at", new_column_name="published_at")
    op.create_index("ix_procedure_versions_code_published_at", "procedure_versions", ["code", "published_at"], unique=False)
    for column in ("summary", "state", "authors", "decided_by", "decided_at", "decision_note"):
        op.drop_column("procedure_versions", column)
    op.execute("REVOKE ALL ON procedure_versions FROM portal_web")
    op.execute("GRANT SELECT, INSERT, UPDATE (retired_at) ON procedure_versions TO portal_web")
