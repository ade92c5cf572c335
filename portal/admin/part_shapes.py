"""Which form a part of a definition has: its fields, and the lists inside it, read off the schema; no words, no drawing."""

from __future__ import annotations

import types
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from portal.services.catalogue.conditions import Always
from portal.services.catalogue.elements import Option, Part, Text2
from portal.services.catalogue.places import TOGETHER
from portal.services.catalogue.schema import Definition
from portal.services.errors import NotFound

FieldKind = Literal[
    "text", "lines", "pairs", "choice", "several", "yes", "number", "date", "condition", "text2", "options", "part"
]
TICKED = frozenset({"channels", "cases", "payer_classes", "levels", "elements"})  # lists whose members are ticked


@dataclass(frozen=True)
class Field:
    """One field of a part: what it is called in the schema, how it is filled in, what it may be."""

    name: str
    kind: FieldKind
    values: tuple[str, ...] = ()
    is_required: bool = False
    model: type[Part] | None = None


@dataclass(frozen=True)
class Shape:
    """A part: its model, the fields of its form, and the lists that have pages of their own."""

    model: type[Part]
    fields: tuple[Field, ...]
    lists: tuple[str, ...]


@dataclass(frozen=True)
class Holder:
    """A list (or, of own elements, a table by key) of parts."""

    model: type[Part]
    is_keyed: bool


def shape_at(place: str) -> Shape | Holder:
    """The shape of whatever stands at a place.

    Raises:
        NotFound: no definition has such a place.
    """
    if place in TOGETHER:
        return shape_of(Definition, TOGETHER[place])
    here: Any = Definition
    for step in place.split("/"):
        if isinstance(here, Holder):
            here = here.model
        elif isinstance(here, type) and issubclass(here, Part) and step in here.model_fields:
            here = _inside(here.model_fields[step])
        else:
            raise NotFound
    if isinstance(here, Holder):
        return here
    if isinstance(here, type) and issubclass(here, Part):
        return shape_of(here)
    raise NotFound


def _inside(field: FieldInfo) -> Any:
    annotation = _without_none(field.annotation)
    if get_origin(annotation) in (tuple, dict):
        model = get_args(annotation)[0 if get_origin(annotation) is tuple else 1]
        if isinstance(model, type) and issubclass(model, Part):
            return Holder(model, is_keyed=get_origin(annotation) is dict)
    return annotation


def shape_of(model: type[Part], names: tuple[str, ...] = ()) -> Shape:
    """The shape of a model, or of some of its fields."""
    chosen = names or tuple(model.model_fields)
    lists = tuple(name for name in chosen if _is_list(model, name))
    fields = tuple(_field(model, name) for name in chosen if name not in lists)
    return Shape(model, fields, lists)


def _is_list(model: type[Part], name: str) -> bool:
    """Whether the field is a list with pages of its own; the answers of a choice are lines of its form."""
    inside = _inside(model.model_fields[name])
    return isinstance(inside, Holder) and inside.model is not Option


def _field(model: type[Part], name: str) -> Field:
    info = model.model_fields[name]
    annotation = _without_none(info.annotation)
    values = _values(annotation)
    kind = _kind(annotation, name, bool(values))
    inner = annotation if kind == "part" else None
    return Field(info.alias or name, kind, values, info.is_required(), inner)


def _kind(annotation: Any, name: str, has_values: bool) -> FieldKind:
    origin = get_origin(annotation)
    if origin is tuple:
        member = get_args(annotation)[0]
        return "options" if member is Option else "several" if name in TICKED or _values(member) else "lines"
    if origin is dict:
        return "pairs"
    simple: dict[Any, FieldKind] = {bool: "yes", int: "number", date: "date", Text2: "text2"}
    if annotation in simple:
        return simple[annotation]
    if Always in _alternatives(annotation):
        return "condition"
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return "part"
    return "choice" if has_values else "text"


def _alternatives(annotation: Any) -> tuple[Any, ...]:
    return get_args(annotation) if get_origin(annotation) in (Union, types.UnionType) else ()


def _without_none(annotation: Any) -> Any:
    others = [one for one in _alternatives(annotation) if one is not type(None)]
    return others[0] if len(others) == 1 and len(_alternatives(annotation)) == 2 else annotation


def _values(annotation: Any) -> tuple[str, ...]:
    """The words of a Literal, also inside a tuple."""
    if get_origin(annotation) is tuple:
        return _values(get_args(annotation)[0])
    return tuple(str(value) for value in get_args(annotation)) if get_origin(annotation) is Literal else ()
