"""Procedure versions, dossiers, their answers and evidence."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "procedure_versions",
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("files", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("content_hash", name=op.f("pk_procedure_versions")),
    )
    op.create_index("ix_procedure_versions_code_published_at", "procedure_versions", ["code", "published_at"], unique=False)
    op.create_table(
        "dossiers",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("procedure_code", sa.Text(), nullable=False),
        sa.Column("version_hash", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("delivery", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.UUID(), nullable=False),
        sa.Column("subject_hash", sa.LargeBinary(), nullable=False),
        sa.Column("household_hashes", postgresql.ARRAY(sa.LargeBinary()), nullable=False),
        sa.Column("name_tokens", postgresql.ARRAY(sa.LargeBinary()), nullable=False),
        sa.Column("office_code", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("promised_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("register_year", sa.BigInteger(), nullable=True),
        sa.Column("register_number", sa.BigInteger(), nullable=True),
        sa.Column("received_by", sa.UUID(), nullable=True),
        sa.Column("assigned_to", sa.UUID(), nullable=True),
        sa.Column("proposed_by", sa.UUID(), nullable=True),
        sa.Column("approved_by", sa.UUID(), nullable=True),
        sa.Column("sealed_draft", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_parties", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_proposal", sa.LargeBinary(), nullable=True),
        sa.Column("tracking_hash", sa.LargeBinary(), nullable=True),
        sa.Column("data_key_id", sa.UUID(), nullable=False),
        sa.CheckConstraint(
            "(sealed_draft IS NOT NULL) = (state = 'draft')", name=op.f("ck_dossiers_only_a_draft_has_draft_answers")
        ),
        sa.CheckConstraint(
            "(state = 'in_processing') = (stage IS NOT NULL)", name=op.f("ck_dossiers_a_stage_belongs_to_processing")
        ),
        sa.CheckConstraint("(state = 'returned') = (returned_at IS NOT NULL)", name=op.f("ck_dossiers_returned_has_a_moment")),
        sa.CheckConstraint(
            "NOT (stage IS NOT DISTINCT FROM 'issuing' OR state IN ('finished', 'returned')) OR approved_by IS NOT NULL",
            name=op.f("ck_dossiers_issued_was_approved"),
        ),
        sa.CheckConstraint(
            "stage IS DISTINCT FROM 'awaiting_signature' OR (proposed_by IS NOT NULL AND sealed_proposal IS NOT NULL)",
            name=op.f("ck_dossiers_a_signature_awaits_a_proposal"),
        ),
        sa.CheckConstraint(
            "stage IS NULL OR stage IN ('awaiting_assignment', 'appraising', 'awaiting_signature', 'issuing')",
            name=op.f("ck_dossiers_stage_is_known"),
        ),
        sa.CheckConstraint(
            "state = 'draft' OR (code IS NOT NULL AND submitted_at IS NOT NULL)", name=op.f("ck_dossiers_submitted_has_a_code")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'not_received') OR (received_at IS NOT NULL AND promised_at IS NOT NULL AND received_by IS NOT NULL AND register_number IS NOT NULL)",
            name=op.f("ck_dossiers_received_has_moment_promise_receiver"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'received', 'not_received', 'in_processing', 'supplement_requested', 'payment_requested', 'withdrawn', 'stopped', 'finished', 'returned')",
            name=op.f("ck_dossiers_state_is_known"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('finished', 'returned') OR finished_at IS NOT NULL", name=op.f("ck_dossiers_finished_has_a_moment")
        ),
        sa.CheckConstraint("approved_by IS NULL OR approved_by <> proposed_by", name=op.f("ck_dossiers_four_eyes")),
        sa.ForeignKeyConstraint(["approved_by"], ["accounts.id"], name=op.f("fk_dossiers_approved_by")),
        sa.ForeignKeyConstraint(["assigned_to"], ["accounts.id"], name=op.f("fk_dossiers_assigned_to")),
        sa.ForeignKeyConstraint(["data_key_id"], ["keyring.data_keys.id"], name=op.f("fk_dossiers_data_key_id")),
        sa.ForeignKeyConstraint(["office_code"], ["offices.code"], name=op.f("fk_dossiers_office_code")),
        sa.ForeignKeyConstraint(["owner_id"], ["accounts.id"], name=op.f("fk_dossiers_owner_id")),
        sa.ForeignKeyConstraint(["proposed_by"], ["accounts.id"], name=op.f("fk_dossiers_proposed_by")),
        sa.ForeignKeyConstraint(["received_by"], ["accounts.id"], name=op.f("fk_dossiers_received_by")),
        sa.ForeignKeyConstraint(["version_hash"], ["procedure_versions.content_hash"], name=op.f("fk_dossiers_version_hash")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossiers")),
        sa.UniqueConstraint("code", name=op.f("uq_dossiers_code")),
        sa.UniqueConstraint(
            "office_code", "register_year", "register_number", name=op.f("uq_dossiers_office_code_register_year_register_number")
        ),
    )
    op.create_index(op.f("ix_dossiers_data_key_id"), "dossiers", ["data_key_id"], unique=False)
    op.create_index("ix_dossiers_name_tokens", "dossiers", ["name_tokens"], unique=False, postgresql_using="gin")
    op.create_index(
        "ix_dossiers_office_code_state_promised_at", "dossiers", ["office_code", "state", "promised_at", "id"], unique=False
    )
    op.create_index("ix_dossiers_owner_id_submitted_at", "dossiers", ["owner_id", "submitted_at"], unique=False)
    op.create_index(op.f("ix_dossiers_subject_hash"), "dossiers", ["subject_hash"], unique=False)
    op.create_index(
        "uq_dossiers_one_open_draft",
        "dossiers",
        ["owner_id", "procedure_code"],
        unique=True,
        postgresql_where=sa.text("state = 'draft'"),
    )
    op.create_table(
        "answers_documents",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("dossier_id", sa.UUID(), nullable=False),
        sa.Column("round", sa.BigInteger(), nullable=False),
        sa.Column("version_hash", sa.Text(), nullable=False),
        sa.Column("sealed_content", sa.LargeBinary(), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data_key_id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(["data_key_id"], ["keyring.data_keys.id"], name=op.f("fk_answers_documents_data_key_id")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_answers_documents_dossier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answers_documents")),
        sa.UniqueConstraint("dossier_id", "round", name=op.f("uq_answers_documents_dossier_id_round")),
    )
    op.create_index(op.f("ix_answers_documents_data_key_id"), "answers_documents", ["data_key_id"], unique=False)
    op.create_table(
        "evidence",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("dossier_id", sa.UUID(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("response_id", sa.Text(), nullable=False),
        sa.Column("requester_kind", sa.Text(), nullable=False),
        sa.Column("requester_id", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("record_version", sa.BigInteger(), nullable=True),
        sa.Column("sealed_content", sa.LargeBinary(), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.Column("data_key_id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(["data_key_id"], ["keyring.data_keys.id"], name=op.f("fk_evidence_data_key_id")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_evidence_dossier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    op.create_index(op.f("ix_evidence_data_key_id"), "evidence", ["data_key_id"], unique=False)
    op.create_index(op.f("ix_evidence_dossier_id"), "evidence", ["dossier_id"], unique=False)


def downgrade() -> None:
    op.drop_table("evidence")
    op.drop_table("answers_documents")
    op.drop_table("dossiers")
    op.drop_table("procedure_versions")
