"""The social-insurance registry: numbers, contributions, health cards with the place of treatment, pensions, birth notices."""

from __future__ import annotations

from typing import Any

from portal.sandbox.people.addresses import address_in
from portal.sandbox.people.make import TODAY
from portal.sandbox.people.model import Person
from portal.sandbox.people.population import Population
from portal.sandbox.people.territory import BA_DINH
from portal.sandbox.registries import lots
from portal.sandbox.registries.disagreements import lives
from portal.sandbox.registries.frame import Registry
from portal.sandbox.registries.life import RETIRED_AT, age, birthday, is_vietnamese, job, poverty, spouse
from portal.sandbox.registries.told import told

NAME = "social-insurance"
UNEMPLOYMENT_SINCE = "2009-01-01"  # no month before this one counts for unemployment insurance
PLACES: tuple[tuple[str, str], ...] = (
    ("01-901", "Bệnh viện Mẫu Một"),
    ("01-902", "Bệnh viện Mẫu Hai"),
    ("01-903", "Trạm y tế phường Mẫu"),
)
_RIGHTS = {"TE": 100, "HN": 100, "HT": 95, "DN": 80, "GD": 80}


def number(person: Person, _: Population | None = None) -> str:
    """Ten digits: a number that stays, from birth."""
    return f"01{person.order:08d}" if person.order < 100_000_000 else str(person.order)[:10]


def _status(person: Person, _: Population) -> str:
    if not lives(person, NAME):
        return "ended"
    work = job(person)
    if _is_retired(person):
        return "retired"
    return "none" if work is None else "paying" if work.until is None else "stopped"


def _is_retired(person: Person) -> bool:
    work = job(person)
    return work is not None and work.months >= 180 and age(person) >= RETIRED_AT[person.sex]


def _contributions(person: Person, _: Population) -> list[dict[str, Any]]:
    work = job(person)
    if work is None:
        return []
    salary = lots.number(person.personal_id, "salary", 56, 300) * 100_000
    paid = {"months": work.months, "salary_vnd": salary, "from": work.since, "to": work.until}
    return [{"employer": work.employer, "employer_code": work.employer_code, **paid}]


def _months(person: Person, _: Population) -> int:
    work = job(person)
    return work.months if work else 0


def _unemployment_months(person: Person, _: Population) -> int:
    work = job(person)
    if work is None:
        return 0
    if work.since >= UNEMPLOYMENT_SINCE:
        return work.months
    until = work.until or TODAY
    return max(0, (int(until[:4]) - 2009) * 12 + int(until[5:7]) - 1)


def _last_employer(person: Person, _: Population) -> str | None:
    work = job(person)
    return work.employer if work else None


def _card_kind(person: Person, people: Population) -> str:
    if age(person) < 6:
        return "TE"
    if poverty(person) == "poor":
        return "HN"
    return {"retired": "HT", "paying": "DN"}.get(_status(person, people), "GD")


def _health_card(person: Person, people: Population) -> dict[str, Any] | None:
    """A child under six has one, and so has nearly everybody else."""
    if not lives(person, NAME) or not is_vietnamese(person):
        return None
    kind = _card_kind(person, people)
    if kind == "GD" and lots.share(person.personal_id, "uninsured") < 0.08:
        return None
    code, name = lots.pick(person.personal_id, "treatment", PLACES)
    until = birthday(person, 6) if kind == "TE" else "2026-12-31"
    return {
        "number": f"{kind}{lots.number(person.personal_id, 'right', 1, 4)}01{number(person)}",
        "kind": kind,
        "covers_percent": _RIGHTS[kind],
        "valid_from": max(person.birth, "2026-01-01") if len(person.birth) == 10 else "2026-01-01",
        "valid_until": until,
        "place_of_treatment": {"code": code, "name": name},
    }


def _pension(person: Person, _: Population) -> dict[str, Any] | None:
    if not _is_retired(person) or not lives(person, NAME):
        return None
    amount = lots.number(person.personal_id, "pension", 30, 120) * 100_000
    return {"kind": "Hưu trí", "monthly_vnd": amount, "from": birthday(person, RETIRED_AT[person.sex])}


def _birth_notice(person: Person, people: Population) -> dict[str, Any] | None:
    """Of a child whom a hospital told of and nobody has registered yet: of one wife in fifty who is of an age for it."""
    partner = spouse(person, people)
    mother = person if person.sex == "female" else partner
    if mother is None or not mother.is_alive or (person is not mother and partner is not mother):
        return None
    given = told(mother, "newborn")
    if given == "":
        return None
    if given is None:
        if spouse(mother, people) is None or not 20 <= age(mother) <= 40 or lots.share(mother.personal_id, "newborn") >= 0.02:
            return None
        born_on = lots.day(mother.personal_id, "newborn", "2026-09-05", TODAY)
        sex = lots.pick(mother.personal_id, "newborn sex", ("male", "female"))
        given = {"number": f"CS-9{mother.order:06d}", "date_of_birth": born_on, "sex": sex}
    if any(child.birth == given["date_of_birth"] for child in mother.children):
        return None
    place = address_in(BA_DINH, "Số 5, phố Mẫu", given["date_of_birth"]).as_json()
    return {**given, "facility": "Bệnh viện Mẫu Một", "place": place, "mother_personal_id": mother.personal_id}


REGISTRY = Registry(
    NAME,
    "Cơ sở dữ liệu bảo hiểm",
    {
        "number": lambda person, _: number(person) if is_vietnamese(person) else None,
        "status": _status,
        "contributed_months": _months,
        "unemployment_months": _unemployment_months,
        "last_employer": _last_employer,
        "contributions": _contributions,
        "health_card": _health_card,
        "pension": _pension,
        "birth_notice": _birth_notice,
    },
    narrow=frozenset({"number", "health_card"}),
    nightly=True,
    stale={"status": "none", "contributed_months": 0, "unemployment_months": 0, "last_employer": None, "contributions": []},
)
