"""Desk 3, the administrator's: offices, staff, working days, procedures, and the record of what was changed."""

from flask import Blueprint

blueprint = Blueprint("admin", __name__, url_prefix="/admin")

from portal.admin import changes, home, office_acts, offices, people, working_days  # noqa: E402, F401 (their routes stand on the blueprint above)
