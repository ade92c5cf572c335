"""Form 05, the control sheet: through whose hands a dossier went, when, and whether in time; read off its history."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from portal import clock
from portal.models import Dossier, Event, Office
from portal.services.dossiers.offices import handling_office

COUNTER, UNIT, LEADERS, CITIZEN = "Bộ phận một cửa", "Bộ phận chuyên môn", "Lãnh đạo cơ quan", "Người nộp hồ sơ"
HANDS: dict[str, tuple[str, str]] = {
    "submitted": (CITIZEN, COUNTER),
    "received": (CITIZEN, COUNTER),
    "transferred": (COUNTER, "Cơ quan có thẩm quyền"),
    "forwarded": (COUNTER, UNIT),
    "assigned": (UNIT, "Chuyên viên thụ lý"),
    "reassigned": (UNIT, "Chuyên viên thụ lý khác"),
    "supplements_proposed": (UNIT, COUNTER),
    "supplements_requested": (COUNTER, CITIZEN),
    "supplements_supplied": (CITIZEN, COUNTER),
    "supplements_accepted": (COUNTER, UNIT),
    "opinion_asked": (UNIT, "Cơ quan phối hợp"),
    "opinion_given": ("Cơ quan phối hợp", UNIT),
    "proposed": (UNIT, LEADERS),
    "draft_sent": (UNIT, CITIZEN),
    "draft_confirmed": (CITIZEN, LEADERS),
    "draft_disputed": (CITIZEN, UNIT),
    "sent_back": (LEADERS, UNIT),
    "issued": (LEADERS, COUNTER),
    "result_returned": (COUNTER, CITIZEN),
    "stopped": (LEADERS, COUNTER),
    "resumed": (LEADERS, UNIT),
    "withdrawal_confirmed": (COUNTER, CITIZEN),
}


def control_sheet(session: Any, dossier: Dossier, events: Sequence[Event], coordinating: Sequence[Office]) -> dict[str, Any]:
    """What form 05 says: the office, those it asked, and a line for each time the dossier changed hands.

    Lines: `giver`, `receiver`, `at` (ISO 8601), `outcome` (before, on or beyond the promise that stood then), `note`.
    Source: TT 01/2018/TT-VPCP, form 05; kept by NĐ 118/2025/NĐ-CP.
    """
    office = handling_office(session, dossier)
    lines, promised = [], None
    for event in events:
        promised = _promised(event) or promised
        if event.name in HANDS:
            giver, receiver = HANDS[event.name]
            outcome = _outcome(event.happened_at, promised)
            note = "Trả lời chậm" if event.facts.get("is_late") else ""
            at = event.happened_at.isoformat()
            lines.append({"giver": giver, "receiver": receiver, "at": at, "outcome": outcome, "note": note})
    return {
        "handling": office.name,
        "coordinating": "; ".join(one.name for one in coordinating) or "Không",
        "lines": lines,
    }


def _promised(event: Event) -> datetime | None:
    said = event.facts.get("promised_at")
    return datetime.fromisoformat(said) if said else None


def _outcome(happened_at: datetime, promised: datetime | None) -> str:
    if promised is None:
        return ""
    if happened_at > promised:
        return "Quá hạn"
    same_day = clock.to_local(happened_at).date() == clock.to_local(promised).date()
    return "Đúng hạn" if same_day else "Trước hạn"
