"""What several registries must agree on: how old somebody is, where they work, what their household is short of."""

from __future__ import annotations

from dataclasses import dataclass

from portal.sandbox.people.make import TODAY, first_day
from portal.sandbox.people.model import Person
from portal.sandbox.people.population import Population
from portal.sandbox.registries import lots
from portal.sandbox.registries.told import told

SCHOOLS = ("Trường THPT Bồ Công Anh", "Trường THCS Diều Sáo", "Trường Tiểu học Tò He")
EMPLOYERS: tuple[tuple[str, str], ...] = (
    ("Công ty TNHH Mẫu", "0109900017"),
    ("Công ty cổ phần Diều Sáo", "0109900025"),
    ("Công ty TNHH Cơ khí Lá Bàng", "0109900033"),
    ("Công ty cổ phần Dệt may Chuồn Chuồn Tre", "0109900041"),
    ("Công ty TNHH Thương mại Mực Tím", "0109900058"),
    ("Trung tâm Khoa học Trăng Non", "0109900066"),
    ("Bệnh viện Mẫu Một", "0109900074"),
)
RETIRED_AT = {"male": 61, "female": 57}
WORKING_FROM = 19


def birthday(person: Person, age: int) -> str:
    """The day the person reaches an age; of a birth on 29 February, the 28th."""
    month_and_day = first_day(person)[5:]
    return f"{person.birth_year + age}-{'02-28' if month_and_day == '02-29' else month_and_day}"


def age(person: Person, on: str = TODAY) -> int:
    """Whole years on a day."""
    years = int(on[:4]) - person.birth_year
    return years if birthday(person, years) <= on else years - 1


def is_adult(person: Person) -> bool:
    return age(person) >= 18


def is_vietnamese(person: Person) -> bool:
    return person.nationality[0][0] == "VN"


def spouse(person: Person, people: Population) -> Person | None:
    """The husband or wife of a marriage that stands."""
    standing = [act for act in person.marriages if act.ended is None]
    return people.get(standing[-1].other(person.personal_id)) if standing else None


@dataclass(frozen=True)
class Job:
    """Insured work: for whom, from when, until when (None while it lasts)."""

    employer: str
    employer_code: str
    since: str
    until: str | None

    @property
    def months(self) -> int:
        until = self.until or TODAY
        return max(1, (int(until[:4]) - int(self.since[:4])) * 12 + int(until[5:7]) - int(self.since[5:7]))


def is_teacher(person: Person) -> bool:
    """Whether the person teaches: three in a hundred of those of an age to work."""
    return 23 <= age(person) < RETIRED_AT[person.sex] and lots.share(person.personal_id, "teaches") < 0.03 and not person.story


def job(person: Person) -> Job | None:
    """The last insured work: two thirds of those of an age to work have some, one in six of them no longer."""
    given = told(person, "job")
    if given is not None:
        return Job(*given) if given else None
    who, years = person.personal_id, age(person)
    if years < WORKING_FROM + 1 or years >= 90 or (lots.share(who, "works") >= 0.66 and not is_teacher(person)):
        return None
    retired_on = birthday(person, RETIRED_AT[person.sex])
    last = min(retired_on, TODAY)
    since = max(lots.day(who, "hired", birthday(person, WORKING_FROM), min(birthday(person, 35), last)), "1995-01-01")
    if since >= last:
        return None
    until = retired_on if retired_on <= TODAY else None
    if until is None and not is_teacher(person) and lots.share(who, "left") < 0.17:
        until = lots.day(who, "left on", since, TODAY)
    if person.death and (until is None or until > person.death[0]):
        until = person.death[0]
        if until <= since:
            return None
    name, code = (
        (lots.pick(who, "school", SCHOOLS), "0109900082") if is_teacher(person) else lots.pick(who, "employer", EMPLOYERS)
    )
    return Job(name, code, since, until)


def poverty(person: Person) -> str | None:
    """What the household is listed as, the same for all its members: poor, near_poor, or nothing."""
    if person.household is None:
        return None
    if person.story:
        return told(person, "poverty") or None
    drawn = lots.share(person.household.number, "poverty")
    return "poor" if drawn < 0.02 else "near_poor" if drawn < 0.05 else None
