"""Every way in which the elements of a condition can be answered, as far as the condition can tell them apart."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from portal.services.catalogue.conditions import (
    TODAY,
    AgeAtLeast,
    AllOf,
    Always,
    AnyOf,
    AtLeast,
    AtMost,
    Comparison,
    Condition,
    DaysAtLeast,
    Equals,
    Includes,
    Not,
    OneOf,
    elements_of,
    holds,
)
from portal.services.catalogue.elements import Element
from portal.services.catalogue.schema import Procedure

MOST_WORLDS = 4_096
SOMETHING_ELSE = "\x00something else"
SOME_DAY = "2026-07-01"


def outcomes(procedure: Procedure, condition: Condition) -> set[bool]:
    """The outcomes that the condition can have: `{True, False}` where it tells something."""
    found = set()
    for values in _worlds(procedure, condition):
        found.add(holds(condition, values))
        if len(found) == 2:
            break
    return found


def _worlds(procedure: Procedure, condition: Condition) -> Iterator[dict[str, Any]]:
    comparisons = list(comparisons_of(condition))
    names = sorted(set(elements_of(condition)))
    answers = [list(_possible(procedure.elements.get(name), [c for c in comparisons if c.element == name])) for name in names]
    for values in itertools.islice(itertools.product(*answers), MOST_WORLDS):
        known = {name: value for name, value in zip(names, values, strict=True) if value is not None}
        yield {**known, TODAY: SOME_DAY}


def comparisons_of(condition: Condition) -> Iterator[Comparison]:
    """Every comparison in a condition."""
    match condition:
        case AllOf(all=parts) | AnyOf(any=parts):
            for part in parts:
                yield from comparisons_of(part)
        case Not(not_=part):
            yield from comparisons_of(part)
        case Always():
            return
        case _:
            yield condition


def _possible(element: Element | None, comparisons: list[Comparison]) -> Iterator[Any]:
    """Nothing, what can be answered, and where the answer is free whatever the comparisons would tell apart."""
    yield None
    if element is None:  # a repeating group: how many items it holds
        yield from ([{}] * count for count in sorted(_bounds(comparisons) | {1}))
    elif element.kind == "choice":
        yield from (option.value for option in element.options)
    elif element.kind == "choices":
        options = [option.value for option in element.options]
        yield from ([value] for value in options)
        yield options
    elif element.kind == "declaration":
        yield True
    elif element.kind in ("count", "money", "year"):
        yield from sorted(number for number in _bounds(comparisons) | {0} if _allowed(element, number))
    elif any(isinstance(comparison, AgeAtLeast | DaysAtLeast) for comparison in comparisons):
        yield from ("1900-01-01", *_birthdays(comparisons), "2026-07-01")
    else:
        yield from _named(comparisons)
        yield SOMETHING_ELSE


def _allowed(element: Element, number: int) -> bool:
    return (element.minimum is None or number >= element.minimum) and (element.maximum is None or number <= element.maximum)


def _bounds(comparisons: list[Comparison]) -> set[int]:
    numbers: set[int] = set()
    for comparison in comparisons:
        match comparison:
            case AtLeast(at_least=bound) | AtMost(at_most=bound):
                numbers |= {bound - 1, bound, bound + 1}
            case Equals(equals=int(bound)):
                numbers |= {bound - 1, bound, bound + 1}
            case OneOf(one_of=bounds):
                numbers |= {number + step for number in bounds if isinstance(number, int) for step in (-1, 0, 1)}
    return {number for number in numbers if number >= 0}


def _birthdays(comparisons: list[Comparison]) -> Iterator[str]:
    for comparison in comparisons:
        if isinstance(comparison, AgeAtLeast):
            yield from (f"{2026 - comparison.age_at_least}-06-30", f"{2026 - comparison.age_at_least}-07-02")
        if isinstance(comparison, DaysAtLeast):
            bound = date.fromisoformat(SOME_DAY) - timedelta(comparison.days_at_least)
            yield from (bound.isoformat(), (bound + timedelta(1)).isoformat())


def _named(comparisons: list[Comparison]) -> Iterator[Any]:
    for comparison in comparisons:
        match comparison:
            case Equals(equals=value):
                yield value
            case OneOf(one_of=values):
                yield from values
            case Includes(includes=one):
                yield [one]
