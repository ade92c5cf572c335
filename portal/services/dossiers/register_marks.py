"""What a list says of dossiers whose registers are not of one mind with them: read with the list itself."""

from __future__ import annotations

from sqlalchemy import ColumnElement, case, exists

from portal.models import CorrectionCase, Dossier, UnansweredLookUp, WriteBack
from portal.models.correction import OPEN

UNWRITTEN, CORRECTION, OVERDUE, DIFFERS = "unwritten", "correction", "overdue", "differs"


def register_mark() -> ColumnElement[str]:
    """Of a dossier the weightiest: its result does not reach its register by itself; a registry later said something else than
    what was typed; a register has let its term to correct a value pass; or it has still to decide.
    """
    differs = exists().where(UnansweredLookUp.dossier_id == Dossier.id, UnansweredLookUp.differs.is_(True))
    is_overdue = exists().where(CorrectionCase.dossier_id == Dossier.id, CorrectionCase.state == "overdue")
    is_open = exists().where(CorrectionCase.dossier_id == Dossier.id, CorrectionCase.state.in_(OPEN))
    is_stuck = exists().where(WriteBack.dossier_id == Dossier.id, WriteBack.escalated_at.is_not(None))
    return case((is_stuck, UNWRITTEN), (differs, DIFFERS), (is_overdue, OVERDUE), (is_open, CORRECTION))
