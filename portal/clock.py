"""The one place that knows what time it is; stored moments are UTC, read moments are Vietnam time."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")


def now() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """This day on the wall calendar of Vietnam."""
    return now().astimezone(LOCAL).date()


def to_local(moment: datetime) -> datetime:
    """The same moment as a clock in Vietnam shows it.

    Raises:
        ValueError: the moment carries no time zone.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone cannot be shown")
    return moment.astimezone(LOCAL)
