"""Other people in a dossier: whom the population registry names, who of them may be chosen, who may be looked up. Pure functions.

Nobody is looked up for a citizen by what they typed: only whom a registry named, in the record of whoever files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.services.catalogue.form import Lookup, Whom
from portal.services.catalogue.provenance import CITIZEN, Answer, Answers
from portal.services.catalogue.schema import Procedure

RELATIVES = "subject.relatives"
POPULATION = "population"
SPOUSE, MARITAL_STATUS, MARRIED = "spouse.person", "subject.marital_status", "married"
NUMBER = re.compile(r"[0-9]{12}")
ADULT_AT = 18
SELF, OTHER = "self", "other"
CENTURIES = {digit: 1900 + digit // 2 * 100 for digit in range(10)}


@dataclass(frozen=True)
class Relative:
    """Somebody whom the registry names: what they are to who files, and the answer that naming them gives."""

    relation: str
    answer: Answer

    @property
    def personal_id(self) -> str:
        return str(self.answer["value"]["personal_id"])

    @property
    def full_name(self) -> str:
        return str(self.answer["value"]["full_name"])


def whom_of(procedure: Procedure) -> Whom | None:
    """Whether, and among whom, it is asked whom the dossier is about."""
    return procedure.definition.whom[0] if procedure.definition.whom else None


def choosable(procedure: Procedure, answers: Answers, today: date) -> tuple[Relative, ...]:
    """Whom the dossier may be about, in the registry's order; nobody where the registry did not answer.

    Source: Luật Căn cước 26/2023/QH15, Điều 9: the registry names parents, spouse, children, guardians and wards.
    """
    whom, told = whom_of(procedure), answers.get(RELATIVES)
    if whom is None or told is None or told["source"] != POPULATION or not isinstance(told["value"], list):
        return ()
    found = []
    for relative in told["value"]:
        if not _is_named(relative) or not _may_be(relative.get("relation"), relative["personal_id"], whom, today):
            continue
        relation, personal_id = relative["relation"], relative["personal_id"]
        value = {
            "full_name": relative["full_name"], "personal_id": personal_id, "date_of_birth": str(birth_year(personal_id)),
        }  # fmt: skip
        where = {key: told.get(key) for key in ("source", "record", "as_of", "fetched_at")}
        found.append(Relative(relation, {**where, "value": value}))
    return tuple(found)


def _is_named(relative: Any) -> bool:
    """Whether the registry gives the name, and a number of today's form; an older one tells no year of birth."""
    if not isinstance(relative, Mapping):
        return False
    full_name, personal_id = relative.get("full_name"), relative.get("personal_id")
    return isinstance(full_name, str) and bool(full_name) and isinstance(personal_id, str) and bool(NUMBER.fullmatch(personal_id))


def _may_be(relation: Any, personal_id: str, whom: Whom, today: date) -> bool:
    is_minor = today.year - birth_year(personal_id) < ADULT_AT
    return relation in whom.relations or (relation == "child" and is_minor and "minor_child" in whom.relations)


def birth_year(personal_id: str) -> int:
    """The year of birth that a personal ID carries in its fourth to sixth digit.

    Source: NĐ 70/2024/NĐ-CP (structure of the number): place, century and sex, the year's last two digits, six at random.
    """
    return CENTURIES[int(personal_id[3])] + int(personal_id[4:6])


def known_people(procedure: Procedure, answers: Answers, *, by_desk: bool = False) -> Iterator[tuple[Lookup, Mapping[str, str]]]:
    """The look-ups about somebody else that can be made, each with that person's three factors.

    `by_desk`: the office asks, on the ground of the law, also about whom a citizen has typed, and about a spouse of before:
    a marriage that has ended opens nobody's record to whom they left.
    """
    for lookup in procedure.definition.lookups:
        told = answers.get(lookup.about) if lookup.about else None
        if told is None or not (by_desk or _is_named_still(answers, lookup.about, told)):
            continue
        value = told["value"]
        if isinstance(value, Mapping) and all(value.get(factor) for factor in ("full_name", "personal_id", "date_of_birth")):
            yield lookup, value


def _is_named_still(answers: Answers, element: str, told: Answer) -> bool:
    """Whether a registry named the person; a spouse, whether the same registry says that the marriage stands."""
    if element != SPOUSE:
        return bool(told["source"] != CITIZEN)
    status = answers.get(MARITAL_STATUS, {})
    return told["source"] != CITIZEN and status.get("source") == told["source"] and status.get("value") == MARRIED


def elements_about(procedure: Procedure, person: str) -> frozenset[str]:
    """The elements that are looked up about the person of this element."""
    return frozenset(key for lookup in procedure.definition.lookups if lookup.about == person for key in lookup.elements)
