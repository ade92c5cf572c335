"""Whether a register puts an act down: what contradicts what it knows, and what it adds of its own (numbers, households)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from portal.sandbox.clock import REAL
from portal.sandbox.people.changes import touched_by
from portal.sandbox.people.folding import matching
from portal.sandbox.people.identifiers import prefix
from portal.sandbox.people.model import Household, Person
from portal.sandbox.people.overlay import Overlay
from portal.sandbox.people.population import Population
from portal.sandbox.registries import facts, lots
from portal.sandbox.registries.driving_licences import licence as held_licence
from portal.sandbox.registries.known import KNOWN
from portal.sandbox.registries.record_book import Accepted

HANOI = "001"
SERIALS = 100_000
PARENTS = {"father": "mother", "mother": "father"}


class Refused(Exception):
    """The act is not put down; `field` names what was wrong with the request, empty where it contradicts the register."""

    def __init__(self, words: str, field: str = "") -> None:
        super().__init__(words)
        self.words, self.field = words, field


@dataclass(frozen=True)
class Case:
    """A write that is to be decided: what the register knows, and what of the result it cites."""

    knows: Overlay
    request_id: str
    registry: str
    office: str
    next_order: int
    taken: Callable[[str], bool]


def birth(case: Case, said: facts.Birth) -> Accepted:
    """A new person with a number of their own, entered where the mother lives, or else the father."""
    mother, father = _parents(case.knows, said)
    known = [one for one in (mother, father) if isinstance(one, Person)]
    for parent in known:
        if any(_is_same_child(child, said) for child in parent.children):
            raise Refused("Trẻ này đã được đăng ký khai sinh.")
    home_of = next((one for one in known if one.is_alive and one.household), None)
    entry = _entry(case, "khai-sinh", REAL.iso()[:10])
    personal_id = _new_number(case, said)
    people = [personal_id, *(one.personal_id for one in known)]
    homes = [home_of.household] if home_of and home_of.household else []
    return Accepted(
        "birth",
        {
            "personal_id": personal_id,
            "order": case.next_order,
            "full_name": said.full_name,
            "date_of_birth": said.date_of_birth,
            "sex": said.sex,
            "ethnicity": said.ethnicity,
            "birth_place": said.birth_place.address().as_json(),
            "place": case.office,
            **_parent_facts("mother", mother),
            **_parent_facts("father", father),
            "home_of": home_of.personal_id if home_of else None,
            **entry,
        },
        touched_by(case.knows, people, homes=homes),
    )


def _parents(knows: Overlay, said: facts.Birth) -> tuple[Person | facts.Whom | None, Person | facts.Whom | None]:
    """Mother and father: whoever is named, or the filer and the filer's spouse as the declaration puts them."""
    if said.kind in ("undetermined", "abandoned"):
        return None, None
    named: dict[str, Any] = {"mother": said.mother, "father": said.father}
    if said.filer_is in PARENTS:
        if said.filed_by is None:
            raise Refused("thiếu người khai", "filed_by")
        named[said.filer_is] = facts.Whom(full_name="?", personal_id=said.filed_by)
        other = PARENTS[said.filer_is]
        named[other] = named[other] or said.spouse_of_filer
    if said.kind == "mother_only":
        named["father"] = None
    return _known(knows, named["mother"], "mother"), _known(knows, named["father"], "father")


def _known(knows: Overlay, whom: facts.Whom | None, field: str) -> Person | facts.Whom | None:
    if whom is None or whom.personal_id is None:
        return whom
    person = knows.get(whom.personal_id)
    if person is None or (whom.full_name != "?" and matching(person.full_name) != matching(whom.full_name)):
        raise Refused("không có người này", field)
    return person


def _is_same_child(child: Person, said: facts.Birth) -> bool:
    return child.birth == said.date_of_birth and matching(child.full_name) == matching(said.full_name)


