"""Making one person and joining people by birth, marriage, divorce and death; which families there are is elsewhere."""

from __future__ import annotations

from calendar import monthrange
from random import Random

from portal.sandbox.people import names
from portal.sandbox.people.addresses import Address, birthplace, house_in
from portal.sandbox.people.folding import fold
from portal.sandbox.people.identifiers import MAIL_DOMAIN, PersonalIds, old_number, phone
from portal.sandbox.people.model import Ending, Household, Marriage, Named, Person, Stay
from portal.sandbox.people.territory import ELSEWHERE, OLD_PROVINCES, SERVED_WARDS, Ward

TODAY = "2026-11-01"  # the day the simulation was drawn; no event is later
STALE_RATE = 0.2  # of those whose civil status ever changed, the share whose population field was left behind

_HANOI = "001"
_OTHER_PROVINCES = [code for code in OLD_PROVINCES if code != _HANOI]
_RELIGIONS = ("Phật giáo", "Công giáo", "Tin Lành", "Cao Đài", "Hòa Hảo")


class Maker:
    """The one source of chance and of numbers for a population."""

    def __init__(self, seed: int, taken: set[str]) -> None:
        self.rng = Random(seed)
        self.ids = PersonalIds(taken)
        self.people: list[Person] = []
        self._books = 0
        self._files = 0

    def day_in(self, year: int) -> str:
        """A day of `year`, never after TODAY."""
        month = self.rng.randint(1, 12)
        day = f"{year}-{month:02d}-{self.rng.randint(1, monthrange(year, month)[1]):02d}"
        return min(day, TODAY)

    def person(
        self,
        year: int,
        sex: str,
        *,
        family: str = "",
        group: names.People | None = None,
        place: str = "",
        birth: str = "",
    ) -> Person:
        """A new person born in `year`; without a family name one of the group is drawn."""
        rng = self.rng
        group = group or names.choose_group(rng)
        place = place or (_HANOI if rng.random() < 0.55 else rng.choice(_OTHER_PROVINCES))
        name = names.full_name(rng, group, sex, family or names.family_name(rng, group))
        order = len(self.people)
        made = Person(
            personal_id=self.ids.new(place, year, sex),
            full_name=name,
            birth=birth or self._birth(year),
            sex=sex,
            birth_code=place,
            ethnicity=(group.code, group.name),
            order=order,
            origin_code=place,
            religion=rng.choice(_RELIGIONS) if rng.random() < 0.12 else None,
            blood_group=rng.choice("A B AB O O".split()) if rng.random() < 0.3 else None,
            old_id_number=old_number(place, order) if year < 2000 and rng.random() < 0.7 else None,
            other_name=name.split()[-1] + " Con" if rng.random() < 0.01 else None,
        )
        self._contacts(made)
        self.people.append(made)
        return made

    def _birth(self, year: int) -> str:
        if year < 1960 and self.rng.random() < 0.12:
            return f"{year}" if self.rng.random() < 0.7 else f"{year}-{self.rng.randint(1, 12):02d}"
        return self.day_in(year)

    def _contacts(self, person: Person) -> None:
        age = 2026 - person.birth_year
        if age >= 14:
            person.phone = phone(100 + person.order % 900)
            words = fold(person.full_name).replace("'", "").split()
            if age < 75:
                person.email = f"{words[-1]}.{words[0]}{person.order}@{MAIL_DOMAIN}"
        person.assurance = 2 if age >= 18 and self.rng.random() < 0.92 else 1

    def unknown_parents(self, person: Person, father_share: float = 0.98) -> None:
        """Parents who are names only, as for most adults; a few people have no father on paper."""
        rng, group = self.rng, names.GROUPS[person.ethnicity[0]]
        family = family_of(person)
        year = person.birth_year - 27
        if rng.random() < father_share:
            father = names.full_name(rng, group, "male", family)
            person.father = Named(father, old_number(person.birth_code, person.order + 40_000) if year > 1930 else None)
        mother = names.full_name(rng, group, "female", names.family_name(rng, group))
        person.mother = Named(mother, old_number(person.birth_code, person.order + 70_000) if year > 1930 else None)

    def child(self, mother: Person, father: Person | None, year: int) -> Person:
        """A child born to these parents in `year`."""
        if father is None:
            family, group = family_of(mother), mother.ethnicity[0]
        else:
            family, group = family_of(father), father.ethnicity[0]
        sex = "male" if self.rng.random() < 0.52 else "female"
        place = _HANOI if self.rng.random() < 0.8 else mother.birth_code
        if place not in OLD_PROVINCES:
            place = _HANOI
        born = self.person(year, sex, family=family, group=names.GROUPS[group], place=place, birth=self.day_in(year))
        born.origin_code = father.origin_code if father else mother.origin_code
        adopt(born, mother, father)
        return born

    def twin(self, of: Person) -> Person:
        """A second child of the same birth, same sex; sometimes, by a registrar's mistake, of the same name."""
        assert isinstance(of.mother, Person)
        father = of.father if isinstance(of.father, Person) else None
        born = self.person(
            of.birth_year,
            of.sex,
            family=family_of(father or of.mother),
            group=names.GROUPS[of.ethnicity[0]],
            place=of.birth_code,
            birth=of.birth,
        )
        born.origin_code = of.origin_code
        if self.rng.random() < 0.25:
            born.full_name = of.full_name
        adopt(born, of.mother, father)
        return born

    def marry(self, husband: Person, wife: Person, on: str, place: str) -> Marriage:
        """An entry in the register of marriages, in both lives."""
        self._books += 1
        year = on[:4]
        act = Marriage(
            f"{self._books % 300 + 1}/{year}", f"{self._books % 4 + 1:02d}/{year}", on, place,
            husband.personal_id, wife.personal_id,
        )  # fmt: skip
        husband.marriages.append(act)
        wife.marriages.append(act)
        return act

    def divorce(self, act: Marriage, on: str, *, is_annulment: bool = False) -> None:
        """The marriage ends by a court's decision, or is found never to have been one."""
        number = self.rng.randint(11, 480)
        kind, paper = ("annulment", "QĐST-VDS") if is_annulment else ("divorce", "QĐST-HNGĐ")
        court = "Tòa án nhân dân khu vực 1 - Hà Nội (mô phỏng)"
        act.ended = Ending(kind, on, f"Quyết định số {number}/{on[:4]}/{paper}", court)

    def die(self, person: Person, on: str, kind: str = "dead") -> None:
        """The person dies; a marriage that stands is ended by it."""
        person.death = (on, kind)
        person.account = "closed"
        if person.marriages and person.marriages[-1].ended is None:
            number = self.rng.randint(1, 300)
            person.marriages[-1].ended = Ending("death", on, f"Trích lục khai tử số {number}/{on[:4]}", "UBND phường (mô phỏng)")

    def maybe_stale(self, person: Person) -> None:
        """At the known rate, the population registry was never told of the last change."""
        if person.marriages and self.rng.random() < STALE_RATE:
            person.stale_marital_status = "never_married" if person.marital_status == "married" else "married"
            person.record_version = 1
        elif person.marriages:
            person.record_version = 1 + len(person.marriages)

    def household(self, ward: Ward, since: str) -> Household:
        """An empty household in a house of `ward`."""
        self._files += 1
        return Household(f"{ward.code}-{self._files:06d}", house_in(ward, self.rng, since))


