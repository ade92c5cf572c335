"""The kinds of families and how each is drawn: couples, the divorced, the widowed, the alone, three generations."""

from __future__ import annotations

from collections.abc import Callable

from portal.sandbox.people.addresses import Address
from portal.sandbox.people.make import TODAY, Maker, settle
from portal.sandbox.people.model import Household, Person, Stay
from portal.sandbox.people.territory import COUNTRIES, Ward

THIS_YEAR = int(TODAY[:4])


def couple(maker: Maker, ward: Ward, oldest: int = 1946, youngest: int = 1998) -> tuple[Household, Person, Person]:
    """A married couple in a house of their own, the head first."""
    rng = maker.rng
    year = rng.randint(oldest, youngest)
    husband = maker.person(year, "male")
    wife = maker.person(min(year + rng.randint(-3, 6), 2004), "female")
    for spouse in (husband, wife):
        maker.unknown_parents(spouse)
    at = max(husband.birth_year + 21, wife.birth_year + 19) + rng.randint(0, 8)
    wedding = maker.day_in(min(at, THIS_YEAR))
    home = maker.household(ward, wedding)
    maker.marry(husband, wife, wedding, place_of(home.address))
    husband_leads = rng.random() < 0.68
    for spouse in (husband, wife) if husband_leads else (wife, husband):
        settle(spouse, home, wedding, rng)
    return home, husband, wife


def add_children(maker: Maker, home: Household, husband: Person, wife: Person, until: int = THIS_YEAR) -> list[Person]:
    """The couple's children, those who are grown up and gone left out of the simulation."""
    rng = maker.rng
    first = int(husband.marriages[-1].registered_on[:4]) + rng.randint(1, 3)
    children: list[Person] = []
    for number in range(rng.choices((0, 1, 2, 3), (1, 4, 6, 1))[0]):
        year = first + number * rng.randint(2, 4)
        if year > min(until, wife.birth_year + 44) or (THIS_YEAR - year > 27 and rng.random() < 0.8):
            continue
        born = maker.child(wife, husband, year)
        children.append(born)
        if rng.random() < 0.012:
            children.append(maker.twin(born))
    for child in children:
        settle(child, home, child.birth, rng)
    return children


def family(maker: Maker, ward: Ward) -> None:
    """A couple with their children."""
    home, husband, wife = couple(maker, ward)
    add_children(maker, home, husband, wife)


def three_generations(maker: Maker, ward: Ward) -> None:
    """Grandparents, their married son, his wife and their children under one roof; some grandparents have died."""
    rng = maker.rng
    home, grandfather, grandmother = couple(maker, ward, 1940, 1962)
    wedded = int(grandfather.marriages[0].registered_on[:4])
    son_year = min(max(wedded + rng.randint(1, 4), grandmother.birth_year + 19), grandmother.birth_year + 42)
    son = maker.child(grandmother, grandfather, son_year)
    if son.sex == "female":
        settle(son, home, son.birth, rng)
        return
    settle(son, home, son.birth, rng)
    bride = maker.person(min(son_year + rng.randint(-2, 5), 2003), "female")
    maker.unknown_parents(bride)
    wedding = maker.day_in(min(max(son_year + 21, bride.birth_year + 19) + rng.randint(0, 6), THIS_YEAR))
    maker.marry(son, bride, wedding, place_of(home.address))
    settle(bride, home, wedding, rng)
    add_children(maker, home, son, bride)
    for elder in (grandfather, grandmother):
        if rng.random() < 0.25:
            bury(maker, elder, home)


def divorced(maker: Maker, ward: Ward) -> None:
    """A couple parted by a court: each has a house of their own, the children stay with the mother; some remarry."""
    rng = maker.rng
    home, husband, wife = couple(maker, ward, 1955, 1993)
    wedded = int(husband.marriages[0].registered_on[:4])
    parted = min(wedded + rng.randint(2, 14), THIS_YEAR)
    add_children(maker, home, husband, wife, until=parted)
    on = max(maker.day_in(parted), husband.marriages[0].registered_on)
    maker.divorce(husband.marriages[0], on, is_annulment=not wife.children and rng.random() < 0.1)
    move_out(maker, husband, home, ward, on)
    home.lead(wife)
    if rng.random() < 0.3 and parted < THIS_YEAR - 1:
        second_wife(maker, husband, parted)


def second_wife(maker: Maker, husband: Person, parted: int) -> None:
    """A divorced man marries again and his wife joins him."""
    rng = maker.rng
    year = rng.randint(parted + 1, THIS_YEAR)
    bride = maker.person(min(husband.birth_year + rng.randint(0, 8), year - 19), "female")
    maker.unknown_parents(bride)
    assert husband.household is not None
    wedding = max(maker.day_in(year), f"{parted + 1}-01-01")
    maker.marry(husband, bride, wedding, place_of(husband.household.address))
    settle(bride, husband.household, wedding, rng)


