"""The hash-chained history."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "events",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("dossier_id", sa.UUID(), nullable=False),
        sa.Column("dossier_code", sa.Text(), nullable=False),
        sa.Column("dossier_version", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("from_place", sa.Text(), nullable=False),
        sa.Column("to_place", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column("actor_role", sa.Text(), nullable=False),
        sa.Column("office_code", sa.Text(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sealed_details", sa.LargeBinary(), nullable=True),
        sa.Column("previous_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("data_key_id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(["data_key_id"], ["keyring.data_keys.id"], name=op.f("fk_events_data_key_id")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_events_dossier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sa.UniqueConstraint("dossier_id", "dossier_version", name=op.f("uq_events_dossier_id_dossier_version")),
        sa.UniqueConstraint("number", name=op.f("uq_events_number")),
    )
    op.create_index(op.f("ix_events_data_key_id"), "events", ["data_key_id"], unique=False)


def downgrade() -> None:
    op.drop_table("events")