def adopt(child: Person, mother: Person, father: Person | None) -> None:
    """Writes the bond of parent and child on both sides."""
    child.mother = mother
    mother.children.append(child)
    if father is not None:
        child.father = father
        father.children.append(child)


def family_of(person: Person) -> str:
    """The family name that children inherit, where the group has one."""
    group = names.GROUPS[person.ethnicity[0]]
    known = names.FAMILY if group.code == "01" else group.family
    for word in sorted(known, key=len, reverse=True):
        if word and (person.full_name.startswith(word + " ") or person.full_name.endswith(" " + word)):
            return word
    return "" if group.code == "13" else (known[0] if known else "")


def settle(person: Person, home: Household, since: str, rng: Random) -> None:
    """Enters the person in the household and writes where they lived before."""
    start = first_day(person)
    was_born_here = person.birth_code == _HANOI and not home.members and rng.random() < 0.4
    since = start if was_born_here else max(since, start)
    home.members.append(person)
    person.household = home
    before = _earlier_house(person, start, since, rng)
    person.stays = ([Stay(before, start, since)] if before else []) + [Stay(home.address, since)]


def first_day(person: Person) -> str:
    """The day a residence history starts: birth, or the first day that a partly known birth allows."""
    return (person.birth + "-01-01")[:10] if len(person.birth) == 4 else (person.birth + "-01")[:10]


def _earlier_house(person: Person, start: str, since: str, rng: Random) -> Address | None:
    if since <= start:
        return None
    if person.birth_code == _HANOI:
        return house_in(rng.choice(SERVED_WARDS), rng, start)
    old = OLD_PROVINCES.get(person.birth_code)
    if old is None:
        return None
    wards = [ward for ward in ELSEWHERE if ward.province_code == old.today]
    return house_in(rng.choice(wards), rng, start) if wards else birthplace(old.code)