def widowed(maker: Maker, ward: Ward) -> None:
    """One of a couple has died; the other leads the household."""
    rng = maker.rng
    home, husband, wife = couple(maker, ward, 1940, 1985)
    died = rng.randint(int(husband.marriages[0].registered_on[:4]) + 1, THIS_YEAR)
    add_children(maker, home, husband, wife, until=died)
    gone = husband if rng.random() < 0.7 else wife
    bury(maker, gone, home, max(maker.day_in(died), f"{died}-01-02"))


def alone(maker: Maker, ward: Ward) -> None:
    """Somebody who never married, living alone or with a child."""
    rng = maker.rng
    single = maker.person(rng.randint(1950, 2007), "male" if rng.random() < 0.5 else "female")
    maker.unknown_parents(single)
    since = maker.day_in(min(single.birth_year + rng.randint(18, 40), THIS_YEAR))
    home = maker.household(ward, since)
    settle(single, home, since, rng)
    age = THIS_YEAR - single.birth_year
    if single.sex == "female" and 24 <= age <= 50 and rng.random() < 0.25:
        child = maker.child(single, None, min(single.birth_year + rng.randint(20, 36), THIS_YEAR))
        settle(child, home, child.birth, rng)


def guardianship(maker: Maker, ward: Ward) -> None:
    """Orphans in the care of a relative of their mother."""
    rng = maker.rng
    home, husband, wife = couple(maker, ward, 1970, 1990)
    wedded = int(husband.marriages[0].registered_on[:4])
    year = max(wedded + 1, THIS_YEAR - rng.randint(2, 16))
    orphan = maker.child(wife, husband, min(year, wife.birth_year + 44))
    settle(orphan, home, orphan.birth, rng)
    guardian = maker.person(rng.randint(1955, 1985), "female")
    maker.unknown_parents(guardian)
    settle(guardian, home, maker.day_in(THIS_YEAR - 1), rng)
    for parent in (husband, wife):
        bury(maker, parent, home, max(maker.day_in(THIS_YEAR - 1), orphan.birth, husband.marriages[0].registered_on))
    home.lead(guardian)
    orphan.guardian = guardian
    guardian.wards.append(orphan)


def foreigner(maker: Maker, ward: Ward) -> None:
    """A resident of another nationality."""
    rng = maker.rng
    country = rng.choice(list(COUNTRIES))
    prefix, name = COUNTRIES[country]
    resident = maker.person(rng.randint(1960, 2000), rng.choice(("male", "female")), place=prefix)
    resident.full_name = rng.choice(FOREIGN_NAMES[country])
    resident.nationality = ((country, name),)
    resident.ethnicity = ("55", "Người nước ngoài")
    resident.old_id_number = None
    since = maker.day_in(rng.randint(2010, 2025))
    settle(resident, maker.household(ward, since), since, rng)


FOREIGN_NAMES = {
    "JP": ("TANAKA HIROSHI", "SATO YUMI", "KOBAYASHI REN"),
    "KR": ("KIM MIN JUN", "PARK SEO YEON", "LEE JI HO"),
    "LA": ("SOMPHONE VONGSA", "KHAMLA PHOMMA"),
    "FR": ("MARTIN CLAIRE", "DUBOIS ÉTIENNE"),
    "AU": ("WALKER OLIVIA", "HARRIS JACK"),
}

FAMILIES: tuple[tuple[Callable[[Maker, Ward], None], int], ...] = (
    (family, 48),
    (three_generations, 16),
    (divorced, 9),
    (widowed, 8),
    (alone, 16),
    (guardianship, 2),
    (foreigner, 1),
)


def bury(maker: Maker, person: Person, home: Household, on: str = "") -> None:
    """The person dies and leaves the household, which gets another head if it must."""
    on = on or maker.day_in(maker.rng.randint(2005, THIS_YEAR))
    if person.marriages:
        on = max(on, person.marriages[-1].registered_on)
    on = max([on, *(child.birth for child in person.children)])
    maker.die(person, min(on, TODAY), "missing" if maker.rng.random() < 0.02 else "dead")
    person.stays[-1].until = person.death[0] if person.death else None
    home.members.remove(person)
    person.household = None
    grown = [member for member in home.members if THIS_YEAR - member.birth_year >= 18]
    if grown and home.head not in grown:
        home.lead(min(grown, key=lambda member: member.birth))


def move_out(maker: Maker, person: Person, home: Household, ward: Ward, on: str) -> None:
    """The person leaves for a household of their own."""
    home.members.remove(person)
    person.stays[-1].until = on
    person.household = maker.household(ward, on)
    person.household.members.append(person)
    person.stays.append(Stay(person.household.address, on))


def place_of(address: Address) -> str:
    """The office that registers acts for this address, in words."""
    return f"UBND {(address.ward_name or '').replace('Phường', 'phường').replace('Xã', 'xã')}, {address.province_name}"
