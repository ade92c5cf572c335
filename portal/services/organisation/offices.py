"""Offices through time: read, opened, renamed; their wards are in `territory.py`, their end in `close_office.py`; who decides
on a dossier is not said here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor, Permission
from portal.models import Office, OfficeName, OfficeTerritory
from portal.models.office import LEVELS
from portal.services.errors import InvalidInput, NotFound, Said
from portal.services.organisation.turns import check_version, note_change, take_turn
from portal.text import clean, refused_characters, sort_key

SEED = Path(__file__).with_name("offices.yaml")
KIND = "office"
CODE = re.compile(r"[A-Y]\d{2}(\.[0-9A-Z]{1,6}){1,6}")
LONGEST_CODE = 35
LONGEST_LINE = 200
LOCAL = ("commune", "province", "employment")  # the others stand under a ministry
LETTER_OF_LEVEL = {level: "H" if level in LOCAL else "G" for level in LEVELS}
LINES = ("name", "name_en", "parent_name", "unit_name", "place_name", "symbol", "province_code", "address", "phone")
Form = Mapping[str, str]


def seed_offices(session: Session) -> None:
    """Add the shipped offices that the table does not have yet, with their names and wards."""
    rows: list[dict[str, Any]] = yaml.safe_load(SEED.read_text(encoding="utf-8"))
    parents_first = sorted(rows, key=lambda row: "parent_code" in row)
    columns = [{name: value for name, value in row.items() if name != "ward_codes"} for row in parents_first]
    new = insert(Office).values([{"parent_code": None, **row} for row in columns]).on_conflict_do_nothing()
    added = set(session.scalars(new.returning(Office.code)))
    for row in rows:
        if row["code"] in added:
            since = {"office_code": row["code"], "valid_from": row["valid_from"]}
            session.add(OfficeName(**since, name=row["name"], name_en=row["name_en"]))
            session.add_all(OfficeTerritory(**since, level=row["level"], ward_code=ward) for ward in row["ward_codes"])
    session.flush()


def is_open(on: date) -> ColumnElement[bool]:
    """The offices of a day."""
    return (Office.valid_from <= on) & or_(Office.valid_to.is_(None), Office.valid_to >= on)


def all_offices(session: Session, on: date | None = None) -> list[Office]:
    """Every office that ever was, or those of one day; in the order of their codes."""
    query = select(Office).order_by(Office.code)
    return list(session.scalars(query if on is None else query.where(is_open(on))))


def as_tree(offices: list[Office]) -> list[tuple[int, Office]]:
    """The offices each under its parent, with their depth; siblings in the order of the Vietnamese alphabet."""
    known = {office.code for office in offices}
    children: dict[str, list[Office]] = {}
    for office in sorted(offices, key=lambda office: sort_key(office.name)):
        children.setdefault(office.parent_code if office.parent_code in known else "", []).append(office)
    drawn: list[tuple[int, Office]] = []
    waiting = [(0, office) for office in reversed(children.get("", []))]
    while waiting:
        depth, office = waiting.pop()
        drawn.append((depth, office))
        waiting += [(depth + 1, child) for child in reversed(children.get(office.code, []))]
    return drawn


def office_of(session: Session, code: str) -> Office:
    """One office.

    Raises:
        NotFound: no office has the code.
    """
    office = session.get(Office, code)
    if office is None:
        raise NotFound
    return office


def locked_office(session: Session, code: str, expected_version: int | None = None) -> Office:
    """One office, held until the commit: dossiers that name it wait.

    Raises:
        NotFound: no office has the code.
        EditedMeanwhile: it is not in the version expected any more.
    """
    found = session.get(Office, code, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    if expected_version is not None:
        check_version(found, expected_version)
    return found


def names_of(session: Session, code: str) -> list[OfficeName]:
    """How the office was called, the newest first."""
    return list(session.scalars(select(OfficeName).where(OfficeName.office_code == code).order_by(OfficeName.valid_from.desc())))


def predecessors_of(session: Session, code: str) -> list[Office]:
    """The offices whose dossiers this one took over."""
    return list(session.scalars(select(Office).where(Office.successor_code == code).order_by(Office.code)))


def particulars(office: Office) -> dict[str, Any]:
    """An office as the record of changes keeps it."""
    lines = {name: getattr(office, name) for name in LINES}
    return {
        "code": office.code,
        "level": office.level,
        **lines,
        "signatory": list(office.signatory),
        "parent_code": office.parent_code,
        "successor_code": office.successor_code,
        "valid_from": office.valid_from.isoformat(),
        "valid_to": office.valid_to.isoformat() if office.valid_to else None,
    }


def open_office(session: Session, actor: Actor, form: Form) -> Office:
    """Add an office, without wards, from a day on; `form`: code, level, valid_from and the lines of its particulars.

    Raises:
        Forbidden, LevelTooLow: as `turns.take_turn`.
        InvalidInput: with messages for each field.

    Effects: change `opened`.
    """
    take_turn(session, actor, Permission.MANAGE_OFFICES)
    code, level = form.get("code", "").strip().upper(), form.get("level", "")
    errors = _errors_of_code(session, code, level)
    valid_from = day_of(form.get("valid_from", ""), errors, "valid_from")
    values = _checked(session, form, errors, code=code)
    office = Office(code=code, level=level, valid_from=valid_from, **values)
    session.add(office)
    session.flush()
    session.add(OfficeName(office_code=code, name=office.name, name_en=office.name_en, valid_from=valid_from))
    note_change(session, actor, office, kind=KIND, subject_id=code, verb="opened", before=None, after=particulars(office))
    return office


def edit_office(session: Session, actor: Actor, code: str, form: Form, *, expected_version: int) -> Office:
    """Change how the office is called and what its papers print, from today on; its earlier name is kept with its days.

    Raises:
        Forbidden, LevelTooLow: as `turns.take_turn`.
        NotFound, EditedMeanwhile: as `locked_office`.
        InvalidInput: with messages for each field.

    Effects: change `edited`, where something did change.
    """
    take_turn(session, actor, Permission.MANAGE_OFFICES)
    office = locked_office(session, code, expected_version)
    before = particulars(office)
    for name, value in _checked(session, form, {}, code=code).items():
        setattr(office, name, value)
    if particulars(office) == before:
        return office
    _keep_name(session, office)
    note_change(session, actor, office, kind=KIND, subject_id=code, verb="edited", before=before, after=particulars(office))
    return office


def _keep_name(session: Session, office: Office) -> None:
    today = clock.today()
    current = names_of(session, office.code)[0]
    if (current.name, current.name_en) == (office.name, office.name_en):
        return
    if current.valid_from >= today:
        current.name, current.name_en = office.name, office.name_en
        return
    current.valid_to = today - timedelta(days=1)
    session.flush()
    session.add(OfficeName(office_code=office.code, name=office.name, name_en=office.name_en, valid_from=today))


def _errors_of_code(session: Session, code: str, level: str) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    if level not in LETTER_OF_LEVEL:
        errors["level"] = ["Hãy chọn cấp của cơ quan."]
    if not CODE.fullmatch(code) or len(code) > LONGEST_CODE:
        errors["code"] = ["Mã định danh có dạng H26.31 hoặc G01.26.31: một chữ, hai số, rồi các nhóm sau dấu chấm."]
    elif level in LETTER_OF_LEVEL and not code.startswith(LETTER_OF_LEVEL[level]):
        errors["code"] = ["Mã của cơ quan địa phương bắt đầu bằng H; mã của cơ quan ngành dọc bắt đầu bằng G."]
    elif session.get(Office, code) is not None:
        errors["code"] = ["Mã này đã có cơ quan dùng. Mã của cơ quan đã giải thể không dùng lại."]
    return errors


def day_of(text: str, errors: dict[str, list[str]], field: str, *, not_before: date | None = None) -> date:
    """The day that a form says (ISO), noting in `errors` what is wrong with it; then any day is given back."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        errors[field] = ["Hãy ghi một ngày có thật, đủ ngày, tháng và năm."]
        return date.min
    if not_before is not None and day < not_before:
        errors[field] = [Said("Ngày này phải từ %(day)s trở đi.", day=f"{not_before:%d/%m/%Y}")]
    return day


