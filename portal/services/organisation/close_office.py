"""The end of an office: merged into a successor that takes over its wards and dossiers, or closed with nothing left to do."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor, Permission
from portal.models import Dossier, Office, OfficeTerritory
from portal.services.errors import GuardRefused, InvalidInput
from portal.services.organisation.offices import KIND, day_of, locked_office, particulars
from portal.services.organisation.staff import refuse_to_lose_administrators
from portal.services.organisation.territory import Errors, pass_wards, taker_of
from portal.services.organisation.turns import note_change, take_turn

ENDED = ("draft", "not_received", "withdrawn", "returned")


def open_dossiers(session: Session, code: str) -> int:
    """How many dossiers filed at the office are under way."""
    query = select(func.count()).select_from(Dossier).where(Dossier.office_code == code, Dossier.state.not_in(ENDED))
    return int(session.scalars(query).one())


def close_office(
    session: Session, actor: Actor, code: str, *, successor_code: str, from_day: str, expected_version: int
) -> Office:
    """End the office the day before `from_day`; with a successor, its wards and its dossiers under way go there from that day.

    Dossiers keep their codes. The duties of its staff end with it. Without a successor it ends at once (`from_day` is today).

    Raises:
        Forbidden, LevelTooLow: as `turns.take_turn`.
        NotFound, EditedMeanwhile: as `offices.locked_office`.
        InvalidInput: under `from_day` or `to_code`.
        GuardRefused: it has ended already, or something is left without an office: dossiers, wards, offices under it, the
            last administrator.

    Effects: change `merged` or `closed`, those of the wards that move, and `edited` of each office that stood under it.
    """
    take_turn(session, actor, Permission.MANAGE_OFFICES)
    office = locked_office(session, code, expected_version)
    if office.valid_to is not None:
        raise GuardRefused("Cơ quan này đã có ngày kết thúc.")
    errors: Errors = {}
    day = day_of(from_day, errors, "from_day", not_before=max(clock.today(), office.valid_from))
    taker = taker_of(session, office, successor_code, day, errors) if successor_code else None
    if not successor_code and not errors and day != clock.today():
        errors["from_day"] = ["Không có cơ quan kế thừa thì cơ quan kết thúc ngay hôm nay."]
    if errors:
        raise InvalidInput(errors)
    refuse_to_lose_administrators(session, code)
    before = particulars(office)
    if taker is None:
        _refuse_to_leave_anything(session, code, day)
    else:
        _hand_over(session, actor, office, taker, day)
    office.valid_to = day - timedelta(days=1)
    office.successor_code = taker.code if taker else None
    verb = "merged" if taker else "closed"
    note_change(session, actor, office, kind=KIND, subject_id=code, verb=verb, before=before, after=particulars(office))
    return office


def _refuse_to_leave_anything(session: Session, code: str, day: date) -> None:
    if open_dossiers(session, code):
        raise GuardRefused("Cơ quan còn hồ sơ đang giải quyết: hãy chọn cơ quan kế thừa.")
    if _wards_from(session, code, day):
        raise GuardRefused("Cơ quan còn phục vụ phường, xã: hãy chuyển cho cơ quan khác, hoặc chọn cơ quan kế thừa.")
    if _children(session, code):
        raise GuardRefused("Cơ quan còn cơ quan trực thuộc: hãy chuyển chúng sang cơ quan khác trước.")


def _hand_over(session: Session, actor: Actor, office: Office, taker: Office, day: date) -> None:
    wards = _wards_from(session, office.code, day)
    if wards:
        pass_wards(session, actor, office, taker, wards, day)
    for child in _children(session, office.code):
        before = particulars(child)
        child.parent_code = taker.code if child.code != taker.code else office.parent_code
        after = particulars(child)
        note_change(session, actor, child, kind=KIND, subject_id=child.code, verb="edited", before=before, after=after)


def _wards_from(session: Session, code: str, day: date) -> list[str]:
    lasting = or_(OfficeTerritory.valid_to.is_(None), OfficeTerritory.valid_to >= day)
    query = select(OfficeTerritory.ward_code).where(OfficeTerritory.office_code == code, lasting)
    return sorted(set(session.scalars(query)))


def _children(session: Session, code: str) -> list[Office]:
    query = select(Office).where(Office.parent_code == code, Office.valid_to.is_(None)).order_by(Office.code)
    return list(session.scalars(query.with_for_update()))
