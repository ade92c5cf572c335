"""The job queue, as its own library lays it out."""

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.get_bind().exec_driver_sql(SchemaManager.get_schema().replace("%", "%%"))


def downgrade() -> None:
    op.execute(
        "DO $$ DECLARE f regprocedure; t text; k text; BEGIN"
        " FOR t IN SELECT tablename FROM pg_tables WHERE tablename LIKE 'procrastinate\\_%' LOOP"
        "  EXECUTE format('DROP TABLE %I CASCADE', t); END LOOP;"
        " FOR f IN SELECT p.oid FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
        "  WHERE n.nspname = 'public' AND p.proname LIKE 'procrastinate\\_%' LOOP"
        "  EXECUTE format('DROP FUNCTION %s CASCADE', f); END LOOP;"
        " FOR k IN SELECT t2.typname FROM pg_type t2 JOIN pg_namespace n ON n.oid = t2.typnamespace"
        "  WHERE n.nspname = 'public' AND t2.typname LIKE 'procrastinate\\_%' AND t2.typtype IN ('e', 'c') LOOP"
        "  EXECUTE format('DROP TYPE %I CASCADE', k); END LOOP; END $$"
    )
