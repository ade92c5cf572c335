"""What registers are asked to correct, registries to be asked again, and notices of more than one of a kind at a time."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

UNIQUE = "uq_notices_dossier_id_kind_dossier_version"


def upgrade() -> None:
    _correction_cases()
    _unanswered_look_ups()
    op.add_column("notices", sa.Column("about", sa.Text(), server_default="", nullable=False))
    op.drop_constraint(UNIQUE, "notices")
    op.create_unique_constraint(f"{UNIQUE}_about", "notices", ["dossier_id", "kind", "dossier_version", "about"])
    op.execute("GRANT SELECT, INSERT, UPDATE ON correction_cases, unanswered_look_ups TO portal_web")


def _correction_cases() -> None:
    op.create_table(
        "correction_cases",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("dossier_id", sa.UUID(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("element", "source", "path", "state")),
        sa.Column("procedure_code", sa.Text(), nullable=True),
        sa.Column("round", sa.BigInteger(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=True) for name in ("sent_at", "due_at", "next_look_at")),
        sa.Column("looks", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=True) for name in ("answered_at", "escalated_at")),
        sa.Column("record_version", sa.BigInteger(), nullable=True),
        sa.Column("renewed_by", sa.UUID(), nullable=True),
        sa.Column("sealed_content", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_words", sa.LargeBinary(), nullable=True),
        sa.Column("data_key_id", sa.UUID(), nullable=False),
        *_checks(
            "correction_cases",
            state_is_known="state IN ('requested', 'sent', 'more_asked', 'overdue', 'accepted', 'rejected', 'by_procedure')",
            one_by_procedure_names_it="(state = 'by_procedure') = (procedure_code IS NOT NULL)",
            sent_has_a_reference="(sent_at IS NULL) = (reference IS NULL)",
            answered_was_sent="state NOT IN ('sent', 'more_asked', 'accepted') OR sent_at IS NOT NULL",
            answered_has_a_moment="(state IN ('accepted', 'rejected')) = (answered_at IS NOT NULL)",
            overdue_has_a_moment="state <> 'overdue' OR escalated_at IS NOT NULL",
            only_what_was_accepted_is_renewed="renewed_by IS NULL OR state = 'accepted'",
        ),
        *_foreign_keys(
            "correction_cases", dossier_id="dossiers.id", renewed_by="evidence.id", data_key_id="keyring.data_keys.id"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction_cases")),
        sa.UniqueConstraint("dossier_id", "element", name=op.f("uq_correction_cases_dossier_id_element")),
        sa.UniqueConstraint("request_id", name=op.f("uq_correction_cases_request_id")),
    )
    op.create_index(op.f("ix_correction_cases_data_key_id"), "correction_cases", ["data_key_id"])
    _partial_index("correction_cases", "next_look_at", "next_look_at IS NOT NULL")
    _partial_index("correction_cases", "due_at", "state IN ('requested', 'sent')")


def _unanswered_look_ups() -> None:
    op.create_table(
        "unanswered_look_ups",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("dossier_id", sa.UUID(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("elements", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("differs", sa.Boolean(), nullable=True),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=True) for name in ("next_at", "asked_at")),
        sa.Column("answered_by", sa.UUID(), nullable=True),
        *_checks(
            "unanswered_look_ups",
            state_is_known="state IN ('waiting', 'answered', 'given_up')",
            answered_has_its_look_up="(state = 'answered') = (answered_by IS NOT NULL)",
            waiting_has_a_moment="(state = 'waiting') = (next_at IS NOT NULL)",
        ),
        *_foreign_keys("unanswered_look_ups", dossier_id="dossiers.id", answered_by="evidence.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unanswered_look_ups")),
        sa.UniqueConstraint("dossier_id", "source", name=op.f("uq_unanswered_look_ups_dossier_id_source")),
    )
    _partial_index("unanswered_look_ups", "next_at", "next_at IS NOT NULL")


def _partial_index(table: str, column: str, condition: str) -> None:
    op.create_index(f"ix_{table}_{column}", table, [column], postgresql_where=sa.text(condition))


def _checks(table: str, **rules: str) -> list[sa.CheckConstraint]:
    return [sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}")) for name, rule in rules.items()]


def _foreign_keys(table: str, **targets: str) -> list[sa.ForeignKeyConstraint]:
    return [sa.ForeignKeyConstraint([name], [target], name=op.f(f"fk_{table}_{name}")) for name, target in targets.items()]


def downgrade() -> None:
    op.drop_constraint(f"{UNIQUE}_about", "notices")
    op.execute(
        "DELETE FROM notices a USING notices b WHERE a.dossier_id = b.dossier_id AND a.kind = b.kind"
        " AND a.dossier_version = b.dossier_version AND a.id > b.id"
    )
    op.create_unique_constraint(UNIQUE, "notices", ["dossier_id", "kind", "dossier_version"])
    op.drop_column("notices", "about")
    op.drop_table("unanswered_look_ups")
    op.drop_table("correction_cases")
