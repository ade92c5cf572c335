"""Dossiers that a clerk files for somebody: who filed and where, accounts to be claimed at the first login, originals in custody."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

CLAIM = "num_nulls(issuer, subject, last_login_at) = CASE WHEN claim_hash IS NULL THEN 0 ELSE 3 END"
CUSTODY = ("original_kept", "original_returned")
NEVER_CHANGES = """
CREATE FUNCTION refuse_change_of_{name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF {changed} THEN RAISE EXCEPTION '{name} never changes' USING ERRCODE = 'restrict_violation'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER {name}_never_changes BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change_of_{name}();
"""
OWNER = (
    "(OLD.owner_id, OLD.filed_by, OLD.filing_office_code) IS DISTINCT FROM (NEW.owner_id, NEW.filed_by, NEW.filing_office_code)"
)
LOGIN = "OLD.issuer IS NOT NULL AND (OLD.issuer, OLD.subject) IS DISTINCT FROM (NEW.issuer, NEW.subject)"


def upgrade() -> None:
    _accounts()
    _dossiers()
    _attachments()
    op.execute(NEVER_CHANGES.format(name="owner", table="dossiers", changed=OWNER))
    op.execute(NEVER_CHANGES.format(name="login", table="accounts", changed=LOGIN))


def _accounts() -> None:
    op.add_column("accounts", sa.Column("claim_hash", sa.LargeBinary(), nullable=True))
    for name in ("issuer", "subject", "last_login_at"):
        op.alter_column("accounts", name, nullable=True)
    op.create_unique_constraint(op.f("uq_accounts_claim_hash"), "accounts", ["claim_hash"])
    op.create_check_constraint(op.f("ck_accounts_has_logged_in_or_can_be_claimed"), "accounts", CLAIM)


def _dossiers() -> None:
    op.add_column("dossiers", sa.Column("filed_by", sa.UUID(), nullable=True))
    op.add_column("dossiers", sa.Column("filing_office_code", sa.Text(), nullable=True))
    op.create_foreign_key(op.f("fk_dossiers_filed_by"), "dossiers", "accounts", ["filed_by"], ["id"])
    op.create_foreign_key(op.f("fk_dossiers_filing_office_code"), "dossiers", "offices", ["filing_office_code"], ["code"])
    op.create_check_constraint(
        op.f("ck_dossiers_filed_at_the_counter_names_clerk_and_office"),
        "dossiers",
        "(filed_by IS NULL) = (filing_office_code IS NULL)",
    )
    op.drop_index("uq_dossiers_one_open_draft", "dossiers")
    drafts = {
        "uq_dossiers_one_open_draft": (["owner_id", "procedure_code"], "state = 'draft' AND filed_by IS NULL"),
        "uq_dossiers_one_draft_of_a_clerk": (
            ["filed_by", "filing_office_code", "owner_id", "procedure_code"], "state = 'draft' AND filed_by IS NOT NULL",
        ),
    }  # fmt: skip
    for name, (columns, where) in drafts.items():
        op.create_index(name, "dossiers", columns, unique=True, postgresql_where=sa.text(where))
    op.create_index(
        "ix_dossiers_filing_office_code",
        "dossiers",
        ["filing_office_code", "submitted_at"],
        postgresql_where=sa.text("filing_office_code IS NOT NULL"),
    )


def _attachments() -> None:
    for name in CUSTODY:
        op.add_column("attachments", sa.Column(f"{name}_at", sa.DateTime(timezone=True), nullable=True))
        op.add_column("attachments", sa.Column(f"{name}_by", sa.UUID(), nullable=True))
        op.create_foreign_key(op.f(f"fk_attachments_{name}_by"), "attachments", "accounts", [f"{name}_by"], ["id"])
    op.add_column("attachments", sa.Column("sealed_extract", sa.LargeBinary(), nullable=True))
    rules = {
        "kept_has_a_moment_and_a_name": "(original_kept_at IS NULL) = (original_kept_by IS NULL)",
        "given_back_has_both": "(original_returned_at IS NULL) = (original_returned_by IS NULL)",
        "only_what_was_kept_goes_back": "original_returned_at IS NULL OR original_kept_at IS NOT NULL",
    }
    for name, rule in rules.items():
        op.create_check_constraint(op.f(f"ck_attachments_{name}"), "attachments", rule)
    columns = [f"{name}_{part}" for name in CUSTODY for part in ("at", "by")]
    op.execute(f"GRANT UPDATE ({', '.join([*columns, 'sealed_extract'])}) ON attachments TO portal_web")


def downgrade() -> None:
    for name, table in (("owner", "dossiers"), ("login", "accounts")):
        op.execute(f"DROP TRIGGER {name}_never_changes ON {table}")
        op.execute(f"DROP FUNCTION refuse_change_of_{name}()")
    for name in ("kept_has_a_moment_and_a_name", "given_back_has_both", "only_what_was_kept_goes_back"):
        op.drop_constraint(op.f(f"ck_attachments_{name}"), "attachments")
    for name in [f"{name}_{part}" for name in CUSTODY for part in ("at", "by")] + ["sealed_extract"]:
        op.drop_column("attachments", name)
    _forget_the_counter()


def _forget_the_counter() -> None:
    """Drafts begun at the counter hinder nobody's own; accounts never claimed get a name that no provider gives."""
    op.drop_index("uq_dossiers_one_draft_of_a_clerk", "dossiers")
    op.drop_index("uq_dossiers_one_open_draft", "dossiers")
    op.drop_index("ix_dossiers_filing_office_code", "dossiers")
    op.execute("UPDATE dossiers SET procedure_code = procedure_code || ' ' || id WHERE state = 'draft' AND filed_by IS NOT NULL")
    op.create_index(
        "uq_dossiers_one_open_draft",
        "dossiers",
        ["owner_id", "procedure_code"],
        unique=True,
        postgresql_where=sa.text("state = 'draft'"),
    )
    op.drop_column("dossiers", "filing_office_code")
    op.drop_column("dossiers", "filed_by")
    op.drop_constraint(op.f("ck_accounts_has_logged_in_or_can_be_claimed"), "accounts")
    op.execute(
        "UPDATE accounts SET issuer = 'never logged in', subject = id::text, last_login_at = created_at WHERE issuer IS NULL"
    )
    op.drop_column("accounts", "claim_hash")
    for name in ("issuer", "subject", "last_login_at"):
        op.alter_column("accounts", name, nullable=False)
