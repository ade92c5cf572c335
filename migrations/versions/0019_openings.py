"""Who opened a dossier of another office, and why: read and appended by the web role, never changed."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "dossier_openings",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("dossier_id", sa.UUID(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("office_code", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed_reason", sa.LargeBinary(), nullable=False),
        sa.Column("data_key_id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_dossier_openings_dossier_id")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_dossier_openings_account_id")),
        sa.ForeignKeyConstraint(["office_code"], ["offices.code"], name=op.f("fk_dossier_openings_office_code")),
        sa.ForeignKeyConstraint(["data_key_id"], ["keyring.data_keys.id"], name=op.f("fk_dossier_openings_data_key_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier_openings")),
    )
    op.create_index(op.f("ix_dossier_openings_data_key_id"), "dossier_openings", ["data_key_id"], unique=False)
    op.create_index(
        "ix_dossier_openings_dossier_id_account_id", "dossier_openings", ["dossier_id", "account_id", "opened_at"], unique=False
    )
    op.execute("GRANT SELECT, INSERT ON dossier_openings TO portal_web")


def downgrade() -> None:
    op.drop_table("dossier_openings")
