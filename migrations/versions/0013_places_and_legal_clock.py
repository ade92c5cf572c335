"""Every status of the national portal with its stages, and the legal clock that pauses, resumes and is re-appointed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

STAGE_FITS_STATE = (
    "(state = 'in_processing' AND stage IS NOT NULL AND stage IN ('awaiting_assignment', 'appraising', 'awaiting_request',"
    " 'awaiting_confirmation', 'awaiting_signature', 'issuing')) OR (state = 'supplement_requested' AND stage IS NOT NULL"
    " AND stage IN ('before_receipt', 'after_receipt', 'supplied')) OR (state = 'payment_requested' AND stage IS NOT NULL"
    " AND stage IN ('before_receipt', 'after_receipt')) OR (state = 'withdrawn' AND stage = 'awaiting_confirmation')"
    " OR (state = 'stopped' AND stage = 'for_a_time') OR (state IN ('draft', 'submitted', 'received', 'not_received',"
    " 'withdrawn', 'stopped', 'finished', 'returned') AND stage IS NULL)"
)
NEW = {
    "stage_fits_state": STAGE_FITS_STATE,
    "received_has_moment_promise_receiver": (
        "NOT (state IN ('received', 'in_processing', 'stopped', 'finished', 'returned')"
        " OR coalesce(stage, '') IN ('after_receipt', 'supplied')) OR (received_at IS NOT NULL"
        " AND promised_at IS NOT NULL AND received_by IS NOT NULL AND register_number IS NOT NULL"
        " AND clock_started_at IS NOT NULL)"
    ),
    "the_clock_stands_while_the_citizen_acts": (
        "coalesce(stage, '') NOT IN ('after_receipt', 'supplied', 'for_a_time') OR paused_at IS NOT NULL"
    ),
    "the_clock_runs_in_processing": "state <> 'in_processing' OR paused_at IS NULL",
    "extended_has_both_moments": "(extended_from IS NULL) = (extended_at IS NULL)",
    "a_signature_awaits_a_proposal": (
        "NOT (state = 'in_processing' AND stage IN ('awaiting_signature', 'awaiting_confirmation'))"
        " OR (proposed_by IS NOT NULL AND sealed_proposal IS NOT NULL)"
    ),
}
OLD = {
    "stage_is_known": "stage IS NULL OR stage IN ('awaiting_assignment', 'appraising', 'awaiting_signature', 'issuing')",
    "a_stage_belongs_to_processing": "(state = 'in_processing') = (stage IS NOT NULL)",
    "received_has_moment_promise_receiver": (
        "state IN ('draft', 'submitted', 'not_received') OR (received_at IS NOT NULL AND promised_at IS NOT NULL"
        " AND received_by IS NOT NULL AND register_number IS NOT NULL)"
    ),
    "a_signature_awaits_a_proposal": (
        "stage IS DISTINCT FROM 'awaiting_signature' OR (proposed_by IS NOT NULL AND sealed_proposal IS NOT NULL)"
    ),
}


def _columns() -> tuple[sa.Column, ...]:
    return (
        sa.Column("clock_started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("term", sa.Text(), nullable=True),
        sa.Column("pauses", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("extended_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("extended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("waits_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("step_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("supplement_requests", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("confirms_draft", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("asked_offices", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("opinions_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paid_vnd", sa.BigInteger(), nullable=True),
    )


def upgrade() -> None:
    for column in _columns():
        op.add_column("dossiers", column)
    op.execute("UPDATE dossiers SET clock_started_at = received_at WHERE received_at IS NOT NULL")
    _replace(OLD, NEW)
    op.create_index(
        "ix_dossiers_asked_offices",
        "dossiers",
        ["asked_offices"],
        postgresql_using="gin",
        postgresql_where=sa.text("asked_offices <> '{}'"),
    )
    op.create_index("ix_dossiers_waits_until", "dossiers", ["waits_until"], postgresql_where=sa.text("waits_until IS NOT NULL"))


def _replace(old: dict[str, str], new: dict[str, str]) -> None:
    for name in old:
        op.drop_constraint(op.f(f"ck_dossiers_{name}"), "dossiers")
    for name, rule in new.items():
        op.create_check_constraint(op.f(f"ck_dossiers_{name}"), "dossiers", rule)


def downgrade() -> None:
    op.drop_index("ix_dossiers_waits_until", "dossiers")
    op.drop_index("ix_dossiers_asked_offices", "dossiers")
    _replace(NEW, OLD)
    for column in _columns():
        op.drop_column("dossiers", column.name)
