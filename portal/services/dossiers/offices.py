"""Which office a dossier belongs to."""

from __future__ import annotations

from pathlib import Path

import yaml
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.models import Office
from portal.services.catalogue.answers import Answers
from portal.services.catalogue.schema import Procedure

SEED = Path(__file__).resolve().parent.parent / "catalogue" / "offices.yaml"


def seed_offices(session: Session) -> None:
    """Add the shipped offices that the table does not have yet."""
    rows = yaml.safe_load(SEED.read_text(encoding="utf-8"))
    session.execute(insert(Office).values(rows).on_conflict_do_nothing())


def offices_for(session: Session, procedure: Procedure) -> list[Office]:
    """Every office of the level that decides on the procedure, by code."""
    level = procedure.definition.competence.level
    return list(session.scalars(select(Office).where(Office.level == level).order_by(Office.code)))


def competent_office(session: Session, procedure: Procedure, answers: Answers, chosen: str | None) -> Office | None:
    """The office that decides: the one that serves the ward of the address, else the one the citizen chose.

    None where the address lies outside every office here, or where it is unknown and nothing was chosen.
    Source: NĐ 123/2015/NĐ-CP, Điều 21.
    """
    candidates = offices_for(session, procedure)
    address = answers.get(procedure.definition.competence.by_address, {}).get("value")
    if isinstance(address, dict) and address.get("ward_code"):
        return next((office for office in candidates if address["ward_code"] in office.ward_codes), None)
    return next((office for office in candidates if office.code == chosen), None)
