"""Downtime of the portal as administrators announce it: planned ahead, or an urgent fault; how a page shows it is not here.

An announcement tells people and stops nothing. The legal clock of dossiers goes on while the portal is down; days on which
no office works are the working calendar's to say.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor, Permission
from portal.models import Announcement
from portal.services.errors import GuardRefused, InvalidInput, NotFound, Said
from portal.services.organisation.turns import check_version, note_change, take_turn
from portal.text import clean, refused_characters

KIND = "announcement"
NOTICE_WORKING_DAYS = 7
LONGEST_TEXT = 200
MOST_LISTED = 100
PLANNED, URGENT = "planned", "urgent"
TEXTS = ("unavailable", "unavailable_en", "elsewhere", "elsewhere_en")
REASONS = ("urgent_reason", "urgent_reason_en")
MOMENTS = ("begins_at", "ends_at", "published_at", "ended_at")
Form = Mapping[str, str]
Errors = dict[str, list[str]]
Standing = Literal["draft", "ahead", "running", "over", "taken_back"]
WorkingDaysAfter = Callable[[datetime, int], datetime]


def announcements(session: Session) -> list[Announcement]:
    """What was announced or drafted, the latest beginning first."""
    query = select(Announcement).order_by(Announcement.begins_at.desc(), Announcement.id.desc())
    return list(session.scalars(query.limit(MOST_LISTED)))


def announced(session: Session, now: datetime) -> list[Announcement]:
    """What everybody should read at this moment, the first beginning first."""
    query = select(Announcement).where(Announcement.published_at.is_not(None), Announcement.ended_at.is_(None))
    return list(session.scalars(query.where(Announcement.ends_at > now).order_by(Announcement.begins_at, Announcement.id)))


def announcement_of(session: Session, announcement_id: uuid.UUID) -> Announcement:
    """The announcement.

    Raises:
        NotFound: there is none of this id.
    """
    found = session.get(Announcement, announcement_id, populate_existing=True)
    if found is None:
        raise NotFound
    return found


def standing(announcement: Announcement, now: datetime) -> Standing:
    """Where an announcement stands: a draft, published ahead, running, over (ended early too), or taken back before it began."""
    if announcement.ended_at is not None:
        has_begun = announcement.published_at is not None and announcement.ended_at >= announcement.begins_at
        return "over" if has_begun else "taken_back"
    if announcement.published_at is None:
        return "draft"
    if announcement.ends_at <= now:
        return "over"
    return "running" if announcement.begins_at <= now else "ahead"


def draft_announcement(session: Session, actor: Actor, form: Form, *, working_days_after: WorkingDaysAfter) -> Announcement:
    """Write an announcement down, for nobody to see yet.

    `form`: `begins_on`, `ends_on` (ISO days), `begins_time`, `ends_time` (HH:MM, Vietnam's clock), the texts of `TEXTS`,
    `kind` (planned, urgent), and with an urgent one the reasons of `REASONS`. `working_days_after`: the moment so many working
    days after another, by the offices' calendar.

    Raises:
        Forbidden, LevelTooLow: as `turns.take_turn`.
        InvalidInput: a text is missing or cannot be taken; it ends before it begins, or has ended; it is planned and begins
            less than seven working days from now; it is urgent without its reason.

    Effects: change `entered`.

    Source: Nghị định 224/2026/NĐ-CP, Điều 13 (read in summary, 25/11/2026).
    """
    take_turn(session, actor, Permission.EDIT_ANNOUNCEMENTS)
    announcement = Announcement(**_read(form, working_days_after), created_at=clock.now(), version=0)
    session.add(announcement)
    session.flush()
    _note_change(session, actor, announcement, "entered", None)
    return announcement


def change_announcement(
    session: Session, actor: Actor, announcement_id: uuid.UUID, form: Form, *,
    expected_version: int, working_days_after: WorkingDaysAfter,
) -> None:  # fmt: skip
    """Write a draft anew; what people have read already is not changed under their eyes.

    Raises:
        Forbidden, LevelTooLow, InvalidInput: as `draft_announcement`.
        NotFound, EditedMeanwhile: there is none of this id; somebody was quicker.
        GuardRefused: it is published, or was taken back.

    Effects: change `changed`.
    """
    announcement = _for_change(session, actor, announcement_id, expected_version)
    _refuse_unless_draft(announcement)
    before = on_record(announcement)
    for name, value in _read(form, working_days_after).items():
        setattr(announcement, name, value)
    _note_change(session, actor, announcement, "changed", before)


def publish_announcement(
    session: Session, actor: Actor, announcement_id: uuid.UUID, *, expected_version: int, working_days_after: WorkingDaysAfter
) -> None:
    """Let everybody read a draft from now on, until it ends.

    Raises:
        Forbidden, LevelTooLow, NotFound, EditedMeanwhile, GuardRefused: as `change_announcement`.
        InvalidInput: the draft has grown too old: seven working days are not left any more, or it has ended.

    Effects: change `published`.
    """
    announcement = _for_change(session, actor, announcement_id, expected_version)
    _refuse_unless_draft(announcement)
    is_urgent = announcement.urgent_reason is not None
    errors: Errors = {}
    _check_span(announcement.begins_at, announcement.ends_at, is_urgent, working_days_after, errors)
    if errors:
        raise InvalidInput(errors)
    before = on_record(announcement)
    announcement.published_at = clock.now()
    _note_change(session, actor, announcement, "published", before)


def end_announcement(session: Session, actor: Actor, announcement_id: uuid.UUID, *, expected_version: int) -> None:
    """Say that the portal is back already; or take an announcement back before it begins, published or not.

    Raises:
        Forbidden, LevelTooLow, NotFound, EditedMeanwhile: as `change_announcement`.
        GuardRefused: it is over or taken back already.

    Effects: change `ended` or `taken_back`.
    """
    announcement = _for_change(session, actor, announcement_id, expected_version)
    now = clock.now()
    before, stands = on_record(announcement), standing(announcement, now)
    if stands in ("over", "taken_back"):
        raise GuardRefused("Thông báo này đã hết hoặc đã thu hồi.")
    announcement.ended_at = now
    _note_change(session, actor, announcement, "ended" if stands == "running" else "taken_back", before)


def _for_change(session: Session, actor: Actor, announcement_id: uuid.UUID, expected_version: int) -> Announcement:
    take_turn(session, actor, Permission.EDIT_ANNOUNCEMENTS)
    announcement = announcement_of(session, announcement_id)
    check_version(announcement, expected_version)
    return announcement


def _refuse_unless_draft(announcement: Announcement) -> None:
    if announcement.ended_at is not None:
        raise GuardRefused("Thông báo này đã hết hoặc đã thu hồi.")
    if announcement.published_at is not None:
        raise GuardRefused("Thông báo đã công bố thì không sửa nữa. Xin thu hồi hoặc kết thúc, rồi lập thông báo khác.")


def _read(form: Form, working_days_after: WorkingDaysAfter) -> dict[str, Any]:
    errors: Errors = {}
    begins_at, ends_at = (_moment(form, name, errors) for name in ("begins", "ends"))
    if form.get("kind") not in (PLANNED, URGENT):
        errors["kind"] = ["Hãy chọn một loại."]
    is_urgent = form.get("kind") == URGENT
    found: dict[str, Any] = {name: _text(form, name, errors) for name in TEXTS}
    found |= {name: _text(form, name, errors) if is_urgent else None for name in REASONS}
    if begins_at and ends_at and "kind" not in errors:
        _check_span(begins_at, ends_at, is_urgent, working_days_after, errors)
    if errors:
        raise InvalidInput(errors)
    return {"begins_at": begins_at, "ends_at": ends_at, **found}


def _moment(form: Form, name: str, errors: Errors) -> datetime | None:
    """The day and the hour of one end of the span; what stands against them is noted at its box."""
    day: date | None = None
    try:
        day = date.fromisoformat(form.get(f"{name}_on", ""))
    except ValueError:
        errors[f"{name}_on"] = ["Hãy ghi một ngày có thật, đủ ngày, tháng và năm."]
    hour = re.fullmatch(r"([01]?\d|2[0-3])[:hg]([0-5]\d)", form.get(f"{name}_time", "").strip().lower())
    if hour is None:
        errors[f"{name}_time"] = ["Hãy ghi giờ và phút, ví dụ 08:00."]
    if day is None or hour is None:
        return None
    return datetime.combine(day, time(int(hour[1]), int(hour[2])), tzinfo=clock.LOCAL).astimezone(UTC)


def _text(form: Form, name: str, errors: Errors) -> str:
    text = clean(form.get(name, ""))
    if not text:
        errors[name] = ["Chỗ này cần được ghi."]
    elif len(text) > LONGEST_TEXT or refused_characters(text):
        errors[name] = ["Chỗ này dài quá, hoặc có ký tự không dùng được."]
    return text


def _check_span(begins_at: datetime, ends_at: datetime, is_urgent: bool, after: WorkingDaysAfter, errors: Errors) -> None:
    now = clock.now()
    if ends_at <= begins_at:
        errors["ends_on"] = ["Lúc kết thúc phải sau lúc bắt đầu."]
    elif ends_at <= now:
        errors["ends_on"] = ["Lúc kết thúc đã qua rồi."]
    earliest = _whole_minute(after(now, NOTICE_WORKING_DAYS))
    if not is_urgent and begins_at < earliest:
        errors["begins_on"] = [
            Said(
                "Phải báo trước ít nhất bảy ngày làm việc: nếu công bố ngay bây giờ thì sớm nhất là %(earliest)s."
                " Sự cố khẩn cấp thì chọn loại ấy và ghi lý do.",
                earliest=f"{clock.to_local(earliest):%d/%m/%Y %H:%M}",
            )
        ]


def _whole_minute(moment: datetime) -> datetime:
    """The first whole minute that is not before the moment: forms ask for no seconds."""
    whole = moment.replace(second=0, microsecond=0)
    return whole if whole == moment else whole + timedelta(minutes=1)


def on_record(announcement: Announcement) -> dict[str, Any]:
    """An announcement as the record of changes keeps it."""
    moments = {name: getattr(announcement, name) for name in MOMENTS}
    told = {name: moment.astimezone(UTC).isoformat() if moment else None for name, moment in moments.items()}
    return {**told, **{name: getattr(announcement, name) for name in (*TEXTS, *REASONS)}}


def _note_change(session: Session, actor: Actor, row: Announcement, verb: str, before: dict[str, Any] | None) -> None:
    note_change(session, actor, row, kind=KIND, subject_id=str(row.id), verb=verb, before=before, after=on_record(row))
    session.flush()
