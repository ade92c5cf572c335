"""Consents and their withdrawals, written once; questions about the ledger; a draft's evidence can be forgotten."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
FORGET = """
CREATE FUNCTION forget_evidence_of_draft(draft_id uuid) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE forgotten bigint;
BEGIN
    PERFORM 1 FROM dossiers WHERE id = draft_id AND state = 'draft' FOR UPDATE;
    IF NOT FOUND THEN RAISE EXCEPTION 'only a draft forgets' USING ERRCODE = 'restrict_violation'; END IF;
    DELETE FROM evidence WHERE dossier_id = draft_id;
    GET DIAGNOSTICS forgotten = ROW_COUNT;
    RETURN forgotten;
END $$;
REVOKE ALL ON FUNCTION forget_evidence_of_draft(uuid) FROM public;
GRANT EXECUTE ON FUNCTION forget_evidence_of_draft(uuid) TO portal_web;
"""


def upgrade() -> None:
    _consents()
    _questions()
    op.execute("GRANT SELECT, INSERT ON consents, consent_withdrawals TO portal_web")
    op.execute("GRANT SELECT, INSERT, UPDATE (answered_at, answered_by, sealed_answer) ON access_questions TO portal_web")
    op.execute(FORGET)


def _consents() -> None:
    op.create_table(
        "consents",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("dossier_id", sa.UUID(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("procedure_code", "version_hash", "language")),
        sa.Column("lookups", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("given_at", MOMENT, nullable=False),
        *_ends("consents", account_id="accounts.id", dossier_id="dossiers.id"),
    )
    op.create_index("ix_consents_account_id_given_at", "consents", ["account_id", "given_at"])
    op.create_index(op.f("ix_consents_dossier_id"), "consents", ["dossier_id"])
    op.create_table(
        "consent_withdrawals",
        *(sa.Column(name, sa.UUID(), nullable=False) for name in ("id", "consent_id", "account_id")),
        sa.Column("withdrawn_at", MOMENT, nullable=False),
        sa.UniqueConstraint("consent_id", name=op.f("uq_consent_withdrawals_consent_id")),
        *_ends("consent_withdrawals", consent_id="consents.id", account_id="accounts.id"),
    )


def _questions() -> None:
    op.create_table(
        "access_questions",
        *(sa.Column(name, sa.UUID(), nullable=False) for name in ("id", "entry_id", "account_id", "data_key_id")),
        sa.Column("office_code", sa.Text(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("sealed_question", sa.LargeBinary(), nullable=False),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("answered_by", sa.UUID(), nullable=True),
        sa.Column("sealed_answer", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "num_nulls(answered_at, answered_by, sealed_answer) IN (0, 3)", name=op.f("ck_access_questions_an_answer_is_whole")
        ),
        *_ends(
            "access_questions", entry_id="access_entries.id", account_id="accounts.id", answered_by="accounts.id",
            office_code="offices.code", data_key_id="keyring.data_keys.id",
        ),
    )  # fmt: skip
    op.create_index(
        "uq_access_questions_one_open", "access_questions", ["entry_id"], unique=True,
        postgresql_where=sa.text("answered_at IS NULL"),
    )  # fmt: skip
    op.create_index("ix_access_questions_office_code", "access_questions", ["office_code", "due_at"])
    op.create_index("ix_access_questions_account_id", "access_questions", ["account_id"])
    op.create_index(op.f("ix_access_questions_data_key_id"), "access_questions", ["data_key_id"])


def _ends(table: str, **foreign: str) -> list[sa.Constraint]:
    return [
        *(sa.ForeignKeyConstraint([own], [other], name=op.f(f"fk_{table}_{own}")) for own, other in foreign.items()),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def downgrade() -> None:
    op.execute("DROP FUNCTION forget_evidence_of_draft(uuid)")
    for table in ("access_questions", "consent_withdrawals", "consents"):
        op.drop_table(table)
