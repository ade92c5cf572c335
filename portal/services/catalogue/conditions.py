"""Conditions as data: a small, typed, total language over answers; nothing here can loop, fail or have an effect."""

from __future__ import annotations

from calendar import IllegalMonthError, monthrange
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Values = Mapping[str, Any]
TODAY = "@today"  # the day on which a condition is asked, as an ISO date among the values


class _Node(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Equals(_Node):
    """The element's value is exactly this."""

    element: str
    equals: str | int | bool


class OneOf(_Node):
    """The element's value is one of these."""

    element: str
    one_of: tuple[str | int, ...] = Field(min_length=1)


class Includes(_Node):
    """The element, a choice of several, holds this one among others."""

    element: str
    includes: str


class Answered(_Node):
    """The element has a value (or has none)."""

    element: str
    answered: bool


class AtLeast(_Node):
    """The element's number is this or more; of a repeating group, how many it holds."""

    element: str
    at_least: int


class AtMost(_Node):
    """The element's number is this or less; nothing is less than nothing, so an element without a number never holds."""

    element: str
    at_most: int


class AgeAtLeast(_Node):
    """So many whole years have passed since the element's date; of a date known in part, since its last possible day."""

    element: str
    age_at_least: int = Field(ge=0, le=150)


class DaysAtLeast(_Node):
    """So many days have passed since the element's date; of a date known in part, since its last possible day."""

    element: str
    days_at_least: int = Field(ge=0, le=36_600)


class AllOf(_Node):
    """Every part holds."""

    all: tuple[Condition, ...] = Field(min_length=1)


class AnyOf(_Node):
    """At least one part holds."""

    any: tuple[Condition, ...] = Field(min_length=1)


class Not(_Node):
    """The part does not hold."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_by_name=True)
    not_: Condition = Field(alias="not")


class Always(_Node):
    """Holds always: the condition of a question that is always asked."""

    always: Literal[True]


Comparison = Equals | OneOf | Includes | Answered | AtLeast | AtMost | AgeAtLeast | DaysAtLeast
Condition = Annotated[Comparison | AllOf | AnyOf | Not | Always, Field(union_mode="left_to_right")]
for _model in (AllOf, AnyOf, Not):
    _model.model_rebuild()
ALWAYS = Always(always=True)


def holds(condition: Condition, values: Values) -> bool:
    """Whether the condition holds over `values` (element -> plain value, and `TODAY`); a missing value equals nothing."""
    match condition:
        case AllOf(all=parts):
            return all(holds(part, values) for part in parts)
        case AnyOf(any=parts):
            return any(holds(part, values) for part in parts)
        case Not(not_=part):
            return not holds(part, values)
        case Always():
            return True
    return _compares(condition, values)


def _compares(condition: Comparison, values: Values) -> bool:
    value = values.get(condition.element)
    match condition:
        case Equals(equals=wanted):
            return same(value, wanted)
        case OneOf(one_of=wanted_values):
            return any(same(value, wanted) for wanted in wanted_values)
        case Includes(includes=wanted):
            return isinstance(value, list | tuple) and wanted in value
        case Answered(answered=wanted):
            return (value not in (None, "", [], {})) == wanted
        case AtLeast(at_least=least):
            number = _number(value)
            return number is not None and number >= least
        case AtMost(at_most=most):
            number = _number(value)
            return number is not None and number <= most
        case AgeAtLeast(age_at_least=years):
            age = age_on(value, values.get(TODAY))
            return age is not None and age >= years
        case DaysAtLeast(days_at_least=days):
            passed = days_between(value, values.get(TODAY))
            return passed is not None and passed >= days


def same(value: Any, wanted: str | int | bool) -> bool:
    """Equal and of one type: the number 1 is not `true`, and no text is a number."""
    return type(value) is type(wanted) and bool(value == wanted)


def _number(value: Any) -> int | None:
    if isinstance(value, list | tuple):
        return len(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def age_on(born: Any, on: Any) -> int | None:
    """Whole years from a date (known wholly or in part: YYYY[-MM[-DD]]) to a day; None where either is no date.

    Of a date known in part the youngest age is given, so that nobody is taken to be of age who may not be.
    """
    try:
        year, *rest = (int(part) for part in str(born).split("-"))
        day = date.fromisoformat(str(on))
    except ValueError:
        return None
    month, day_of_month = [*rest, 12, 31][:2] if not rest else [*rest, 31][:2]
    has_passed = (day.month, day.day) >= (month, day_of_month)
    return day.year - year - (0 if has_passed else 1)


def days_between(start: Any, end: Any) -> int | None:
    """The days from a date (known wholly or in part) to a day; of one known in part, from its last possible day."""
    try:
        year, *rest = (int(part) for part in str(start).split("-"))
        month = rest[0] if rest else 12
        day_of_month = rest[1] if len(rest) > 1 else monthrange(year, month)[1]
        return (date.fromisoformat(str(end)) - date(year, month, day_of_month)).days
    except (ValueError, IllegalMonthError):
        return None


def elements_of(condition: Condition) -> Iterator[str]:
    """Every element that the condition looks at."""
    match condition:
        case AllOf(all=parts) | AnyOf(any=parts):
            for part in parts:
                yield from elements_of(part)
        case Not(not_=part):
            yield from elements_of(part)
        case Always():
            return
        case _:
            yield condition.element
