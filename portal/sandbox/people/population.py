"""The whole population in memory: drawn once from a seed, then looked up by number, by role and by words."""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping, Sequence
from functools import lru_cache

from portal.sandbox.people.families import FAMILIES, THIS_YEAR
from portal.sandbox.people.folding import fold
from portal.sandbox.people.make import Maker
from portal.sandbox.people.model import Person
from portal.sandbox.people.staff import employ
from portal.sandbox.people.stories import tell_stories
from portal.sandbox.people.territory import ELSEWHERE, SERVED_WARDS

DEFAULT_SEED = 2026
SIZE = 21_500  # drawn until there are this many; more than twenty thousand of them are alive
_STORY_SEED = 1


class Population:
    """Every synthetic person, in a fixed order: people with a story, then staff, then everybody else."""

    listed: Sequence[Person]

    def __init__(self, people: list[Person]) -> None:
        self.people: Sequence[Person] = people
        self.by_id: MutableMapping[str, Person] = {person.personal_id: person for person in people}
        self.by_old_number: dict[str, list[Person]] = {}
        for person in people:
            if person.old_id_number:
                self.by_old_number.setdefault(person.old_id_number, []).append(person)
        self.listed = [person for person in people if person.story or person.is_alive]
        self._folded = [(person, folded(person)) for person in self.listed]

    def get(self, personal_id: str) -> Person | None:
        """The person with this number."""
        return self.by_id.get(personal_id)

    def holders(self, old_number: str) -> list[Person]:
        """Everybody who has this nine-digit number."""
        return self.by_old_number.get(old_number, [])

    def further(self, person: Person, steps: int) -> Person:
        """Somebody else: so many places on in the fixed order."""
        return self.people[(person.order + steps) % len(self.people)]

    def searchable(self) -> Iterable[tuple[Person, str]]:
        """Everybody listed, with the folded words by which they are found."""
        return self._folded

    def search(self, words: str, limit: int | None = None) -> Sequence[Person]:
        """People whose number, name or story has all these words, diacritics forgiven, exact spelling first."""
        wanted = fold(words).split()
        if not wanted:
            return self.listed[:limit]
        found = [
            person
            for person, text in self.searchable()
            if all(word in text or person.personal_id.startswith(word) for word in wanted)
        ]
        exact, loose = words.strip().lower(), " ".join(wanted)
        found.sort(key=lambda one: (exact not in one.full_name.lower(), loose not in fold(one.full_name)))
        return found[:limit]


def folded(person: Person) -> str:
    """The words by which somebody is found."""
    return fold(f"{person.full_name} {person.story or ''}")


def draw(seed: int = DEFAULT_SEED, size: int = SIZE) -> Population:
    """The population of a seed: the same people with the same numbers every time."""
    told = Maker(_STORY_SEED, set())
    tell_stories(told)
    employ(told)
    maker = Maker(seed, {person.personal_id for person in told.people})
    maker.people.extend(told.people)
    kinds, weights = [kind for kind, _ in FAMILIES], [weight for _, weight in FAMILIES]
    rng = maker.rng
    while len(maker.people) < size:
        ward = rng.choice(SERVED_WARDS) if rng.random() < 0.97 else rng.choice(ELSEWHERE)
        rng.choices(kinds, weights)[0](maker, ward)
    for person in maker.people[len(told.people) :]:
        _finish(maker, person)
    return Population(maker.people)


def _finish(maker: Maker, person: Person) -> None:
    """What depends on the whole life: the stale field, and where people stay for a while."""
    rng = maker.rng
    maker.maybe_stale(person)
    age = THIS_YEAR - person.birth_year
    if not person.is_alive or person.household is None or age < 18:
        return
    chance = rng.random()
    if chance < 0.05:
        from_day = maker.day_in(THIS_YEAR - 1)
        person.temporary = maker.household(rng.choice(ELSEWHERE), from_day).address
    elif chance < 0.06:
        from_day = maker.day_in(THIS_YEAR - 1)
        person.absence = {"from": from_day, "to": f"{THIS_YEAR + 1}-12-31", "reason": "Học tập, lao động ở nước ngoài"}


@lru_cache(maxsize=2)
def population(seed: int = DEFAULT_SEED) -> Population:
    """The population of this process."""
    return draw(seed)
