"""Chance without a generator: what is drawn of a person is the same whenever and in whatever order it is asked."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

Thing = TypeVar("Thing")


def share(who: str, topic: str) -> float:
    """A number from 0 to 1 that belongs to somebody (a personal ID, a household) and a topic."""
    digest = hashlib.blake2b(f"{topic}:{who}".encode(), digest_size=7).digest()
    return int.from_bytes(digest) / 2**56


def number(who: str, topic: str, least: int, most: int) -> int:
    """A whole number of that range."""
    return least + int(share(who, topic) * (most - least + 1))


def pick(who: str, topic: str, things: Sequence[Thing]) -> Thing:
    """One of the things."""
    return things[number(who, topic, 0, len(things) - 1)]


def digits(who: str, topic: str, count: int) -> str:
    """So many digits, the first zeros kept."""
    return f"{number(who, topic, 0, 10**count - 1):0{count}d}"


def day(who: str, topic: str, first: str, last: str) -> str:
    """A day between two, both whole ISO dates; of months the first 28 days alone, so that it exists."""
    from_month, to_month = (int(text[:4]) * 12 + int(text[5:7]) - 1 for text in (first, last))
    month = number(who, f"{topic} month", from_month, max(from_month, to_month))
    drawn = f"{month // 12}-{month % 12 + 1:02d}-{number(who, f'{topic} day', 1, 28):02d}"
    return min(max(drawn, first), max(first, last))
