"""Papers that a dossier carries: what was filed stays; the web role may take away, judge and compare, never rewrite."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

MAY_CHANGE = "removed_at, scan_state, scanned_at, checked_against_original_at, checked_against_original_by"


def upgrade() -> None:
    op.create_table(
        "attachments",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("dossier_id", sa.UUID(), nullable=False),
        sa.Column("component_id", sa.Text(), nullable=False),
        sa.Column("file_id", sa.UUID(), nullable=True),
        sa.Column("reused_document_id", sa.UUID(), nullable=True),
        sa.Column("sealed_name", sa.LargeBinary(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("pages", sa.BigInteger(), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.Column("digitised_by", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.UUID(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("scan_state", sa.Text(), nullable=False),
        sa.Column("scanned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seal_verdict", sa.Text(), nullable=True),
        sa.Column("checked_against_original_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_against_original_by", sa.UUID(), nullable=True),
        sa.Column("data_key_id", sa.UUID(), nullable=False),
        *_checks(),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_attachments_dossier_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_files.id"], name=op.f("fk_attachments_file_id")),
        sa.ForeignKeyConstraint(["reused_document_id"], ["documents.id"], name=op.f("fk_attachments_reused_document_id")),
        sa.ForeignKeyConstraint(["added_by"], ["accounts.id"], name=op.f("fk_attachments_added_by")),
        sa.ForeignKeyConstraint(
            ["checked_against_original_by"], ["accounts.id"], name=op.f("fk_attachments_checked_against_original_by")
        ),
        sa.ForeignKeyConstraint(["data_key_id"], ["keyring.data_keys.id"], name=op.f("fk_attachments_data_key_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
    )
    op.create_index(op.f("ix_attachments_data_key_id"), "attachments", ["data_key_id"], unique=False)
    op.create_index("ix_attachments_added_by_added_at", "attachments", ["added_by", "added_at"], unique=False)
    op.create_index(
        "uq_attachments_one_of_a_content",
        "attachments",
        ["dossier_id", "component_id", "content_hash"],
        unique=True,
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_index(
        "ix_attachments_waiting",
        "attachments",
        ["id"],
        unique=False,
        postgresql_where=sa.text("scan_state = 'pending' AND removed_at IS NULL"),
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE ({MAY_CHANGE}) ON attachments TO portal_web")


def _checks() -> list[sa.CheckConstraint]:
    rules = {
        "is_a_file_or_an_earlier_result": "(file_id IS NULL) <> (reused_document_id IS NULL)",
        "scan_state_is_known": "scan_state IN ('clean', 'pending', 'not_scanned', 'infected')",
        "digitised_by_is_known": "digitised_by IN ('citizen', 'clerk', 'portal')",
        "is_not_empty": "size_bytes > 0 AND pages > 0",
        "checked_has_a_moment_and_a_name": "(checked_against_original_at IS NULL) = (checked_against_original_by IS NULL)",
        "what_was_checked_stays": "removed_at IS NULL OR checked_against_original_at IS NULL",
    }
    return [sa.CheckConstraint(rule, name=op.f(f"ck_attachments_{name}")) for name, rule in rules.items()]


def downgrade() -> None:
    op.drop_table("attachments")
