"""The working days: days off, made-up days and swaps, as administrators keep them; what they do to a promise is not here."""

from __future__ import annotations

from pathlib import Path

import yaml
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.models import CalendarDay

SEED = Path(__file__).with_name("calendar.yaml")


def seed_calendar(session: Session) -> None:
    """Fill the days that the table does not have yet; a day that somebody edited or removed stays as it is."""
    rows = [{"swapped_with": None, **row} for row in yaml.safe_load(SEED.read_text(encoding="utf-8"))]
    session.execute(insert(CalendarDay).values(rows).on_conflict_do_nothing())
