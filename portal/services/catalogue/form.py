"""The form of a procedure: pages, questions, repeating groups, and the look-ups that fill them in."""

from __future__ import annotations

from typing import Annotated, Literal

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


Relation = Literal["father", "mother", "spouse", "child", "minor_child", "guardian", "ward"]


class Whom(Part):
    """Whom a dossier is about where that may be another than who files: chosen among those whom the population registry names.

    `element`: of the kind `person`, into which the chosen one is put. `relations`: what they may be to who files; a
    `minor_child` is under 18. `may_be_self`, `may_be_other`: it may be about who files, or about somebody whom the registry
    does not name, whose facts are then typed. `sets`: answers that follow once one of them is chosen.
    """

    element: str
    title: str
    why: str = ""
    relations: tuple[Relation, ...] = Field(min_length=1)
    may_be_self: bool = False
    may_be_other: bool = True
    sets: dict[str, str] = {}


class Lookup(Part):
    """One registry asked, for which elements, why, and on which legal ground.

    `about`: the element (of the kind `person`) that names whom it is about; empty for who files. Somebody else is looked up
    for a citizen only where a registry named them, never by what was typed.
    """

    registry: RegistryName
    about: str = ""
    purpose: str
    legal_ground: str
    why: str
    elements: tuple[str, ...] = Field(min_length=1)

    @property
    def name(self) -> str:
        """What tells this look-up from the others of its procedure: the registry, and about whom."""
        return f"{self.registry}/{self.about}" if self.about else self.registry