def _parent_facts(which: str, who: Person | facts.Whom | None) -> dict[str, Any]:
    known = who if isinstance(who, Person) else None
    return {f"{which}_id": known.personal_id if known else None, f"{which}_name": who.full_name if who else None}


def _new_number(case: Case, said: facts.Birth) -> str:
    """A number of the right form that nobody has or ever had: the place of registration, century and sex, year, and chance."""
    start = prefix(HANOI, int(said.date_of_birth[:4]), said.sex)
    first = lots.number(case.request_id, "personal id", 0, 999)
    # The block of invented numbers first (900000 to 900999), then what lies behind it.
    candidates = (*((first + step) % 1_000 for step in range(1_000)), *range(1_000, SERIALS))
    return next(number for serial in candidates if not case.taken(number := f"{start}9{serial:05d}"))


def marriage(case: Case, said: facts.Marriage) -> Accepted:
    """An entry in both lives; neither may be married, or dead."""
    if said.one == said.other:
        raise Refused("hai người là một", "other")
    both = [_person(case.knows, said.one, "one"), _person(case.knows, said.other, "other")]
    for spouse in both:
        if not spouse.is_alive:
            raise Refused("Một bên đã được đăng ký khai tử.")
        if spouse.marital_status == "married":
            raise Refused("Một bên đang có vợ hoặc có chồng theo sổ hộ tịch.")
    if {one.sex for one in both} != {"male", "female"}:
        raise Refused("không phải một nam một nữ", "other")
    husband, wife = sorted(both, key=lambda one: one.sex != "male")
    entry = {**_entry(case, "ket-hon", said.registered_on), "place": case.office}
    people = {"husband_id": husband.personal_id, "wife_id": wife.personal_id}
    return Accepted("marriage", {**people, **entry}, touched_by(case.knows, people.values()))


def divorce(case: Case, said: facts.Divorce) -> Accepted:
    """The marriage of the two ends by a court's decision."""
    one, other = _person(case.knows, said.one, "one"), _person(case.knows, said.other, "other")
    last = one.marriages[-1] if one.marriages else None
    if last is None or last.ended is not None or last.other(one.personal_id) != other.personal_id:
        raise Refused("Sổ hộ tịch không có hôn nhân đang tồn tại của hai người này.")
    people = {"husband_id": last.husband_id, "wife_id": last.wife_id}
    told = {"on": said.on, "document": said.document, "authority": said.authority}
    return Accepted("divorce", {**people, **told}, touched_by(case.knows, people.values()))


def death(case: Case, said: facts.Death) -> Accepted:
    """The end of a life, of a marriage that stands, and of a place in a household."""
    person = _person(case.knows, said.personal_id, "personal_id")
    if matching(person.full_name) != matching(said.full_name):
        raise Refused("không phải tên của người này", "full_name")
    if not person.is_alive:
        raise Refused("Người này đã được đăng ký khai tử.")
    if said.date < person.birth[:10]:
        raise Refused("trước ngày sinh", "date")
    spouse = [act.other(person.personal_id) for act in person.marriages if act.ended is None]
    homes = [person.household] if person.household else []
    told = {"personal_id": person.personal_id, "date": said.date, "place": case.office}
    entry = _entry(case, "khai-tu", REAL.iso()[:10])
    return Accepted("death", {**told, **entry}, touched_by(case.knows, [person.personal_id, *spouse], homes=homes))


def permanent_residence(case: Case, said: facts.PermanentResidence) -> Accepted:
    """The movers leave their households and enter the head's, or one of their own."""
    movers = _movers(case.knows, said)
    head = _person(case.knows, said.head.personal_id, "head") if said.head and said.head.personal_id else None
    if head is not None and (head in movers or head.household is None):
        raise Refused("người này không đứng tên chủ hộ ở đâu", "head")
    homes: list[Household] = [one.household for one in movers if one.household]
    homes += [head.household] if head and head.household else []
    address = said.address.address()
    told = {
        "people": [one.personal_id for one in movers],
        "address": (head.household.address if head and head.household else address).as_json(),
        "head_id": head.personal_id if head else None,
        "household_number": f"{address.ward_code or '00000'}-8{lots.digits(case.request_id, 'household', 7)}",
        "since": REAL.iso()[:10],
    }
    people = [*told["people"], *([head.personal_id] if head else [])]  # type: ignore[misc]
    return Accepted("permanent_residence", told, touched_by(case.knows, people, homes=homes))


