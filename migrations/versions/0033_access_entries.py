"""The ledger of who had whose data: appended by the web role, numbered and chained by the database at each commit."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

SAID = (
    "kind", "subject_hash", "owner_id", "actor_id", "actor_role", "office_code", "purpose", "legal_ground", "basis",
    "basis_reference", "source", "fields", "outcome", "request_id", "dossier_id", "dossier_code", "procedure_code",
    "happened_at", "quarter", "shown_from", "data_key_id", "sealed_reason",
)  # fmt: skip
LINK = """
CREATE FUNCTION link_access_entry() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    last_number bigint := 0;
    last_hash bytea := decode(repeat('00', 32), 'hex');
    said text;
BEGIN
    PERFORM pg_advisory_xact_lock(1836017772);
    SELECT number, hash INTO last_number, last_hash
        FROM access_entries WHERE number IS NOT NULL ORDER BY number DESC LIMIT 1;
    IF NOT FOUND THEN
        last_number := 0;
        last_hash := decode(repeat('00', 32), 'hex');
    END IF;
    said := jsonb_build_array(
        last_number + 1, NEW.id, NEW.kind, encode(NEW.subject_hash, 'hex'), NEW.owner_id, NEW.actor_id, NEW.actor_role,
        NEW.office_code, NEW.purpose, NEW.legal_ground, NEW.basis, NEW.basis_reference, NEW.source, to_jsonb(NEW.fields),
        NEW.outcome, NEW.request_id, NEW.dossier_id, NEW.dossier_code, NEW.procedure_code, NEW.data_key_id,
        to_char(NEW.happened_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
        to_char(NEW.quarter AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
        to_char(NEW.shown_from AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
        encode(sha256(coalesce(NEW.sealed_reason, ''::bytea)), 'hex')
    )::text;
    UPDATE access_entries
        SET number = last_number + 1, previous_hash = last_hash, hash = sha256(last_hash || convert_to(said, 'UTF8'))
        WHERE id = NEW.id;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER access_entry_is_linked AFTER INSERT ON access_entries
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION link_access_entry();
"""
REFUSE = """
CREATE FUNCTION refuse_change_of_access_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.number IS NOT NULL
        OR (to_jsonb(OLD) - '{number,previous_hash,hash}'::text[]) <> (to_jsonb(NEW) - '{number,previous_hash,hash}'::text[])
    THEN RAISE EXCEPTION 'an access entry never changes' USING ERRCODE = 'restrict_violation'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER access_entry_never_changes BEFORE UPDATE OR DELETE ON access_entries
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_access_entry();
"""


def upgrade() -> None:
    words = [sa.Column(name, sa.Text(), nullable=False) for name in SAID if name in _WORDS]
    op.create_table(
        "access_entries",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=True),
        *words,
        sa.Column("fields", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("subject_hash", sa.LargeBinary(), nullable=False),
        *(sa.Column(name, sa.UUID(), nullable=True) for name in ("owner_id", "dossier_id", "data_key_id")),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in ("happened_at", "shown_from")),
        sa.Column("quarter", sa.DateTime(timezone=True), nullable=True),
        *(sa.Column(name, sa.LargeBinary(), nullable=True) for name in ("sealed_reason", "previous_hash", "hash")),
        *_rules(),
    )
    _indexes()
    op.execute(f"GRANT SELECT, INSERT (id, {', '.join(SAID)}) ON access_entries TO portal_web")
    op.execute(LINK)
    op.execute(REFUSE)


_WORDS = (
    "kind", "actor_id", "actor_role", "office_code", "purpose", "legal_ground", "basis", "basis_reference", "source",
    "outcome", "request_id", "dossier_code", "procedure_code",
)  # fmt: skip


def _rules() -> list[sa.Constraint]:
    rules = {
        "kind_is_known": "kind IN ('lookup', 'opening', 'reveal')",
        "basis_is_known": "basis IN ('consent', 'law')",
        "a_reveal_has_a_reason": "kind <> 'reveal' OR sealed_reason IS NOT NULL",
        "what_was_opened_is_a_dossier": "kind = 'lookup' OR dossier_id IS NOT NULL",
        "an_opening_has_its_quarter": "(kind = 'opening') = (quarter IS NOT NULL)",
        "a_link_is_whole": "num_nulls(number, previous_hash, hash) IN (0, 3)",
    }
    others = {"owner_id": "accounts.id", "dossier_id": "dossiers.id", "data_key_id": "keyring.data_keys.id"}
    return [
        *(sa.CheckConstraint(rule, name=op.f(f"ck_access_entries_{name}")) for name, rule in rules.items()),
        *(sa.ForeignKeyConstraint([own], [other], name=op.f(f"fk_access_entries_{own}")) for own, other in others.items()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_entries")),
        sa.UniqueConstraint("number", name=op.f("uq_access_entries_number")),
    ]


def _indexes() -> None:
    op.create_index(
        "uq_access_entries_one_opening_a_quarter", "access_entries", ["dossier_id", "actor_id", "quarter"],
        unique=True, postgresql_where=sa.text("kind = 'opening'"),
    )  # fmt: skip
    op.create_index("ix_access_entries_subject_hash", "access_entries", ["subject_hash", "happened_at"])
    op.create_index(
        "ix_access_entries_owner_id",
        "access_entries",
        ["owner_id", "happened_at"],
        postgresql_where=sa.text("owner_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_table("access_entries")
    op.execute("DROP FUNCTION link_access_entry()")
    op.execute("DROP FUNCTION refuse_change_of_access_entry()")
