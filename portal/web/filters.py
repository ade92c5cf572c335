"""How dates, moments, money, numbers and sizes are written on a page, in both languages; Vietnam's clock and signs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from flask import Flask
from flask_babel import get_locale

from portal import clock
from portal.text import reveal

Day = date | datetime | str
NOTHING = ""
MONTHS = (
    "January February March April May June July August September October November December"
).split()  # fmt: skip


def language() -> str:
    """The language of this page: vi or en."""
    locale = get_locale()
    return "en" if locale is not None and locale.language == "en" else "vi"


def as_day(value: Day) -> date:
    """The day that a moment, a day or an ISO text stands for, as a calendar in Vietnam shows it."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if len(value) > len("2026-11-25") else date.fromisoformat(value)
    if isinstance(value, datetime):
        return clock.to_local(value).date()
    return value


def as_moment(value: datetime | str) -> datetime:
    """The moment, or the ISO text of one, on Vietnam's clock."""
    return clock.to_local(datetime.fromisoformat(value) if isinstance(value, str) else value)


def write_date(value: Day | None) -> str:
    """A day as dd/MM/yyyy, the same in both languages."""
    return NOTHING if value in (None, "") else as_day(value).strftime("%d/%m/%Y")


def write_long_date(value: Day | None, lang: str) -> str:
    """A day in words: ngày 05 tháng 01 năm 2026; 5 January 2026."""
    if value in (None, ""):
        return NOTHING
    day = as_day(value)
    if lang == "en":
        return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
    return f"ngày {day.day:02} tháng {day.month:02} năm {day.year}"


def write_time(value: datetime | str | None, lang: str) -> str:
    """An hour and minute: 09 giờ 30 phút; 09:30."""
    if value in (None, ""):
        return NOTHING
    moment = as_moment(value)
    return f"{moment:%H:%M}" if lang == "en" else f"{moment:%H} giờ {moment:%M} phút"


def write_moment(value: datetime | str | None, lang: str) -> str:
    """A moment: 09 giờ 30 phút, ngày 25/11/2026; 09:30 on 25/11/2026."""
    if value in (None, ""):
        return NOTHING
    return f"{write_time(value, lang)}{' on ' if lang == 'en' else ', ngày '}{write_date(value)}"


def write_short_moment(value: datetime | str | None) -> str:
    """A moment for a column of a table, the same in both languages: 25/11/2026 09:30."""
    return NOTHING if value in (None, "") else f"{as_moment(value):%d/%m/%Y %H:%M}"


def write_partial_date(value: str | None) -> str:
    """A date of which the day or the month may be unknown, from ISO: 05/01/1965, 05/1965, 1965."""
    return "/".join(reversed((value or NOTHING).split("-")))


def date_parts(value: Any) -> dict[str, str]:
    """What stands in the three boxes of a date; whatever is missing or malformed is empty or as typed, never an error."""
    if isinstance(value, Mapping):
        return {part: str(value.get(part) or NOTHING) for part in ("day", "month", "year")}
    text = value.isoformat() if isinstance(value, date) else str(value or NOTHING)
    year, month, day = (*text[:10].split("-"), NOTHING, NOTHING, NOTHING)[:3]
    return {"day": day, "month": month, "year": year}


def write_number(value: int | float | Decimal | None, lang: str, decimals: int = 0) -> str:
    """A number with its groups: 1.234.567,89; 1,234,567.89 in English. Rounds half away from zero."""
    if value is None:
        return NOTHING
    exact = Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    english = f"{exact:,.{decimals}f}"
    return english if lang == "en" else english.translate(str.maketrans(",.", ".,"))


def write_money(amount_vnd: int | None, lang: str) -> str:
    """An amount in whole đồng: 20.000 đồng; VND 20,000."""
    if amount_vnd is None:
        return NOTHING
    number = write_number(amount_vnd, lang)
    return f"VND {number}" if lang == "en" else f"{number} đồng"


def write_percent(share: float | Decimal | None, lang: str, decimals: int = 0) -> str:
    """A share of one as a percentage: 98,75%."""
    return NOTHING if share is None else f"{write_number(Decimal(str(share)) * 100, lang, decimals)}%"


def write_working_days(count: int | float | None, lang: str) -> str:
    """A number of working days in words; halves are kept: 2,5 ngày làm việc."""
    if count is None:
        return NOTHING
    number = write_number(count, lang, 0 if count == int(count) else 1)
    if lang == "en":
        return f"{number} working day{'' if count == 1 else 's'}"
    return f"{number} ngày làm việc"


def write_file_size(size_bytes: int | None, lang: str) -> str:
    """A size that a person can weigh: 640 byte, 38 KB, 1,4 MB."""
    if size_bytes is None:
        return NOTHING
    if size_bytes < 1_000:
        return f"{size_bytes} byte"
    if size_bytes < 999_500:
        return f"{write_number(size_bytes / 1_000, lang)} KB"
    return f"{write_number(size_bytes / 1_000_000, lang, 1)} MB"


def by_source(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Facts together with their neighbours of the same source, day and record, so that each is told once, in order of coming."""
    groups: dict[tuple[str, str, str], list[Mapping[str, Any]]] = {}
    for row in rows:
        label = str(row.get("source_label") or row.get("source") or NOTHING)
        groups.setdefault((label, write_date(row.get("as_of")), str(row.get("record") or NOTHING)), []).append(row)
    return [{"source_label": label, "day": day, "rows": members} for (label, day, _record), members in groups.items()]


def _in_page_language(write: Callable[..., str]) -> Callable[..., str]:
    def written(value: Any, *rest: Any) -> str:
        return write(value, language(), *rest)

    return written


def init_app(app: Flask) -> None:
    """Give the templates of the app these filters."""
    app.jinja_env.filters.update(
        date=write_date,
        partial_date=write_partial_date,
        date_parts=date_parts,
        by_source=by_source,
        short_moment=write_short_moment,
        reveal=reveal,
        long_date=_in_page_language(write_long_date),
        time=_in_page_language(write_time),
        moment=_in_page_language(write_moment),
        number=_in_page_language(write_number),
        money=_in_page_language(write_money),
        percent=_in_page_language(write_percent),
        working_days=_in_page_language(write_working_days),
        file_size=_in_page_language(write_file_size),
    )
