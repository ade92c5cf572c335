"""Papers that came in answer to a request to complete the dossier, and those that they replaced."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

INDEX = "uq_attachments_one_of_a_content"
COLUMNS = ["dossier_id", "component_id", "content_hash"]


def upgrade() -> None:
    op.add_column("attachments", sa.Column("request_id", sa.UUID(), nullable=True))
    op.add_column("attachments", sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True))
    op.create_foreign_key(op.f("fk_attachments_request_id"), "attachments", "supplement_requests", ["request_id"], ["id"])
    op.create_index(
        "ix_attachments_request_id", "attachments", ["request_id"], postgresql_where=sa.text("request_id IS NOT NULL")
    )
    op.drop_index(INDEX, "attachments")
    current = sa.text("removed_at IS NULL AND replaced_at IS NULL")
    op.create_index(INDEX, "attachments", COLUMNS, unique=True, postgresql_where=current)
    op.execute("GRANT UPDATE (replaced_at) ON attachments TO portal_web")


def downgrade() -> None:
    op.drop_index(INDEX, "attachments")
    op.execute("UPDATE attachments SET removed_at = replaced_at WHERE replaced_at IS NOT NULL AND"
               " checked_against_original_at IS NULL AND removed_at IS NULL")  # fmt: skip
    op.execute(
        "DELETE FROM attachments a USING attachments b WHERE a.dossier_id = b.dossier_id AND a.component_id = b.component_id"
        " AND a.content_hash = b.content_hash AND a.removed_at IS NULL AND b.removed_at IS NULL AND a.id > b.id"
    )
    op.create_index(INDEX, "attachments", COLUMNS, unique=True, postgresql_where=sa.text("removed_at IS NULL"))
    op.drop_index("ix_attachments_request_id", "attachments")
    op.drop_constraint(op.f("fk_attachments_request_id"), "attachments")
    op.drop_column("attachments", "replaced_at")
    op.drop_column("attachments", "request_id")