def temporary_residence(case: Case, said: facts.TemporaryResidence) -> Accepted:
    """Where the people stay for a time."""
    people = [one.personal_id for one in _movers(case.knows, said)]
    term = {"from": said.term.since, "to": said.term.until}
    told = {"people": people, "address": said.address.address().as_json(), **term}
    return Accepted("temporary_residence", told, touched_by(case.knows, people))


def _movers(knows: Overlay, said: facts.PermanentResidence) -> list[Person]:
    along = [one.personal_id for one in said.movers if one.included not in (False, "no")]
    movers = [_person(knows, one, "movers" if index else "personal_id") for index, one in enumerate([said.personal_id, *along])]
    if any(not one.is_alive for one in movers):
        raise Refused("Có người đã được đăng ký khai tử.")
    return list(dict.fromkeys(movers))


def absence(case: Case, said: facts.Absence) -> Accepted:
    """That somebody is away."""
    person = _person(case.knows, said.personal_id, "personal_id")
    period = {"from": said.period.since, "to": said.period.until}
    told = {"personal_id": person.personal_id, "reason": said.reason or said.kind, **period}
    return Accepted("absence", told, touched_by(case.knows, [person.personal_id]))


def licence(case: Case, said: facts.Licence) -> Accepted:
    """The licence in place of the one that the register held."""
    person = _person(case.knows, said.personal_id, "personal_id")
    if not person.is_alive:
        raise Refused("Người này đã được đăng ký khai tử.")
    before = held_licence(person)
    if before is None or before["number"] != said.number:
        raise Refused("Cơ sở dữ liệu không có giấy phép lái xe số này của người này.")
    new = {"classes": said.classes, "class_names": ", ".join(said.classes)}
    when = {"issued_on": REAL.iso()[:10], "valid_until": said.valid_until}
    told = {"personal_id": person.personal_id, "licence": {**before, **new, **when}}
    return Accepted("licence", told, touched_by(case.knows, [person.personal_id]))


def correction(case: Case, said: facts.Correction) -> Accepted:
    """What the register says of one field from now on."""
    person = _person(case.knows, said.personal_id, "personal_id")
    if said.field not in {*KNOWN[case.registry].fields, "full_name", "date_of_birth"}:
        raise Refused("cơ sở dữ liệu không có trường này", "field")
    told = {"personal_id": person.personal_id, "registry": case.registry, "field": said.field, "value": said.value}
    homes = [person.household] if person.household else []
    return Accepted("correction", told, touched_by(case.knows, [person.personal_id], homes=homes))


def _person(knows: Population, personal_id: str, field: str) -> Person:
    person = knows.get(personal_id)
    if person is None:
        raise Refused("không có người này", field)
    return person


def _entry(case: Case, book: str, on: str) -> dict[str, str]:
    """The number and the book of a new entry, in a range that the drawn entries do not reach."""
    year = on[:4]
    number = lots.number(case.request_id, book, 1_000, 9_999)
    return {
        "number": f"{number}/{year}",
        "book": f"{lots.number(case.request_id, f'{book} book', 1, 4):02d}/{year}",
        "registered_on": on,
    }


DECISIONS: dict[str, Callable[[Case, Any], Accepted]] = {
    "birth": birth,
    "marriage": marriage,
    "divorce": divorce,
    "death": death,
    "permanent_residence": permanent_residence,
    "temporary_residence": temporary_residence,
    "absence": absence,
    "licence": licence,
    "correction": correction,
}
