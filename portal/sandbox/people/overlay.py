"""The population as one registry knows it: the immutable one, and laid over it everybody whom an act has changed since.

Whoever is changed is copied with the whole family, the copy is changed, and then it takes the place of what stood there:
nobody who is reading sees half an act, and the drawn population, which many share, stays what it is.
"""

from __future__ import annotations

import copy
from collections import ChainMap
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from portal.sandbox.people.model import Household, Marriage, Named, Person
from portal.sandbox.people.population import Population, folded

Thing = TypeVar("Thing")


class Overlay(Population):
    """A population that acts can change."""

    def __init__(self, base: Population) -> None:
        self._base = base
        self._own: dict[str, Person] = {}
        self.by_id = ChainMap(self._own, base.by_id)
        self.by_old_number = base.by_old_number

    @property
    def people(self) -> Sequence[Person]:  # type: ignore[override]
        """Everybody, the newborn last."""
        return [*(self._now(person) for person in self._base.people), *self._newborn()]

    @property
    def listed(self) -> Sequence[Person]:  # type: ignore[override]
        """Those who are shown to whoever wants to be somebody."""
        return [person for person in (*map(self._now, self._base.listed), *self._newborn()) if person.story or person.is_alive]

    def holders(self, old_number: str) -> list[Person]:
        """Everybody who has this nine-digit number."""
        return [self._now(person) for person in self._base.holders(old_number)]

    def further(self, person: Person, steps: int) -> Person:
        """Somebody else: so many places on in the fixed order."""
        return self._now(self._base.further(person, steps))

    def searchable(self) -> Iterable[tuple[Person, str]]:
        """Everybody listed, with the folded words by which they are found."""
        for person, words in self._base.searchable():
            if person.personal_id not in self._own:
                yield person, words
        yield from ((person, folded(person)) for person in list(self._own.values()) if person.story or person.is_alive)

    def draft(self, *personal_ids: str) -> Draft:
        """Copies of these people and of all who belong to them, to be changed."""
        return Draft(self, [self.by_id[one] for one in personal_ids if one])

    def take(self, people: Iterable[Person]) -> None:
        """From now on these are what is known of those people."""
        self._own.update({person.personal_id: person for person in people})

    def forget(self) -> None:
        """Nothing has happened since the population was drawn."""
        self._own.clear()

    def _now(self, person: Person) -> Person:
        return self._own.get(person.personal_id, person)

    def _newborn(self) -> list[Person]:
        return [person for number, person in list(self._own.items()) if number not in self._base.by_id]


class Draft:
    """A family copied, bonds and all, while an act changes it; `commit` puts it in place."""

    def __init__(self, overlay: Overlay, people: list[Person]) -> None:
        self._overlay = overlay
        found = list(_family(overlay, people))
        self._copies = {id(person): copy.copy(person) for person in found}
        self._people = {person.personal_id: self._copies[id(person)] for person in found}
        self._homes: dict[int, Household] = {}
        self._marriages: dict[int, Marriage] = {}
        for person in self._people.values():
            self._bind(person)
        for home in self._homes.values():
            home.members = [self._of(member) for member in home.members]

    def person(self, personal_id: str) -> Person:
        """The copy of somebody of this family."""
        return self._people[personal_id]

    def add(self, person: Person) -> None:
        """Somebody who was not there before."""
        self._people[person.personal_id] = person

    def commit(self, *changed: str) -> None:
        """The copies take their places; the records of those who were changed have a new version."""
        for personal_id in changed:
            self._people[personal_id].record_version += 1
        self._overlay.take(self._people.values())

    def _bind(self, person: Person) -> None:
        person.father, person.mother = self._relative(person.father), self._relative(person.mother)
        person.guardian = self._of(person.guardian) if person.guardian else None
        person.children, person.wards = [self._of(one) for one in person.children], [self._of(one) for one in person.wards]
        person.household = _copied(self._homes, person.household) if person.household else None
        person.marriages = [_copied(self._marriages, act) for act in person.marriages]
        person.stays = [copy.copy(stay) for stay in person.stays]
        person.acts = dict(person.acts)

    def _relative(self, who: Person | Named | None) -> Person | Named | None:
        return self._of(who) if isinstance(who, Person) else who

    def _of(self, person: Person) -> Person:
        return self._copies.get(id(person), person)


def _copied(done: dict[int, Thing], one: Thing) -> Thing:
    if id(one) not in done:
        done[id(one)] = copy.copy(one)
    return done[id(one)]


def _family(overlay: Overlay, people: list[Person]) -> Iterator[Person]:
    """Everybody who is bound to these people by blood, marriage, care or a common roof, near or far."""
    seen: set[str] = set()
    waiting = list(people)
    while waiting:
        person = waiting.pop()
        if person.personal_id in seen:
            continue
        seen.add(person.personal_id)
        yield person
        waiting += [one for one in (person.father, person.mother, person.guardian) if isinstance(one, Person)]
        waiting += [*person.children, *person.wards, *(person.household.members if person.household else ())]
        waiting += [overlay.by_id[act.other(person.personal_id)] for act in person.marriages]
