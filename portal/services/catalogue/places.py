"""Places in a definition: how one part of it is named, found, replaced, added, moved, taken out. Pure functions.

A place is a path such as `pages/purpose/questions/certificate.copies`: an item of a list is named by what it is known by
(`id`, `key`, `element`), and by its number from 1 where it is known by nothing. `TOGETHER` names what stands at the top
of the definition and is edited together.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import rfc8785

from portal.crypto import sha256
from portal.services.catalogue.schema import Definition

KNOWN_BY = ("id", "key", "element")
TOGETHER: dict[str, tuple[str, ...]] = {
    "@identity": (
        "name", "field", "kind", "decision", "levels", "valid_from", "valid_to", "level", "partial_reason_kind", "partial_reason",
        "assurance", "life_events", "keywords", "tags", "aliases", "replaced_by", "unsure",
    ),
    "@page": ("outcome", "who", "requirements", "steps_in_words"),
    "@filing": ("subject_element", "delivery_element", "contact_elements", "copies_element", "declaration"),
    "@refusal": ("forms_family", "refusal_grounds"),
}  # fmt: skip
Data = dict[str, Any]


class NoSuchPlace(LookupError):
    """The definition has no part of this name, or not any more."""


def whole(definition: Definition) -> Data:
    """The definition as plain JSON with nothing left out."""
    data: Data = definition.model_dump(mode="json", by_alias=True)
    return data


def seen(part: Any) -> str:
    """The mark of a part as it was seen; another mark means that somebody changed it since."""
    return sha256(rfc8785.dumps(part)).hex()[:16]


def name_of(item: Any, number: int) -> str:
    """What an item of a list is called in a place; `number` counts from 1."""
    if isinstance(item, dict):
        for key in KNOWN_BY:
            if item.get(key):
                return str(item[key])
    return str(number)


def part_at(data: Data, place: str) -> Any:
    """The part at a place.

    Raises:
        NoSuchPlace: there is none.
    """
    if place in TOGETHER:
        return {name: data[name] for name in TOGETHER[place]}
    here: Any = data
    for step in _steps(place):
        here = here[_index(here, step)]
    return here


def with_part(data: Data, place: str, part: Any) -> Data:
    """The data with another part at a place."""
    if not place or place in TOGETHER:
        return {**data, **part}
    return _changed(data, place, lambda holder, index: holder.__setitem__(index, part))


def without_part(data: Data, place: str) -> Data:
    """The data without the part at a place."""
    return _changed(data, place, lambda holder, index: holder.__delitem__(index))


def with_item(data: Data, place: str, item: Any) -> Data:
    """The data with one item more at the end of the list at a place."""
    copied = copy.deepcopy(data)
    items = part_at(copied, place)
    if not isinstance(items, list):
        raise NoSuchPlace(place)
    items.append(item)
    return copied


def with_moved(data: Data, place: str, by: int) -> Data:
    """The data with the item at a place moved up (-1) or down (1); at an end it stays."""

    def move(holder: Any, index: Any) -> None:
        target = index + by
        if isinstance(holder, list) and 0 <= target < len(holder):
            holder[index], holder[target] = holder[target], holder[index]

    return _changed(data, place, move)


def _changed(data: Data, place: str, change: Callable[[Any, Any], None]) -> Data:
    copied = copy.deepcopy(data)
    *above, last = _steps(place)
    holder = part_at(copied, "/".join(above))
    change(holder, _index(holder, last))
    return copied


def _steps(place: str) -> list[str]:
    return [step for step in place.split("/") if step]


def _index(holder: Any, step: str) -> Any:
    if isinstance(holder, dict) and step in holder:
        return step
    if isinstance(holder, list):
        for index, item in enumerate(holder):
            if name_of(item, index + 1) == step:
                return index
    raise NoSuchPlace(step)
