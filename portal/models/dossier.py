"""The dossier: where it stands, who holds it, and its legal clock; what it says is sealed."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, Text, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, query_expression, relationship

from portal.crypto import Sealed
from portal.models.account import Account
from portal.models.base import Base, RowId
from portal.models.data_key import HasDataKey
from portal.models.office import Office
from portal.models.procedure import ProcedureVersion

STATES = (
    "draft", "submitted", "received", "not_received", "in_processing", "supplement_requested",
    "payment_requested", "withdrawn", "stopped", "finished", "returned",
)  # fmt: skip
STAGES_OF: dict[str, tuple[str, ...]] = {
    "in_processing": (
        "awaiting_assignment", "appraising", "awaiting_request", "awaiting_confirmation", "awaiting_signature", "issuing",
    ),
    "supplement_requested": ("before_receipt", "after_receipt", "supplied"),
    "payment_requested": ("before_receipt", "after_receipt"),
}  # fmt: skip
STAGES_AT_TIMES: dict[str, str] = {"withdrawn": "awaiting_confirmation", "stopped": "for_a_time"}


def _stage_fits_state() -> str:
    """Some states always have a stage, two have one for a time, and the others have none."""
    always = [f"state = {state!r} AND stage IS NOT NULL AND {_one_of('stage', stages)}" for state, stages in STAGES_OF.items()]
    at_times = [f"state = {state!r} AND stage = {stage!r}" for state, stage in STAGES_AT_TIMES.items()]
    without = ", ".join(repr(state) for state in STATES if state not in STAGES_OF)
    return " OR ".join(f"({case})" for case in (*always, *at_times, f"state IN ({without}) AND stage IS NULL"))


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


# As `services.dossiers.queues` writes them: where a dossier stands, and when it is due, which is never for an unpromised one.
_QUEUE_ORDER = (
    text("(state || coalesce('/' || stage, ''))"),
    text("coalesce(promised_at, 'infinity'::timestamptz)"),
    "submitted_at",
    "id",
)


class Dossier(HasDataKey, Base):
    """One dossier, from draft to returned result.

    `draft`: the answers under way, as `services.catalogue.answers` shapes them; empty once submitted.
    `parties`: submitter and subject as the result will name them, and the contact for notices.
    `proposal`: what the officer proposes, as the procedure's appraisal questions shape it.
    `clock_started_at`, `term`, `pauses`, `paused_at`: the legal clock (`services.dossiers.legal_clock`); `pauses` are pairs
    of moments in ISO 8601. `extended_from`: the promise before the one re-appointment, made at `extended_at`.
    `waits_until`: until when the citizen's answer is awaited. `step_due_at`: when the step under way should be done.
    `asked_offices`: whose opinion is awaited; `opinions_until`: the latest moment that one of them was given.
    `paid_vnd`: the fee that was paid. `appraised_by`: everybody who ever did an act of the holder's, none of whom signs.
    `register_mark`: what registers say against the dossier; only lists read it (`services.dossiers.register_marks`).
    `filed_by`, `filing_office_code`: the clerk who filed for the owner at the counter, and where; empty when filed online.
    """

    __tablename__ = "dossiers"
    __table_args__ = (
        CheckConstraint(_one_of("state", STATES), name="state_is_known"),
        CheckConstraint(_stage_fits_state(), name="stage_fits_state"),
        CheckConstraint("state = 'draft' OR (code IS NOT NULL AND submitted_at IS NOT NULL)", name="submitted_has_a_code"),
        CheckConstraint("(sealed_draft IS NOT NULL) = (state = 'draft')", name="only_a_draft_has_draft_answers"),
        CheckConstraint(
            "NOT (state IN ('received', 'in_processing', 'stopped', 'finished', 'returned')"
            " OR coalesce(stage, '') IN ('after_receipt', 'supplied')) OR (received_at IS NOT NULL"
            " AND promised_at IS NOT NULL AND received_by IS NOT NULL AND register_number IS NOT NULL"
            " AND clock_started_at IS NOT NULL)",
            name="received_has_moment_promise_receiver",
        ),
        CheckConstraint(
            "coalesce(stage, '') NOT IN ('after_receipt', 'supplied', 'for_a_time') OR paused_at IS NOT NULL",
            name="the_clock_stands_while_the_citizen_acts",
        ),
        CheckConstraint("state <> 'in_processing' OR paused_at IS NULL", name="the_clock_runs_in_processing"),
        CheckConstraint("(extended_from IS NULL) = (extended_at IS NULL)", name="extended_has_both_moments"),
        CheckConstraint(
            "NOT (state = 'in_processing' AND stage IN ('awaiting_signature', 'awaiting_confirmation'))"
            " OR (proposed_by IS NOT NULL AND sealed_proposal IS NOT NULL)",
            name="a_signature_awaits_a_proposal",
        ),
        CheckConstraint(
            "NOT (stage IS NOT DISTINCT FROM 'issuing' OR state IN ('finished', 'returned')) OR approved_by IS NOT NULL",
            name="issued_was_approved",
        ),
        CheckConstraint("approved_by IS NULL OR approved_by <> proposed_by", name="four_eyes"),
        CheckConstraint("approved_by IS NULL OR approved_by <> ALL (appraised_by)", name="nobody_signs_what_they_appraised"),
        CheckConstraint("state NOT IN ('finished', 'returned') OR finished_at IS NOT NULL", name="finished_has_a_moment"),
        CheckConstraint("(state = 'returned') = (returned_at IS NOT NULL)", name="returned_has_a_moment"),
        UniqueConstraint("office_code", "register_year", "register_number"),
        CheckConstraint("(filed_by IS NULL) = (filing_office_code IS NULL)", name="filed_at_the_counter_names_clerk_and_office"),
        Index(
            "uq_dossiers_one_open_draft",
            "owner_id",
            "procedure_code",
            unique=True,
            postgresql_where=text("state = 'draft' AND filed_by IS NULL"),
        ),
        Index(
            "uq_dossiers_one_draft_of_a_clerk",
            "filed_by",
            "filing_office_code",
            "owner_id",
            "procedure_code",
            unique=True,
            postgresql_where=text("state = 'draft' AND filed_by IS NOT NULL"),
        ),
        Index(
            "ix_dossiers_filing_office_code",
            "filing_office_code",
            "submitted_at",
            postgresql_where=text("filing_office_code IS NOT NULL"),
        ),
        Index("ix_dossiers_queue", "office_code", *_QUEUE_ORDER),
        Index("ix_dossiers_queue_of_procedure", "office_code", "procedure_code", *_QUEUE_ORDER),
        Index("ix_dossiers_queue_of_officer", "assigned_to", *_QUEUE_ORDER, postgresql_where=text("assigned_to IS NOT NULL")),
        Index("ix_dossiers_queue_of_opinions", "office_code", *_QUEUE_ORDER, postgresql_where=text("asked_offices <> '{}'")),
        Index(
            "ix_dossiers_queue_of_sent_back",
            "office_code",
            *_QUEUE_ORDER,
            postgresql_where=text("stage = 'appraising' AND proposed_by IS NOT NULL"),
        ),
        Index("ix_dossiers_step_due_at", "step_due_at", postgresql_where=text("step_due_at IS NOT NULL")),
        Index("ix_dossiers_steps_of_officer", "assigned_to", "step_due_at", postgresql_where=text("step_due_at IS NOT NULL")),
        Index(
            "ix_dossiers_promised_at_in_hand",
            "promised_at",
            postgresql_where=text("assigned_to IS NOT NULL AND finished_at IS NULL"),
        ),
        Index("ix_dossiers_owner_id_submitted_at", "owner_id", "submitted_at"),
        Index(
            "ix_dossiers_asked_offices", "asked_offices", postgresql_using="gin", postgresql_where=text("asked_offices <> '{}'")
        ),
        Index("ix_dossiers_waits_until", "waits_until", postgresql_where=text("waits_until IS NOT NULL")),
        Index(
            "ix_dossiers_names_at_office",
            text("names_at_office(office_code, name_tokens)"),  # each word with its office before it, so that no list grows long
            postgresql_using="gin",
            postgresql_with={"fastupdate": "off"},
        ),
    )

    id: Mapped[RowId]
    code: Mapped[str | None] = mapped_column(unique=True)
    procedure_code: Mapped[str]
    version_hash: Mapped[str] = mapped_column(ForeignKey(ProcedureVersion.content_hash))
    version: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(default="draft")
    stage: Mapped[str | None]
    channel: Mapped[str] = mapped_column(default="online")
    delivery: Mapped[str] = mapped_column(default="electronic")
    language: Mapped[str] = mapped_column(default="vi")

    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Account.id))
    owner: Mapped[Account] = relationship(foreign_keys=owner_id)
    subject_hash: Mapped[bytes] = mapped_column(index=True)
    household_hashes: Mapped[list[bytes]] = mapped_column(ARRAY(LargeBinary), default=list)
    name_tokens: Mapped[list[bytes]] = mapped_column(ARRAY(LargeBinary), default=list)
    office_code: Mapped[str | None] = mapped_column(ForeignKey(Office.code))
    office: Mapped[Office | None] = relationship(lazy="joined", foreign_keys=office_code)

    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    received_at: Mapped[datetime | None]
    promised_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    returned_at: Mapped[datetime | None]
    clock_started_at: Mapped[datetime | None]
    term: Mapped[str | None]
    pauses: Mapped[list[list[str]]] = mapped_column(JSONB, default=list, server_default="[]")
    paused_at: Mapped[datetime | None]
    extended_from: Mapped[datetime | None]
    extended_at: Mapped[datetime | None]
    waits_until: Mapped[datetime | None]
    step_due_at: Mapped[datetime | None]
    supplement_requests: Mapped[int] = mapped_column(default=0, server_default="0")
    confirms_draft: Mapped[bool] = mapped_column(default=False, server_default="false")
    asked_offices: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default="{}")
    opinions_until: Mapped[datetime | None]
    paid_vnd: Mapped[int | None]
    register_year: Mapped[int | None]
    register_number: Mapped[int | None]

    filed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Account.id))
    filing_office_code: Mapped[str | None] = mapped_column(ForeignKey(Office.code))
    received_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Account.id))
    assigned_to: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Account.id))
    proposed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Account.id))
    approved_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Account.id))
    appraised_by: Mapped[list[uuid.UUID]] = mapped_column(ARRAY(Uuid), default=list, server_default="{}")

    sealed_draft: Mapped[bytes | None]
    sealed_parties: Mapped[bytes | None]
    sealed_proposal: Mapped[bytes | None]
    tracking_hash: Mapped[bytes | None]

    register_mark: Mapped[str | None] = query_expression()

    draft = Sealed("sealed_draft")
    parties = Sealed("sealed_parties")
    proposal = Sealed("sealed_proposal")