def _checked(session: Session, form: Form, errors: dict[str, list[str]], *, code: str) -> dict[str, Any]:
    """The particulars that the form gives.

    Raises:
        InvalidInput: something is missing or cannot be, with what `errors` held already.
    """
    values: dict[str, Any] = {name: clean(form.get(name, "")) for name in LINES}
    values["signatory"] = [line for line in map(clean, form.get("signatory", "").splitlines()) if line]
    for name in (*LINES, "signatory"):
        text = "\n".join(values["signatory"]) if name == "signatory" else values[name]
        if not text:
            errors[name] = ["Chỗ này cần được ghi."]
        elif len(text) > LONGEST_LINE or refused_characters(text.replace("\n", " ")):
            errors[name] = ["Chỗ này dài quá, hoặc có ký tự không dùng được."]
    if not re.fullmatch(r"\d{2}", values["province_code"]):
        errors["province_code"] = ["Mã tỉnh, thành phố gồm hai chữ số, ví dụ 01."]
    values["parent_code"] = form.get("parent_code") or None
    if values["parent_code"]:
        errors |= _errors_of_parent(session, code, values["parent_code"])
    if errors:
        raise InvalidInput(errors)
    return values


def _errors_of_parent(session: Session, code: str, parent_code: str) -> dict[str, list[str]]:
    above: str | None = parent_code
    passed: set[str] = set()
    while above and above not in passed:
        if above == code:
            return {"parent_code": ["Cơ quan không thể trực thuộc chính mình hay cơ quan cấp dưới của mình."]}
        passed.add(above)
        office = session.get(Office, above)
        if office is None:
            return {"parent_code": ["Không có cơ quan nào mang mã này."]}
        above = office.parent_code
    return {}
