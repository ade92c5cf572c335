"""How far each dossier of a crowd has come, and when each of its moves happened; paths are those of the table of moves."""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from random import Random

from portal import clock
from portal.services.dossiers.deadlines import Calendar, OfficeHours
from portal.services.dossiers.lifecycle import TABLE, Move
from portal.services.dossiers.vocabulary import (
    APPRAISING,
    CONFIRMATION,
    DRAFT,
    FINISHED,
    ISSUING,
    NOT_RECEIVED,
    PAUSED,
    RECEIVED,
    RETURNED,
    SIGNATURE,
    STOPPED,
    SUBMITTED,
    SUPPLIED,
    TO_COMPLETE,
    TO_PAY,
    TO_PREPAY,
    TO_REQUEST,
    TO_SUPPLY,
    UNASSIGNED,
    WITHDRAWING,
    WITHDRAWN,
    Place,
)

OPEN: dict[Place, int] = {
    SUBMITTED: 140, RECEIVED: 50, UNASSIGNED: 90, APPRAISING: 330, TO_REQUEST: 20, CONFIRMATION: 20, SIGNATURE: 110,
    ISSUING: 2, FINISHED: 140,
    TO_COMPLETE: 30, TO_SUPPLY: 50, SUPPLIED: 20, TO_PREPAY: 10, TO_PAY: 25, WITHDRAWING: 8, PAUSED: 10,
}  # fmt: skip
OVER: dict[Place, int] = {RETURNED: 880, NOT_RECEIVED: 60, WITHDRAWN: 40, STOPPED: 20}
USUAL_WAIT, LONGEST_WAIT = 2.5, 40.0  # working days that an open dossier has waited
LONGEST_LIFE = 15.0  # working days from filing to the end of one that is over


@cache
def path_to(place: Place) -> tuple[Move, ...]:
    """The fewest moves that bring a draft to the place.

    Raises:
        ValueError: none do.
    """
    ways: dict[Place, tuple[Move, ...]] = {DRAFT: ()}
    waiting = deque([DRAFT])
    while waiting:
        here = waiting.popleft()
        if here == place:
            return ways[here]
        for move in TABLE:
            if move.source == here and move.target not in ways:
                ways[move.target] = (*ways[here], move)
                waiting.append(move.target)
    raise ValueError(f"no way leads to {place}")


@dataclass(frozen=True, slots=True)
class Life:
    """One dossier: its number in the crowd, where it stands, and the office minutes of its moves, oldest first."""

    number: int
    place: Place
    at: tuple[int, ...]

    @property
    def path(self) -> tuple[Move, ...]:
        """The moves that brought it there."""
        return path_to(self.place)


class OfficeTime:
    """Minutes in which offices work, counted from a first day on; every move of a crowd happens in one of them."""

    def __init__(self, first: date, last: date, calendar: Calendar, hours: OfficeHours | None = None) -> None:
        blocks = (hours or OfficeHours()).blocks
        self.minutes = [minute for start, end in blocks for minute in range(_minute(start), _minute(end))]
        days = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
        midnight = time(tzinfo=clock.LOCAL)
        self.midnights = [datetime.combine(day, midnight) for day in days if calendar.is_working_day(day)]
        self.per_day = len(self.minutes)

    def moment(self, count: int) -> datetime:
        """The local moment of an office minute."""
        day, minute = divmod(count, self.per_day)
        return self.midnights[day] + timedelta(minutes=self.minutes[minute])

    def count(self, moment: datetime) -> int:
        """The last office minute that had begun at the moment."""
        local = clock.to_local(moment)
        day = bisect_right(self.midnights, local) - 1
        if (local - self.midnights[day]) >= timedelta(days=1):
            return (day + 1) * self.per_day - 1
        passed = bisect_right(self.minutes, local.hour * 60 + local.minute)
        return day * self.per_day + passed - 1


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute


def lives(count: int, seed: int, office_time: OfficeTime, now: int) -> list[Life]:
    """So many lives, half of them still open, in the order in which they were filed; `now` is an office minute."""
    drawn = Random(seed)
    steps = {place: len(path_to(place)) for place in (*OPEN, *OVER)}
    places = [*drawn.choices(list(OPEN), list(OPEN.values()), k=count - count // 2),
              *drawn.choices(list(OVER), list(OVER.values()), k=count // 2)]  # fmt: skip
    per_day = office_time.per_day
    filed = []
    for place in places:
        if place in OPEN:
            waited = min(drawn.expovariate(1 / USUAL_WAIT) + 0.02 * steps[place], LONGEST_WAIT)
            begun, ended = max(now - int(waited * per_day), 0), now
        else:
            lasted = int((0.1 + drawn.random() * LONGEST_LIFE) * per_day)
            ended = int(drawn.random() * (now - lasted)) + lasted
            begun = ended - lasted
        filed.append((begun, place, ended))
    filed.sort(key=lambda life: life[0])
    return [
        Life(number, place, _moments(drawn, begun, ended, steps[place])) for number, (begun, place, ended) in enumerate(filed)
    ]


def _moments(drawn: Random, begun: int, ended: int, steps: int) -> tuple[int, ...]:
    later: Sequence[float] = sorted(drawn.random() for _ in range(steps - 1))
    return (begun, *(begun + int((ended - begun) * share) for share in later))
