"""What is known of one person and of the acts of civil status; facts only, neither generation nor exchange format."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from portal.sandbox.people.addresses import Address

VIET_NAM = ("VN", "Việt Nam")


@dataclass(slots=True)
class Named:
    """A relative who is not a person of the simulation (dead before records, or abroad): a name and an old number."""

    full_name: str
    old_id_number: str | None = None


@dataclass(slots=True)
class Ending:
    """How a marriage ended."""

    kind: str  # divorce | death | annulment
    on: str
    document: str
    authority: str


@dataclass(slots=True, eq=False)
class Marriage:
    """One entry of the register of marriages."""

    number: str
    book: str
    registered_on: str
    place: str
    husband_id: str
    wife_id: str
    ended: Ending | None = None

    def other(self, personal_id: str) -> str:
        """The other spouse."""
        return self.wife_id if personal_id == self.husband_id else self.husband_id


@dataclass(slots=True)
class Stay:
    """A span of residence; `until` is None while it lasts."""

    address: Address
    since: str
    until: str | None = None


@dataclass(slots=True, eq=False)
class Household:
    """Those who are registered together, the head first."""

    number: str
    address: Address
    members: list[Person] = field(default_factory=list)

    @property
    def head(self) -> Person:
        return self.members[0]

    def lead(self, person: Person) -> None:
        """The person becomes the head."""
        self.members.remove(person)
        self.members.insert(0, person)


@dataclass(slots=True, eq=False)
class Person:
    """One synthetic person, as the truth has it, with what the population registry believes where that differs."""

    personal_id: str
    full_name: str
    birth: str  # YYYY, YYYY-MM or YYYY-MM-DD
    sex: str  # male | female
    birth_code: str  # old province code, or a country prefix
    ethnicity: tuple[str, str]
    order: int
    other_name: str | None = None
    religion: str | None = None
    nationality: tuple[tuple[str, str], ...] = (VIET_NAM,)
    blood_group: str | None = None
    old_id_number: str | None = None
    father: Person | Named | None = None
    mother: Person | Named | None = None
    children: list[Person] = field(default_factory=list)
    guardian: Person | None = None
    wards: list[Person] = field(default_factory=list)
    marriages: list[Marriage] = field(default_factory=list)
    household: Household | None = None
    origin_code: str = ""
    temporary: Address | None = None
    absence: dict[str, str] | None = None
    stays: list[Stay] = field(default_factory=list)
    death: tuple[str, str] | None = None  # date, kind: dead | missing
    stale_marital_status: str | None = None  # what the population registry still believes
    phone: str | None = None
    email: str | None = None
    assurance: int = 2
    account: str = "active"  # active | locked | closed
    eid_full_name: str | None = None
    roles: tuple[str, ...] = ("citizen",)
    office: str | None = None
    story: str | None = None
    record_version: int = 1
    acts: dict[str, Any] = field(default_factory=dict)  # what acts after the drawing put down, as `changes` shapes it

    @property
    def birth_year(self) -> int:
        return int(self.birth[:4])

    @property
    def marital_status(self) -> str:
        """The truth, from the acts of civil status; a marriage that was annulled never was."""
        valid = [act for act in self.marriages if act.ended is None or act.ended.kind != "annulment"]
        if not valid:
            return "never_married"
        last = valid[-1].ended
        if last is None:
            return "married"
        return "widowed" if last.kind == "death" else "divorced"

    @property
    def population_marital_status(self) -> str:
        """What the population registry says, right or stale."""
        return self.stale_marital_status or self.marital_status

    @property
    def is_alive(self) -> bool:
        return self.death is None

    @property
    def is_told_exactly(self) -> bool:
        """Whether the record itself came by an act that was announced, so that nobody could mishear it."""
        return "birth" in self.acts or "death" in self.acts

    @property
    def relation_to_head(self) -> str | None:
        """What the person is to the head of the household, in the words of the register."""
        if self.household is None:
            return None
        head = self.household.head
        if head is self:
            return "Chủ hộ"
        if any(act.ended is None and act.other(self.personal_id) == head.personal_id for act in self.marriages):
            return "Vợ" if self.sex == "female" else "Chồng"
        if head in (self.father, self.mother):
            return "Con"
        if self.guardian is head:
            return "Người được giám hộ"
        return _wider_relation(self, head)


def _wider_relation(person: Person, head: Person) -> str:
    parents = [parent for parent in (person.father, person.mother) if isinstance(parent, Person)]
    if any(head in (parent.father, parent.mother) for parent in parents):
        return "Cháu ruột"
    if head.father is person or head.mother is person:
        return "Mẹ" if person.sex == "female" else "Bố"
    if {act.other(person.personal_id) for act in person.marriages} & {child.personal_id for child in head.children}:
        return "Con dâu" if person.sex == "female" else "Con rể"
    if parents and any(parent in (head.father, head.mother) for parent in parents):
        return "Anh, chị, em ruột"
    return "Cùng ở nhờ"
