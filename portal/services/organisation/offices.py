"""Offices through time: opened, changed, their wards moved, merged into a successor, closed; who decides on a dossier is not
said here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.models import Office, OfficeName, OfficeTerritory

SEED = Path(__file__).with_name("offices.yaml")


def seed_offices(session: Session) -> None:
    """Add the shipped offices that the table does not have yet, with their names and wards."""
    rows: list[dict[str, Any]] = yaml.safe_load(SEED.read_text(encoding="utf-8"))
    columns = [{name: value for name, value in row.items() if name != "ward_codes"} for row in _parents_first(rows)]
    new = insert(Office).values([{"parent_code": None, **row} for row in columns]).on_conflict_do_nothing()
    added = set(session.scalars(new.returning(Office.code)))
    for row in rows:
        if row["code"] in added:
            since = {"office_code": row["code"], "valid_from": row["valid_from"]}
            session.add(OfficeName(**since, name=row["name"], name_en=row["name_en"]))
            session.add_all(OfficeTerritory(**since, level=row["level"], ward_code=ward) for ward in row["ward_codes"])
    session.flush()


def _parents_first(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: "parent_code" in row)
