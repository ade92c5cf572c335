"""Desk 3, the administrator's: offices, staff, working days, procedures, and the record of what was changed."""

from flask import Blueprint

blueprint = Blueprint("admin", __name__, url_prefix="/admin")

from portal.admin import (  # noqa: E402, F401 (their routes stand on the blueprint above)
    absences,
    announcements,
    changes,
    data_quality,
    decisions,
    draft,
    english,
    files,
    home,
    office_acts,
    offices,
    part_items,
    parts,
    people,
    preview,
    procedures,
    trying,
    working_days,
)
