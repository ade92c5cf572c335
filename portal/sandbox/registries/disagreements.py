"""Where a registry is wrong about somebody, deliberately and at known rates, so that cleansing has work.

The population and civil-status registries hold the truth of who somebody is. Each other registry holds a name, a birth and
a number of its own; where they differ, three factors that are right elsewhere match nobody here.
"""

from __future__ import annotations

from portal.sandbox.people.folding import fold, matching
from portal.sandbox.people.model import Person
from portal.sandbox.registries import lots

NAME, DATE, NUMBER, DUPLICATE, NO_NUMBER, DEAD_BUT_ACTIVE = "name", "date", "number", "duplicate", "no_number", "dead_but_active"

# Of the living the share whose record has each fault; of the dead, how many are taken for alive.
RATES: dict[str, dict[str, float]] = {
    "residence": {NAME: 0.004, DATE: 0.002, DUPLICATE: 0.002, DEAD_BUT_ACTIVE: 0.03},
    "social-insurance": {NAME: 0.012, DATE: 0.010, NUMBER: 0.006, DUPLICATE: 0.010, NO_NUMBER: 0.008, DEAD_BUT_ACTIVE: 0.06},
    "tax": {NAME: 0.015, DATE: 0.008, NUMBER: 0.012, DUPLICATE: 0.015, NO_NUMBER: 0.006, DEAD_BUT_ACTIVE: 0.20},
    "driving-licences": {NAME: 0.014, DATE: 0.010, NUMBER: 0.006, DUPLICATE: 0.004, NO_NUMBER: 0.008, DEAD_BUT_ACTIVE: 0.12},
    "vehicles": {NAME: 0.020, NUMBER: 0.020, NO_NUMBER: 0.030, DEAD_BUT_ACTIVE: 0.30},
    "education": {NAME: 0.012, DATE: 0.012, NO_NUMBER: 0.020, DUPLICATE: 0.005, DEAD_BUT_ACTIVE: 0.05},
    "land": {NAME: 0.025, DATE: 0.015, NUMBER: 0.040, NO_NUMBER: 0.030, DEAD_BUT_ACTIVE: 0.25},
    "business": {NAME: 0.010, NUMBER: 0.015, DEAD_BUT_ACTIVE: 0.15},
    "criminal-record": {NAME: 0.006, DATE: 0.006, DEAD_BUT_ACTIVE: 0.02},
    "social-support": {NAME: 0.010, DATE: 0.008, NO_NUMBER: 0.010, DUPLICATE: 0.006, DEAD_BUT_ACTIVE: 0.08},
    "health": {NAME: 0.008, DATE: 0.006, NO_NUMBER: 0.010, DUPLICATE: 0.008, DEAD_BUT_ACTIVE: 0.05},
    "vault": {},
}
# People with a story are right everywhere but here: the licence register writes the name as her account does.
_TOLD = {("038187900020", "driving-licences"): NAME}


def of(person: Person, registry: str) -> str | None:
    """The fault of the registry's record of this person, if it has one; none of what was announced to it or mended since."""
    if person.is_told_exactly or registry in person.acts.get("cleansed", ()):
        return None
    if person.story:
        return _TOLD.get((person.personal_id, registry))
    drawn = lots.share(person.personal_id, f"{registry} disagrees")
    rates = RATES.get(registry, {})
    if not person.is_alive:
        return DEAD_BUT_ACTIVE if drawn < rates.get(DEAD_BUT_ACTIVE, 0.0) else None
    for kind, rate in rates.items():
        if kind != DEAD_BUT_ACTIVE and drawn < rate:
            return kind
        drawn -= rate if kind != DEAD_BUT_ACTIVE else 0.0
    return None


def lives(person: Person, registry: str) -> bool:
    """Whether the registry takes the person for alive."""
    return person.is_alive or of(person, registry) == DEAD_BUT_ACTIVE


def known_as(person: Person, registry: str) -> tuple[str, str, str | None]:
    """The name, the birth and the number under which the registry holds the person; without a number where it has none."""
    fault = of(person, registry)
    name = _misspelt(person) if fault == NAME else person.full_name
    birth = _misdated(person.birth) if fault == DATE else person.birth
    number: str | None = person.personal_id
    if fault == NUMBER:
        number = person.old_id_number or _transposed(person.personal_id)
    return name, birth, None if fault == NO_NUMBER else number


def _misspelt(person: Person) -> str:
    """As another clerk heard it: the account's spelling where it differs, the last word without its marks, or a word fewer."""
    if person.eid_full_name:
        return person.eid_full_name
    *before, last = person.full_name.split()
    plain = fold(last).capitalize()
    if matching(plain) == matching(last):
        swapped = plain.replace("y", "i") if "y" in plain else plain.replace("i", "y")
        plain = swapped if swapped != plain else plain + "h"
    return " ".join((*before, plain))


def _misdated(birth: str) -> str:
    """Day and month exchanged, or the first of January; of a birth known in part, the year before."""
    if len(birth) < 10:
        return f"{int(birth[:4]) - 1}{birth[4:]}"
    year, month, day = birth.split("-")
    if int(day) <= 12 and day != month:
        return f"{year}-{day}-{month}"
    return f"{year}-01-01" if (month, day) != ("01", "01") else f"{year}-10-10"


def _transposed(number: str) -> str:
    return f"{number[:6]}{number[7]}{number[6]}{number[8:]}"
