"""Which office serves which ward, from which day to which: taken on, moved, and asked for; each level has one on a day."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor, Permission
from portal.models import Office, OfficeTerritory
from portal.services.errors import InvalidInput, Said
from portal.services.organisation.offices import KIND, day_of, locked_office
from portal.services.organisation.turns import note_change, take_turn

WARD = re.compile(r"\d{5}")
Errors = dict[str, list[str]]


def territory_of(session: Session, code: str) -> list[OfficeTerritory]:
    """The wards that the office serves, served or will serve: those of today first, then by ward and day."""
    rows = session.scalars(select(OfficeTerritory).where(OfficeTerritory.office_code == code)).all()
    today = clock.today()
    return sorted(rows, key=lambda row: (row.valid_to is not None and row.valid_to < today, row.ward_code, row.valid_from))


def who_serves(session: Session, ward_code: str, on: date) -> list[tuple[Office, OfficeTerritory]]:
    """Who serves, served or will serve the ward on the day, one office a level."""
    query = select(Office, OfficeTerritory).join(OfficeTerritory, OfficeTerritory.office_code == Office.code)
    query = query.where(OfficeTerritory.ward_code == ward_code, OfficeTerritory.valid_from <= on, _lasts_until(on))
    return [(office, row) for office, row in session.execute(query.order_by(OfficeTerritory.level))]


def _lasts_until(day: date) -> Any:
    return or_(OfficeTerritory.valid_to.is_(None), OfficeTerritory.valid_to >= day)


def wards_in(text: str, errors: Errors) -> list[str]:
    """The ward codes typed, in order, each once; what is wrong is noted under `wards`."""
    typed = list(dict.fromkeys(re.split(r"[\s,;]+", text.strip()))) if text.strip() else []
    wrong = [word for word in typed if not WARD.fullmatch(word)]
    if not typed:
        errors["wards"] = ["Hãy ghi ít nhất một mã phường, xã."]
    if wrong:
        errors["wards"] = [Said("Mã phường, xã gồm năm chữ số; chưa đúng: %(wrong)s.", wrong=", ".join(wrong)[:80])]
    return typed


def serve_wards(session: Session, actor: Actor, code: str, wards: str, from_day: str, *, expected_version: int) -> None:
    """Let the office serve wards that nobody of its level serves, from a day on.

    Raises:
        Forbidden, LevelTooLow: as `turns.take_turn`.
        NotFound, EditedMeanwhile: as `offices.locked_office`.
        InvalidInput: under `wards` or `from_day`; one of the wards has an office of this level on some day from then on.

    Effects: change `wards_taken_on`.
    """
    take_turn(session, actor, Permission.MANAGE_OFFICES)
    office = locked_office(session, code, expected_version)
    errors: Errors = {}
    day = day_of(from_day, errors, "from_day", not_before=max(office.valid_from, clock.today()))
    typed = wards_in(wards, errors)
    _refuse_where_it_ends(office, errors)
    if not errors:
        errors |= _served_already(session, office.level, typed, day)
    if errors:
        raise InvalidInput(errors)
    before = wards_on_record(session, code)
    session.add_all(OfficeTerritory(office_code=code, level=office.level, ward_code=ward, valid_from=day) for ward in typed)
    _note(session, actor, office, "wards_taken_on", before)


def _refuse_where_it_ends(office: Office, errors: Errors) -> None:
    if office.valid_to is not None:
        errors["to_code"] = [Said("Cơ quan %(code)s đã có ngày kết thúc nên không nhận thêm phường, xã.", code=office.code)]


def _served_already(session: Session, level: str, wards: list[str], day: date) -> Errors:
    query = select(OfficeTerritory).where(OfficeTerritory.level == level, OfficeTerritory.ward_code.in_(wards), _lasts_until(day))
    row = session.scalars(query.order_by(OfficeTerritory.ward_code, OfficeTerritory.valid_from)).first()
    if row is None:
        return {}
    return {"wards": [Said("Phường, xã %(ward)s đang do %(office)s phục vụ.", ward=row.ward_code, office=row.office_code)]}


def move_wards(
    session: Session, actor: Actor, code: str, to_code: str, wards: str, from_day: str, *, expected_version: int
) -> None:
    """Move wards from the office to another of its level, from a day on; dossiers filed before stay where they were filed.

    Raises:
        Forbidden, LevelTooLow: as `turns.take_turn`.
        NotFound, EditedMeanwhile: as `offices.locked_office`.
        InvalidInput: under `wards`, `from_day` or `to_code`.

    Effects: change `wards_given_up` of the one, `wards_taken_on` of the other.
    """
    take_turn(session, actor, Permission.MANAGE_OFFICES)
    office = locked_office(session, code, expected_version)
    errors: Errors = {}
    day = day_of(from_day, errors, "from_day", not_before=clock.today())
    typed = wards_in(wards, errors)
    taker = taker_of(session, office, to_code, day, errors)
    if errors or taker is None:
        raise InvalidInput(errors)
    pass_wards(session, actor, office, taker, typed, day)


def taker_of(session: Session, office: Office, to_code: str, day: date, errors: Errors) -> Office | None:
    """The office that takes over, held until the commit; what stands against it is noted under `to_code`."""
    if to_code == office.code or session.get(Office, to_code) is None:
        errors["to_code"] = ["Hãy chọn một cơ quan khác."]
        return None
    taker = locked_office(session, to_code)
    if taker.level != office.level:
        errors["to_code"] = ["Hai cơ quan phải cùng một cấp."]
    elif taker.valid_from > day:
        errors["to_code"] = [Said("Cơ quan nhận chỉ hoạt động từ %(day)s.", day=f"{taker.valid_from:%d/%m/%Y}")]
    else:
        _refuse_where_it_ends(taker, errors)
    return taker


def pass_wards(session: Session, actor: Actor, office: Office, taker: Office, wards: list[str], day: date) -> None:
    """Move the wards between two offices that are both held; a ward that is not the office's from the day on is refused.

    Raises:
        InvalidInput: under `wards`.
    """
    before = {one.code: wards_on_record(session, one.code) for one in (office, taker)}
    for ward in wards:
        query = select(OfficeTerritory).where(OfficeTerritory.office_code == office.code, OfficeTerritory.ward_code == ward)
        rows = session.scalars(query.where(_lasts_until(day)).order_by(OfficeTerritory.valid_from)).all()
        if not rows:
            raise InvalidInput({"wards": [Said("Từ ngày ấy cơ quan này không phục vụ %(ward)s.", ward=ward)]})
        for row in rows:
            _pass(session, row, taker, day)
    _note(session, actor, office, "wards_given_up", before[office.code])
    _note(session, actor, taker, "wards_taken_on", before[taker.code])


def _pass(session: Session, row: OfficeTerritory, taker: Office, day: date) -> None:
    if row.valid_from >= day:
        row.office_code = taker.code
        return
    last_day, row.valid_to = row.valid_to, day - timedelta(days=1)
    session.flush()
    session.add(
        OfficeTerritory(office_code=taker.code, level=row.level, ward_code=row.ward_code, valid_from=day, valid_to=last_day)
    )


def wards_on_record(session: Session, code: str) -> dict[str, Any]:
    """The office's wards as the record of changes keeps them."""
    session.flush()
    rows = [row for row in territory_of(session, code) if row.valid_to is None or row.valid_to >= clock.today()]
    return {"wards": [_said(row) for row in rows]}


def _said(row: OfficeTerritory) -> str:
    days = [row.valid_from, *([row.valid_to] if row.valid_to else [])]
    return " ".join([row.ward_code, *(day.isoformat() for day in days)])


def _note(session: Session, actor: Actor, office: Office, verb: str, before: dict[str, Any]) -> None:
    after = wards_on_record(session, office.code)
    note_change(session, actor, office, kind=KIND, subject_id=office.code, verb=verb, before=before, after=after)
