"""What an act changes in the lives that it touches: birth, marriage, divorce, death, moves, licences, corrections.

A change says everything that its effect depends on (the number given, the place in the order, the entry), so that whoever
applies it comes to the same; to add a kind of act, write how it is applied and name it in `EFFECTS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from portal.sandbox.people.addresses import Address
from portal.sandbox.people.model import Ending, Household, Marriage, Named, Person, Stay
from portal.sandbox.people.names import GROUPS
from portal.sandbox.people.overlay import Draft, Overlay

Facts = Mapping[str, Any]
ATTRIBUTES = {"full_name": "full_name", "date_of_birth": "birth", "sex": "sex", "other_name": "other_name"}


@dataclass(frozen=True)
class Change:
    """One act that a register has accepted.

    `touches`: whose records it changes (personal IDs, and `home:` with the number of a household), each with the place of
    this change in the row of changes of that record, counted from 1.
    """

    id: str
    registry: str
    kind: str
    at: str
    facts: Facts
    touches: Mapping[str, int]

    @property
    def people(self) -> list[str]:
        """The people whose records are changed."""
        return [key for key in self.touches if not key.startswith("home:")]

    def as_json(self) -> dict[str, Any]:
        """The change as it is kept and announced."""
        return asdict(self)


def apply(overlay: Overlay, change: Change) -> None:
    """Make the change in what a registry knows."""
    known = [personal_id for personal_id in change.people if personal_id in overlay.by_id]
    draft = overlay.draft(*known)
    EFFECTS[change.kind](draft, change.facts)
    draft.commit(*change.people)


def home_key(home: Household) -> str:
    """How a change names a household."""
    return f"home:{home.number}"


def touched_by(overlay: Overlay, personal_ids: Iterable[str], *, homes: Iterable[Household] = ()) -> list[str]:
    """The keys of these people's records, and of the households."""
    people = [one for one in personal_ids if one]
    return sorted({*people, *(home_key(home) for home in homes)})


def _birth(draft: Draft, facts: Facts) -> None:
    mother, father = _parent(draft, facts, "mother"), _parent(draft, facts, "father")
    near = next((one for one in (father, mother) if isinstance(one, Person)), None)
    group = next((group for group in GROUPS.values() if group.name == facts["ethnicity"]), GROUPS["01"])
    child = Person(
        personal_id=facts["personal_id"],
        full_name=facts["full_name"],
        birth=facts["date_of_birth"],
        sex=facts["sex"],
        birth_code=facts["personal_id"][:3],
        ethnicity=(group.code, group.name),
        order=facts["order"],
        origin_code=near.origin_code if near else facts["personal_id"][:3],
        assurance=1,
        record_version=0,
        acts={"birth": {name: facts[name] for name in ("number", "book", "registered_on", "place", "birth_place")}},
    )
    child.father, child.mother = father, mother
    for parent in (father, mother):
        if isinstance(parent, Person):
            parent.children.append(child)
    draft.add(child)
    if facts["home_of"]:
        home = draft.person(facts["home_of"]).household
        assert home is not None
        _enter(child, home, child.birth)


def _parent(draft: Draft, facts: Facts, which: str) -> Person | Named | None:
    if facts[f"{which}_id"]:
        return draft.person(facts[f"{which}_id"])
    return Named(facts[f"{which}_name"]) if facts[f"{which}_name"] else None


def _marriage(draft: Draft, facts: Facts) -> None:
    husband, wife = draft.person(facts["husband_id"]), draft.person(facts["wife_id"])
    act = Marriage(facts["number"], facts["book"], facts["registered_on"], facts["place"], husband.personal_id, wife.personal_id)
    for spouse in (husband, wife):
        spouse.marriages.append(act)
        spouse.stale_marital_status = None


def _divorce(draft: Draft, facts: Facts) -> None:
    for personal_id in (facts["husband_id"], facts["wife_id"]):
        spouse = draft.person(personal_id)
        spouse.marriages[-1].ended = Ending("divorce", facts["on"], facts["document"], facts["authority"])
        spouse.stale_marital_status = None


def _death(draft: Draft, facts: Facts) -> None:
    person = draft.person(facts["personal_id"])
    person.death, person.account = (facts["date"], "dead"), "closed"
    person.acts["death"] = {name: facts[name] for name in ("number", "registered_on")}
    if person.marriages and person.marriages[-1].ended is None:
        paper = f"Trích lục khai tử số {facts['number']}"
        person.marriages[-1].ended = Ending("death", facts["date"], paper, facts["place"])
        draft.person(person.marriages[-1].other(person.personal_id)).stale_marital_status = None
    _leave(person, facts["date"])


def _permanent_residence(draft: Draft, facts: Facts) -> None:
    address, head = Address(**facts["address"]), facts["head_id"]
    home = draft.person(head).household if head else Household(facts["household_number"], address)
    assert home is not None
    for personal_id in facts["people"]:
        mover = draft.person(personal_id)
        _leave(mover, facts["since"])
        _enter(mover, home, facts["since"])


def _temporary_residence(draft: Draft, facts: Facts) -> None:
    for personal_id in facts["people"]:
        draft.person(personal_id).temporary = Address(**facts["address"])


def _absence(draft: Draft, facts: Facts) -> None:
    draft.person(facts["personal_id"]).absence = {name: facts[name] for name in ("from", "to", "reason")}


def _licence(draft: Draft, facts: Facts) -> None:
    draft.person(facts["personal_id"]).acts["licence"] = dict(facts["licence"])


def _correction(draft: Draft, facts: Facts) -> None:
    """The register says `value` of the field from now on; who somebody is is known to all, other fields to their register."""
    person = draft.person(facts["personal_id"])
    attribute = ATTRIBUTES.get(facts["field"])
    if facts["registry"] in ("population", "civil-status") and attribute:
        setattr(person, attribute, facts["value"])
        return
    if attribute:
        person.acts["cleansed"] = sorted({*person.acts.get("cleansed", ()), facts["registry"]})
        return
    corrected = {**person.acts.get("corrected", {}), f"{facts['registry']}.{facts['field']}": facts["value"]}
    person.acts["corrected"] = corrected


def _enter(person: Person, home: Household, since: str) -> None:
    home.members.append(person)
    person.household = home
    person.stays.append(Stay(home.address, since))


def _leave(person: Person, on: str) -> None:
    """The person is entered in the household no more, which gets another head if it must."""
    if person.stays:
        person.stays[-1].until = on
    home, person.household = person.household, None
    if home is None:
        return
    was_head = home.head is person
    home.members.remove(person)
    grown = [member for member in home.members if int(on[:4]) - member.birth_year >= 18]
    if was_head and grown:
        home.lead(min(grown, key=lambda member: (member.birth, member.personal_id)))


EFFECTS: dict[str, Callable[[Draft, Facts], None]] = {
    "birth": _birth,
    "marriage": _marriage,
    "divorce": _divorce,
    "death": _death,
    "permanent_residence": _permanent_residence,
    "temporary_residence": _temporary_residence,
    "absence": _absence,
    "licence": _licence,
    "correction": _correction,
}
