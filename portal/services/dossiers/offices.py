"""Which office a dossier belongs to, and who handles it today; what an office is, is kept in `services.organisation`."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock
from portal.models import Dossier, Office, OfficeTerritory
from portal.services.catalogue.provenance import Answers
from portal.services.catalogue.schema import Procedure

OF_A_PROVINCE = frozenset({"province", "police-province", "insurance", "tax", "employment"})  # they serve every ward of it


def offices_for(session: Session, procedure: Procedure, on: date | None = None) -> list[Office]:
    """Every office of the level that decides on the procedure and is open on the day (today), by code."""
    day = on or clock.today()
    query = select(Office).where(Office.level == procedure.definition.competence.level, Office.valid_from <= day)
    return list(session.scalars(query.where((Office.valid_to.is_(None)) | (Office.valid_to >= day)).order_by(Office.code)))


def competent_office(
    session: Session, procedure: Procedure, answers: Answers, chosen: str | None, on: date | None = None
) -> Office | None:
    """The office that decides on the day (today): the one that serves the place of the address, else the one chosen.

    Where the law lets people file at any office of the level, the one that was chosen.

    None where the address lies outside every office here, or where it is unknown and nothing was chosen.
    Source: NĐ 123/2015/NĐ-CP, Điều 21.
    """
    day = on or clock.today()
    candidates = {office.code: office for office in offices_for(session, procedure, day)}
    address = answers.get(procedure.definition.competence.by_address, {}).get("value")
    if procedure.definition.competence.may_choose and chosen:
        return candidates.get(handler_code(session, chosen, day)) if session.get(Office, chosen) is not None else None
    if isinstance(address, dict) and address.get("ward_code"):
        if procedure.definition.competence.level in OF_A_PROVINCE:
            return next((office for office in candidates.values() if office.province_code == address.get("province_code")), None)
        serves = select(OfficeTerritory.office_code).where(
            OfficeTerritory.ward_code == address["ward_code"],
            OfficeTerritory.level == procedure.definition.competence.level,
            OfficeTerritory.valid_from <= day,
            (OfficeTerritory.valid_to.is_(None)) | (OfficeTerritory.valid_to >= day),
        )
        return candidates.get(session.scalars(serves).first() or "")
    is_known = bool(chosen) and session.get(Office, chosen) is not None
    return candidates.get(handler_code(session, str(chosen), day)) if is_known else None


def handler_code(session: Session, office_code: str, on: date | None = None) -> str:
    """The office that handles the dossiers of this one on the day (today): itself, or the last of its successors."""
    day = on or clock.today()
    passed = [office_code]
    while True:
        office = session.get(Office, passed[-1])
        successor = (
            office.successor_code if office is not None and office.valid_to is not None and office.valid_to < day else None
        )
        if successor is None or successor in passed:
            return passed[-1]
        passed.append(successor)


def filing_office_name(session: Session, dossier: Dossier, language: str) -> str:
    """At which counter a clerk filed the dossier for its owner; empty where they filed it themself."""
    if dossier.filing_office_code is None:
        return ""
    office = session.get_one(Office, dossier.filing_office_code)
    return office.name_en if language == "en" else office.name


def handling_office(session: Session, dossier: Dossier) -> Office:
    """The office that handles the dossier today, in whose name its papers go out; its code stays the first office's."""
    if dossier.office_code is None:
        raise ValueError("a draft has no office yet")
    return session.get_one(Office, handler_code(session, dossier.office_code))
