"""Which officer a dossier should go to: a rule over what is known of each, without a database and without a clock.

Whom the rule may not name at all (the owner, their household, another office's) is left out before it is asked.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from portal.text import given_name_sort_key


class Territory(StrEnum):
    """How the wards of an officer's duty stand to the ward of the dossier's address."""

    MATCH = "match"
    ANY = "any"  # the duty names no wards, or the dossier no ward
    OTHER = "other"


_NEARNESS = {Territory.MATCH: 0, Territory.ANY: 1, Territory.OTHER: 2}


@dataclass(frozen=True)
class Candidate:
    """One officer whose duty covers the dossier today.

    `is_for_procedure`: the duty names the dossier's procedure, and not just every one. `open_dossiers`: in their hands now.
    `is_absent`, `stand_in_id`: away today, and the account of whoever stands in for them.
    """

    account_id: uuid.UUID
    name: str
    is_for_procedure: bool
    territory: Territory
    open_dossiers: int
    is_absent: bool = False
    stand_in_id: uuid.UUID | None = None


@dataclass(frozen=True)
class Suggestion:
    """The officer, and for which absent one they stand in, if the rule pointed to that one."""

    officer: Candidate
    instead_of: Candidate | None = None


def ranked(candidates: Iterable[Candidate]) -> list[Candidate]:
    """All of them, whom the rule prefers first: the procedure, the territory, the fewest open dossiers, the name."""
    return sorted(
        candidates,
        key=lambda one: (
            not one.is_for_procedure,
            _NEARNESS[one.territory],
            one.open_dossiers,
            given_name_sort_key(one.name),
            one.account_id,
        ),
    )


def suggested(candidates: Iterable[Candidate]) -> Suggestion | None:
    """Whom the rule names: the first who is there, or who stands in for an absent one before them; None where all are away."""
    in_order = ranked(candidates)
    present = {one.account_id: one for one in in_order if not one.is_absent}
    for one in in_order:
        if not one.is_absent:
            return Suggestion(one)
        if one.stand_in_id in present:
            return Suggestion(present[one.stand_in_id], instead_of=one)
    return None


def grounds_of(chosen: Candidate, among: Iterable[Candidate]) -> dict[str, Any]:
    """Why the officer fits, in numbers as they are now, for the event that says so."""
    present = [one for one in among if not one.is_absent]
    return {
        "procedure": chosen.is_for_procedure,
        "territory": chosen.territory.value,
        "open_dossiers": chosen.open_dossiers,
        "is_fewest": all(chosen.open_dossiers <= one.open_dossiers for one in present),
        "among": len(present),
    }
