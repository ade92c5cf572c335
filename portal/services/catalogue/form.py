"""The form of a procedure: pages, questions, repeating groups, and the look-ups that fill them in."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from portal.services.catalogue.conditions import ALWAYS, Condition
from portal.services.catalogue.elements import KEY, Part, RegistryName

SLUG = r"^[a-z][a-z0-9-]{0,40}$"
Slug = Annotated[str, Field(pattern=SLUG)]


class Question(Part):
    """An element asked on a page, under a condition, with the reason why it is asked.

    `usual`: what nearly everybody answers; it stands in the box from the start, seen and changed by whoever wants another.
    """

    element: str
    is_required: bool = True
    when: Condition = ALWAYS
    why: str = ""
    label: str = ""
    usual: str = ""
    legal_ground: str = ""


class Seed(Part):
    """Where a group's first items come from: a list inside a registry's element, member by member.

    `fields`: element of the item -> field of the member (`full_name`, `personal_id` …).
    """

    element: str
    path: str = ""
    fields: dict[str, str] = Field(min_length=1)


class Group(Part):
    """Questions that repeat, item after item: members of a household, guests, heirs.

    Its answer stands under `key` as a list of items, each an answers document of its own.
    """

    key: str = Field(pattern=KEY)
    title: str
    item_title: str
    minimum: int = Field(0, ge=0, le=50)
    maximum: int = Field(10, ge=1, le=50)
    when: Condition = ALWAYS
    why: str = ""
    seed: Seed | None = None
    questions: tuple[Question, ...] = ()


class Page(Part):
    """One page of questions, and after them the groups that repeat."""

    id: Slug
    title: str
    introduction: str = ""
    when: Condition = ALWAYS
    questions: tuple[Question, ...] = ()
    groups: tuple[Group, ...] = ()


class Ordering(Part):
    """Two dates of which one may not stand after the other."""

    earlier: str
    later: str
    message: str


class Lookup(Part):
    """One registry asked, for which elements, why, and on which legal ground."""

    registry: RegistryName
    purpose: str
    legal_ground: str
    why: str
    elements: tuple[str, ...] = Field(min_length=1)
