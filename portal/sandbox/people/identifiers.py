"""Personal ID numbers, old nine-digit numbers, phones and mail names, all in visibly fictional ranges; no people.

A personal ID is PPP G YY and six digits. Here the six digits are always `900` and three more: within one prefix
PPPGYY the three digits count up, so that numbers are unique, and the block 900000–900999 marks them as invented.
"""

from __future__ import annotations

from collections import Counter

FICTIONAL_BLOCK = "900"
MAIL_DOMAIN = "cong-dan.example"


def prefix(place_code: str, birth_year: int, sex: str) -> str:
    """The first six digits: place of registration, century and sex, year of birth."""
    century = (birth_year // 100 - 19) * 2 + (0 if sex == "male" else 1)
    return f"{place_code}{century}{birth_year % 100:02d}"


class PersonalIds:
    """Hands out unique personal IDs; numbers taken by hand are skipped."""

    def __init__(self, taken: set[str]) -> None:
        self._taken = taken
        self._next: Counter[str] = Counter()

    def new(self, place_code: str, birth_year: int, sex: str) -> str:
        """The next free number of this place, year and sex."""
        start = prefix(place_code, birth_year, sex)
        while True:
            serial = self._next[start]
            self._next[start] += 1
            if serial > 999:
                raise OverflowError(f"more than a thousand people with the prefix {start}")
            number = f"{start}{FICTIONAL_BLOCK}{serial:03d}"
            if number not in self._taken:
                self._taken.add(number)
                return number


def old_number(place_code: str, order: int) -> str:
    """A nine-digit number of the kind that expired in 2024, in an invented range."""
    return f"{int(place_code) % 100:02d}9{order % 1_000_000:06d}"


def phone(order: int) -> str:
    """A phone of the reserved form 0900 000 nnn; families share them, as families do."""
    return f"0900000{order % 1000:03d}"
