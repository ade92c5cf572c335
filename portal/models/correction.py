"""What the owner of a register is asked to correct, case by case: from the citizen's claim to the register's answer."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.crypto import Sealed
from portal.models.answers import Evidence
from portal.models.base import Base, RowId
from portal.models.data_key import HasDataKey
from portal.models.dossier import Dossier

STATES = ("requested", "sent", "more_asked", "overdue", "accepted", "rejected", "by_procedure")
OPEN = ("requested", "sent", "more_asked", "overdue")


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class CorrectionCase(HasDataKey, Base):
    """One value that a register is asked to correct; sealed under the dossier's key.

    `content`: `shown` and `claimed` as they were filed, `record` (the register's answer that was shown), `reason`,
    `attachment` (the id of the paper that proves it), `more` (what the person added when asked). `words`: what the register
    last said. `path`: where the register keeps the value. `round`, `request_id`: each sending has a number of its own, fixed
    before the first call. `reference`: the register's name of the case. `next_look_at`: when its answer, or the value as it
    now is, is asked for again. `renewed_by`: the look-up that shows the value after the register's yes. `procedure_code`:
    the procedure by which alone the register corrects such a value; then nothing is sent.
    """

    __tablename__ = "correction_cases"
    __table_args__ = (
        UniqueConstraint("dossier_id", "element"),
        CheckConstraint(_one_of("state", STATES), name="state_is_known"),
        CheckConstraint("(state = 'by_procedure') = (procedure_code IS NOT NULL)", name="one_by_procedure_names_it"),
        CheckConstraint("(sent_at IS NULL) = (reference IS NULL)", name="sent_has_a_reference"),
        CheckConstraint("state NOT IN ('sent', 'more_asked', 'accepted') OR sent_at IS NOT NULL", name="answered_was_sent"),
        CheckConstraint("(state IN ('accepted', 'rejected')) = (answered_at IS NOT NULL)", name="answered_has_a_moment"),
        CheckConstraint("state <> 'overdue' OR escalated_at IS NOT NULL", name="overdue_has_a_moment"),
        CheckConstraint("renewed_by IS NULL OR state = 'accepted'", name="only_what_was_accepted_is_renewed"),
        Index("ix_correction_cases_next_look_at", "next_look_at", postgresql_where=text("next_look_at IS NOT NULL")),
        Index("ix_correction_cases_due_at", "due_at", postgresql_where=text(f"state IN {OPEN[:2]}")),
    )

    id: Mapped[RowId]
    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(Dossier.id))
    dossier: Mapped[Dossier] = relationship()
    element: Mapped[str]
    source: Mapped[str]
    path: Mapped[str]
    state: Mapped[str]
    procedure_code: Mapped[str | None]
    round: Mapped[int] = mapped_column(default=1)
    request_id: Mapped[str] = mapped_column(unique=True)
    reference: Mapped[str | None]
    requested_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    next_look_at: Mapped[datetime | None]
    looks: Mapped[int] = mapped_column(default=0)
    answered_at: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]
    record_version: Mapped[int | None]
    renewed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(Evidence.id))
    sealed_content: Mapped[bytes]
    sealed_words: Mapped[bytes | None]

    content = Sealed("sealed_content")
    words = Sealed("sealed_words")

    @property
    def is_open(self) -> bool:
        """Whether the register has still to answer, or the person."""
        return self.state in OPEN
