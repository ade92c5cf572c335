"""What the web role may do: everything it needs, and of the history only read and append."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

READ_AND_APPEND = ("events", "answers_documents", "evidence", "stored_files")
READ_WRITE = (
    "accounts", "calendar_days", "documents", "dossiers", "login_sessions", "notices", "number_series",
    "offices", "outbox", "spent_tokens", "staff_duties", "staff_members",
)  # fmt: skip


def upgrade() -> None:
    op.execute(
        "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'portal_web')"
        " THEN CREATE ROLE portal_web NOLOGIN; END IF; END $$"
    )
    op.execute("GRANT USAGE ON SCHEMA public, keyring TO portal_web")
    op.execute("GRANT SELECT, INSERT, UPDATE ON keyring.data_keys TO portal_web")
    op.execute(f"GRANT SELECT, INSERT ON {', '.join(READ_AND_APPEND)} TO portal_web")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON {', '.join(READ_WRITE)} TO portal_web")
    op.execute("GRANT DELETE ON login_sessions, spent_tokens TO portal_web")
    op.execute("GRANT SELECT, INSERT, UPDATE (retired_at) ON procedure_versions TO portal_web")
    op.execute("GRANT SELECT ON alembic_version TO portal_web")
    op.execute(
        "DO $$ DECLARE t text; BEGIN"
        " FOR t IN SELECT tablename FROM pg_tables WHERE tablename LIKE 'procrastinate\\_%' LOOP"
        "  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO portal_web', t); END LOOP; END $$"
    )
    op.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO portal_web")


def downgrade() -> None:
    op.execute("REVOKE ALL ON ALL TABLES IN SCHEMA public, keyring FROM portal_web")
    op.execute("REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM portal_web")
    op.execute("REVOKE ALL ON SCHEMA public, keyring FROM portal_web")
