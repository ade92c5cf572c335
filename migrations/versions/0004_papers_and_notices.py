"""Stored files, papers, notices and the outbox."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stored_files",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("sealed_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data_key_id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(["data_key_id"], ["keyring.data_keys.id"], name=op.f("fk_stored_files_data_key_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_files")),
    )
    op.create_index(op.f("ix_stored_files_data_key_id"), "stored_files", ["data_key_id"], unique=False)
    op.create_index(op.f("ix_stored_files_sealed_sha256"), "stored_files", ["sealed_sha256"], unique=False)
    op.create_table(
        "documents",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("dossier_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("round", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("office_code", sa.Text(), nullable=False),
        sa.Column("series", sa.Text(), nullable=True),
        sa.Column("year", sa.BigInteger(), nullable=True),
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.Column("symbol", sa.Text(), nullable=True),
        sa.Column("verification_code", sa.Text(), nullable=False),
        sa.Column("sealed_facts", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("file_id", sa.UUID(), nullable=True),
        sa.Column("sha256", sa.LargeBinary(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revocation_ground", sa.Text(), nullable=True),
        sa.Column("replaced_by_id", sa.UUID(), nullable=True),
        sa.Column("data_key_id", sa.UUID(), nullable=False),
        sa.CheckConstraint("(file_id IS NULL) = (issued_at IS NULL)", name=op.f("ck_documents_issued_has_a_file")),
        sa.CheckConstraint("(file_id IS NULL) = (sha256 IS NULL)", name=op.f("ck_documents_issued_has_a_hash")),
        sa.CheckConstraint("(revoked_at IS NULL) = (revocation_ground IS NULL)", name=op.f("ck_documents_revoked_has_a_ground")),
        sa.ForeignKeyConstraint(["data_key_id"], ["keyring.data_keys.id"], name=op.f("fk_documents_data_key_id")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_documents_dossier_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_files.id"], name=op.f("fk_documents_file_id")),
        sa.ForeignKeyConstraint(["office_code"], ["offices.code"], name=op.f("fk_documents_office_code")),
        sa.ForeignKeyConstraint(["replaced_by_id"], ["documents.id"], name=op.f("fk_documents_replaced_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
        sa.UniqueConstraint("dossier_id", "kind", "round", name=op.f("uq_documents_dossier_id_kind_round")),
        sa.UniqueConstraint("office_code", "series", "year", "number", name=op.f("uq_documents_office_code_series_year_number")),
        sa.UniqueConstraint("verification_code", name=op.f("uq_documents_verification_code")),
    )
    op.create_index(op.f("ix_documents_data_key_id"), "documents", ["data_key_id"], unique=False)
    op.create_index(op.f("ix_documents_sha256"), "documents", ["sha256"], unique=False)
    op.create_table(
        "notices",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("dossier_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_notices_account_id")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_notices_dossier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("dossier_id", "kind", name=op.f("uq_notices_dossier_id_kind")),
    )
    op.create_index("ix_notices_account_id_created_at", "notices", ["account_id", "created_at"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("dossier_id", sa.UUID(), nullable=True),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_outbox_dossier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("kind", "key", name=op.f("uq_outbox_kind_key")),
    )
    op.create_index("ix_outbox_waiting", "outbox", ["created_at"], unique=False, postgresql_where=sa.text("done_at IS NULL"))


def downgrade() -> None:
    op.drop_table("outbox")
    op.drop_table("notices")
    op.drop_table("documents")
    op.drop_table("stored_files")
