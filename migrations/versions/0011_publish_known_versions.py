"""The versions known so far stay in force from the moment they were published to the moment they were retired."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "INSERT INTO procedure_publications (id, code, version_hash, starts_at, ends_at, published_at, why)"
        " SELECT gen_random_uuid(), code, content_hash, created_at, retired_at, created_at, '' FROM procedure_versions"
    )
    op.drop_column("procedure_versions", "retired_at")


def downgrade() -> None:
    op.add_column("procedure_versions", sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("GRANT UPDATE (retired_at) ON procedure_versions TO portal_web")
    op.execute(
        "UPDATE procedure_versions AS version SET retired_at = past.ends_at FROM procedure_publications AS past"
        " WHERE past.version_hash = version.content_hash AND past.ends_at IS NOT NULL"
    )
    op.execute("DELETE FROM procedure_publications")
