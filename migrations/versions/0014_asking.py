"""What desks ask of one another and of the citizen; and one notice for each move instead of one of a kind."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _supplement_requests()
    _opinions()
    op.add_column("notices", sa.Column("dossier_version", sa.BigInteger(), server_default="0", nullable=False))
    op.drop_constraint(op.f("uq_notices_dossier_id_kind"), "notices")
    op.create_unique_constraint(
        op.f("uq_notices_dossier_id_kind_dossier_version"), "notices", ["dossier_id", "kind", "dossier_version"]
    )
    op.execute("GRANT SELECT, INSERT, UPDATE ON supplement_requests, opinions TO portal_web")


def _supplement_requests() -> None:
    op.create_table(
        "supplement_requests",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("dossier_id", sa.UUID(), nullable=False),
        sa.Column("round", sa.BigInteger(), nullable=False),
        sa.Column("proposed_by", sa.UUID(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("requested_by", sa.UUID(), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("window_ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("supplied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counts_as_late", sa.Boolean(), nullable=False),
        sa.Column("sealed_items", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_reply", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_override", sa.LargeBinary(), nullable=True),
        sa.Column("data_key_id", sa.UUID(), nullable=False),
        *_checks(
            "supplement_requests",
            requested_has_a_name="(requested_by IS NULL) = (requested_at IS NULL)",
            only_what_was_requested_is_supplied="supplied_at IS NULL OR requested_at IS NOT NULL",
            one_too_many_has_a_reason="(sealed_override IS NOT NULL) = counts_as_late",
        ),
        *_foreign_keys(
            "supplement_requests", dossier_id="dossiers.id", proposed_by="accounts.id", requested_by="accounts.id",
            data_key_id="keyring.data_keys.id",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplement_requests")),
        sa.UniqueConstraint("dossier_id", "round", name=op.f("uq_supplement_requests_dossier_id_round")),
    )  # fmt: skip
    op.create_index(op.f("ix_supplement_requests_data_key_id"), "supplement_requests", ["data_key_id"], unique=False)
    op.create_index(
        "uq_supplement_requests_one_open",
        "supplement_requests",
        ["dossier_id"],
        unique=True,
        postgresql_where=sa.text("closed_at IS NULL"),
    )


def _opinions() -> None:
    op.create_table(
        "opinions",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("dossier_id", sa.UUID(), nullable=False),
        sa.Column("office_code", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.UUID(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_by", sa.UUID(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sealed_question", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_answer", sa.LargeBinary(), nullable=True),
        sa.Column("data_key_id", sa.UUID(), nullable=False),
        *_checks(
            "opinions",
            answered_has_a_name="(answered_at IS NULL) = (answered_by IS NULL)",
            answered_has_an_answer="(answered_at IS NULL) = (sealed_answer IS NULL)",
        ),
        *_foreign_keys(
            "opinions", dossier_id="dossiers.id", office_code="offices.code", asked_by="accounts.id",
            answered_by="accounts.id", data_key_id="keyring.data_keys.id",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinions")),
    )  # fmt: skip
    op.create_index(op.f("ix_opinions_data_key_id"), "opinions", ["data_key_id"], unique=False)
    op.create_index(op.f("ix_opinions_dossier_id"), "opinions", ["dossier_id"], unique=False)
    op.create_index(
        "uq_opinions_one_open_per_office",
        "opinions",
        ["dossier_id", "office_code"],
        unique=True,
        postgresql_where=sa.text("answered_at IS NULL"),
    )


def _checks(table: str, **rules: str) -> list[sa.CheckConstraint]:
    return [sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}")) for name, rule in rules.items()]


def _foreign_keys(table: str, **targets: str) -> list[sa.ForeignKeyConstraint]:
    return [sa.ForeignKeyConstraint([name], [target], name=op.f(f"fk_{table}_{name}")) for name, target in targets.items()]


def downgrade() -> None:
    op.drop_constraint(op.f("uq_notices_dossier_id_kind_dossier_version"), "notices")
    op.execute("DELETE FROM notices a USING notices b WHERE a.dossier_id = b.dossier_id AND a.kind = b.kind AND a.id > b.id")
    op.create_unique_constraint(op.f("uq_notices_dossier_id_kind"), "notices", ["dossier_id", "kind"])
    op.drop_column("notices", "dossier_version")
    op.drop_table("opinions")
    op.drop_table("supplement_requests")
