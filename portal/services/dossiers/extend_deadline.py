"""An apology for lateness, and another day: once."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor
from portal.models import Dossier
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.calendar import working_calendar
from portal.services.dossiers.consequences import carry
from portal.services.dossiers.deadlines import OfficeHours
from portal.services.dossiers.queries import for_act
from portal.services.dossiers.reasons import checked_reason
from portal.services.dossiers.vocabulary import Act
from portal.services.errors import InvalidInput

LONGEST = timedelta(days=366)


def extend_deadline(session: Session, actor: Actor, code: str, *, expected_version: int, reason: str, new_day: str) -> Dossier:
    """Apologise and appoint another day (`2026-12-01`), at its closing time. State: as before.

    Raises:
        InvalidInput: no reason; no day, a day off, one more than a year away, or not after today and the promised one.
        NotFound, Stale, Forbidden, IllegalMove, GuardRefused: as `queries.for_act` (a second time is refused).

    Effects: event `deadline_extended` with both moments, form 04, notice.
    Source: NĐ 118/2025/NĐ-CP (R6 of the one-stop rules: apology with the reason and the new day, at most once).
    """
    dossier, move = for_act(session, actor, Act.EXTEND_DEADLINE, code, expected_version=expected_version)
    before = dossier.promised_at
    if before is None:
        raise ValueError("a received dossier has its promise, says the table")
    errors: dict[str, list[str]] = {}
    try:
        reason = checked_reason(reason)
    except InvalidInput as wrong:
        errors |= wrong.errors
    day = _checked_day(session, new_day, clock.to_local(before).date(), errors)
    if errors:
        raise InvalidInput(errors)
    now = clock.now()
    dossier.extended_from, dossier.extended_at = before, now
    dossier.promised_at = promised = datetime.combine(day, OfficeHours().close, tzinfo=clock.LOCAL)
    paper = {
        "received_at": dossier.received_at.isoformat() if dossier.received_at else None,
        "promised_before": before.isoformat(),
        "promised_at": promised.isoformat(),
        "reason": reason,
        "signed_by": {"name": actor.display_name, "title": ""},
    }
    carry(
        session, dossier, move, actor, by_hash(session, dossier.version_hash),
        happened_at=now,
        paper=lambda: paper,
        facts={"promised_before": before.isoformat(), "promised_at": promised.isoformat()},
        details={"reason": reason},
    )  # fmt: skip
    return dossier


def _checked_day(session: Session, text: str, promised: date, errors: dict[str, list[str]]) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        errors["new_day"] = ["Hãy ghi ngày hẹn mới."]
        return promised
    if day <= max(promised, clock.today()):
        errors["new_day"] = ["Ngày hẹn mới phải sau hôm nay và sau ngày đã hẹn."]
    elif day > clock.today() + LONGEST:
        errors["new_day"] = ["Ngày hẹn mới không thể sau quá một năm."]
    elif not working_calendar(session).is_working_day(day):
        errors["new_day"] = ["Ngày này là ngày nghỉ. Hãy chọn ngày làm việc."]
    return day
