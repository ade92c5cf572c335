"""Conditions as data: a small, typed, total language over answers; nothing here can loop, fail or have an effect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Values = Mapping[str, Any]


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


class Answered(_Node):
    """The element has a value (or has none)."""

    element: str
    answered: bool


class AllOf(_Node):
    """Every part holds."""

    all: tuple[Condition, ...] = Field(min_length=1)


class AnyOf(_Node):
    """At least one part holds."""

    any: tuple[Condition, ...] = Field(min_length=1)


class Not(_Node):
    """The part does not hold."""

    not_: Condition = Field(alias="not")


class Always(_Node):
    """Holds always: the condition of a question that is always asked."""

    always: Literal[True]


Condition = Annotated[Equals | OneOf | Answered | AllOf | AnyOf | Not | Always, Field(union_mode="left_to_right")]
for _model in (AllOf, AnyOf, Not):
    _model.model_rebuild()


def holds(condition: Condition, values: Values) -> bool:
    """Whether the condition holds over `values` (element -> plain value); a missing value equals nothing."""
    match condition:
        case Equals(element=element, equals=wanted):
            return values.get(element) == wanted
        case OneOf(element=element, one_of=wanted_values):
            return values.get(element) in wanted_values
        case Answered(element=element, answered=wanted):
            return (values.get(element) not in (None, "")) == wanted
        case AllOf(all=parts):
            return all(holds(part, values) for part in parts)
        case AnyOf(any=parts):
            return any(holds(part, values) for part in parts)
        case Not(not_=part):
            return not holds(part, values)
    return True


def elements_of(condition: Condition) -> Iterator[str]:
    """Every element that the condition looks at."""
    match condition:
        case Equals(element=element) | OneOf(element=element) | Answered(element=element):
            yield element
        case AllOf(all=parts) | AnyOf(any=parts):
            for part in parts:
                yield from elements_of(part)
        case Not(not_=part):
            yield from elements_of(part)
